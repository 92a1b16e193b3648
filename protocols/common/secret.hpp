// same_secret(): tokens, compared in a time that doesn't tell how much of them was right.
#ifndef HEARTH_PROTOCOLS_SECRET_HPP
#define HEARTH_PROTOCOLS_SECRET_HPP

#include <cstddef>
#include <string_view>

namespace hearth::protocols {

inline bool same_secret(std::string_view said, std::string_view secret) {
  unsigned different = said.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const auto expected = secret.empty() ? '\0' : secret[i % secret.size()];
    different |= static_cast<unsigned char>(said[i]) ^ static_cast<unsigned char>(expected);
  }
  return different == 0;
}

}  // namespace hearth::protocols

#endif
