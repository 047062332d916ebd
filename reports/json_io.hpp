// Writes and reads values as JSON by one declaration per type, so that the two cannot drift apart.
//
//  * `Fields<T>`   the declaration: names the members of T, in the order of the file
//  * `JsonWriter`  pretty, two spaces, lists of plain values on one line; stable to the byte
//  * `JsonReader`  the way back; throws core::ConfigError that names the member
//
// Money, quantities and 128-bit counts are texts (they have more digits than a double), times whole nanoseconds, and
// the few doubles are printed with the fewest digits that read back as the same double. A byte of a text that is no
// UTF-8 is written as '?'.
//
// Example:
//   template <> struct Fields<Point> {
//     static void visit(auto& io, Point& p) { io("x", p.x); io("y", p.y); }
//   };
//   const std::string text = write_json(point);
//   const Point again = read_json<Point>("point.json", text);   // == point
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"

namespace reports {

template <class T>
struct Fields;

template <class T>
inline constexpr bool is_plain =
    std::is_arithmetic_v<T> || std::is_same_v<T, std::string> || std::is_same_v<T, core::Money> ||
    std::is_same_v<T, core::Quantity> || std::is_same_v<T, core::Date> || std::is_same_v<T, core::Int128>;

class JsonWriter {
 public:
  template <class T>
  void operator()(std::string_view key, T& value) {
    begin_member(key);
    put(value);
  }
  template <class E>
  void choice(std::string_view key, E& value, std::initializer_list<std::string_view> names) {
    begin_member(key);
    put_text(names.begin()[static_cast<std::size_t>(value)]);
  }
  template <class T>
  void put(T& value) {
    if constexpr (is_plain<T>) {
      put_plain(value);
    } else {
      open('{');
      Fields<T>::visit(*this, value);
      close('}');
    }
  }
  template <class T>
  void put(std::optional<T>& value) {
    if (value) put(*value);
    else text_ += "null";
  }
  template <class T>
  void put(std::vector<T>& values) {
    put_list(values);
  }
  template <class T, std::size_t n>
  void put(std::array<T, n>& values) {
    put_list(values);
  }
  std::string text() && { return std::move(text_); }

 private:
  template <class List>
  void put_list(List& values) {
    constexpr bool one_line = is_plain<typename List::value_type>;
    if (values.empty()) {
      text_ += "[]";
      return;
    }
    open('[');
    for (auto& value : values) {
      begin_item(one_line);
      put(value);
    }
    close(']', one_line);
  }
  void open(char bracket);
  void close(char bracket, bool one_line = false);
  void begin_item(bool one_line);
  void begin_member(std::string_view key);
  void put_text(std::string_view text);
  std::size_t put_character(std::string_view text);  // the first one; the bytes it took
  void put_plain(bool value);
  void put_plain(std::int32_t value);
  void put_plain(std::int64_t value);
  void put_plain(std::uint64_t value);
  void put_plain(core::Int128 value);
  void put_plain(double value);
  void put_plain(const std::string& value) { put_text(value); }
  void put_plain(const core::Money& value) { put_text(value.to_string()); }
  void put_plain(const core::Quantity& value) { put_text(value.to_string()); }
  void put_plain(const core::Date& value) { put_text(core::format_date(value)); }

  std::string text_;
  int depth_ = 0;
  bool first_ = true;  // nothing stands yet between the innermost brackets
};

// One place in a parsed text; knows its path for messages. Hides the JSON library.
class JsonReader {
 public:
  // Throws core::ConfigError "name:line:column: …" when `text` is no JSON.
  static JsonReader parse(std::string name, std::string_view text);

  template <class T>
  void operator()(std::string_view key, T& value) {
    member(key).get(value);
  }
  template <class E>
  void choice(std::string_view key, E& value, std::initializer_list<std::string_view> names) {
    value = static_cast<E>(member(key).get_choice(names));
  }
  template <class T>
  void get(T& value) const {
    if constexpr (is_plain<T>) {
      get_plain(value);
    } else {
      expect_object();
      JsonReader io = *this;
      Fields<T>::visit(io, value);
    }
  }
  template <class T>
  void get(std::optional<T>& value) const {
    if (is_null()) value.reset();
    else get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& values) const {
    values.resize(list_size());
    for (std::size_t i = 0; i < values.size(); ++i) item(i).get(values[i]);
  }
  template <class T, std::size_t n>
  void get(std::array<T, n>& values) const {
    if (list_size() != n) fail("a list of another length", std::to_string(n) + " values");
    for (std::size_t i = 0; i < n; ++i) item(i).get(values[i]);
  }
  // Throws core::ConfigError "name: path: found …, expected …".
  [[noreturn]] void fail(std::string_view found, std::string_view expected) const;

 private:
  struct Tree;
  JsonReader(std::shared_ptr<const Tree> tree, const void* node, std::string path)
      : tree_{std::move(tree)}, node_{node}, path_{std::move(path)} {}

  JsonReader member(std::string_view key) const;
  JsonReader item(std::size_t index) const;
  std::size_t list_size() const;
  bool is_null() const;
  void expect_object() const;
  std::size_t get_choice(std::initializer_list<std::string_view> names) const;
  void get_plain(bool& value) const;
  void get_plain(std::int32_t& value) const;
  void get_plain(std::int64_t& value) const;
  void get_plain(std::uint64_t& value) const;
  void get_plain(core::Int128& value) const;
  void get_plain(double& value) const;
  void get_plain(std::string& value) const;
  void get_plain(core::Money& value) const;
  void get_plain(core::Quantity& value) const;
  void get_plain(core::Date& value) const;
  std::string found() const;  // what stands here, cut to a few words

  std::shared_ptr<const Tree> tree_;  // shared by all places of one text: they are handed around by value
  const void* node_;                  // a value of the JSON library's
  std::string path_;
};

template <class T>
std::string write_json(T value) {
  JsonWriter writer;
  writer.put(value);
  return std::move(writer).text() + "\n";
}

template <class T>
T read_json(std::string name, std::string_view text) {
  T value{};
  JsonReader::parse(std::move(name), text).get(value);
  return value;
}

}  // namespace reports
