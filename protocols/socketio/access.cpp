// Tokens are compared in a time that doesn't tell how much of them was right.
#include "access.hpp"

namespace hearth::monitor {

namespace {

bool same_secret(std::string_view said, std::string_view secret) {
  unsigned different = said.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const auto expected = secret.empty() ? '\0' : secret[i % secret.size()];
    different |= static_cast<unsigned char>(said[i]) ^ static_cast<unsigned char>(expected);
  }
  return different == 0;
}

}  // namespace

Result<Rights> Access::judge(const boost::json::object& auth) const {
  Rights rights{user_.empty(), monitor_.empty()};
  const auto* token = auth.if_contains("token");
  const bool wanted = !user_.empty() || !monitor_.empty();
  if (wanted && token && !token->is_null()) {
    const auto* text = token->if_string();
    const auto said = text ? std::string_view(*text) : std::string_view();
    const bool is_user = !user_.empty() && same_secret(said, user_);
    const bool is_monitor = !monitor_.empty() && same_secret(said, monitor_);
    if (!is_user && !is_monitor) return Error{ErrorCode::kDenied, "Invalid token"};
    rights.query = rights.query || is_user;
    rights.con = rights.con || is_monitor;
  }
  if (!rights.query && !rights.con) return Error{ErrorCode::kDenied, "A token is required"};
  return rights;
}

}  // namespace hearth::monitor
