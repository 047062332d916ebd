#include "decision/retraining.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Quantity;

constexpr std::array<std::string_view, 5> words{"day", "week", "month", "quarter", "year"};

}  // namespace

std::vector<CadenceRow> cadence_table(const DriftPlan& plan, const std::vector<Cadence>& cadences) {
  std::vector<CadenceRow> rows;
  for (const Cadence cadence : cadences) {
    const std::int64_t trainings = times_a_year(cadence);
    const Quantity lost = product(plan.lost_points_per_day, Quantity::ratio(365, trainings));
    const Quantity half = quotient(lost, Quantity::whole(2));
    rows.push_back({cadence, trainings, plan.each * trainings, std::max(Quantity{}, plan.accuracy - half),
                    std::max(Quantity{}, plan.accuracy - lost)});
  }
  return rows;
}

std::string CadenceRow::sentence() const {
  return fmt::format("Every {}: {} trainings a year for {}, {} % accurate on average and {} % at worst.",
                     words[static_cast<std::size_t>(every)], trainings, amount(cost), figure(mean_accuracy, 2),
                     figure(worst_accuracy, 2));
}

std::optional<RetrainingQuestion> read_retraining(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("retraining");
  if (!section) return std::nullopt;
  RetrainingQuestion question;
  question.plan.accuracy = read_measured(*section, "accuracy", Unit::share).value;
  question.plan.lost_points_per_day = section->quantity("lost_points_per_day");
  if (question.plan.lost_points_per_day < Quantity{}) {
    throw section->error("lost_points_per_day", "less than 0", "points from 0 on");
  }
  question.plan.each = section->money("each");
  for (const std::string& name : section->texts("cadences")) {
    const auto* const found = std::find(words.begin(), words.end(), name);
    if (found == words.end()) {
      throw section->error("cadences", fmt::format("'{}'", name), fmt::format("any of {}", fmt::join(words, ", ")));
    }
    question.cadences.push_back(static_cast<Cadence>(found - words.begin()));
  }
  return question;
}

}  // namespace decision
