// What becomes of a plugin when its file appears, changes or goes while everything runs.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "test/bad_plugins/altered.hpp"
#include "test/core/host/running_host.hpp"

namespace fs = std::filesystem;

using hearth::core::PluginHost;
using hearth::core::test::RunningHost;
using hearth::test::Altered;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Altered sample() { return Altered(fs::path(SAMPLE)); }
Altered sample(const std::string& version) { return sample().replaced("1.0.0", version); }

std::string version(RunningHost& host) { return host.row()->getValue<std::string>("version"); }
int restarts(RunningHost& host) { return host.row()->getValue<int>("restarts"); }
void wait_for_version(RunningHost& host, const std::string& wanted) {
  host.wait([&] { return version(host) == wanted && host.state() == "running"; });
}

// Written elsewhere, renamed into place.
void put(const Altered& plugin, const fs::path& file) {
  const fs::path fresh = file.string() + ".new";
  plugin.write(fresh);
  fs::rename(fresh, file);
}

// What the sample waits for in its start when its volume is 19.
class Fifo {
 public:
  explicit Fifo(const fs::path& folder) : file_(folder / "wait") {
    fs::create_directories(folder);
    REQUIRE(mkfifo(file_.c_str(), 0600) == 0);
  }
  ~Fifo() { close(open(file_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)); }

 private:
  const fs::path file_;
};

std::ptrdiff_t entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

// ---- Files of plugins ---------------------------------------------------------------------------------

TEST_CASE("a plugin that is dropped in is judged and run") {
  RunningHost host;
  host.start();
  host.add();
  host.wait_for("running");
  CHECK(restarts(host) == 0);
  CHECK(host.bell().reachable);
}

TEST_CASE("a folder of plugins that is made later is watched, too") {
  RunningHost host;
  host.start("[plugin.sample]\nisolation = \"none\"\n");
  fs::create_directory(host.local());
  fs::copy_file(SAMPLE, host.local() / "sample.so");
  host.wait_for("running");
}

TEST_CASE("a local plugin comes, changes and goes in a process of its own") {
  RunningHost host;
  fs::create_directory(host.local());
  host.start();
  const auto file = host.local() / "sample.so";
  sample().write(file);
  host.wait_for("running");
  CHECK(host.row()->getValue<std::string>("isolation") == "process");
  const auto pid = host.row()->getValue<int>("pid");
  put(sample("1.0.1"), file);
  wait_for_version(host, "1.0.1");
  CHECK(host.row()->getValue<int>("pid") != pid);
  CHECK(host.copies() == 1);
  sample().first(5000).write(file);
  host.wait([&] { return contains(host.reason(), "the running one stays"); });
  CHECK(host.bell().reachable);
  fs::remove(file);
  host.wait([&] { return host.reason() == "its file was removed"; });
  CHECK(host.state() == "unloaded");
  CHECK(host.copies() == 0);
}

TEST_CASE("a changed file is reloaded, whether it was written in place or renamed over") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  sample("1.0.1").write(file);
  wait_for_version(host, "1.0.1");
  CHECK(restarts(host) == 1);
  put(sample("1.0.2"), file);
  wait_for_version(host, "1.0.2");
  CHECK(restarts(host) == 2);
  CHECK(host.copies() == 1);
}

TEST_CASE("a reload that is asked for while one is under way joins in") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  sample("1.0.1").write(file);
  hearth::Status first(hearth::ErrorCode::kFailed, "nothing was said");
  host.on_home([&](PluginHost& h) { h.reload("sample", [&](const auto& status) { first = status; }); });
  CHECK(host.reload().ok());
  host.on_home([&](PluginHost&) { CHECK(first.ok()); });
  CHECK(version(host) == "1.0.1");
}

TEST_CASE("a file of the same content changes nothing") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  sample().write(file);
  put(sample(), file);
  fs::permissions(file, fs::perms::owner_read);
  fs::remove(file);
  host.add();
  host.look();
  CHECK(host.state() == "running");
  CHECK(host.reason().empty());
  CHECK(restarts(host) == 0);
}

TEST_CASE("a changed file that is refused leaves the running one, and the row says why until it is right") {
  RunningHost host;
  const auto file = host.add();
  host.start("[plugin.sample]\nvolume = 4\n");
  const auto refused = [&](const std::string& why) {
    host.wait([&] { return contains(host.reason(), why); });
    INFO(host.reason());
    CHECK(contains(host.reason(), "the changed file was refused, the running one stays: "));
    CHECK(host.state() == "running");
    CHECK(version(host) == "1.0.0");
    CHECK(restarts(host) == 0);
    CHECK(host.bell().reachable);
  };
  sample().first(5000).write(file);
  refused("cut off");
  put(Altered(std::string()), file);
  refused("too short");
  put(sample().replaced("\"id\": \"sample\"", "\"id\": \"simple\""), file);
  refused("another plugin: simple");
  put(sample().replaced("\"maximum\": 20", "\"maximum\": 3 "), file);
  refused("volume");
  sample().write(file);
  host.wait([&] { return host.reason().empty(); });
  CHECK(restarts(host) == 0);
  fs::remove(file);
  fs::create_directory(file);
  refused("not a regular file");
  fs::remove(file);
  put(sample("1.0.1"), file);
  wait_for_version(host, "1.0.1");
  CHECK(host.reason().empty());
  CHECK(host.copies() == 1);
}

TEST_CASE("a plugin whose changed file was refused is restarted as it was when its configuration changes") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  sample().first(5000).write(file);
  host.wait([&] { return contains(host.reason(), "the running one stays"); });
  host.reconfigure("[plugin.sample]\nvolume = 7\n");
  host.wait([&] { return host.state() == "running" && host.volume() == "7"; });
  CHECK(contains(host.reason(), "the running one stays"));
}

TEST_CASE("a plugin whose file is removed or renamed away is stopped, and its file may come again") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  const bool removed = GENERATE(true, false);
  removed ? (void)fs::remove(file) : fs::rename(file, file.string() + ".off");
  host.wait_for("unloaded");
  host.wait([&] { return host.reason() == "its file was removed"; });
  CHECK(host.copies() == 0);
  host.add();
  host.wait_for("running");
  CHECK(host.reason().empty());
}

TEST_CASE("the devices of a removed plugin stay, unreachable, and are the same when it comes again") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  const auto before = host.bell();
  CHECK(before.reachable);
  fs::remove(file);
  host.wait([&] { return host.state() == "unloaded" && host.reason() == "its file was removed"; });
  CHECK(host.bell().number == before.number);
  CHECK_FALSE(host.bell().reachable);
  CHECK_FALSE(host.bell().reason.empty());
  host.add();
  host.wait([&] { return host.bell().reachable; });
  CHECK(host.bell().number == before.number);
}

TEST_CASE("a plugin whose file is renamed runs on under the new name") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  fs::rename(file, host.plugins() / "another.so");
  host.wait_for("running", "another.so");
  host.wait([&] { return !host.has_row(); });
}

TEST_CASE("a removed file that never ran loses its row") {
  RunningHost host;
  host.start("[plugin.sample]\nvolume = 99\n");
  host.add();
  host.wait_for("refused");
  fs::remove(host.plugins() / "sample.so");
  host.wait([&] { return !host.has_row(); });
  host.on_home([](PluginHost& h) { CHECK(h.rows()->size() == 0); });
}

TEST_CASE("a plugin that was stopped by hand stays so until its content changes") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  CHECK(host.unload().ok());
  sample().write(file);
  host.look();
  CHECK(host.state() == "unloaded");
  sample("1.0.1").write(file);
  wait_for_version(host, "1.0.1");
}

TEST_CASE("a disabled plugin stays disabled when its file changes") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  CHECK(host.disable().ok());
  sample("1.0.1").write(file);
  host.wait([&] { return version(host) == "1.0.1"; });
  CHECK(host.state() == "disabled");
  CHECK(host.copies() == 0);
  CHECK(host.enable().ok());
  CHECK(host.state() == "running");
}

TEST_CASE("a plugin that refused to start tries again with another content") {
  RunningHost host;
  const auto file = host.add();
  host.start("[plugin.sample]\nvolume = 13\n");
  CHECK(host.reason() == "13 brings bad luck");
  sample().replaced("13 brings bad luck", "14 brings bad luck").write(file);
  host.wait([&] { return host.reason() == "14 brings bad luck"; });
  CHECK(host.state() == "refused");
}

TEST_CASE("a hanging plugin's quarantine is lifted by another content of its file, and by nothing else") {
  RunningHost host;
  const Fifo fifo(host.state_dir() / "data" / "sample");
  const auto file = host.add();
  host.start("[plugin.sample]\nvolume = 19\n");
  host.wait_for("quarantined");
  CHECK(contains(host.enable().error().words, "until the server ends"));
  CHECK(contains(host.load(file).error().words, "until the server ends"));
  sample().write(file);
  host.reconfigure("[plugin.sample]\nvolume = 3\n");
  host.look();
  CHECK(host.state() == "quarantined");
  CHECK(host.copies() == 1);
  put(sample("1.0.1"), file);
  wait_for_version(host, "1.0.1");
  CHECK(host.copies() == 2);  // one of them is that of the plugin that hangs
}

// ---- Whatever is named *.so ---------------------------------------------------------------------------

TEST_CASE("everything named *.so has a row that says why it isn't run, and loses it with the file") {
  RunningHost host;
  host.start();
  const auto in = [&](const char* name) { return host.plugins() / name; };
  fs::create_directory(in("folder.so"));
  REQUIRE(mkfifo(in("fifo.so").c_str(), 0600) == 0);
  fs::create_symlink("nowhere", in("dangling.so"));
  fs::create_symlink("loop.so", in("loop.so"));
  std::ofstream(in("empty.so")).close();
  std::ofstream(in("text.so")) << "This is a text.\n";
  std::ofstream(in("no_plugin.txt")) << "This is a text.\n";
  std::map<std::string, std::string> reasons{
      {"folder.so", "not a regular file"}, {"fifo.so", "not a regular file"},
      {"dangling.so", "cannot be opened"}, {"loop.so", "cannot be opened"},
      {"empty.so", "too short"},           {"text.so", "ELF"}};
  if (geteuid() != 0) {
    sample().write(in("secret.so"));
    fs::permissions(in("secret.so"), fs::perms::none);
    reasons["secret.so"] = "cannot be opened";
  }
  for (const auto& [name, why] : reasons) {
    host.wait_for("refused", name);
    INFO(name << ": " << host.reason(name));
    CHECK(contains(host.reason(name), why));
    CHECK(host.row(name)->get("id").isEmpty());
  }
  host.on_home([&](PluginHost& h) { CHECK(h.rows()->size() == reasons.size()); });
  CHECK(host.copies() == 0);
  for (const auto& [name, why] : reasons) fs::remove(in(name.c_str()));
  host.wait([&] {
    bool none = false;
    host.on_home([&](PluginHost& h) { none = h.rows()->size() == 0; });
    return none;
  });
}

TEST_CASE("a link to a plugin is a plugin") {
  RunningHost host;
  host.start();
  fs::create_symlink(SAMPLE, host.plugins() / "sample.so");
  host.wait_for("running");
}

TEST_CASE("of two files with one id the other is taken up when the first goes") {
  RunningHost host;
  host.add("first.so");
  host.start();
  CHECK(host.state("first.so") == "running");
  host.add("second.so");
  host.wait_for("refused", "second.so");
  CHECK(contains(host.reason("second.so"), "first.so"));
  host.add("a_third.so");
  host.wait_for("refused", "a_third.so");
  fs::remove(host.plugins() / "second.so");
  host.wait([&] { return !host.has_row("second.so"); });
  CHECK(host.state("first.so") == "running");
  fs::remove(host.plugins() / "first.so");
  host.wait_for("running", "a_third.so");
  host.wait([&] { return !host.has_row("first.so"); });
}

TEST_CASE("at the start the order of the folders comes before the names") {
  RunningHost host;
  fs::create_directory(host.local());
  fs::copy_file(SAMPLE, host.local() / "a.so");
  fs::copy_file(SAMPLE, host.plugins() / "b.so");
  host.start("[plugin.sample]\nisolation = \"none\"\n");
  CHECK(host.state("b.so") == "running");
  CHECK(host.state("a.so") == "refused");
  CHECK(contains(host.reason("a.so"), "b.so"));
}

// ---- Without growth -----------------------------------------------------------------------------------

TEST_CASE("fifty reloads need no more descriptors, threads or files than one") {
  RunningHost host;
  const auto file = host.add();
  const std::string isolation = GENERATE("none", "process");
  host.start("[plugin.sample]\nisolation = \"" + isolation + "\"\n");
  const auto reload = [&](int i) {
    put(sample(i % 2 == 0 ? "1.0.1" : "1.0.2"), file);
    REQUIRE(host.reload().ok());
  };
  reload(0);
  host.look();
  const auto descriptors = entries("/proc/self/fd"), threads = entries("/proc/self/task");
  for (int i = 1; i <= 50; ++i) reload(i);
  host.look();
  CHECK(restarts(host) >= 51);
  CHECK(entries("/proc/self/fd") == descriptors);
  CHECK(entries("/proc/self/task") == threads);
  CHECK(host.copies() == 1);
  CHECK_FALSE(host.stop());
}

TEST_CASE("private copies that an earlier server has left are deleted at the start") {
  RunningHost host;
  host.add();
  std::ofstream(host.state_dir() / "copies" / "left.so") << "content";
  std::ofstream(host.state_dir() / "copies" / "new-abcdef") << "con";
  host.start();
  CHECK(host.copies() == 1);
}

TEST_CASE("a file that changes while the server stops doesn't hold it up") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  put(sample("1.0.1"), file);
  CHECK_FALSE(host.stop());
  CHECK(host.state() == "unloaded");
}
