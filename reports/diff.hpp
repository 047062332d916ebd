// Two results side by side, for the quarterly review: what was decided then and now, and what became dearer or slower.
//
//  * `ResultDiff`     every difference, old and new
//  * `compare`        makes it; amounts are exact, a change is the share of the old amount
//  * `diff_text`, `diff_markdown`, `diff_json`  say it
//  * `largest_growth`  of the monthly cost of an option in both: what a threshold is held against
//
// Bills of horizons of different lengths are compared by the month (decision/monthly_cost.hpp), category by category.
// A difference is a trend only when both results answer the same question: `not_a_trend` names what differs (scenario,
// settings, seed, horizon, an interrupt, the version), and every page says so before anything else. The same text of a
// scenario with other prices is a trend: that is what a review looks for.
//
// Example:
//   const ResultDiff diff = compare(from_json("old", old_text), from_json("new", new_text));
//   if (diff.not_a_trend.empty() && largest_growth(diff) > Quantity::ratio(1, 10)) …
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "decision/governance.hpp"
#include "reports/result.hpp"
#include "reports/text_page.hpp"

namespace reports {

// In words; empty: not there.
struct Changed {
  std::string name;
  std::string before;
  std::string after;
  bool operator==(const Changed&) const = default;
};

struct CountChange {
  std::string name;                      // "latency p95"
  std::optional<std::int64_t> before{};  // nanoseconds, or parts per billion
  std::optional<std::int64_t> after{};
  bool operator==(const CountChange&) const = default;
};

struct OptionDiff {
  std::string name;
  decision::ReviewChange monthly{};
  std::vector<decision::ReviewChange> bill{};  // categories of a month, then those that are paid once: "once: training"
  std::vector<std::string> unpriced{};         // items without a price, then or now: no part of the amounts
  std::vector<CountChange> times{};            // of answers, in nanoseconds; those that are known in one of the two
  CountChange availability{};                  // parts per billion
  bool operator==(const OptionDiff&) const = default;
};

struct PriceChange {
  std::string row;   // "aws-us-east-1/ec2.g6.xlarge/on_demand"
  std::string item;  // "g6.xlarge on demand"
  std::string unit;
  std::optional<core::Money> before{};  // nothing: not there, unpriced, or set by tiers
  std::optional<core::Money> after{};
  std::optional<core::Quantity> change{};
  std::string retrieved_before{};  // empty: the row is not there
  std::string retrieved_after{};
  bool operator==(const PriceChange&) const = default;
};

struct ResultDiff {
  std::string before;  // title(result)
  std::string after;
  std::string currency;
  std::vector<std::string> not_a_trend{};
  std::vector<std::string> winners_before{};
  std::vector<std::string> winners_after{};
  std::string headline_before{};
  std::string headline_after{};
  std::vector<OptionDiff> options{};  // those in both, in the order of the old one
  std::vector<decision::ReviewChange> came{};
  std::vector<decision::ReviewChange> went{};
  std::vector<Changed> gates{};        // that ended otherwise
  std::vector<Changed> drills{};       // the same
  std::vector<PriceChange> prices{};   // of another price or date, new and gone
  std::vector<Changed> assumptions{};  // of another value, new and gone
  std::vector<Changed> figures{};      // of the answered sections
  bool operator==(const ResultDiff&) const = default;
};

// Throws core::ConfigError when the two are in different currencies.
ResultDiff compare(const Result& before, const Result& after);

std::string diff_text(const ResultDiff& diff, TextStyle style);
std::string diff_markdown(const ResultDiff& diff);
std::string diff_json(const ResultDiff& diff);

// Nothing when no option of both had a cost above 0 then.
std::optional<core::Quantity> largest_growth(const ResultDiff& diff);

}  // namespace reports
