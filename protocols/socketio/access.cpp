// One token for users, one for monitors, and either may be missing.
#include "access.hpp"

#include "common/secret.hpp"

namespace hearth::monitor {

Result<Rights> Access::judge(const boost::json::object& auth) const {
  Rights rights{user_.empty(), monitor_.empty()};
  const auto* token = auth.if_contains("token");
  const bool wanted = !user_.empty() || !monitor_.empty();
  if (wanted && token && !token->is_null()) {
    const auto* text = token->if_string();
    const auto said = text ? std::string_view(*text) : std::string_view();
    const bool is_user = !user_.empty() && protocols::same_secret(said, user_);
    const bool is_monitor = !monitor_.empty() && protocols::same_secret(said, monitor_);
    if (!is_user && !is_monitor) return Error{ErrorCode::kDenied, "Invalid token"};
    rights.query = rights.query || is_user;
    rights.con = rights.con || is_monitor;
  }
  if (!rights.query && !rights.con) return Error{ErrorCode::kDenied, "A token is required"};
  return rights;
}

}  // namespace hearth::monitor
