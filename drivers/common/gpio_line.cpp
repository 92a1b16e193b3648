// Finding a line by what people call it, and what goes wrong, in words.
#include "gpio_line.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "gpio_line_chip.hpp"
#include "hearth/log.hpp"

namespace hearth::drivers {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "gpiochip";
constexpr std::size_t kMostListed = 8, kMostChips = 256, kLongestWord = 64;

// Labels, consumers and configured texts come from elsewhere: they neither break a line nor fill the log.
std::string shown(std::string_view text) {
  std::string word(text.substr(0, kLongestWord));
  for (auto& c : word)
    if (c < 0x20 || c >= 0x7f) c = '?';
  return word;
}
std::string in_quotes(std::string_view text) { return "'" + shown(text) + "'"; }

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}
bool digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The paths of chips in the order of their numbers. Links aren't among them: they only name a chip once more.
std::vector<std::string> chips_in(const std::string& folder) {
  std::vector<std::pair<unsigned, std::string>> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (!name.starts_with(kPrefix) || it->is_symlink(error)) continue;
    if (const auto n = number(std::string_view(name).substr(kPrefix.size())))
      found.emplace_back(*n, it->path().string());
    if (found.size() == kMostChips) break;
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> paths;
  paths.reserve(found.size());
  for (auto& [n, path] : found) paths.push_back(std::move(path));
  return paths;
}

// An isolated plugin without the permission gpio sees nothing of /dev.
bool hidden(const std::string& folder) {
  std::error_code error;
  const fs::directory_iterator there(folder, error);
  return error == std::errc::permission_denied;
}
Error not_allowed(const std::string& folder) {
  return {ErrorCode::kDenied,
          "no permission to look for chips in " + shown(folder) + ": the plugin needs the permission gpio"};
}

// "a, b, c and 4 more".
std::string listed(const std::vector<std::string>& all) {
  std::string words;
  for (std::size_t i = 0; i < std::min(all.size(), kMostListed); ++i) words += (i > 0 ? ", " : "") + all[i];
  if (all.size() > kMostListed) words += concat(" and ", all.size() - kMostListed, " more");
  return words;
}

Error no_chip(const std::string& chip, const std::string& folder) {
  if (hidden(folder)) return not_allowed(folder);
  std::vector<std::string> all;
  for (const auto& path : chips_in(folder)) {
    all.push_back(fs::path(path).filename().string());
    if (const auto open = GpioChip::open(path))
      all.back().append(" (").append(shown(open->label())).append(")");
  }
  return {
      ErrorCode::kUnreachable,
      "no chip " + in_quotes(chip) + (all.empty() ? "; there is none at all" : "; there are " + listed(all))};
}

// Rights that the file gives and the kernel refuses: an isolated plugin may only use what was there when it
// began.
Error no_right(const std::string& path, const std::string& folder) {
  if (hidden(folder)) return not_allowed(folder);
  if (access(path.c_str(), R_OK | W_OK) == 0)
    return {ErrorCode::kDenied,
            shown(path) + " appeared after the plugin's own process had begun: reload the plugin"};
  return {ErrorCode::kDenied,
          "no permission to open " + shown(path) + ": the user has to be in the group gpio"};
}

Error not_opened(const std::string& path, int error, const std::string& folder) {
  const bool called_chip = path.find(kPrefix, path.rfind('/') + 1) != std::string::npos;
  if (error == EACCES || error == EPERM) return no_right(path, folder);
  if (error == ENOENT) return no_chip(path, folder);
  if ((error == ENODEV || error == ENXIO) && called_chip)
    return {ErrorCode::kUnreachable, shown(path) + " was unplugged"};
  if (error == ENOTTY || error == ENODEV || error == EINVAL)
    return {ErrorCode::kInvalid, shown(path) + " is no GPIO chip"};
  return {ErrorCode::kFailed, "cannot open " + shown(path) + ": " + std::strerror(error)};
}

using Chip = std::unique_ptr<GpioChip>;

Result<Chip> open_chip(const std::string& path, const std::string& folder) {
  char* real = realpath(path.c_str(), nullptr);  // the library takes no links
  auto chip = GpioChip::open(real != nullptr ? real : path);
  const int error = errno;
  free(real);
  if (!chip) return not_opened(path, error, folder);
  return chip;
}

Result<Chip> chip_of_label(const std::string& label, const std::string& folder) {
  Chip found;
  std::optional<Error> denied;
  for (const auto& path : chips_in(folder)) {
    auto chip = open_chip(path, folder);
    if (!chip) {
      if (chip.error().code == ErrorCode::kDenied) denied = chip.error();
      continue;
    }
    if ((*chip)->label() != label) continue;
    if (found)
      return {ErrorCode::kInvalid, "two chips are called " + in_quotes(label) + ", " + found->name() +
                                       " and " + (*chip)->name() + ": configure one by its path"};
    found = *std::move(chip);
  }
  if (found) return found;
  return denied ? *denied : no_chip(label, folder);
}

// As a path, as a name or number, as a label: the first that there is.
Result<Chip> find_chip(const std::string& chip, const std::string& folder) {
  if (chip.starts_with('/')) return open_chip(chip, folder);
  const std::string name = digits(chip) ? std::string(kPrefix) + chip : chip;
  std::error_code error;
  if (name.starts_with(kPrefix) && name.find('/') == std::string::npos &&
      fs::exists(fs::symlink_status(folder + "/" + name, error)))
    return open_chip(folder + "/" + name, folder);
  return chip_of_label(chip, folder);
}

std::vector<unsigned> lines_of_name(const GpioChip& chip, const std::string& name) {
  std::vector<unsigned> offsets;
  for (unsigned offset = 0; offset < chip.size(); ++offset)
    if (chip.line_name(offset) == name) offsets.push_back(offset);
  return offsets;
}

Error two_lines(const std::string& name, const std::string& first, const std::string& second) {
  return {ErrorCode::kInvalid, "two lines are called " + in_quotes(name) + ", " + first + " and " + second +
                                   ": configure chip and offset"};
}
std::string where(const GpioChip& chip, unsigned offset) {
  return concat("line ", offset, " of ", shown(chip.name()));
}

Error no_line(const std::string& line, const GpioChip& chip) {
  const auto words = "no line " + in_quotes(line) + " on " + shown(chip.name());
  if (chip.size() == 0) return {ErrorCode::kInvalid, words + ", which has no lines at all"};
  if (digits(line)) return {ErrorCode::kInvalid, concat(words, ", which has 0 to ", chip.size() - 1)};
  std::vector<std::string> names;
  for (unsigned offset = 0; offset < chip.size(); ++offset)
    if (auto name = chip.line_name(offset); !name.empty()) names.push_back(shown(name));
  if (names.empty()) return {ErrorCode::kInvalid, words + ", none of whose lines has a name"};
  return {ErrorCode::kInvalid, words + "; there are " + listed(names)};
}

Result<unsigned> find_line(const GpioChip& chip, const std::string& line) {
  if (digits(line)) {
    const auto offset = number(line);
    if (!offset || *offset >= chip.size()) return no_line(line, chip);
    return *offset;
  }
  const auto offsets = lines_of_name(chip, line);
  if (offsets.empty()) return no_line(line, chip);
  if (offsets.size() > 1) return two_lines(line, where(chip, offsets[0]), where(chip, offsets[1]));
  return offsets[0];
}

struct Place {
  Chip chip;
  unsigned offset = 0;
};

Result<Place> search(const std::string& line, const std::string& folder) {
  if (digits(line)) return {ErrorCode::kInvalid, "line " + line + " of which chip?"};
  Place place;
  std::optional<Error> denied;
  std::vector<std::string> names;
  for (const auto& path : chips_in(folder)) {
    names.push_back(fs::path(path).filename().string());
    auto chip = open_chip(path, folder);
    if (!chip) {
      if (chip.error().code == ErrorCode::kDenied) denied = chip.error();
      continue;
    }
    const auto offsets = lines_of_name(**chip, line);
    if (offsets.empty()) continue;
    if (place.chip) return two_lines(line, where(*place.chip, place.offset), where(**chip, offsets[0]));
    if (offsets.size() > 1) return two_lines(line, where(**chip, offsets[0]), where(**chip, offsets[1]));
    place = {*std::move(chip), offsets[0]};
  }
  if (place.chip) return place;
  if (denied) return *denied;
  if (hidden(folder)) return not_allowed(folder);
  return {ErrorCode::kUnreachable,
          "no line " + in_quotes(line) + (names.empty() ? ": there is no chip" : " on " + listed(names))};
}

Result<Place> find(const GpioRequest& request, const std::string& folder) {
  if (request.chip.empty()) return search(request.line, folder);
  auto chip = find_chip(request.chip, folder);
  if (!chip) return chip.error();
  const auto offset = find_line(**chip, request.line);
  if (!offset) return offset.error();
  return Place{*std::move(chip), *offset};
}

Error not_taken(const Place& place, int error) {
  const auto line = where(*place.chip, place.offset);
  switch (error) {
    case EBUSY: {
      const auto user = shown(place.chip->consumer(place.offset));
      return {ErrorCode::kBusy,
              line + " is in use" + (user.empty() || user == "?" ? " by something nameless" : " by " + user)};
    }
    case EACCES:
    case EPERM: return {ErrorCode::kDenied, line + " may not be used as an output"};
    case ENODEV:
    case ENXIO: return {ErrorCode::kUnreachable, shown(place.chip->name()) + " was unplugged"};
    case EINVAL: return {ErrorCode::kInvalid, line + " can't be such an output"};
    default: return {ErrorCode::kFailed, line + ": " + std::strerror(error)};
  }
}

}  // namespace

GpioLine::GpioLine(std::unique_ptr<GpioChip> chip) : chip_(std::move(chip)) {}
GpioLine::GpioLine(GpioLine&&) noexcept = default;
GpioLine& GpioLine::operator=(GpioLine&&) noexcept = default;
GpioLine::~GpioLine() = default;

Result<GpioLine> GpioLine::request(const GpioRequest& request, const std::string& folder) {
  auto place = find(request, folder);
  if (!place) return place.error();
  if (const int error = place->chip->take(place->offset, request); error != 0)
    return not_taken(*place, error);
  return GpioLine(std::move(place->chip));
}

Status GpioLine::set(bool on) {
  const int error = chip_->set(on);
  if (error == 0) return {};
  const auto name = shown(chip_->name());
  if (error == ENODEV || error == ENXIO) return {ErrorCode::kUnreachable, name + " was unplugged"};
  return {ErrorCode::kFailed, "cannot set a line of " + name + ": " + std::strerror(error)};
}

}  // namespace hearth::drivers
