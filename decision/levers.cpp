#include "decision/levers.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"
#include "decision/measured.hpp"

namespace decision {
namespace {

using core::Money;
using core::Quantity;

const Quantity one = Quantity::whole(1);
const Quantity hundred = Quantity::whole(100);

Quantity read_percent(const core::Section& section, std::string_view key, std::int64_t most) {
  const Quantity percent = read_measured(section, key, Unit::share).value;
  if (percent < Quantity{} || percent > Quantity::whole(most)) {
    throw section.error(key, figure(percent) + " %", fmt::format("0 to {} %", most));
  }
  return quotient(percent, hundred);
}

}  // namespace

Lever spot_lever(Quantity share, Quantity off) { return {"spot", product(share, off)}; }

Quantity combined(const std::vector<Lever>& levers) {
  Quantity left = one;
  for (const Lever& lever : levers) left = product(left, one - lever.saves);
  return one - left;
}

std::vector<WaterfallStep> waterfall(Money bill, const std::vector<Lever>& levers) {
  std::vector<WaterfallStep> steps;
  Money left = bill;
  for (const Lever& lever : levers) {
    const Money saved = cost(lever.saves, left);
    left = left - saved;
    steps.push_back({lever.name, saved, left});
  }
  return steps;
}

std::string say_levers(const std::vector<Lever>& levers, Quantity claim) {
  const Quantity saved = combined(levers);
  return fmt::format("The levers save {}: the {} claimed are {}.", percent_text(saved), percent_text(claim, 0),
                     saved >= claim ? "reached" : "not reached");
}

ModelFacts transformed(const ModelFacts& teacher, const OptionTransform& transform) {
  return {product(teacher.gigabytes, transform.size), product(teacher.milliseconds, transform.latency),
          product(teacher.accuracy, transform.accuracy)};
}

bool AccuracyPolicy::accepts(Quantity loss) const { return high_stakes ? loss <= Quantity{} : loss <= most_loss; }

std::string AccuracyPolicy::sentence(Quantity loss) const {
  const std::string_view word = accepts(loss) ? "accepted" : "refused";
  if (high_stakes) {
    return fmt::format("A loss of {} of accuracy is {}: the stakes are high, no loss is accepted.", percent_text(loss),
                       word);
  }
  return fmt::format("A loss of {} of accuracy is {}: up to {} is accepted.", percent_text(loss), word,
                     percent_text(most_loss));
}

std::vector<Lever> read_levers(const core::Section& root) {
  std::vector<Lever> levers;
  for (const core::Section& item : root.optional_sections("levers")) {
    Lever lever{.name = item.text("name"), .saves = {}};
    const bool saves = item.has("saves");
    if (saves && item.has("share")) throw item.error("saves", "`saves` beside `share`", "one of the two");
    lever.saves = saves ? read_percent(item, "saves", 100)
                        : spot_lever(read_percent(item, "share", 100), read_percent(item, "off", 100)).saves;
    levers.push_back(std::move(lever));
  }
  return levers;
}

std::optional<OptionTransform> read_transform(const core::Section& option) {
  const std::optional<core::Section> section = option.optional_section("made_from");
  if (!section) return std::nullopt;
  OptionTransform transform{.of = section->text("option", {.expected = "the name of the larger option"})};
  if (section->has("size")) transform.size = read_percent(*section, "size", 1000);
  if (section->has("latency")) transform.latency = read_percent(*section, "latency", 1000);
  transform.accuracy = read_percent(*section, "accuracy", 1000);
  return transform;
}

std::optional<AccuracyQuestion> read_accuracy_policy(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("accuracy_policy");
  if (!section) return std::nullopt;
  AccuracyQuestion question{.policy = {.high_stakes = section->boolean("high_stakes"), .most_loss = {}}};
  if (!question.policy.high_stakes) question.policy.most_loss = read_percent(*section, "most_loss", 100);
  if (section->has("against")) question.against = section->text("against", {.expected = "the name of an option"});
  return question;
}

}  // namespace decision
