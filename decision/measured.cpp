#include "decision/measured.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Quantity;

constexpr std::array<std::string_view, 12> words{"rel",      "pp",    "share",        "unknown", "percent_per_day",
                                                 "days",     "hours", "milliseconds", "dollars", "examples",
                                                 "multiple", "count"};

// What may stand behind a number, the longer ones first, and how many of the unit one of it is.
struct Suffix {
  std::string_view text;
  Unit unit;
  std::int64_t times;
};
constexpr std::array<Suffix, 12> suffixes{{{"%/day", Unit::percent_per_day, 1},
                                           {"%", Unit::percent, 1},
                                           {"ms", Unit::milliseconds, 1},
                                           {"min", Unit::milliseconds, 60'000},
                                           {"examples", Unit::examples, 1},
                                           {"days", Unit::days, 1},
                                           {"s", Unit::milliseconds, 1000},
                                           {"d", Unit::days, 1},
                                           {"w", Unit::days, 7},
                                           {"h", Unit::hours, 1},
                                           {"x", Unit::multiple, 1},
                                           {"×", Unit::multiple, 1}}};

constexpr std::string_view forms = "a number with its unit, such as 5%, 45d, 150ms, $30_000, 2.0x or 100_000 examples";

std::int64_t milliseconds_in(Unit unit) {
  switch (unit) {
    case Unit::milliseconds:
      return 1;
    case Unit::hours:
      return 3'600'000;
    case Unit::days:
      return 86'400'000;
    default:
      return 0;
  }
}

bool is_change(Unit unit) { return unit == Unit::relative || unit == Unit::points || unit == Unit::percent; }
bool is_percent(Unit unit) { return is_change(unit) || unit == Unit::share; }

struct Plain {
  Quantity value;
  std::optional<Unit> unit;
};

std::optional<Plain> parse(std::string_view text) {
  Plain plain;
  std::int64_t times = 1;
  for (const Suffix& suffix : suffixes) {
    if (!text.ends_with(suffix.text)) continue;
    text.remove_suffix(suffix.text.size());
    while (text.ends_with(' ')) text.remove_suffix(1);
    plain.unit = suffix.unit;
    times = suffix.times;
    break;
  }
  std::string number{text};
  const std::size_t sign = number.starts_with('-') || number.starts_with('+') ? 1 : 0;
  if (!plain.unit && number.size() > sign && number[sign] == '$') {
    plain.unit = Unit::dollars;
    number.erase(sign, 1);
  }
  if (number.starts_with('+')) number.erase(0, 1);
  try {
    plain.value = product(Quantity::parse(number), Quantity::whole(times));
  } catch (const std::logic_error&) { return std::nullopt; } catch (const std::runtime_error&) {
    return std::nullopt;
  }
  return plain;
}

}  // namespace

std::string_view word_of(Unit unit) { return words[static_cast<std::size_t>(unit)]; }

std::vector<std::string_view> unit_words() { return {words.begin(), words.end()}; }

std::string say(Quantity value, Unit unit) {
  switch (unit) {
    case Unit::relative:
      return figure(value) + " % (relative)";
    case Unit::points:
      return figure(value) + " percentage points";
    case Unit::share:
      return figure(value) + " %";
    case Unit::percent:
      return figure(value) + " % (of either kind)";
    case Unit::percent_per_day:
      return figure(value) + " % a day";
    case Unit::days:
      return figure(value, 2) + " days";
    case Unit::hours:
      return figure(value, 2) + " hours";
    case Unit::milliseconds:
      return figure(value) + " ms";
    case Unit::dollars: {
      const bool negative = value < Quantity{};
      const std::string digits = figure(negative ? Quantity{} - value : value, 2);
      return fmt::format("{}${}", negative ? "-" : "", digits);
    }
    case Unit::examples:
      return figure(value) + " examples";
    case Unit::multiple:
      return figure(value) + " ×";
    case Unit::count:
      return figure(value);
  }
  return {};
}

std::string Measured::text() const { return say(value, unit); }

bool comparable(Unit a, Unit b) { return a == b || (is_change(a) && is_change(b)); }

Measured read_measured(const core::Section& section, std::string_view key, std::optional<Unit> wanted) {
  section.declare_as(key, "measured");
  const bool is_mapping = section.kind(key) == core::Section::Kind::mapping;
  const core::Section place = is_mapping ? section.section(key) : section;
  const std::string_view at = is_mapping ? "value" : key;
  const std::string text = place.text(at, {.expected = forms});
  const std::optional<Plain> plain = parse(text);
  if (!plain) throw place.error(at, fmt::format("'{}'", text), forms);

  std::optional<Unit> said;
  if (is_mapping && place.has("unit")) { said = static_cast<Unit>(place.choice("unit", unit_words())); }
  Measured measured{.value = plain->value};
  if (plain->unit == Unit::percent) {
    // A percent of its own says too little: relative, points, or a level?
    if (said && !is_percent(*said)) {
      throw place.error("unit", fmt::format("'{}' for a percent", word_of(*said)), "rel, pp, share or unknown");
    }
    measured.unit = said ? *said : wanted == Unit::share ? Unit::share : Unit::percent;
  } else if (plain->unit) {
    if (said && *said != *plain->unit && milliseconds_in(*said) == 0) {
      throw place.error("unit", fmt::format("'{}' beside '{}'", word_of(*said), text), "the unit of the value");
    }
    measured.unit = *plain->unit;
    if (said && !wanted) wanted = said;
  } else if (said) {
    measured.unit = *said;
  } else if (wanted) {
    if (is_percent(*wanted)) throw place.error(at, fmt::format("'{}'", text), "a percent, such as 5%");
    measured.unit = *wanted;
  } else {
    throw place.error(at, fmt::format("'{}', which has no unit", text), forms);
  }
  if (wanted && milliseconds_in(*wanted) > 0 && milliseconds_in(measured.unit) > 0 && *wanted != measured.unit) {
    measured.value = quotient(product(measured.value, Quantity::whole(milliseconds_in(measured.unit))),
                              Quantity::whole(milliseconds_in(*wanted)));
    measured.unit = *wanted;
  }
  if (wanted && !comparable(*wanted, measured.unit)) {
    throw place.error(at, fmt::format("'{}' in {}", text, word_of(measured.unit)),
                      fmt::format("a value in {}", word_of(*wanted)));
  }
  if (is_mapping && place.has("baseline")) {
    const Measured baseline = read_measured(place, "baseline", Unit::share);
    if (baseline.value <= Quantity{}) throw place.error("baseline", baseline.text(), "a level above 0 %");
    measured.baseline = baseline.value;
  }
  return measured;
}

}  // namespace decision
