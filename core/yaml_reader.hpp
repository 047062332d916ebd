// Reads a YAML file so that no slip of the pen becomes a silent default.
//
//  * `Document`     one file (or text), and the bookkeeping of what was read from it
//  * `Section`      one mapping of it: each call names a key, its unit, its limits and its default, and returns it
//  * `ConfigError`  "scenario.yaml:12:5: traffic.arrivals.cv: found 'fast', expected a number from 0.01 to 100"
//  * `Assumption`   a default that was used because the file says nothing
//
// The one call that reads a key is also its declaration: `finish()` refuses every key that no call asked for and
// names the nearest that one did. Duplicate keys, wrong units, NaN, infinities and overflow are errors. Texts are
// read, never files: a caller brings the text (`sim` and `core` touch no file system).
//
// Example:
//   core::Document doc{"bursty.yaml", text};
//   core::Section traffic = doc.root().section("traffic");
//   const double users = traffic.number("daily_users", {.min = 1, .max = 1e10, .unit = "users"});
//   const Duration ttl = cache.duration("ttl", {.fallback = 1h, .why = "common default of HTTP caches"});
//   doc.finish();
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/time.hpp"

namespace core {

class Declarations;  // core/declarations.hpp

// The user can mend it: exit code 2. what() is one line, ready to print.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Assumption {
  std::string key;    // "options.self-hosted.autoscaler.sync_period"
  std::string value;  // "15s"
  std::string why;    // "Kubernetes default"
  bool operator==(const Assumption&) const = default;
};

// A key is required unless its rule has a fallback. `why` says where the fallback comes from and is required with it.
struct NumberRule {
  double min = -std::numeric_limits<double>::max();
  double max = std::numeric_limits<double>::max();
  std::string_view unit = {};
  std::optional<double> fallback = std::nullopt;
  std::string_view why = {};
};
struct IntegerRule {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::string_view unit = {};
  std::optional<std::int64_t> fallback = std::nullopt;
  std::string_view why = {};
};
struct DurationRule {
  Duration min = Duration{0};
  Duration max = Duration::max();
  std::optional<Duration> fallback = std::nullopt;
  std::string_view why = {};
};
struct TextRule {
  std::string_view expected = "a text";
  std::optional<std::string> fallback = std::nullopt;
  std::string_view why = {};
};

class Section {
 public:
  std::string path() const;              // "options.self-hosted.autoscaler"; "" for the root
  bool has(std::string_view key) const;  // declares the key as known
  // Declares the key, and leaves whatever stands below it to somebody else.
  void leave(std::string_view key) const;
  std::vector<std::string> keys() const;
  // The keys of a mapping whose keys are names that the file gives itself, such as classes of its traffic; `known` are
  // the others. Says so to who collects declarations.
  std::vector<std::string> names(std::string_view of_what, const std::vector<std::string>& known = {}) const;
  // What stands at `key`, or each of the mappings of its list, is read by one reader wherever it stands: to who
  // collects declarations it is a `form`. Called before the key is read; the first name stays.
  void declare_as(std::string_view key, std::string_view form) const;
  // The limits of `key` come from other values of the text: to who collects declarations it has none. Called before the
  // key is read.
  void declare_relative(std::string_view key) const;

  double number(std::string_view key, const NumberRule& rule = {}) const;                   // "1_000_000", "0.9", "1e6"
  std::int64_t integer(std::string_view key, const IntegerRule& rule = {}) const;           // "2_000_000"
  double share(std::string_view key, const NumberRule& rule = {.min = 0, .max = 1}) const;  // "60%" or "0.6"
  Duration duration(std::string_view key, const DurationRule& rule = {}) const;  // "800ms", "2s", "1h", "30d", "9us"
  std::string text(std::string_view key, const TextRule& rule = {}) const;
  // One of `choices`; returns its index. The error offers the nearest.
  std::size_t choice(std::string_view key, const std::vector<std::string_view>& choices,
                     std::optional<std::size_t> fallback = std::nullopt, std::string_view why = "") const;
  bool boolean(std::string_view key, std::optional<bool> fallback = std::nullopt, std::string_view why = "") const;
  Date date(std::string_view key) const;                                                 // "2026-12-01"
  std::int64_t bytes(std::string_view key, const IntegerRule& rule = {.min = 0}) const;  // "16GB", "512MiB", "20kB"
  std::int64_t bytes_per_second(std::string_view key, const IntegerRule& rule = {.min = 1}) const;  // "1GB/s"
  Money money(std::string_view key, std::optional<Money> fallback = std::nullopt, std::string_view why = "") const;
  Quantity quantity(std::string_view key, std::optional<Quantity> fallback = std::nullopt,
                    std::string_view why = "") const;
  std::vector<double> numbers(std::string_view key, std::size_t count,
                              const NumberRule& each = {}) const;  // count 0: any
  // A table: a list of lists of `columns` numbers each, at least one.
  std::vector<std::vector<double>> rows(std::string_view key, std::size_t columns, const NumberRule& each = {}) const;
  // A curve: a list of [whole number, duration], at least one.
  std::vector<std::pair<std::int64_t, Duration>> durations_by_number(std::string_view key, const IntegerRule& number,
                                                                     const DurationRule& duration) const;
  std::vector<std::int64_t> integers(std::string_view key, const IntegerRule& each = {}) const;
  std::vector<std::string> texts(std::string_view key) const;

  Section section(std::string_view key) const;  // a mapping, required
  std::optional<Section> optional_section(std::string_view key) const;
  std::vector<Section> sections(std::string_view key) const;           // a list of mappings, required
  std::vector<Section> optional_sections(std::string_view key) const;  // empty when absent
  enum class Kind { absent, scalar, list, mapping };
  Kind kind(std::string_view key) const;  // what stands there, for keys that take more than one form; declares the key

  // "file:line:column: path.key: found …, expected …" at the key's value (or at this section when it is absent).
  ConfigError error(std::string_view key, std::string_view found, std::string_view expected) const;
  // Notes an assumption that is not a default of one key.
  void assume(std::string_view key, std::string_view value, std::string_view why) const;

 private:
  friend class Document;
  struct State;
  explicit Section(std::shared_ptr<const State> state) : state_{std::move(state)} {}
  std::shared_ptr<const State> state_;
};

class Document {
 public:
  // Throws ConfigError for a syntax error, a duplicate key, or a root that is no mapping. `name` is used in messages.
  Document(std::string name, std::string_view text);
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  // `--set traffic.daily_users=2_000_000`: replaces or adds one value before anything is read. Items of a list of
  // options are addressed by their `name` or index: options.self-hosted.serving.slots. Errors about the value are
  // placed at "--set traffic.daily_users".
  void set(std::string_view assignment);

  // Keeps what is asked for from now on; costs nothing where nobody calls it. `declarations` must outlive the reading.
  void declare_to(Declarations& declarations);

  Section root() const;
  // Throws ConfigError for the first key that nobody asked for, with the nearest known key of its section.
  void finish() const;
  std::vector<Assumption> assumptions() const;  // in the order of reading

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The nearest of `candidates` by edit distance, if it is near enough to be a slip; for "did you mean" lines.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace core
