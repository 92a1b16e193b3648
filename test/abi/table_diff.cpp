// A table is its version and sections: a line each for what it is, and indented ones for what is in it.
#include "test/abi/table_diff.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace hearth::test {

namespace {

constexpr auto kMajor = ": plugins built earlier would break; put it back, or raise HEARTH_ABI_MAJOR";
constexpr auto kMinor = ": raise HEARTH_ABI_MINOR, and keep the new table as test/abi/abi-MAJOR.MINOR.txt";

struct Section {
  std::string kind, name;  // "table", "fixed", "enum" or "type"; "hearth_host"
  std::uint64_t size = 0;  // bytes; not of an enum
  std::string line;        // the whole, for a type
  std::vector<std::string> lines;
};

struct Table {
  int major = 0, minor = 0;
  std::vector<Section> sections;
};

// How a type is spaced is the formatter's business.
std::string squeezed(std::string line) {
  std::erase(line, ' ');
  return line;
}

Table parse(const std::string& text) {
  std::istringstream in(text);
  std::string word;
  Table table;
  char dot = 0;
  if (!(in >> word >> table.major >> dot >> table.minor) || word != "abi" || dot != '.')
    throw std::runtime_error("not a table of abi.h");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    if (line.starts_with("  ")) {
      if (table.sections.empty()) throw std::runtime_error("a line of nothing: " + line);
      table.sections.back().lines.push_back(line.substr(2));
      continue;
    }
    Section section;
    section.line = line;
    std::istringstream(line) >> section.kind >> section.name >> section.size;
    table.sections.push_back(std::move(section));
  }
  return table;
}

const Section* find(const Table& table, const Section& like) {
  const auto found = std::find_if(table.sections.begin(), table.sections.end(), [&](const Section& s) {
    return s.kind == like.kind && s.name == like.name;
  });
  return found == table.sections.end() ? nullptr : &*found;
}

void compare(const Section& was, const Section& is, bool raised, std::vector<std::string>& out) {
  for (std::size_t i = 0; i < was.lines.size(); ++i) {
    const auto now = i < is.lines.size() ? is.lines[i] : "gone";
    if (squeezed(now) != squeezed(was.lines[i]))
      out.push_back(was.name + ": '" + was.lines[i] + "' is now '" + now + "'" + kMajor);
  }
  if (is.lines.size() > was.lines.size() && was.kind == "fixed") {
    out.push_back(was.name + " has grown, which is passed by value" + kMajor);
  } else if (is.lines.size() > was.lines.size() && !raised) {
    out.push_back(was.name + ": '" + is.lines[was.lines.size()] + "' is new" + kMinor);
  }
  if (was.kind == "type" && squeezed(was.line) != squeezed(is.line))
    out.push_back("'" + was.line + "' is now '" + is.line + "'" + kMajor);
  if (is.size < was.size || (is.size != was.size && was.kind == "fixed"))
    out.push_back(was.name + " had " + std::to_string(was.size) + " bytes and has " +
                  std::to_string(is.size) + kMajor);
  if (is.size > was.size && was.kind == "table" && !raised)
    out.push_back(was.name + " has grown to " + std::to_string(is.size) + " bytes" + kMinor);
}

// Each member begins where the one before it ends, and the last ends where the whole does.
bool has_hole(const Section& section) {
  std::uint64_t end = 0;
  for (const auto& line : section.lines) {
    std::string name;
    std::uint64_t offset = 0, size = 0;
    std::istringstream(line) >> name >> offset >> size;
    if (offset != end) return true;
    end = offset + size;
  }
  return end != section.size;
}

// The names that abi.h gives to anything.
std::set<std::string> declared(std::string header) {
  header = std::regex_replace(header, std::regex(R"(/\*[^*]*\*+([^/*][^*]*\*+)*/)"), " ");
  std::set<std::string> names;
  for (const auto* pattern : {R"((HEARTH_\w+)\s*=)", R"(struct\s+(hearth_\w+)\s*\{)",
                              R"(\(\*(hearth_\w+)\)\()", R"(typedef\s+\w+\s+(hearth_\w+);)"}) {
    const std::regex regex(pattern);
    for (std::sregex_iterator i(header.begin(), header.end(), regex), end; i != end; ++i)
      names.insert((*i)[1]);
  }
  return names;
}

}  // namespace

std::vector<std::string> forbidden_changes(const std::string& published, const std::string& now) {
  const auto was = parse(published), is = parse(now);
  if (was.major != is.major) return {};
  if (is.minor < was.minor)
    return {"HEARTH_ABI_MINOR went back; plugins of " + version_of(published) + " are refused"};
  const bool raised = is.minor > was.minor;
  std::vector<std::string> out;
  for (const auto& section : was.sections) {
    if (const auto* same = find(is, section)) {
      compare(section, *same, raised, out);
    } else {
      out.push_back(section.kind + " " + section.name + " is gone" + kMajor);
    }
  }
  for (const auto& section : is.sections)
    if (!raised && !find(was, section)) out.push_back(section.kind + " " + section.name + " is new" + kMinor);
  return out;
}

std::vector<std::string> not_in_table(const std::string& header, const std::string& table) {
  std::vector<std::string> out;
  std::set<std::string> shown;
  for (const auto& section : parse(table).sections) {
    shown.insert(section.name);
    for (const auto& line : section.lines) shown.insert(line.substr(0, line.find(' ')));
    if ((section.kind == "table" || section.kind == "fixed") && has_hole(section))
      out.push_back("test/abi/table.c lacks a member of " + section.name);
  }
  for (const auto& name : declared(header))
    if (!shown.contains(name)) out.push_back("test/abi/table.c lacks " + name);
  return out;
}

std::string version_of(const std::string& table) {
  const auto parsed = parse(table);
  return std::to_string(parsed.major) + "." + std::to_string(parsed.minor);
}

}  // namespace hearth::test
