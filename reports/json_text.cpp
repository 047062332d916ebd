#include "reports/json_text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace reports {

std::string json_text(const boost::json::value& value, std::size_t indent) {
  constexpr std::size_t width = 116;
  std::string line = boost::json::serialize(value);
  const bool is_list = value.is_array();
  if ((!is_list && !value.is_object()) || line.size() + indent <= width) return line;
  const std::string blanks(indent + 2, ' ');
  std::string text{is_list ? "[\n" : "{\n"};
  bool first = true;
  const auto begin = [&] {
    if (!first) text += ",\n";
    first = false;
    text += blanks;
  };
  if (is_list) {
    for (const auto& item : value.get_array()) {
      begin();
      text += json_text(item, indent + 2);
    }
  } else {
    for (const auto& [key, item] : value.get_object()) {
      begin();
      text += fmt::format("{}: {}", boost::json::serialize(key), json_text(item, indent + 2));
    }
  }
  return text + "\n" + std::string(indent, ' ') + (is_list ? "]" : "}");
}

}  // namespace reports
