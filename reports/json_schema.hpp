// The JSON Schema of a type, from the declaration by which it is written and read (reports/json_io.hpp): a third
// visitor of Fields<T>, so that a member that is added there is in the schema.
//
//  * `JsonSchema`    collects the members of one type
//  * `json_schema`   the whole schema, as JSON on one line
//
// Every member is there, and no other: what is unknown is null. Types that have Fields become definitions, named after
// the first member that has them, so that types may hold themselves.
//
// Example:
//   json_schema<Point>("A point") == R"({"$schema":…,"title":"A point","type":"object","required":["x","y"],…})"
#pragma once

#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/json_io.hpp"

namespace reports {

class JsonSchema {
 public:
  struct Definitions {
    std::map<const void*, std::string> names;  // by type
    std::map<std::string, std::string> texts;  // by name
  };
  explicit JsonSchema(Definitions& definitions) : definitions_{definitions} {}

  template <class T>
  void operator()(std::string_view key, T&) {
    add(key, of<T>(key));
  }
  template <class E>
  void choice(std::string_view key, E&, std::initializer_list<std::string_view> names) {
    std::string words;
    for (const std::string_view name : names) words += (words.empty() ? "" : ",") + quoted(name);
    add(key, "{\"enum\":[" + words + "]}");
  }

  // `"type":"object", …`, of all members visited.
  std::string members() const {
    return R"("type":"object","required":[)" + required_ + R"(],"properties":{)" + properties_ +
           R"(},"additionalProperties":false)";
  }

 private:
  template <class T>
  static constexpr char type = 0;  // its address tells types apart
  template <class T>
  struct Is {};

  template <class T>
  std::string of(std::string_view key) {
    return of(key, Is<std::remove_const_t<T>>{});
  }
  template <class T>
  std::string of(std::string_view key, Is<T>) {
    if constexpr (std::is_same_v<T, bool>) {
      return R"({"type":"boolean"})";
    } else if constexpr (std::is_integral_v<T>) {
      return R"({"type":"integer"})";
    } else if constexpr (std::is_arithmetic_v<T>) {
      return R"({"type":"number"})";
    } else if constexpr (std::is_same_v<T, std::string>) {
      return R"({"type":"string"})";
    } else if constexpr (std::is_same_v<T, core::Date>) {
      return R"({"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})";
    } else if constexpr (std::is_same_v<T, core::Int128>) {
      return R"({"type":"string","pattern":"^-?[0-9]+$"})";
    } else if constexpr (is_plain<T>) {  // money and quantities
      return R"({"type":"string","pattern":"^-?[0-9]+(\\.[0-9]+)?$"})";
    } else {
      return reference<T>(key);
    }
  }
  template <class T>
  std::string of(std::string_view key, Is<std::optional<T>>) {
    return R"({"anyOf":[)" + of<T>(key) + R"(,{"type":"null"}]})";
  }
  template <class T>
  std::string of(std::string_view key, Is<std::vector<T>>) {
    return R"({"type":"array","items":)" + of<T>(key) + "}";
  }
  template <class T, std::size_t n>
  std::string of(std::string_view key, Is<std::array<T, n>>) {
    const std::string count = std::to_string(n);
    return R"({"type":"array","minItems":)" + count + R"(,"maxItems":)" + count + R"(,"items":)" + of<T>(key) + "}";
  }

  template <class T>
  std::string reference(std::string_view key) {
    const auto [named, is_new] = definitions_.names.try_emplace(&type<T>, key);
    if (is_new) {
      for (int number = 2; definitions_.texts.contains(named->second); ++number) {
        named->second = std::string{key} + std::to_string(number);
      }
      const std::string name = named->second;
      definitions_.texts[name];  // taken, for what T holds
      JsonSchema below{definitions_};
      T value{};
      Fields<T>::visit(below, value);
      definitions_.texts[name] = "{" + below.members() + "}";
    }
    return R"({"$ref":"#/definitions/)" + definitions_.names[&type<T>] + "\"}";
  }

  void add(std::string_view key, const std::string& schema) {
    if (!required_.empty()) {
      required_ += ',';
      properties_ += ',';
    }
    required_ += quoted(key);
    properties_ += quoted(key) + ":" + schema;
  }
  // Names of members and choices are ours: nothing in them needs escaping.
  static std::string quoted(std::string_view name) { return '"' + std::string{name} + '"'; }

  Definitions& definitions_;
  std::string required_;
  std::string properties_;
};

template <class T>
std::string json_schema(std::string_view title) {
  JsonSchema::Definitions definitions;
  JsonSchema whole{definitions};
  T value{};
  Fields<T>::visit(whole, value);
  std::string text = R"({"$schema":"http://json-schema.org/draft-07/schema#","title":")" + std::string{title} + "\"," +
                     whole.members() + R"(,"definitions":{)";
  bool first = true;
  for (const auto& [name, definition] : definitions.texts) {
    if (!first) text += ',';
    first = false;
    text.append("\"").append(name).append("\":").append(definition);
  }
  return text + "}}";
}

}  // namespace reports
