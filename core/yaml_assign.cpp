// `--set a.b.c=value`, and the keys that nobody asked for.
#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "core/yaml_tree.hpp"

namespace core::yaml {
namespace {

// An assignment on its way down the tree.
struct Walk {
  const Tree& tree;
  Place place;       // the assignment
  std::string path;  // of the node reached, as the user wrote it

  [[noreturn]] void refuse(std::string_view found, std::string_view expected) const {
    throw tree.error(place, "", fmt::format("found {} at '{}', expected {}", found, path, expected));
  }
};

struct Step {
  std::string key;
  std::string_view rest;  // of the path; empty at its end
};

// The first key of a path. Names may contain dots ("llama-3.1-8b"), so one that is there goes before the shorter one
// that a dot would end, and the longest of those first.
Step first_step(std::string_view path, const std::vector<std::string>& known) {
  const std::string* longest = nullptr;
  for (const std::string& name : known) {
    const bool leads = path == name || (path.starts_with(name) && path[name.size()] == '.');
    if (leads && !name.empty() && (longest == nullptr || name.size() > longest->size())) { longest = &name; }
  }
  const std::size_t end = longest != nullptr ? longest->size() : std::min(path.find('.'), path.size());
  return {std::string{path.substr(0, end)}, end < path.size() ? path.substr(end + 1) : std::string_view{}};
}

std::vector<std::string> keys_of(const Node& mapping) {
  std::vector<std::string> keys;
  for (const Entry& entry : mapping.entries) { keys.push_back(entry.key); }
  return keys;
}

// The `name` of each item that has one, "" for the others.
std::vector<std::string> names_of(const Node& list) {
  std::vector<std::string> names;
  for (const Node& item : list.items) {
    const Entry* name = item.find("name");
    names.push_back(name != nullptr && name->value.kind == Node::Kind::scalar ? name->value.text : "");
  }
  return names;
}

Node& item_of(Node& list, const std::string& key, const std::vector<std::string>& names, const Walk& walk) {
  const auto named = std::find(names.begin(), names.end(), key);
  if (named != names.end()) {
    if (std::find(named + 1, names.end(), key) != names.end()) {
      walk.refuse(fmt::format("two items named '{}'", shortened(key)), "the index of one, from 0");
    }
    return list.items[static_cast<std::size_t>(named - names.begin())];
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error == std::errc{} && end == key.data() + key.size() && index < list.items.size()) { return list.items[index]; }

  std::string known;
  for (const std::string& name : names) {
    if (!name.empty()) { known += (known.empty() ? "" : ", ") + shortened(name); }
  }
  const auto near = nearest(key, names);
  walk.refuse(
      fmt::format("a list of {} without '{}'", list.items.size(), shortened(key)),
      fmt::format("{}an index from 0{}", known.empty() ? "" : fmt::format("the name of an item ({}) or ", known),
                  near ? fmt::format("; did you mean '{}'?", shortened(*near)) : ""));
}

}  // namespace

void assign(Tree& tree, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string_view path = assignment.substr(0, equals);
  if (equals == std::string_view::npos) {
    throw ConfigError{fmt::format("--set: found '{}', expected key=value", shortened(assignment))};
  }
  if (path.empty() || path.front() == '.' || path.back() == '.' || path.find("..") != std::string_view::npos ||
      one_line(path) != path) {
    throw ConfigError{
        fmt::format("--set: found the key '{}', expected one such as traffic.daily_users", shortened(path))};
  }

  const int number = static_cast<int>(tree.assignments.size());
  tree.assignments.push_back("--set " + std::string{path});
  Walk walk{tree, {1, 1, number}, ""};
  Node value = parse_value(tree, number, assignment.substr(equals + 1));
  if (std::count(path.begin(), path.end(), '.') >= static_cast<std::ptrdiff_t>(deepest)) {
    throw tree.error(walk.place, "", fmt::format("found more than {} levels, expected fewer", deepest));
  }

  Node* node = &tree.root;
  Place* key_place = nullptr;
  std::string_view rest = path;
  while (!rest.empty()) {
    if (node->kind == Node::Kind::null) { node->kind = Node::Kind::mapping; }
    Step step;
    if (node->kind == Node::Kind::mapping) {
      step = first_step(rest, keys_of(*node));
      Entry* entry = node->find(step.key);
      if (entry == nullptr) {
        Node fresh;
        fresh.place = walk.place;
        entry = &node->add({step.key, walk.place, std::move(fresh)});
      }
      node = &entry->value;
      key_place = &entry->place;
    } else if (node->kind == Node::Kind::list) {
      const auto names = names_of(*node);
      step = first_step(rest, names);
      node = &item_of(*node, step.key, names, walk);
      key_place = nullptr;
    } else {
      walk.refuse(describe(*node), "a mapping or a list");
    }
    walk.path = join(walk.path, shortened(step.key));
    rest = step.rest;
  }
  *node = std::move(value);
  if (key_place != nullptr) { *key_place = walk.place; }  // what the new value lacks is missing in the assignment
}

void refuse_unasked(const Tree& tree) {
  struct Search {
    const Tree& tree;

    void in(const Node& node, const std::string& path) const {
      for (const Entry& entry : node.entries) {
        if (!node.was_asked(entry.key)) { refuse(node, entry, path); }
        if (entry.value.is_left) { continue; }
        in(entry.value, join(path, shortened(entry.key)));
      }
      const auto names = names_of(node);
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        in(node.items[i], join(path, names[i].empty() ? std::to_string(i) : shortened(names[i])));
      }
    }

    [[noreturn]] void refuse(const Node& node, const Entry& entry, const std::string& path) const {
      constexpr std::size_t most = 40;  // keys that a line names
      std::string known;
      for (std::size_t i = 0; i < node.asked.size() && i < most; ++i) {
        known += (i > 0 ? ", " : "") + shortened(node.asked[i]);
      }
      if (node.asked.size() > most) { known += ", …"; }
      const auto near = nearest(entry.key, node.asked);
      throw tree.error(entry.place, path,
                       fmt::format("unknown key '{}'{} (known: {})", shortened(entry.key),
                                   near ? fmt::format("; did you mean '{}'?", shortened(*near)) : "",
                                   known.empty() ? "none" : known));
    }
  };
  Search{tree}.in(tree.root, "");
}

}  // namespace core::yaml
