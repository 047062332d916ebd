#include "reports/config_schema.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/units.hpp"
#include "reports/json_text.hpp"

namespace reports {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using core::Declared;
using core::Form;
using List = std::vector<const Declared*>;

// Choices that the other keys of their mapping may depend on.
constexpr std::array<std::string_view, 6> deciding{"kind", "process", "shape", "distribution", "meter", "fault"};

// One mapping as it was asked, or all with one path.
struct Asked {
  std::vector<std::string> keys;  // in the order of reading
  std::map<std::string, List> of_key;
  std::set<std::size_t> mappings;
  const Declared* names = nullptr;

  void add(const Declared& declared) {
    // The value of a form may be a scalar as well.
    if (!declared.key.empty() || declared.form == Form::names) mappings.insert(declared.mapping);
    if (declared.form == Form::names) {
      names = &declared;
      return;
    }
    List& all = of_key[declared.key];
    if (all.empty()) keys.push_back(declared.key);
    all.push_back(&declared);
  }
};

constexpr std::string_view digits = "[0-9](_?[0-9])*";

// How core/units.hpp and core/money.hpp want a number written; `sign` as a pattern.
std::string decimal(std::string_view sign) {
  return fmt::format("{}{}(\\.{})?([eE][+-]?[0-9]+)?", sign, digits, digits);
}

// "ns, us, ms" → "(ns|us|ms)"
std::string one_of(std::string_view units) {
  std::string pattern{"("};
  for (const char c : units) {
    if (c == ',') pattern += '|';
    else if (c != ' ') pattern += c;
  }
  return pattern + ")";
}

std::string escaped(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view{"\\^$.|?*+()[]{}/"}.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

// Of a text. Where nothing is below 0 a sign of its own stands before zeros only.
std::string pattern_of(const Declared& declared) {
  const std::string signs = declared.min && *declared.min >= 0 ? "(?!-[0-9_.]*[1-9])[+-]?" : "[+-]?";
  switch (declared.form) {
    case Form::number:
    case Form::integer:
      return decimal(signs);
    case Form::share:
      return decimal(signs) + " *%?";
    case Form::duration:
      return decimal(signs) + " *" + one_of(core::duration_units);
    case Form::bytes:
      return decimal(signs) + " *" + one_of(core::byte_units);
    case Form::bytes_per_second:
      return decimal(signs) + " *" + one_of(core::byte_units) + "/s";
    case Form::money:
      return decimal("-?\\$?");
    case Form::quantity:
      return decimal("-?");
    case Form::date:
      return "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    case Form::boolean:
      return "true|false";
    default:
      return "";
  }
}

bool is_scalar(Form form) { return form >= Form::number && form <= Form::quantity; }
// What YAML reads as a number where no unit or sign stands beside it.
bool is_number(Form form) {
  return form == Form::number || form == Form::integer || form == Form::share || form == Form::money ||
         form == Form::quantity;
}

value in_json(double number) {
  if (number == std::floor(number) && std::abs(number) < 9e15) return static_cast<std::int64_t>(number);
  return number;
}

void add_limits(object& schema, const List& list) {
  const auto all = [&](auto has) { return std::all_of(list.begin(), list.end(), has); };
  const auto least = [](const Declared* a, const Declared* b) { return *a->min < *b->min; };
  const auto most = [](const Declared* a, const Declared* b) { return *a->max < *b->max; };
  if (all([](const Declared* d) { return d->min.has_value(); })) {
    schema["minimum"] = in_json(*(*std::min_element(list.begin(), list.end(), least))->min);
  }
  if (all([](const Declared* d) { return d->max.has_value(); })) {
    schema["maximum"] = in_json(*(*std::max_element(list.begin(), list.end(), most))->max);
  }
}

// "730" is a text to us and a number to an editor.
value enumerated(const std::vector<std::string>& words) {
  array all;
  for (const std::string& word : words) {
    all.emplace_back(word);
    if (const auto number = core::parse_number(word)) all.emplace_back(in_json(number.value));
  }
  return all;
}

std::vector<std::string> choices_of(const List& list) {
  std::vector<std::string> words;
  for (const Declared* d : list) {
    for (const std::string& word : d->choices) {
      if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    }
  }
  return words;
}

// All scalars of a key in one: numbers by their limits, texts by a pattern.
object scalar(const List& declared) {
  // A reader that looks at the text of what it also reads as something else, for a message: it is that.
  List list = declared;
  std::erase_if(list, [](const Declared* d) { return d->form == Form::text && d->expected == "a text"; });
  if (list.empty()) list = declared;
  object schema;
  const auto any = [&](auto is) { return std::any_of(list.begin(), list.end(), is); };
  const std::vector<std::string> words = choices_of(list);
  const bool only_choices =
      std::all_of(list.begin(), list.end(), [](const Declared* d) { return d->form == Form::choice; });
  if (only_choices) return {{"enum", enumerated(words)}};
  if (any([](const Declared* d) { return d->form == Form::text; })) {
    return {{"type", {"string", "number", "boolean"}}};
  }
  List numbers;
  std::set<std::string> patterns;
  for (const Declared* d : list) {
    if (is_number(d->form)) numbers.push_back(d);
    if (d->form != Form::choice) patterns.insert(pattern_of(*d));
  }
  for (const std::string& word : words) patterns.insert(escaped(word));
  array types;
  if (!numbers.empty()) {
    const bool whole =
        std::all_of(numbers.begin(), numbers.end(), [](const Declared* d) { return d->form == Form::integer; });
    types.emplace_back(whole ? "integer" : "number");
    add_limits(schema, numbers);
  }
  if (any([](const Declared* d) { return d->form == Form::boolean; })) types.emplace_back("boolean");
  types.emplace_back("string");
  schema["type"] = types.size() == 1 ? types.front() : value(types);
  schema["pattern"] = fmt::format("^({})$", fmt::join(patterns, "|"));
  return schema;
}

class Schema {
 public:
  explicit Schema(const core::Declarations& declarations) {
    for (const Declared& d : declarations.all()) sections_[d.section].add(d);
  }

  std::string text(std::string_view title) {
    object whole{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
    for (auto& [key, part] : mapping("")) whole[key] = std::move(part);
    object definitions;
    for (const auto& [path, asked] : sections_) {
      if (path.starts_with('#') && path.find('.') == std::string::npos) definitions[path.substr(1)] = form(path);
    }
    whole["definitions"] = std::move(definitions);
    return json_text(whole) + "\n";
  }

 private:
  // What several places have in common: its scalars and lists (key ""), and its keys.
  object form(const std::string& path) {
    const Asked& asked = sections_.at(path);
    const auto own = asked.of_key.find("");
    if (own == asked.of_key.end()) return mapping(path);
    List plain;
    bool is_mapping = false;
    for (const Declared* d : own->second) {
      if (d->form == Form::mapping) is_mapping = true;
      else plain.push_back(d);
    }
    if (!is_mapping) return of_key(plain);
    return plain.empty() ? mapping(path) : any_of({of_key(plain), mapping(path)});
  }

  object mapping(const std::string& path) {
    const auto found = sections_.find(path);
    if (found == sections_.end()) return {{"type", "object"}};
    const Asked& asked = found->second;
    object schema{{"type", "object"}};
    object properties;
    for (const std::string& key : asked.keys) {
      if (!key.empty() && key != "*") properties[key] = of_key(asked.of_key.at(key));
    }
    if (const array required = required_of(asked); !required.empty()) schema["required"] = required;
    schema["properties"] = std::move(properties);
    schema["additionalProperties"] = false;
    if (asked.names != nullptr) {
      const auto any = asked.of_key.find("*");
      object each = any == asked.of_key.end() ? object{} : of_key(any->second);
      if (!each.contains("$ref")) each["description"] = asked.names->expected;
      schema["additionalProperties"] = std::move(each);
    }
    if (array branches = branches_of(asked); !branches.empty()) schema["allOf"] = std::move(branches);
    return schema;
  }

  // Each choice of a deciding key, with what is different under it.
  array branches_of(const Asked& asked) {
    array branches;
    for (const std::string_view key : deciding) {
      const auto found = asked.of_key.find(std::string{key});
      if (found == asked.of_key.end()) continue;
      std::map<std::string, std::set<std::size_t>> mappings_of;
      for (const Declared* d : found->second) {
        if (d->form == Form::choice) mappings_of[d->chosen].insert(d->mapping);
      }
      for (const std::string& choice : choices_of(found->second)) {
        const auto& mappings = mappings_of[choice];
        if (mappings.empty()) continue;
        Asked branch;
        for (const std::string& each : asked.keys) {
          for (const Declared* d : asked.of_key.at(each)) {
            if (mappings.contains(d->mapping)) branch.add(*d);
          }
        }
        object then = difference(asked, branch, key);
        if (then.empty()) continue;
        branches.push_back({{"if", {{"properties", {{key, {{"const", choice}}}}}, {"required", array{value(key)}}}},
                            {"then", std::move(then)}});
      }
    }
    return branches;
  }

  object difference(const Asked& asked, const Asked& branch, std::string_view deciding_key) {
    object properties;
    for (const std::string& key : asked.keys) {
      if (key.empty() || key == "*" || key == deciding_key) continue;
      const auto found = branch.of_key.find(key);
      if (found == branch.of_key.end()) {
        properties[key] = false;
        continue;
      }
      object own = of_key(found->second);
      if (own != of_key(asked.of_key.at(key))) properties[key] = std::move(own);
    }
    object then;
    const array required = required_of(branch);
    if (required != required_of(asked)) then["required"] = required;
    if (!properties.empty()) then["properties"] = std::move(properties);
    return then;
  }

  // In every mapping, and not merely asked for.
  static array required_of(const Asked& asked) {
    array required;
    for (const std::string& key : asked.keys) {
      if (key.empty() || key == "*") continue;
      std::map<std::size_t, bool> of_mapping;
      for (const Declared* d : asked.of_key.at(key)) {
        of_mapping.try_emplace(d->mapping, true).first->second &= d->required;
      }
      const bool always = std::all_of(of_mapping.begin(), of_mapping.end(), [](const auto& one) { return one.second; });
      if (always && of_mapping.size() == asked.mappings.size()) required.emplace_back(key);
    }
    return required;
  }

  object of_key(const List& list) {
    object schema = of_forms(list);
    if (schema.contains("$ref")) return schema;
    std::string text;
    const auto say = [&](const std::string& words) {
      if (words.empty() || text.find(words) != std::string::npos) return;
      text += (text.empty() ? "" : "; ") + words;
    };
    for (const Declared* d : list) say(d->expected);
    // Editors show it in place of the pattern.
    if (schema.contains("pattern")) schema["patternErrorMessage"] = "Expected " + text;
    // A default that differs from text to text follows from other keys: its reason says how.
    std::map<std::string, std::set<std::string>> defaults;
    for (const Declared* d : list) {
      if (!d->fallback.empty()) defaults[d->why].insert(d->fallback);
    }
    for (const auto& [why, values] : defaults) {
      say(values.size() == 1 ? fmt::format("default {} ({})", *values.begin(), why) : fmt::format("default: {}", why));
    }
    if (!text.empty()) schema["description"] = text;
    return schema;
  }

  // Whatever was read there, or anything where nothing was.
  object of_forms(const List& list) {
    List scalars;
    std::vector<object> others;
    const auto add = [&](object other) {
      if (std::find(others.begin(), others.end(), other) == others.end()) others.push_back(std::move(other));
    };
    std::map<std::pair<Form, std::size_t>, List> lists;
    for (const Declared* d : list) {
      switch (d->form) {
        case Form::asked:
        case Form::left:
        case Form::names:
          break;
        case Form::mapping:
          add(mapping(d->below));
          break;
        case Form::mappings:
          lists[{Form::mappings, 0}].push_back(d);
          break;
        case Form::named:
          add({{"$ref", "#/definitions/" + d->below.substr(1)}});
          break;
        default:
          if (is_scalar(d->form)) scalars.push_back(d);
          else lists[{d->form, d->count}].push_back(d);
      }
    }
    for (const auto& [kind, of_kind] : lists) add(list_of(kind.first, kind.second, of_kind));
    if (!scalars.empty()) others.insert(others.begin(), scalar(scalars));
    if (others.empty()) return {};
    return others.size() == 1 ? others.front() : any_of(others);
  }

  object list_of(Form form, std::size_t count, const List& list) {
    object schema{{"type", "array"}};
    object item;
    if (form == Form::mappings) {
      const std::string& path = list.front()->below;
      const bool is_form = path.starts_with('#') && path.find('.') == std::string::npos;
      item = is_form ? object{{"$ref", "#/definitions/" + path.substr(1)}} : mapping(path);
      if (std::all_of(list.begin(), list.end(), [](const Declared* d) { return d->required; })) schema["minItems"] = 1;
    } else {
      Declared one = *list.front();
      one.form = form == Form::texts                             ? Form::text
                 : form == Form::integers || form == Form::pairs ? Form::integer
                                                                 : Form::number;
      item = scalar({&one});
      if (form == Form::numbers || form == Form::integers) {
        item.erase("minimum");
        item.erase("maximum");
        add_limits(item, list);
      }
    }
    if (form == Form::numbers && count > 0) schema["minItems"] = schema["maxItems"] = count;
    if (form == Form::rows) {
      item = {{"type", "array"}, {"minItems", count}, {"maxItems", count}, {"items", std::move(item)}};
      schema["minItems"] = 1;
    }
    if (form == Form::pairs) {
      Declared time;
      time.form = Form::duration;
      time.min = 0;
      item = {{"type", "array"}, {"minItems", 2}, {"maxItems", 2}, {"items", array{std::move(item), scalar({&time})}}};
      schema["minItems"] = 1;
    }
    schema["items"] = std::move(item);
    return schema;
  }

  static object any_of(const std::vector<object>& forms) {
    array all;
    for (const object& one : forms) all.push_back(one);
    return {{"anyOf", std::move(all)}};
  }

  std::map<std::string, Asked> sections_;
};

}  // namespace

bool decides(std::string_view key) { return std::find(deciding.begin(), deciding.end(), key) != deciding.end(); }

std::string config_schema(const core::Declarations& declarations, std::string_view title) {
  return Schema{declarations}.text(title);
}

}  // namespace reports
