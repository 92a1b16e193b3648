// Telling options from words.
#include "core/control/ctl/arguments.hpp"

#include <algorithm>
#include <cstdlib>

#include "core/control/nearest.hpp"

namespace hearth::core::ctl {
namespace {

class Parser {
 public:
  Parser(const std::vector<std::string>& args, OptionsOf options_of) : args_(args), options_of_(options_of) {}

  Result<Arguments> run() {
    result_.runtime_dir = default_runtime_dir();
    for (; next_ < args_.size(); ++next_) {
      const auto& arg = args_[next_];
      const auto status = arg == "-h" || (!only_words_ && arg.starts_with("--")) ? option(arg) : word(arg);
      if (!status.ok()) return status.error();
    }
    return std::move(result_);
  }

 private:
  Status word(const std::string& arg) {
    if (result_.command.empty()) {
      result_.command = arg;
      known_ = options_of_(arg);
    } else {
      result_.words.push_back(arg);
    }
    return {};
  }

  Status option(const std::string& arg) {
    const auto equals = arg.find('=');
    const auto name = arg.substr(0, equals);
    if (arg == "--") {
      only_words_ = true;
    } else if (arg == "--json") {
      result_.json = true;
    } else if (arg == "--help" || arg == "-h") {
      result_.help = true;
    } else if (arg == "--version" && result_.command.empty()) {
      result_.version = true;
    } else if (name == "--runtime-dir") {
      return value(arg, equals, result_.runtime_dir);
    } else {
      return own(arg, name, equals);
    }
    return {};
  }

  // An option of the command's; a plugin's verb gets it as a word.
  Status own(const std::string& arg, const std::string& name, std::size_t equals) {
    if (!result_.command.empty() && !known_) return word(arg);
    std::vector<std::string> names{"--json", "--help", "--runtime-dir"};
    if (known_) {
      const auto found =
          std::find_if(known_->begin(), known_->end(), [&](const Option& o) { return o.name == name; });
      if (found != known_->end()) {
        auto& slot = result_.options[name];
        if (!found->value.empty()) return value(arg, equals, slot);
        if (equals != std::string::npos) return {ErrorCode::kInvalid, name + " takes no value"};
        return {};
      }
      for (const auto& o : *known_) names.emplace_back(o.name);
    }
    const auto near = nearest(name, names);
    return {ErrorCode::kInvalid,
            "unknown option " + name + (near.empty() ? "" : "; did you mean " + near + "?")};
  }

  Status value(const std::string& arg, std::size_t equals, std::string& slot) {
    if (equals != std::string::npos) {
      slot = arg.substr(equals + 1);
    } else if (next_ + 1 < args_.size()) {
      slot = args_[++next_];
    } else {
      return {ErrorCode::kInvalid, arg + " needs a value"};
    }
    return {};
  }

  const std::vector<std::string>& args_;
  const OptionsOf options_of_;
  std::size_t next_ = 0;
  bool only_words_ = false;
  const std::vector<Option>* known_ = nullptr;
  Arguments result_;
};

}  // namespace

Result<Arguments> parse_arguments(const std::vector<std::string>& args, OptionsOf options_of) {
  return Parser(args, options_of).run();
}

std::string default_runtime_dir() {
  const char* told = std::getenv("HEARTH_RUNTIME_DIR");
  return told && *told ? told : "/run/hearth";
}

}  // namespace hearth::core::ctl
