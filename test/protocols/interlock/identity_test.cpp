// Files that outlive the power, and what is found of them.
#include "protocols/interlock/identity.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "protocols/interlock/private_file.hpp"

using namespace hearth::interlock;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hearth-interlock-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  void put(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
  std::string text(const std::string& name) const {
    std::ostringstream all;
    all << std::ifstream(path / name).rdbuf();
    return all.str();
  }
  unsigned mode(const std::string& name) const {
    struct stat status {};
    return ::stat((path / name).c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(path), std::filesystem::directory_iterator()));
  }
  std::filesystem::path path;
};

struct Told {
  IdentityFiles::Tell tell() {
    return [this](std::string_view words) { lines.emplace_back(words); };
  }
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("an identity is made once and found again, for nobody else to read") {
  Folder folder;
  Told told;
  const IdentityFiles files(folder.path);
  const auto first = files.identity({}, told.tell());
  CHECK(first.machine_id.size() == 32);
  CHECK(first.secret.size() == 64);
  CHECK(folder.mode("identity.json") == 0600);
  CHECK(folder.files() == 1);
  const auto again = files.identity({}, told.tell());
  CHECK(again.machine_id == first.machine_id);
  CHECK(again.secret == first.secret);
  CHECK(told.lines.empty());
  Folder other;
  CHECK(IdentityFiles(other.path).identity({}, told.tell()).secret != first.secret);
}

TEST_CASE("settings come before what was made") {
  Folder folder;
  Told told;
  const IdentityFiles files(folder.path);
  const auto both = files.identity({"mine", "known"}, told.tell());
  CHECK(both.machine_id == "mine");
  CHECK(both.secret == "known");
  CHECK(folder.files() == 0);
  const auto one = files.identity({"mine", ""}, told.tell());
  CHECK(one.machine_id == "mine");
  CHECK(one.secret.size() == 64);
  CHECK(files.identity({"", ""}, told.tell()).secret == one.secret);
}

TEST_CASE("an identity that makes no sense is replaced, and the log says so without quoting it") {
  for (const std::string text : {"", "hidden{", "[]", "{\"machine_id\":\"hidden\"}",
                                 "{\"machine_id\":1,\"machine_secret\":\"hidden\"}",
                                 "{\"machine_id\":\"\",\"machine_secret\":\"hidden\"}"}) {
    INFO(text);
    Folder folder;
    Told told;
    folder.put("identity.json", text);
    const auto made = IdentityFiles(folder.path).identity({}, told.tell());
    CHECK(made.machine_id.size() == 32);
    REQUIRE(told.lines.size() == 1);
    CHECK(told.lines[0].find("hidden") == std::string::npos);
    CHECK(folder.text("identity.json").find(made.secret) != std::string::npos);
    CHECK(folder.mode("identity.json") == 0600);
  }
}

TEST_CASE("an identity is made even where it can't be kept") {
  Told told;
  const auto made = IdentityFiles("/nowhere/at/all").identity({}, told.tell());
  CHECK(made.secret.size() == 64);
  CHECK(told.lines.size() == 1);
}

TEST_CASE("a token belongs to one server and one machine") {
  Folder folder;
  Told told;
  const IdentityFiles files(folder.path);
  CHECK(files.token("https://a", "m", told.tell()).empty());
  REQUIRE(files.keep_token("https://a", "m", "t1").ok());
  CHECK(folder.mode("token.json") == 0600);
  CHECK(files.token("https://a", "m", told.tell()) == "t1");
  CHECK(files.token("https://b", "m", told.tell()).empty());
  CHECK(files.token("https://a", "n", told.tell()).empty());
  REQUIRE(files.keep_token("https://a", "m", "t2").ok());
  CHECK(files.token("https://a", "m", told.tell()) == "t2");
  REQUIRE(files.keep_token("https://a", "m", "").ok());
  CHECK(folder.files() == 0);
  CHECK(files.keep_token("https://a", "m", "").ok());
  CHECK(told.lines.empty());
}

TEST_CASE("a token that makes no sense is none") {
  for (const std::string& text : std::vector<std::string>{
           std::string("x"), std::string("{\"token\":5}"), std::string("{\"token\":\"hidden\"}"),
           "{\"server\":\"s\",\"machine_id\":\"m\",\"token\":\"" + std::string(5000, 'h') + "\"}",
           std::string(70000, ' ')}) {
    Folder folder;
    Told told;
    folder.put("token.json", text);
    CHECK(IdentityFiles(folder.path).token("s", "m", told.tell()).empty());
    REQUIRE(told.lines.size() == 1);
    CHECK(told.lines[0].find("hidden") == std::string::npos);
  }
}

TEST_CASE("what is no file of its own is not read") {
  Folder folder;
  Told told;
  folder.put("elsewhere", R"({"server":"s","machine_id":"m","token":"t"})");
  std::filesystem::create_symlink(folder.path / "elsewhere", folder.path / "token.json");
  const IdentityFiles files(folder.path);
  CHECK(files.token("s", "m", told.tell()).empty());
  CHECK(told.lines.size() == 1);
  std::filesystem::remove(folder.path / "token.json");
  std::filesystem::create_directory(folder.path / "token.json");
  CHECK(files.token("s", "m", told.tell()).empty());
  CHECK_FALSE(files.keep_token("s", "m", "t").ok());
}

TEST_CASE("others lose their right to read") {
  Folder folder;
  Told told;
  folder.put("token.json", R"({"server":"s","machine_id":"m","token":"t"})");
  ::chmod((folder.path / "token.json").c_str(), 0644);
  CHECK(IdentityFiles(folder.path).token("s", "m", told.tell()) == "t");
  CHECK(folder.mode("token.json") == 0600);
}

TEST_CASE("what an earlier attempt has left behind is in nobody's way") {
  Folder folder;
  folder.put("token.json.new", "half");
  const IdentityFiles files(folder.path);
  REQUIRE(files.keep_token("s", "m", "t").ok());
  CHECK(folder.files() == 1);
  CHECK(folder.mode("token.json") == 0600);
}

TEST_CASE("strangers' words lose what is secret, their lines and their length") {
  CHECK(harmless("the token t/1 and t%2F1", {"s", "t/1"}).find("t/1") == std::string::npos);
  CHECK(harmless("say t%2F1!", {"", "t/1"}) == "say ***!");
  CHECK(harmless("two\nlines\x7f", {}) == "two?lines?");
  CHECK(harmless("gr\xc3\xbc\xc3\x9f", {}) == "gr\xc3\xbc\xc3\x9f");
  CHECK(harmless("gr\xfc\xdf", {}) == "gr??");
  CHECK(harmless(std::string(1000, 'x'), {}).size() == 300);
}

TEST_CASE("a token has a length that can be sent") {
  CHECK_FALSE(is_token(""));
  CHECK(is_token(std::string(4096, 't')));
  CHECK_FALSE(is_token(std::string(4097, 't')));
}
