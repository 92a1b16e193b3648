// HTTP header fields: HttpHeaders, those that came, and HttpFields, those to be sent.
#ifndef HEARTH_NET_HTTP_HEADERS_HPP
#define HEARTH_NET_HTTP_HEADERS_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::net {

struct HttpField {
  std::string_view name, value;  // the value without white space around it
};

// A view of checked lines "Name: value\r\n" (RFC 9112, section 5). Looking for a name goes through them all:
// they are few, and a table of them would cost more than it saves. Names are compared without case.
class HttpHeaders {
 public:
  class Iterator {
   public:
    explicit Iterator(std::string_view rest) : rest_(rest) { read(); }
    const HttpField& operator*() const { return field_; }
    const HttpField* operator->() const { return &field_; }
    Iterator& operator++() {
      read();
      return *this;
    }
    bool operator==(const Iterator& other) const { return field_.name.data() == other.field_.name.data(); }

   private:
    void read();
    std::string_view rest_;
    HttpField field_;
  };

  HttpHeaders() = default;
  explicit HttpHeaders(std::string_view lines) : lines_(lines) {}

  // The first of this name; none is not the same as an empty one.
  std::optional<std::string_view> find(std::string_view name) const;
  // The same, where none and an empty one mean the same.
  std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view()); }
  std::size_t count(std::string_view name) const;
  // Is `token` in the comma-separated lists of all fields of this name? Without case.
  bool has_token(std::string_view name, std::string_view token) const;

  Iterator begin() const { return Iterator(lines_); }
  Iterator end() const { return Iterator({}); }
  std::string_view lines() const { return lines_; }

 private:
  std::string_view lines_;
};

// Fields to be sent. What could break out of its line, or speaks of the message's framing (Content-Length,
// Transfer-Encoding, Connection, Trailer), makes all of them invalid, and a message with invalid fields is
// never sent: the framing is the writer's business, and a value from outside must not add lines.
class HttpFields {
 public:
  HttpFields& add(std::string_view name, std::string_view value);
  bool valid() const { return valid_; }
  bool has(std::string_view name) const { return HttpHeaders(text_).find(name).has_value(); }
  // As they travel, each line with its end.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool valid_ = true;
};

// RFC 9110, section 5.6.2: what names and methods consist of.
bool is_http_token(std::string_view text);
// May stand in a header's value: no control characters but the tab.
bool is_http_value(std::string_view text);
// ASCII only.
bool equal_without_case(std::string_view a, std::string_view b);
// Takes the next element off a comma-separated list, without white space around it; empty elements are
// skipped. False at the end.
bool next_element(std::string_view& list, std::string_view& element);

}  // namespace hearth::net

#endif
