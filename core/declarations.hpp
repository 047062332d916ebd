// What a reader asks a text for, kept as it asks: the one call that reads a key (core/yaml_reader.hpp) is also its
// declaration, and whoever wants to tell an editor what there is (cli/config_schema.hpp) need not write it down again.
//
//  * `Declared`      one key of one mapping: its form, limits, choices, default and why, in the words of the messages
//  * `Declarations`  all of them, of as many texts as one likes, in the order of reading
//
// A key that is absent but asked for is declared like any other. What is only read behind a choice that no text made
// is not: the texts have to walk every way.
//
// Paths are folded: the items of a list have the path "options.*", keys that are names of the file's own
// (Section::names) "route.shares.*", and what one reader reads wherever it stands (Section::declare_as) "#latency".
//
// Example:
//   core::Declarations declarations;
//   core::Document document{"smoke.yaml", text};
//   document.declare_to(declarations);
//   read_all(document.root());
//   for (const core::Declared& d : declarations.all()) fmt::print("{} {}: {}\n", d.section, d.key, d.expected);
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace core {

enum class Form : std::uint8_t {
  asked,  // whether it is there, or what kind of thing it is: it need not be
  number,
  integer,
  share,
  duration,
  text,
  choice,
  boolean,
  date,
  bytes,
  bytes_per_second,
  money,
  quantity,
  numbers,  // lists of scalars
  integers,
  texts,
  rows,   // a list of lists of numbers
  pairs,  // a list of [whole number, duration]
  mapping,
  mappings,  // a list of them
  named,     // whatever the form `below` takes
  names,     // of the mapping itself (key ""): its keys are names of the file's own
  left,      // to another reader
};

struct Declared {
  std::string section;      // folded path of the mapping; "" is the root
  std::size_t mapping = 0;  // which one of all that were read
  std::string key;          // "*": a name of the file's own; "": the value of the form `section` itself
  Form form = Form::asked;
  std::string expected;       // "a number from 1 to 1_000 users"
  bool required = false;      // there is no default
  std::optional<double> min;  // of numbers, also those in lists and behind units; nothing: the type's own
  std::optional<double> max;
  std::size_t count = 0;  // of a list of numbers, or of the columns of rows; 0: any
  std::string fallback;   // "15s"
  std::string why;        // "Kubernetes default"
  std::vector<std::string> choices;
  std::string chosen;  // of `choices`
  std::string below;   // folded path of what stands there, of `mapping`, `mappings` and `named`
};

class Declarations {
 public:
  const std::deque<Declared>& all() const { return all_; }
  // The addresses of earlier ones stay as they are.
  Declared& add(Declared declared) { return all_.emplace_back(std::move(declared)); }
  std::size_t next_mapping() { return mappings_++; }

 private:
  std::deque<Declared> all_;
  std::size_t mappings_ = 0;
};

}  // namespace core
