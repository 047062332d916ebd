// A YAML text as a tree that knows where everything stands: what core/yaml_reader.hpp reads from.
//
//  * `yaml::Node`   a scalar, a list or a mapping, with its place and (mappings) the keys that were asked for
//  * `yaml::Tree`   a root node, its name in messages, and the notes taken while reading
//  * `yaml::parse`  refuses at its line and column whatever would be read differently than it looks: duplicate keys,
//                   tabs in indentation, control characters, unclosed quotes, anchors, aliases, merge keys, tags, a
//                   second document, text that is not UTF-8, more than `deepest` levels
//
// Built from yaml-cpp's events, not its nodes: those keep the first of two equal keys without a word, lose the
// places of keys, and expand aliases without a bound.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/declarations.hpp"
#include "core/yaml_reader.hpp"

namespace core::yaml {

inline constexpr std::size_t deepest = 64;                          // levels of lists and mappings
inline constexpr std::size_t longest_text = std::size_t{64} << 20;  // bytes; a slip, not a scenario

struct Place {
  int line = 1;         // 1-based
  int column = 1;       // 1-based, in characters
  int assignment = -1;  // which of Tree::assignments it comes from; -1: the file
};

struct Entry;

struct Node {
  enum class Kind { null, scalar, list, mapping };
  Kind kind = Kind::null;
  Place place;
  std::string text;                                       // of a scalar
  std::vector<Node> items;                                // of a list
  std::vector<Entry> entries;                             // of a mapping, in the order of the file
  std::map<std::string, std::size_t, std::less<>> index;  // of a mapping: key → position in `entries`

  // Keys that the program asked this mapping for, in order; reading is what declares them.
  mutable std::vector<std::string> asked;
  mutable std::set<std::string, std::less<>> asked_set;
  mutable bool is_left = false;  // what is below was left to another reader

  const Entry* find(std::string_view key) const;
  Entry* find(std::string_view key);
  Entry& add(Entry entry);  // the key must be new
  void ask(std::string_view key) const;
  bool was_asked(std::string_view key) const { return asked_set.find(key) != asked_set.end(); }
};

struct Entry {
  std::string key;
  Place place;  // of the key
  Node value;
};

struct Tree {
  std::string name;
  Node root;
  std::vector<std::string> assignments;  // "--set traffic.daily_users", safe to print
  mutable bool was_read = false;         // after which no assignment may move the nodes
  mutable std::vector<Assumption> assumptions;
  mutable std::set<std::pair<std::string, std::string>> assumed;

  // Of who collects declarations; nothing otherwise.
  struct Collected {
    std::size_t number = 0;                                       // of the mapping
    std::map<std::string, std::string, std::less<>> forms;        // of its keys: Section::declare_as
    std::set<std::string, std::less<>> relative;                  // of its keys: Section::declare_relative
    std::optional<std::set<std::string, std::less<>>> but_names;  // all other keys are names of the file's own
  };
  Declarations* declarations = nullptr;
  mutable std::map<const Node*, Collected> collected;

  // "scenario.yaml:3:1: " or "--set traffic.daily_users: ".
  std::string where(Place place) const;
  // "where: path: message"; no path for the root, nor where the assignment already is the path.
  ConfigError error(Place place, std::string_view path, std::string_view message) const;
};

// `name` must be safe to print. The root may be of any kind; a text without any node is an error.
Node parse(std::string_view name, std::string_view text);
// The value of an assignment; every place in it is the assignment, and so are the places of errors.
Node parse_value(const Tree& tree, int assignment, std::string_view text);

// Document::set, and the search of Document::finish.
void assign(Tree& tree, std::string_view assignment);
void refuse_unasked(const Tree& tree);

// "a.b" below a path, "b" below the root.
std::string join(std::string_view path, std::string_view key);
// Text from a file made fit for one line: control characters, line separators and direction marks escaped.
std::string one_line(std::string_view text);
// The same, cut to 60 characters.
std::string shortened(std::string_view text);
// 'text', shortened; "a list", "an empty list", "a mapping", "no value".
std::string describe(const Node& node);

}  // namespace core::yaml
