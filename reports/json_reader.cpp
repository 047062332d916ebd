#include <charconv>
#include <limits>
#include <stdexcept>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include "core/yaml_reader.hpp"
#include "reports/json_io.hpp"

namespace reports {
namespace {

namespace json = boost::json;

// Boost.JSON 1.81 reads doubles fast and up to a unit of the last place off; a result that is read back must equal
// what was written, so the digits are collected here and go through std::from_chars.
class ExactHandler {
 public:
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  using code = json::error_code;
  using view = json::string_view;

  bool on_document_begin(code&) { return stack_.reset(), true; }
  bool on_document_end(code&) { return true; }
  bool on_object_begin(code&) { return true; }
  bool on_object_end(std::size_t n, code&) { return stack_.push_object(n), true; }
  bool on_array_begin(code&) { return true; }
  bool on_array_end(std::size_t n, code&) { return stack_.push_array(n), true; }
  bool on_key_part(view s, std::size_t, code&) { return stack_.push_chars(s), true; }
  bool on_key(view s, std::size_t, code&) { return stack_.push_key(s), true; }
  bool on_string_part(view s, std::size_t, code&) { return stack_.push_chars(s), true; }
  bool on_string(view s, std::size_t, code&) { return stack_.push_string(s), true; }
  bool on_number_part(view s, code&) { return digits_.append(s.data(), s.size()), true; }
  bool on_int64(std::int64_t i, view, code&) { return digits_.clear(), stack_.push_int64(i), true; }
  bool on_uint64(std::uint64_t u, view, code&) { return digits_.clear(), stack_.push_uint64(u), true; }
  bool on_double(double rough, view s, code&) {
    digits_.append(s.data(), s.size());
    double exact = rough;
    std::from_chars(digits_.data(), digits_.data() + digits_.size(), exact);
    digits_.clear();
    return stack_.push_double(exact), true;
  }
  bool on_bool(bool b, code&) { return stack_.push_bool(b), true; }
  bool on_null(code&) { return stack_.push_null(), true; }
  bool on_comment_part(view, code&) { return true; }
  bool on_comment(view, code&) { return true; }

  json::value release() { return stack_.release(); }

 private:
  json::value_stack stack_;
  std::string digits_;
};

const json::value& as_value(const void* node) { return *static_cast<const json::value*>(node); }

std::string position(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return fmt::format("{}:{}", line, column);
}

}  // namespace

struct JsonReader::Tree {
  std::string name;
  json::value root;
};

JsonReader JsonReader::parse(std::string name, std::string_view text) {
  json::basic_parser<ExactHandler> parser{json::parse_options{}};
  json::error_code error;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), error);
  if (error || parsed != text.size()) {
    const std::string why = error ? error.message() : "more text after the end";
    throw core::ConfigError{fmt::format("{}:{}: is no valid JSON: {}", name, position(text, parsed), why)};
  }
  auto tree = std::make_shared<Tree>(Tree{std::move(name), parser.handler().release()});
  const void* root = &tree->root;
  return JsonReader{std::move(tree), root, ""};
}

void JsonReader::fail(std::string_view found, std::string_view expected) const {
  throw core::ConfigError{fmt::format("{}: {}: found {}, expected {}", tree_->name,
                                      path_.empty() ? "the whole file" : path_, found, expected)};
}

JsonReader JsonReader::member(std::string_view key) const {
  std::string path = path_.empty() ? std::string{key} : fmt::format("{}.{}", path_, key);
  const json::value* value = as_value(node_).as_object().if_contains(key);
  JsonReader reader{tree_, value, std::move(path)};
  if (value == nullptr) reader.fail("nothing", "this member");
  return reader;
}

JsonReader JsonReader::item(std::size_t index) const {
  return JsonReader{tree_, &as_value(node_).as_array()[index], fmt::format("{}[{}]", path_, index)};
}

std::size_t JsonReader::list_size() const {
  if (!as_value(node_).is_array()) fail(found(), "a list");
  return as_value(node_).as_array().size();
}

bool JsonReader::is_null() const { return as_value(node_).is_null(); }

void JsonReader::expect_object() const {
  if (!as_value(node_).is_object()) fail(found(), "an object");
}

std::size_t JsonReader::get_choice(std::initializer_list<std::string_view> names) const {
  std::string text;
  get_plain(text);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text == names.begin()[i]) return i;
  }
  fail(found(), fmt::format("one of {}", fmt::join(names, ", ")));
}

void JsonReader::get_plain(bool& value) const {
  if (!as_value(node_).is_bool()) fail(found(), "true or false");
  value = as_value(node_).as_bool();
}

void JsonReader::get_plain(std::int64_t& value) const {
  if (!as_value(node_).is_int64()) fail(found(), "a whole number");
  value = as_value(node_).as_int64();
}

void JsonReader::get_plain(std::int32_t& value) const {
  std::int64_t wide = 0;
  get_plain(wide);
  if (wide < std::numeric_limits<std::int32_t>::min() || wide > std::numeric_limits<std::int32_t>::max()) {
    fail(found(), "a whole number of 32 bits");
  }
  value = static_cast<std::int32_t>(wide);
}

void JsonReader::get_plain(std::uint64_t& value) const {
  const json::value& v = as_value(node_);
  if (v.is_uint64()) value = v.as_uint64();
  else if (v.is_int64() && v.as_int64() >= 0) value = static_cast<std::uint64_t>(v.as_int64());
  else fail(found(), "a whole number from 0");
}

void JsonReader::get_plain(core::Int128& value) const {
  std::string text;
  get_plain(text);
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const std::string_view digits = std::string_view{text}.substr(sign);
  // 38 digits always fit into 128 bits.
  const bool whole =
      !digits.empty() && digits.size() <= 38 && digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (!whole) fail(found(), "a whole number such as \"3600\"");
  value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  if (sign == 1) value = -value;
}

void JsonReader::get_plain(double& value) const {
  if (!as_value(node_).is_number()) fail(found(), "a number");
  value = as_value(node_).to_number<double>();
}

void JsonReader::get_plain(std::string& value) const {
  if (!as_value(node_).is_string()) fail(found(), "a text");
  value = std::string{std::string_view{as_value(node_).as_string()}};
}

void JsonReader::get_plain(core::Money& value) const {
  std::string text;
  get_plain(text);
  try {
    value = core::Money::parse(text);
  } catch (const std::exception&) { fail(found(), "an amount such as \"0.15\""); }
}

void JsonReader::get_plain(core::Quantity& value) const {
  std::string text;
  get_plain(text);
  try {
    value = core::Quantity::parse(text);
  } catch (const std::exception&) { fail(found(), "a quantity such as \"744\""); }
}

void JsonReader::get_plain(core::Date& value) const {
  std::string text;
  get_plain(text);
  try {
    value = core::parse_date(text);
  } catch (const std::exception&) { fail(found(), "a day such as \"2026-12-01\""); }
}

std::string JsonReader::found() const {
  const json::value& v = as_value(node_);
  if (v.is_object()) return "an object";
  if (v.is_array()) return "a list";
  std::string text = json::serialize(v);
  if (text.size() > 60) text = text.substr(0, 57) + "…";
  return text;
}

}  // namespace reports
