// Total cost of ownership: everything an option costs over a year or more, and not only its inference.
//
//  * `TcoLine`  one cost: a part of the whole, once or every month, whose it is, over how many months it is written off
//  * `Tco`      the lines by part, one-time and recurring apart, in cash and amortised
//  * `make_tco` sums them: parts and months sum to the total to the last digit
//
// Cash is when the money leaves; amortised spreads a one-time cost evenly over its months from the one in which it is
// paid. What is not written off by the end of the horizon is named. Nothing is discounted (a rate of 0 %).
//
// In a scenario:
//   tco:
//     months: 12
//     lines:
//       - {name: first training, part: training, once: $28_000, amortise: 24}
//       - {name: retraining, part: retraining, each: $500, every: month}
//       - {name: fairness audit, part: compliance, monthly: $1_000, owner: legal}
//     exit: {egress: $900, retuning_days: 10, day_rate: $1_167, price_risk: unknown}
//     overlap: {monthly: $12_000, days: 14}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "core/yaml_reader.hpp"

namespace decision {

enum class TcoPart : std::uint8_t {
  inference,
  training,
  labels,
  engineering,
  storage,
  retraining,
  maintenance,
  on_call,
  monitoring,
  compliance,
  overlap,
  exit
};
std::string_view word_of(TcoPart part);

struct TcoLine {
  std::string name;
  TcoPart part = TcoPart::inference;
  bool recurring = false;
  core::Money amount;            // once, or a month
  std::int64_t first_month = 1;  // paid in it, or from it on
  std::int64_t amortise = 0;     // months, of what is paid once; 0: to the end of the horizon
  std::string owner = {};
  bool operator==(const TcoLine&) const = default;
};

struct TcoShare {
  TcoPart part = TcoPart::inference;
  core::Money one_time;
  core::Money recurring;
  core::Money total() const { return one_time + recurring; }
  bool operator==(const TcoShare&) const = default;
};

struct Tco {
  std::int64_t months = 12;
  std::vector<TcoLine> lines;
  std::vector<TcoShare> parts;  // those that have lines, in the order of TcoPart
  core::Money one_time;
  core::Money recurring;
  std::vector<core::Money> cash;       // each month
  std::vector<core::Money> amortised;  // each month
  core::Money not_written_off;         // at the end of the horizon
  core::Money total() const { return one_time + recurring; }
  bool operator==(const Tco&) const = default;
};

// Throws std::invalid_argument for fewer than 12 months, or a line that begins outside of them. A line recurs in every
// month from its first on.
Tco make_tco(std::vector<TcoLine> lines, std::int64_t months = 12);

// How often a model is retrained.
enum class Cadence : std::uint8_t { day, week, month, quarter, year };
std::int64_t times_a_year(Cadence cadence);  // 365, 52, 12, 4, 1
// Each retraining, as a monthly line: each × times a year ÷ 12.
TcoLine retraining_line(std::string name, core::Money each, Cadence every);

// What leaving would cost: data egress, days of tuning for the next vendor, and a price change if somebody has put a
// figure to it.
struct ExitCost {
  core::Money egress;
  core::Quantity retuning_days;
  core::Money day_rate;
  std::optional<core::Money> price_risk;  // nothing: nobody knows
  core::Money known() const;              // of what is known
  bool operator==(const ExitCost&) const = default;
};

// Two models live at once: the second one's monthly cost for so many days of a month of 365 ÷ 12.
core::Money overlap_cost(core::Money monthly, core::Quantity days);

struct TcoPlan {
  std::int64_t months = 12;
  std::vector<TcoLine> lines;  // with the retrainings and the overlap
  std::optional<ExitCost> exit;
  bool operator==(const TcoPlan&) const = default;
};
// The `tco` section of the root or of one option. Monitoring and compliance have an owner: without one, an error.
// What leaving costs is shown beside the total and not in it, for nobody plans to pay it. `months`: of a section read
// before it, which this one then shares; another number is an error.
std::optional<TcoPlan> read_tco(const core::Section& section, std::optional<std::int64_t> months = std::nullopt);

}  // namespace decision
