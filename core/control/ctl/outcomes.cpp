// Which outcomes are worth a word.
#include "core/control/ctl/outcomes.hpp"

#include "core/control/ctl/lists.hpp"
#include "core/control/ctl/table.hpp"

namespace hearth::core::ctl {
namespace {

using Poco::JSON::Object;

// Is the outcome of a command as good as the wish? A newer wish that took its place is.
bool good(const Object& outcome) {
  const auto name = outcome.optValue<std::string>("outcome", "ok");
  return name == "ok" || name == "superseded";
}

void say_bad(Ctl& ctl, const Object& outcome) {
  const auto words = outcome.optValue<std::string>("words", "");
  ctl.fail(kRefused, plain(outcome.get("device")) + " " + plain(outcome.get("capability")) + ": " +
                         plain(outcome.get("outcome")) + (words.empty() ? "" : ": " + words));
}

}  // namespace

int pass_command(Ctl& ctl, const std::string& method, const Object::Ptr& params) {
  const auto result = ctl.call(method, params);
  if (!result) return ctl.status();
  if (ctl.json()) ctl.print_json(*result);
  int status = kOk;
  const auto judge = [&](const Object& outcome) {
    if (good(outcome)) return;
    status = kRefused;
    if (!ctl.json()) say_bad(ctl, outcome);
  };
  if (result->type() == typeid(Object::Ptr)) judge(*result->extract<Object::Ptr>());
  for_each_object(*result, judge);
  return status;
}

}  // namespace hearth::core::ctl
