// This test program once more, as a child that can be killed.
#ifndef HEARTH_TEST_CORE_STORE_CHILD_HPP
#define HEARTH_TEST_CORE_STORE_CHILD_HPP

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace hearth::store::test {

// Runs one hidden test case, told its folder through the environment; what it writes to kChildPipe is read
// here.
class Child {
 public:
  Child(const std::string& test_case, const std::filesystem::path& folder);
  ~Child();  // kills it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next line; none after ten seconds of silence or at its end.
  std::optional<std::string> read_line();
  // SIGKILL, and waits until it is gone.
  void kill();

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string unread_;
};

inline constexpr int kChildPipe = 3;
// In the child: the folder, or none when it wasn't started by Child.
std::optional<std::filesystem::path> child_folder();
// In the child, from any thread. A line of up to PIPE_BUF bytes arrives whole.
void tell_parent(const std::string& line);

}  // namespace hearth::store::test

#endif
