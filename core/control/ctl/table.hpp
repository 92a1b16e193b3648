// Tables and lists for a terminal: aligned, harmless whatever they hold, coloured only where a person looks.
#ifndef HEARTH_CORE_CONTROL_CTL_TABLE_HPP
#define HEARTH_CORE_CONTROL_CTL_TABLE_HPP

#include <Poco/Dynamic/Var.h>

#include <string>
#include <string_view>
#include <vector>

namespace hearth::core::ctl {

enum class Colour { kNone, kGreen, kYellow, kRed, kDim };

struct Cell {
  std::string text;
  Colour colour = Colour::kNone;

  Cell(std::string t, Colour c = Colour::kNone) : text(std::move(t)), colour(c) {}
  Cell(const char* t) : text(t) {}
};

// `text` without control characters; in colour when `coloured`.
std::string painted(std::string_view text, Colour colour, bool coloured);

class Table {
 public:
  explicit Table(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  // A line each, the columns' names first. Columns that are empty in every row are left out.
  std::string text(bool coloured) const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// Any JSON for a person: an object as "key  value" lines, a list of objects as a table, a list of others a
// line each.
std::string describe(const Poco::Dynamic::Var& value, bool coloured);

// A value in one line: "on" and "off" for booleans is the devices' affair, here they are "yes" and "no"; "-"
// for null.
std::string plain(const Poco::Dynamic::Var& value);

}  // namespace hearth::core::ctl

#endif
