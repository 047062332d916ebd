#include "core/yaml_tree.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/utf8.hpp"

namespace core::yaml {
namespace {

// A fault in the text, before it is known whether it stands in a file or in an assignment.
struct Fault {
  Place place;
  std::string path;
  std::string message;
};

std::string_view without_byte_order_mark(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

// Turns yaml-cpp's marks, which count bytes, into lines and characters.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_{text} {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') { starts_.push_back(i + 1); }
    }
  }

  // Marks past the end are those of something missing there.
  std::size_t offset_of(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    if (line >= starts_.size()) { return text_.size(); }
    return std::min(starts_[line] + static_cast<std::size_t>(std::max(mark.column, 0)), text_.size());
  }

  Place place_at(std::size_t offset) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const std::size_t line = static_cast<std::size_t>(next - starts_.begin()) - 1;
    // Places are asked for in the order of the text; counting on from the last one keeps a file that is a single
    // long line linear.
    if (counted_to_ > offset || counted_to_ < starts_[line]) {
      counted_to_ = starts_[line];
      characters_ = 0;
    }
    characters_ += utf8::character_count(text_.substr(counted_to_, offset - counted_to_));
    counted_to_ = offset;
    return {static_cast<int>(line) + 1, static_cast<int>(characters_) + 1, -1};
  }

  Place place_of(const YAML::Mark& mark) const { return place_at(offset_of(mark)); }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  mutable std::size_t counted_to_ = 0;  // an offset, and how many characters of its line are before it
  mutable std::size_t characters_ = 0;
};

// What no parser should see, because it would stop, cut or misread there without a word.
void check_bytes(const Lines& lines) {
  const std::string_view text = lines.text();
  bool in_indentation = true;
  std::optional<std::size_t> tab;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8::sequence_length(text.substr(i));
    if (length == 0) {
      throw Fault{lines.place_at(i), "",
                  fmt::format("found the byte 0x{:02X}, which is not UTF-8, expected a text in UTF-8", byte)};
    }
    const bool is_line_end = byte == '\n' || (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n');
    if ((byte < 0x20 && !is_line_end && byte != '\t') || byte == 0x7F) {
      throw Fault{lines.place_at(i), "",
                  fmt::format("found the control character U+{:04X}, expected printable text", byte)};
    }
    if (is_line_end) {
      in_indentation = true;
      tab.reset();
    } else if (in_indentation && byte == '\t') {
      if (!tab) { tab = i; }
    } else if (byte != ' ') {
      // A tab before a comment or on a blank line indents nothing.
      if (in_indentation && tab && byte != '#') {
        throw Fault{lines.place_at(*tab), "", "found a tab in the indentation, expected spaces"};
      }
      in_indentation = false;
    }
    i += length;
  }
}

// yaml-cpp 0.7 takes the end of the file for the closing quote of a '…' text.
bool quote_is_closed(std::string_view text, std::size_t start) {
  const char quote = text[start];
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '\'' && i + 1 < text.size() && text[i + 1] == '\'') {
        ++i;  // '' is one quote within the text
      } else {
        return true;
      }
    }
  }
  return false;
}

// Builds the tree, with a stack of its own: a node under construction, and for a mapping the key that waits for its
// value.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const Lines& lines) : lines_{lines} {}

  std::optional<Node> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!root_) { return; }
    const std::size_t offset = lines_.offset_of(mark);
    const bool is_marked = lines_.text().substr(offset).starts_with("---");
    refuse(lines_.place_at(offset),
           is_marked ? "found a second document" : "found a line that does not belong to what is above it",
           is_marked ? "one document in a file" : "a key or an item indented like its neighbours");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    refuse(lines_.place_of(mark), "found the anchor " + quoted("&" + name),
           "every value written out: anchors and aliases are not supported");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(lines_.place_of(mark), "found an alias", "every value written out: anchors and aliases are not supported");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (waits_for_key()) { refuse(lines_.place_of(mark), "found a value without a key", "key: value"); }
    Node node;
    // The mark of nothing is that of whatever comes next; nothing stands where its key stands.
    node.place = !stack_.empty() && stack_.back().key ? stack_.back().key->place : lines_.place_of(mark);
    put(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t, const std::string& value) override {
    const std::size_t offset = lines_.offset_of(mark);
    const Place place = lines_.place_at(offset);
    check_tag(place, tag);
    const std::string_view text = lines_.text();
    if (offset < text.size() && (text[offset] == '\'' || text[offset] == '"') && !quote_is_closed(text, offset)) {
      refuse(place, "found a quote that is never closed", fmt::format("a closing {}", text[offset]));
    }
    if (waits_for_key()) {
      take_key(place, value);
      return;
    }
    Node node;
    node.kind = Node::Kind::scalar;
    node.place = place;
    node.text = value;
    put(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    if (waits_for_key()) { refuse_key(mark, style, "a list", '[', ']'); }
    open(mark, tag, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    if (waits_for_key()) { refuse_key(mark, style, "a mapping", '{', '}'); }
    open(mark, tag, Node::Kind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct PendingKey {
    std::string name;
    Place place;
  };
  struct Level {
    Node node;
    std::optional<PendingKey> key;
  };

  static std::string quoted(std::string_view text) { return "'" + shortened(text) + "'"; }

  std::string path() const {
    std::string path;
    for (const Level& level : stack_) {
      if (level.key) {
        path = join(path, shortened(level.key->name));
      } else if (level.node.kind == Node::Kind::list) {
        path = join(path, std::to_string(level.node.items.size()));
      }
    }
    return path;
  }

  [[noreturn]] void refuse(Place place, std::string_view found, std::string_view expected) const {
    throw Fault{place, path(), fmt::format("{}, expected {}", found, expected)};
  }

  bool waits_for_key() const {
    return !stack_.empty() && stack_.back().node.kind == Node::Kind::mapping && !stack_.back().key;
  }

  void check_tag(Place place, const std::string& tag) const {
    // "?" is a plain value, "!" a quoted one; a key has them, too.
    if (tag.empty() || tag == "?" || tag == "!") { return; }
    refuse(place, "found the tag " + quoted(tag), "a value without a tag");
  }

  void take_key(Place place, const std::string& name) {
    Level& level = stack_.back();
    if (name == "<<") { refuse(place, "found a merge key '<<'", "every key written out"); }
    if (one_line(name) != name) {
      refuse(place, fmt::format("found the key {}", quoted(name)), "a key without control characters");
    }
    if (const Entry* first = level.node.find(name)) {
      refuse(place, fmt::format("found the key {} again, after line {}", quoted(name), first->place.line),
             "each key once");
    }
    level.key = PendingKey{name, place};
  }

  [[noreturn]] void refuse_key(const YAML::Mark& mark, YAML::EmitterStyle::value style, std::string_view what,
                               char opening, char closing) const {
    const Place place = lines_.place_of(mark);
    if (style != YAML::EmitterStyle::Flow) { refuse(place, fmt::format("found {} as a key", what), "a text as key"); }
    // yaml-cpp takes a bracket that is never closed for the beginning of a key.
    refuse(place, fmt::format("found {} as a key, or a '{}' that is never closed", what, opening),
           fmt::format("a text as key, or '{}'", closing));
  }

  void open(const YAML::Mark& mark, const std::string& tag, Node::Kind kind) {
    const Place place = lines_.place_of(mark);
    check_tag(place, tag);
    if (stack_.size() >= deepest) {
      // A path this deep would fill the line.
      throw Fault{place, "", fmt::format("found more than {} levels of lists and mappings, expected fewer", deepest)};
    }
    Level level;
    level.node.kind = kind;
    level.node.place = place;
    stack_.push_back(std::move(level));
  }

  void close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    put(std::move(node));
  }

  void put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = stack_.back();
    if (level.node.kind == Node::Kind::list) {
      level.node.items.push_back(std::move(node));
      return;
    }
    assert(level.key && "waits_for_key() is asked before every value");
    level.node.add({std::move(level.key->name), level.key->place, std::move(node)});
    level.key.reset();
  }

  const Lines& lines_;
  std::optional<Node> root_;
  std::vector<Level> stack_;
};

// What a person can do about a syntax error, by the beginning of yaml-cpp's words for it (0.8 adds names to some).
std::string syntax_message(std::string_view theirs) {
  struct Advice {
    std::string_view theirs;
    std::string_view message;
  };
  static constexpr std::array<Advice, 13> advice{{
      {"illegal map value", "found a ':' that ends no key, expected 'key: value' on a line of its own, or quotes"},
      {"illegal map key", "found a key where none can stand, expected it on a line of its own"},
      {"end of map not found", "found a line that does not fit in, expected a key indented like its neighbours"},
      {"end of sequence not found", "found a line that does not fit in, expected '- ' indented like its neighbours"},
      {"end of map flow not found", "found no end of {…}, expected ',' or '}'"},
      {"end of sequence flow not found", "found no end of […], expected ',' or ']'"},
      {"illegal flow end", "found a ']' or '}' that closes nothing, expected a value"},
      {"illegal block entry", "found '- ' where no list can begin, expected a value"},
      {"illegal EOF in scalar", "found a quote that is never closed, expected a closing \""},
      {"the referenced anchor is not defined",
       "found an alias, expected every value written out: anchors and aliases are not supported"},
      {"illegal tab when looking for indentation", "found a tab in the indentation, expected spaces"},
      {"unknown token", "found a character that begins no value, expected quotes around it"},
      {"bad file", "found too many levels of lists and mappings, expected fewer"},
  }};
  for (const Advice& line : advice) {
    if (theirs.starts_with(line.theirs)) { return std::string{line.message}; }
  }
  return fmt::format("found text that is not YAML ({}), expected YAML", shortened(theirs));
}

// `expected`: what a text of blanks should have been.
Node build(std::string_view text_with_mark, std::string_view expected) {
  const std::string_view text = without_byte_order_mark(text_with_mark);
  if (text.size() > longest_text) {
    throw Fault{{}, "", fmt::format("found {} bytes, expected at most {}", text.size(), longest_text)};
  }
  const Lines lines{text};
  check_bytes(lines);
  Builder builder{lines};
  try {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser{stream};
    while (parser.HandleNextDocument(builder)) {}
  } catch (const YAML::Exception& error) { throw Fault{lines.place_of(error.mark), "", syntax_message(error.msg)}; }
  std::optional<Node> root = builder.take();
  if (!root) {
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    throw Fault{{}, "", fmt::format("found nothing but {}, expected {}", blank ? "blanks" : "comments", expected)};
  }
  return std::move(*root);
}

void place_all(Node& node, Place place) {  // as deep as `deepest`
  node.place = place;
  for (Node& item : node.items) { place_all(item, place); }
  for (Entry& entry : node.entries) {
    entry.place = place;
    place_all(entry.value, place);
  }
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : &entries[found->second];
}

Entry* Node::find(std::string_view key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : &entries[found->second];
}

Entry& Node::add(Entry entry) {
  [[maybe_unused]] const bool is_new = index.emplace(entry.key, entries.size()).second;
  assert(is_new);
  entries.push_back(std::move(entry));
  return entries.back();
}

void Node::ask(std::string_view key) const {
  if (was_asked(key)) { return; }
  asked_set.emplace(key);
  asked.emplace_back(key);
}

std::string Tree::where(Place place) const {
  if (place.assignment >= 0) { return assignments[static_cast<std::size_t>(place.assignment)] + ": "; }
  return fmt::format("{}:{}:{}: ", name, place.line, place.column);
}

ConfigError Tree::error(Place place, std::string_view path, std::string_view message) const {
  const bool says_path =
      !path.empty() && !(place.assignment >= 0 &&
                         assignments[static_cast<std::size_t>(place.assignment)] == "--set " + std::string{path});
  return ConfigError{fmt::format("{}{}{}{}", where(place), says_path ? path : "", says_path ? ": " : "", message)};
}

Node parse(std::string_view name, std::string_view text) {
  try {
    return build(text, "keys with values");
  } catch (const Fault& fault) {
    Tree tree;
    tree.name = name;
    throw tree.error(fault.place, fault.path, fault.message);
  }
}

Node parse_value(const Tree& tree, int assignment, std::string_view text) {
  const Place place{1, 1, assignment};
  try {
    Node node = build(text, "a value");
    place_all(node, place);
    return node;
  } catch (const Fault& fault) { throw tree.error(place, "", fault.message); }
}

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string{key} : fmt::format("{}.{}", path, key);
}

std::string one_line(std::string_view text) { return utf8::escape_unprintable(text); }

std::string shortened(std::string_view text) {
  constexpr std::size_t most = 60;
  // Escaping makes a text longer, never shorter: nothing beyond this many characters can survive the cut.
  const std::string_view head = text.substr(0, utf8::prefix_size(text, most + 1));
  const std::string escaped = one_line(head);
  if (utf8::character_count(escaped) <= most) { return escaped; }
  return escaped.substr(0, utf8::prefix_size(escaped, most - 1)) + "…";
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "no value";
    case Node::Kind::scalar:
      return "'" + shortened(node.text) + "'";
    case Node::Kind::list:
      return node.items.empty() ? "an empty list" : "a list";
    case Node::Kind::mapping:
      return node.entries.empty() ? "an empty mapping" : "a mapping";
  }
  return {};
}

}  // namespace core::yaml
