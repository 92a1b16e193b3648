// What has changed between two tables of abi.h, as table.c prints them, and what to do about it.
#ifndef HEARTH_TEST_ABI_TABLE_DIFF_HPP
#define HEARTH_TEST_ABI_TABLE_DIFF_HPP

#include <string>
#include <vector>

namespace hearth::test {

// Why `now` may not follow `published`; empty: it may. A table of another major isn't compared.
std::vector<std::string> forbidden_changes(const std::string& published, const std::string& now);

// What `header`, the text of abi.h, declares and `table` doesn't show; and members that leave a hole in
// theirs. Empty: it is all there.
std::vector<std::string> not_in_table(const std::string& header, const std::string& table);

// "1.0", of its first line.
std::string version_of(const std::string& table);

}  // namespace hearth::test

#endif
