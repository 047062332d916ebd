#include "decision/fallbacks.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"
#include "decision/words.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

bool cheaper(const Fallback& a, const Fallback& b) {
  if (a.loss.has_value() != b.loss.has_value()) return a.loss.has_value();
  if (a.loss && *a.loss != *b.loss) return *a.loss < *b.loss;
  if (a.knobs.size() != b.knobs.size()) return a.knobs.size() < b.knobs.size();
  return a.bill < b.bill;
}

}  // namespace

std::string Fallback::sentence() const {
  const std::string cost = loss ? fmt::format("loses {} a month", amount(*loss)) : "loses nobody knows how much";
  return fmt::format("{}: {} a month, {}", listing(knobs), amount(bill), cost);
}

std::vector<Knob> resolve(std::vector<Knob> knobs, const std::vector<OptionBill>& bills, const std::string& option,
                          Money bill) {
  std::erase_if(knobs, [&](Knob& knob) {
    if (knob.option.empty()) return false;
    const auto found =
        std::find_if(bills.begin(), bills.end(), [&](const OptionBill& other) { return other.name == knob.option; });
    if (knob.option == option || found == bills.end()) return true;
    knob.cost_factor = share_of(found->monthly, bill);
    return false;
  });
  return knobs;
}

Fallbacks rank_fallbacks(Money bill, Money cap, const std::vector<Knob>& knobs) {
  if (knobs.size() > 12) throw std::invalid_argument("more than 12 knobs are too many to combine");
  Fallbacks result;
  result.needed = bill > cap;
  for (const Knob& knob : knobs) {
    if (!knob.loss) result.asks.push_back(knob.name);
  }
  if (!result.needed) {
    result.verdict = fmt::format("{} is within the cap of {}: no fallback is needed.", amount(bill), amount(cap));
    return result;
  }
  std::vector<std::uint32_t> found;  // sets that fit, none within another
  const std::uint32_t sets = 1U << knobs.size();
  for (std::uint32_t set = 1; set < sets; ++set) {
    // A subset is a smaller number, so every set within this one has been seen.
    std::size_t replaced = 0;
    for (std::size_t i = 0; i < knobs.size(); ++i) {
      if ((set >> i & 1U) != 0 && !knobs[i].option.empty()) ++replaced;
    }
    if (replaced > 1) continue;
    const bool needless =
        std::any_of(found.begin(), found.end(), [&](std::uint32_t smaller) { return (set & smaller) == smaller; });
    if (needless) continue;
    Fallback fallback{.knobs = {}, .bill = bill, .loss = Money{}};
    for (std::size_t i = 0; i < knobs.size(); ++i) {
      if ((set >> i & 1U) == 0) continue;
      fallback.knobs.push_back(knobs[i].name);
      fallback.bill = cost(knobs[i].cost_factor, fallback.bill);
      fallback.loss = fallback.loss && knobs[i].loss ? std::optional{*fallback.loss + *knobs[i].loss} : std::nullopt;
    }
    if (fallback.bill > cap) continue;
    found.push_back(set);
    result.ranked.push_back(std::move(fallback));
  }
  std::stable_sort(result.ranked.begin(), result.ranked.end(), cheaper);
  result.verdict =
      result.ranked.empty()
          ? fmt::format("No fallback brings {} under the cap of {}: none exists among the {} given.", amount(bill),
                        amount(cap), knobs.size())
          : fmt::format("The least loss under the cap of {} is {}.", amount(cap), result.ranked.front().sentence());
  return result;
}

std::vector<Knob> read_knobs(const core::Section& root) {
  std::vector<Knob> knobs;
  for (const core::Section& item : root.optional_sections("fallbacks")) {
    Knob knob{.name = item.text("name"), .cost_factor = {}, .loss = std::nullopt};
    if (item.has("option")) {
      if (item.has("costs")) throw item.error("costs", "`costs` beside `option`", "one of the two");
      std::vector<std::string> names;
      for (const core::Section& option : root.optional_sections("options")) names.push_back(option.text("name"));
      knob.option = item.text("option");
      if (std::find(names.begin(), names.end(), knob.option) == names.end()) {
        throw item.error("option", fmt::format("'{}'", knob.option), fmt::format("one of {}", fmt::join(names, ", ")));
      }
    } else {
      knob.cost_factor = quotient(read_measured(item, "costs", Unit::share).value, Quantity::whole(100));
    }
    if (knob.cost_factor < Quantity{}) throw item.error("costs", "less than 0 %", "the share of the bill that remains");
    const std::string loss = item.text("loses", {.expected = "an amount a month, or unknown"});
    if (loss != "unknown") knob.loss = item.money("loses");
    knobs.push_back(std::move(knob));
  }
  if (knobs.size() > 12) throw root.error("fallbacks", fmt::format("{}", knobs.size()), "at most 12");
  return knobs;
}

}  // namespace decision
