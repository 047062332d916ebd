#include "core/yaml_reader.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/rule_words.hpp"
#include "core/units.hpp"
#include "core/yaml_tree.hpp"

namespace core {

using yaml::Entry;
using yaml::Node;
using yaml::Place;
using yaml::Tree;

namespace {

template <class T, class Rule>
bool is_within(const Parsed<T>& parsed, const Rule& rule) {
  return parsed && parsed.value >= rule.min && parsed.value <= rule.max;
}

}  // namespace

// ---------------------------------------------------------------------------------------------------- Section::State

// A mapping of the tree and what reading it needs. Everything a Section does starts with `find`, which declares the
// key.
struct Section::State {
  std::shared_ptr<const Tree> tree;
  const Node* node = nullptr;  // a mapping of `tree`
  std::string path;
  Place place;          // of the key that names the section: where a missing key is reported
  std::string at = {};  // the path of declarations (core/declarations.hpp), where they are collected

  std::string path_of(std::string_view key) const {
    return key.empty() ? path : yaml::join(path, yaml::shortened(key));
  }

  const Entry* find(std::string_view key) const {
    tree->was_read = true;
    node->ask(key);
    return node->find(key);
  }

  Tree::Collected& collected() const {
    const auto [entry, is_new] = tree->collected.try_emplace(node);
    if (is_new) { entry->second.number = tree->declarations->next_mapping(); }
    return entry->second;
  }

  // A declaration to fill in; nothing where nobody collects them.
  Declared* declare(std::string_view key, Form form, std::string_view expected = {}, bool required = false) const {
    if (tree->declarations == nullptr) { return nullptr; }
    const Tree::Collected& here = collected();
    Declared declared;
    declared.section = at;
    declared.mapping = here.number;
    declared.key = key;
    declared.form = form;
    declared.expected = expected;
    declared.required = required;
    if (here.but_names && !here.but_names->contains(key)) { declared.key = "*"; }
    const auto named = here.forms.find(key);
    if (named != here.forms.end() && form != Form::mappings) {
      Declared& reference = tree->declarations->add(declared);
      reference.form = Form::named;
      reference.below = named->second;
      if (form == Form::asked) { return &tree->declarations->add(std::move(declared)); }
      declared.section = named->second;
      declared.key.clear();
    }
    if (form == Form::mapping || form == Form::mappings) { declared.below = at_of(key, form == Form::mappings); }
    return &tree->declarations->add(std::move(declared));
  }
  // The folded path of what stands at `key`.
  std::string at_of(std::string_view key, bool is_list) const {
    const Tree::Collected& here = collected();
    const auto named = here.forms.find(key);
    if (named != here.forms.end()) { return named->second; }
    const bool is_name = here.but_names && !here.but_names->contains(key);
    return yaml::join(at, is_name ? "*" : key) + (is_list ? ".*" : "");
  }
  template <class T, class Print>
  Declared* declare(std::string_view key, Form form, std::string_view expected, const std::optional<T>& fallback,
                    std::string_view why, Print print) const {
    Declared* const declared = declare(key, form, expected, !fallback);
    if (declared != nullptr && fallback) {
      declared->fallback = print(*fallback);
      declared->why = why;
    }
    return declared;
  }
  // Limits that are the type's own are none.
  template <class Rule>
  static void limit(Declared* declared, const Rule& rule) {
    using Limits = std::numeric_limits<decltype(rule.min)>;
    if (declared == nullptr) { return; }
    if (rule.min > Limits::lowest()) { declared->min = static_cast<double>(rule.min); }
    if (rule.max < Limits::max()) { declared->max = static_cast<double>(rule.max); }
  }

  ConfigError mismatch(const Node& found, std::string_view at_path, std::string_view expected,
                       std::string_view flaw = "") const {
    return tree->error(found.place, at_path,
                       fmt::format("found {}{}, expected {}", yaml::describe(found), flaw, expected));
  }
  ConfigError mismatch(const Entry& entry, std::string_view expected, std::string_view flaw = "") const {
    return mismatch(entry.value, path_of(entry.key), expected, flaw);
  }

  ConfigError missing(std::string_view key, std::string_view expected) const {
    // Often the key is there, with a slip in it.
    std::vector<std::string> strangers;
    for (const Entry& entry : node->entries) {
      if (!node->was_asked(entry.key)) { strangers.push_back(entry.key); }
    }
    std::string slip;
    if (const auto near = nearest(key, strangers)) {
      const Place there = node->find(*near)->place;
      const std::string line = there.assignment < 0 ? fmt::format(" in line {}", there.line) : "";
      slip = fmt::format(" (is '{}'{} meant?)", yaml::shortened(*near), line);
    }
    return tree->error(place, path_of(key), fmt::format("found nothing{}, expected {}", slip, expected));
  }

  // The entry, which is of `kind`; nothing when it is absent. Anything else, no value included, is an error.
  const Entry* entry_of(Node::Kind kind, std::string_view key, std::string_view expected) const {
    const Entry* entry = find(key);
    if (entry != nullptr && entry->value.kind != kind) { throw mismatch(*entry, expected); }
    return entry;
  }
  const Entry* scalar(std::string_view key, std::string_view expected) const {
    return entry_of(Node::Kind::scalar, key, expected);
  }

  void assume(std::string_view key, std::string value, std::string_view why) const {
    assert(!why.empty() && "a default must say where it comes from");
    std::string at_path = path_of(key);
    // Once each: a default may be read twice, but a key may also hold several things (`assumptions: [text, …]`).
    if (!tree->assumed.insert({at_path, value}).second) { return; }
    tree->assumptions.push_back({std::move(at_path), std::move(value), std::string{why}});
  }

  // The fallback, noted as an assumption; without one, the error that the key is missing.
  template <class T, class Print>
  T absent(std::string_view key, const std::optional<T>& fallback, std::string_view why, std::string_view expected,
           Print print) const {
    if (!fallback) { throw missing(key, expected); }
    assume(key, print(*fallback), why);
    return *fallback;
  }

  double number_in(const Node& scalar_node, std::string_view at_path, const NumberRule& rule) const {
    const auto parsed = parse_number(scalar_node.text);
    if (is_within(parsed, rule)) { return parsed.value; }
    throw mismatch(scalar_node, at_path,
                   describe_numbers("a number", rule, config_number) + comma_lesson(scalar_node.text),
                   clause(parsed.flaw));
  }

  std::int64_t integer_in(const Node& scalar_node, std::string_view at_path, const IntegerRule& rule) const {
    const auto parsed = parse_integer(scalar_node.text);
    if (is_within(parsed, rule)) { return parsed.value; }
    // That 1.5 is not whole need not be said twice.
    throw mismatch(
        scalar_node, at_path,
        describe_integers("a whole number", rule, rule.unit, config_integer) + comma_lesson(scalar_node.text),
        parsed.flaw == Flaw::not_whole ? "" : clause(parsed.flaw));
  }

  std::int64_t size(std::string_view key, Form form, const IntegerRule& rule, std::string_view what,
                    std::string_view how, Parsed<std::int64_t> (*parse)(std::string_view),
                    std::string (*print)(std::int64_t)) const {
    const std::string expected = describe_integers(what, rule, "", print);
    limit(declare(key, form, fmt::format("{} ({})", expected, how), rule.fallback, rule.why, print), rule);
    if (const Entry* entry = scalar(key, expected)) {
      const auto parsed = parse(entry->value.text);
      if (is_within(parsed, rule)) { return parsed.value; }
      throw mismatch(*entry, expected + lesson(parsed.flaw, how),
                     parsed.flaw == Flaw::not_whole ? ", which is not whole bytes" : clause(parsed.flaw));
    }
    return absent(key, rule.fallback, rule.why, expected, print);
  }

  // Money and quantities: `parse` throws std::invalid_argument or std::overflow_error.
  template <class T>
  T exact(std::string_view key, Form form, const std::optional<T>& fallback, std::string_view why,
          std::string_view expected, T (*parse)(std::string_view)) const {
    const auto print = [](const T& value) { return value.to_string(); };
    declare(key, form, expected, fallback, why, print);
    if (const Entry* entry = scalar(key, expected)) {
      try {
        return parse(entry->value.text);
      } catch (const std::invalid_argument&) { throw mismatch(*entry, expected); } catch (const std::overflow_error&) {
        throw mismatch(*entry, expected, clause(Flaw::too_large));
      }
    }
    return absent(key, fallback, why, expected, print);
  }

  // What each scalar of a required list is, by `read(node, path)`.
  template <class T, class Read>
  std::vector<T> each(std::string_view key, std::string_view expected_list, std::string_view expected_item,
                      Read read) const {
    const Entry* entry = entry_of(Node::Kind::list, key, expected_list);
    if (entry == nullptr) { throw missing(key, expected_list); }
    std::vector<T> values;
    for (std::size_t i = 0; i < entry->value.items.size(); ++i) {
      const Node& item = entry->value.items[i];
      const std::string at_path = yaml::join(path_of(key), std::to_string(i));
      if (item.kind != Node::Kind::scalar) { throw mismatch(item, at_path, expected_item); }
      values.push_back(read(item, at_path));
    }
    return values;
  }

  std::string text_in(const Node& scalar_node, std::string_view at_path, std::string_view expected) const {
    const std::string& text = scalar_node.text;
    if (text.empty()) { throw mismatch(scalar_node, at_path, expected); }
    // Lines and tabs belong to prose; the rest could reach somebody's terminal.
    std::string visible = text;
    std::erase_if(visible, [](char c) { return c == '\n' || c == '\t'; });
    if (yaml::one_line(visible) != visible) {
      throw mismatch(scalar_node, at_path, expected, ", which has control characters");
    }
    return text;
  }

  Section below(const Entry& entry) const {
    return Section{std::make_shared<State>(State{tree, &entry.value, path_of(entry.key), entry.place,
                                                 tree->declarations == nullptr ? "" : at_of(entry.key, false)})};
  }

  std::vector<Section> items(const Entry& entry) const {
    std::vector<Section> sections;
    for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
      const Node& item = entry.value.items[i];
      // An item is known by its name, where it has one: that is how people speak of it.
      std::string key = std::to_string(i);
      const Entry* name = item.find("name");
      if (name != nullptr && name->value.kind == Node::Kind::scalar && !name->value.text.empty()) {
        key = yaml::shortened(name->value.text);
      }
      std::string at_path = yaml::join(path_of(entry.key), key);
      if (item.kind != Node::Kind::mapping) { throw mismatch(item, at_path, "a mapping"); }
      sections.push_back(Section{std::make_shared<State>(State{
          tree, &item, std::move(at_path), item.place, tree->declarations == nullptr ? "" : at_of(entry.key, true)})});
    }
    return sections;
  }
};

// ----------------------------------------------------------------------------------------------------------- Section

std::string Section::path() const { return state_->path; }

bool Section::has(std::string_view key) const {
  state_->declare(key, Form::asked);
  return state_->find(key) != nullptr;
}

void Section::leave(std::string_view key) const {
  state_->declare(key, Form::left);
  if (const Entry* entry = state_->find(key)) { entry->value.is_left = true; }
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> keys;
  for (const Entry& entry : state_->node->entries) { keys.push_back(entry.key); }
  return keys;
}

std::vector<std::string> Section::names(std::string_view of_what, const std::vector<std::string>& known) const {
  if (state_->tree->declarations != nullptr) {
    state_->declare("", Form::names, of_what);
    state_->collected().but_names.emplace(known.begin(), known.end());
    for (const std::string& key : known) { state_->declare(key, Form::asked); }
  }
  return keys();
}

void Section::declare_as(std::string_view key, std::string_view form) const {
  if (state_->tree->declarations == nullptr) { return; }
  state_->collected().forms.try_emplace(std::string{key}, fmt::format("#{}", form));
}

void Section::declare_relative(std::string_view key) const {
  if (state_->tree->declarations != nullptr) { state_->collected().relative.emplace(key); }
}

double Section::number(std::string_view key, const NumberRule& rule) const {
  const std::string expected = describe_numbers("a number", rule, config_number);
  const auto print = [&](double value) { return with_unit(config_number(value), rule.unit); };
  State::limit(state_->declare(key, Form::number, expected, rule.fallback, rule.why, print), rule);
  if (const Entry* entry = state_->scalar(key, expected)) {
    return state_->number_in(entry->value, state_->path_of(key), rule);
  }
  return state_->absent(key, rule.fallback, rule.why, expected, print);
}

std::int64_t Section::integer(std::string_view key, const IntegerRule& rule) const {
  const std::string expected = describe_integers("a whole number", rule, rule.unit, config_integer);
  const auto print = [&](std::int64_t value) { return with_unit(config_integer(value), rule.unit); };
  Declared* const declared = state_->declare(key, Form::integer, expected, rule.fallback, rule.why, print);
  if (declared != nullptr && state_->collected().relative.contains(key)) {
    declared->expected = with_unit("a whole number", rule.unit.empty() ? "" : fmt::format("({})", rule.unit));
  } else {
    State::limit(declared, rule);
  }
  if (const Entry* entry = state_->scalar(key, expected)) {
    return state_->integer_in(entry->value, state_->path_of(key), rule);
  }
  return state_->absent(key, rule.fallback, rule.why, expected, print);
}

double Section::share(std::string_view key, const NumberRule& rule) const {
  const std::string expected = describe_numbers("a share", rule, config_share) + " (such as 60% or 0.6)";
  State::limit(state_->declare(key, Form::share, expected, rule.fallback, rule.why, config_share), rule);
  if (const Entry* entry = state_->scalar(key, expected)) {
    const auto parsed = parse_share(entry->value.text);
    if (is_within(parsed, rule)) { return parsed.value; }
    throw state_->mismatch(*entry, expected, clause(parsed.flaw));
  }
  return state_->absent(key, rule.fallback, rule.why, expected, config_share);
}

Duration Section::duration(std::string_view key, const DurationRule& rule) const {
  const std::string expected = describe_durations(rule);
  if (Declared* const declared =
          state_->declare(key, Form::duration, expected, rule.fallback, rule.why, config_duration)) {
    declared->min = static_cast<double>(to_ns(rule.min));
  }
  if (const Entry* entry = state_->scalar(key, expected)) {
    const auto parsed = parse_duration(entry->value.text);
    if (is_within(parsed, rule)) { return parsed.value; }
    throw state_->mismatch(*entry,
                           expected + lesson(parsed.flaw, fmt::format("such as 15s; units: {}", duration_units)),
                           parsed.flaw == Flaw::not_whole ? ", which is not whole nanoseconds" : clause(parsed.flaw));
  }
  return state_->absent(key, rule.fallback, rule.why, expected, config_duration);
}

std::string Section::text(std::string_view key, const TextRule& rule) const {
  const auto print = [](const std::string& text) { return text.empty() ? std::string{"none"} : text; };
  state_->declare(key, Form::text, rule.expected, rule.fallback, rule.why, print);
  if (const Entry* entry = state_->scalar(key, rule.expected)) {
    return state_->text_in(entry->value, state_->path_of(key), rule.expected);
  }
  return state_->absent(key, rule.fallback, rule.why, rule.expected, print);
}

std::size_t Section::choice(std::string_view key, const std::vector<std::string_view>& choices,
                            std::optional<std::size_t> fallback, std::string_view why) const {
  assert(!choices.empty() && (!fallback || *fallback < choices.size()));
  const std::string expected = alternatives(choices);
  const auto print = [&](std::size_t i) { return std::string{choices[i]}; };
  Declared* const declared = state_->declare(key, Form::choice, expected, fallback, why, print);
  if (declared != nullptr) {
    declared->choices.assign(choices.begin(), choices.end());
    declared->chosen = declared->fallback;
  }
  if (const Entry* entry = state_->scalar(key, expected)) {
    if (declared != nullptr) { declared->chosen = entry->value.text; }
    const auto found = std::find(choices.begin(), choices.end(), entry->value.text);
    if (found != choices.end()) { return static_cast<std::size_t>(found - choices.begin()); }
    const auto near = nearest(entry->value.text, {choices.begin(), choices.end()});
    throw state_->mismatch(*entry, near ? fmt::format("{}; did you mean '{}'?", expected, *near) : expected);
  }
  return state_->absent(key, fallback, why, expected, print);
}

bool Section::boolean(std::string_view key, std::optional<bool> fallback, std::string_view why) const {
  constexpr std::string_view expected = "true or false";
  const auto print = [](bool value) { return value ? "true" : "false"; };
  state_->declare(key, Form::boolean, expected, fallback, why, print);
  if (const Entry* entry = state_->scalar(key, expected)) {
    if (entry->value.text == "true") { return true; }
    if (entry->value.text == "false") { return false; }
    throw state_->mismatch(*entry, expected);
  }
  return state_->absent(key, fallback, why, expected, print);
}

Date Section::date(std::string_view key) const {
  constexpr std::string_view expected = "a date such as 2026-12-01";
  state_->declare(key, Form::date, expected, true);
  const Entry* entry = state_->scalar(key, expected);
  if (entry == nullptr) { throw state_->missing(key, expected); }
  try {
    return parse_date(entry->value.text);
  } catch (const std::invalid_argument&) { throw state_->mismatch(*entry, expected); }
}

std::int64_t Section::bytes(std::string_view key, const IntegerRule& rule) const {
  return state_->size(key, Form::bytes, rule, "a size", fmt::format("such as 16GB; units: {}", byte_units), parse_bytes,
                      config_bytes);
}

std::int64_t Section::bytes_per_second(std::string_view key, const IntegerRule& rule) const {
  return state_->size(key, Form::bytes_per_second, rule, "a rate",
                      fmt::format("such as 1GB/s; units: {}, each /s", byte_units), parse_bytes_per_second,
                      [](std::int64_t rate) { return config_bytes(rate) + "/s"; });
}

Money Section::money(std::string_view key, std::optional<Money> fallback, std::string_view why) const {
  return state_->exact(key, Form::money, fallback, why, "an amount of money such as $0.08, of at most 18 decimals",
                       Money::parse);
}

Quantity Section::quantity(std::string_view key, std::optional<Quantity> fallback, std::string_view why) const {
  return state_->exact(key, Form::quantity, fallback, why, "a quantity such as 1.5, of at most 9 decimals",
                       Quantity::parse);
}

std::vector<double> Section::numbers(std::string_view key, std::size_t count, const NumberRule& each) const {
  const std::string item = describe_numbers("a number", each, config_number);
  const std::string list =
      count == 0 ? fmt::format("a list, each {}", item) : fmt::format("a list of {}, each {}", count, item);
  if (Declared* const declared = state_->declare(key, Form::numbers, list, true)) {
    State::limit(declared, each);
    declared->count = count;
  }
  auto values = state_->each<double>(key, list, item, [&](const Node& node, std::string_view at_path) {
    return state_->number_in(node, at_path, each);
  });
  if (count != 0 && values.size() != count) { throw error(key, fmt::format("a list of {}", values.size()), list); }
  return values;
}

std::vector<std::vector<double>> Section::rows(std::string_view key, std::size_t columns,
                                               const NumberRule& each) const {
  const std::string row = fmt::format("a list of {} numbers", columns);
  const std::string table = fmt::format("a list of at least one row, each {}", row);
  if (Declared* const declared = state_->declare(key, Form::rows, table, true)) {
    State::limit(declared, each);
    declared->count = columns;
  }
  const Entry* entry = state_->entry_of(Node::Kind::list, key, table);
  if (entry == nullptr) { throw state_->missing(key, table); }
  if (entry->value.items.empty()) { throw state_->mismatch(*entry, table); }
  std::vector<std::vector<double>> values;
  for (std::size_t i = 0; i < entry->value.items.size(); ++i) {
    const Node& item = entry->value.items[i];
    const std::string at_path = yaml::join(state_->path_of(key), std::to_string(i));
    if (item.kind != Node::Kind::list || item.items.size() != columns) { throw state_->mismatch(item, at_path, row); }
    std::vector<double>& cells = values.emplace_back();
    for (const Node& cell : item.items) {
      if (cell.kind != Node::Kind::scalar) { throw state_->mismatch(cell, at_path, row); }
      cells.push_back(state_->number_in(cell, at_path, each));
    }
  }
  return values;
}

std::vector<std::pair<std::int64_t, Duration>> Section::durations_by_number(std::string_view key,
                                                                            const IntegerRule& number,
                                                                            const DurationRule& duration) const {
  constexpr std::string_view row = "a pair [number, duration]";
  constexpr std::string_view table = "a list of pairs, each [number, duration]";
  State::limit(state_->declare(key, Form::pairs, table, true), number);
  const Entry* entry = state_->entry_of(Node::Kind::list, key, table);
  if (entry == nullptr) { throw state_->missing(key, table); }
  if (entry->value.items.empty()) { throw state_->mismatch(*entry, table); }
  const std::string expected = describe_durations(duration);
  std::vector<std::pair<std::int64_t, Duration>> pairs;
  for (std::size_t i = 0; i < entry->value.items.size(); ++i) {
    const Node& item = entry->value.items[i];
    const std::string at_path = yaml::join(state_->path_of(key), std::to_string(i));
    const bool is_pair = item.kind == Node::Kind::list && item.items.size() == 2 &&
                         item.items[0].kind == Node::Kind::scalar && item.items[1].kind == Node::Kind::scalar;
    if (!is_pair) { throw state_->mismatch(item, at_path, row); }
    const auto parsed = parse_duration(item.items[1].text);
    const std::int64_t count = state_->integer_in(item.items[0], at_path, number);
    if (!is_within(parsed, duration)) {
      throw state_->mismatch(item.items[1], at_path,
                             expected + lesson(parsed.flaw, fmt::format("such as 15s; units: {}", duration_units)),
                             parsed.flaw == Flaw::not_whole ? ", which is not whole nanoseconds" : clause(parsed.flaw));
    }
    pairs.emplace_back(count, parsed.value);
  }
  return pairs;
}

std::vector<std::int64_t> Section::integers(std::string_view key, const IntegerRule& each) const {
  const std::string item = describe_integers("a whole number", each, each.unit, config_integer);
  State::limit(state_->declare(key, Form::integers, fmt::format("a list, each {}", item), true), each);
  return state_->each<std::int64_t>(
      key, fmt::format("a list, each {}", item), item,
      [&](const Node& node, std::string_view at_path) { return state_->integer_in(node, at_path, each); });
}

std::vector<std::string> Section::texts(std::string_view key) const {
  state_->declare(key, Form::texts, "a list of texts", true);
  return state_->each<std::string>(key, "a list of texts", "a text", [&](const Node& node, std::string_view at_path) {
    return state_->text_in(node, at_path, "a text");
  });
}

Section Section::section(std::string_view key) const {
  state_->declare(key, Form::mapping, "", true);
  const Entry* entry = state_->entry_of(Node::Kind::mapping, key, "a mapping");
  if (entry == nullptr) { throw state_->missing(key, "a mapping"); }
  return state_->below(*entry);
}

std::optional<Section> Section::optional_section(std::string_view key) const {
  state_->declare(key, Form::mapping);
  const Entry* entry = state_->entry_of(Node::Kind::mapping, key, "a mapping");
  return entry == nullptr ? std::nullopt : std::optional{state_->below(*entry)};
}

std::vector<Section> Section::sections(std::string_view key) const {
  constexpr std::string_view expected = "a list of at least one mapping";
  state_->declare(key, Form::mappings, expected, true);
  const Entry* entry = state_->entry_of(Node::Kind::list, key, expected);
  if (entry == nullptr) { throw state_->missing(key, expected); }
  if (entry->value.items.empty()) { throw state_->mismatch(*entry, expected); }
  return state_->items(*entry);
}

std::vector<Section> Section::optional_sections(std::string_view key) const {
  state_->declare(key, Form::mappings, "a list of mappings");
  const Entry* entry = state_->entry_of(Node::Kind::list, key, "a list of mappings");
  return entry == nullptr ? std::vector<Section>{} : state_->items(*entry);
}

Section::Kind Section::kind(std::string_view key) const {
  state_->declare(key, Form::asked);
  const Entry* entry = state_->find(key);
  if (entry == nullptr) { return Kind::absent; }
  switch (entry->value.kind) {
    case Node::Kind::list:
      return Kind::list;
    case Node::Kind::mapping:
      return Kind::mapping;
    case Node::Kind::null:  // whoever reads it as a scalar says that there is no value
    case Node::Kind::scalar:
      return Kind::scalar;
  }
  return Kind::absent;
}

ConfigError Section::error(std::string_view key, std::string_view found, std::string_view expected) const {
  const Entry* entry = state_->node->find(key);
  return state_->tree->error(entry != nullptr ? entry->value.place : state_->place, state_->path_of(key),
                             yaml::one_line(fmt::format("found {}, expected {}", found, expected)));
}

void Section::assume(std::string_view key, std::string_view value, std::string_view why) const {
  state_->assume(key, yaml::one_line(value), why);
}

// ---------------------------------------------------------------------------------------------------------- Document

struct Document::State {
  std::shared_ptr<Tree> tree = std::make_shared<Tree>();  // shared with every Section handed out
};

Document::Document(std::string name, std::string_view text) : state_{std::make_unique<State>()} {
  Tree& tree = *state_->tree;
  tree.name = std::move(name);
  tree.name = yaml::one_line(tree.name);
  tree.root = yaml::parse(tree.name, text);
  if (tree.root.kind != Node::Kind::mapping) {
    throw tree.error(tree.root.place, "",
                     fmt::format("found {}, expected keys with values", yaml::describe(tree.root)));
  }
}

Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

void Document::set(std::string_view assignment) {
  assert(!state_->tree->was_read && "an assignment would move what sections point to");
  yaml::assign(*state_->tree, assignment);
}

void Document::declare_to(Declarations& declarations) { state_->tree->declarations = &declarations; }

Section Document::root() const {
  const Tree& tree = *state_->tree;
  return Section{std::make_shared<Section::State>(Section::State{state_->tree, &tree.root, "", tree.root.place})};
}

void Document::finish() const { yaml::refuse_unasked(*state_->tree); }

std::vector<Assumption> Document::assumptions() const { return state_->tree->assumptions; }

}  // namespace core
