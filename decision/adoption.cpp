#include "decision/adoption.hpp"

#include <fmt/format.h>

#include "decision/exact.hpp"

namespace decision {
namespace {

using core::Quantity;

const Quantity hundred = Quantity::whole(100);

constexpr std::array<std::string_view, 5> questions{
    "Has the base model been tried, and how well does it do?", "Where does it fail?", "Is there data for those cases?",
    "What would fine-tuning cost, and how long would it take?", "Has a prototype shown the gain?"};

Quantity read_percent(const core::Section& section, std::string_view key) {
  const Quantity percent = read_measured(section, key, Unit::share).value;
  if (percent < Quantity{} || percent > hundred) throw section.error(key, figure(percent) + " %", "0 to 100 %");
  return quotient(percent, hundred);
}

}  // namespace

AdoptionVerdict base_model_verdict(Quantity coverage, Quantity ship_at) {
  AdoptionVerdict verdict{.holds = coverage >= ship_at, .boundary = coverage == ship_at, .sentence = {}};
  verdict.sentence = fmt::format("The base model covers {} of the use cases, {} of {}: {}.", percent_text(coverage, 1),
                                 verdict.holds ? "no less than the limit" : "less than the limit",
                                 percent_text(ship_at, 0), verdict.holds ? "ship it first" : "consider fine-tuning");
  if (verdict.boundary) verdict.sentence += " It lies exactly on the limit (C-02).";
  return verdict;
}

Quantity PromptFacts::reached() const { return quotient(metric, target); }

AdoptionVerdict prompt_verdict(const PromptFacts& facts) {
  const Quantity reached = facts.reached();
  const bool enough = reached > facts.enough_at;
  AdoptionVerdict verdict{
      .holds = enough && facts.understood.value_or(false), .boundary = reached == facts.enough_at, .sentence = {}};
  verdict.sentence = fmt::format("Prompts reach {} of the target", percent_text(reached, 1));
  if (!enough) {
    verdict.sentence += fmt::format(", not more than {}: they are not enough.", percent_text(facts.enough_at, 0));
  } else if (!facts.understood) {
    verdict.sentence += ". Is the space of prompts understood? Nobody has said.";
  } else if (!*facts.understood) {
    verdict.sentence += ", but what makes them work is not understood.";
  } else {
    verdict.sentence += fmt::format(", more than {}: do not fine-tune.", percent_text(facts.enough_at, 0));
  }
  return verdict;
}

std::vector<std::string> FiveSteps::unanswered() const {
  std::vector<std::string> open;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) open.emplace_back(questions[i]);
  }
  return open;
}

MetricLock metric_lock(std::vector<Gate> gates, const Facts& facts) {
  MetricLock lock;
  for (Gate& gate : gates) {
    gate.hard = true;
    gate.named = true;
    gate.enabled = true;
    gate.soft_when_hygiene.reset();
  }
  if (gates.size() < 2) {
    lock.warnings.emplace_back(
        "A single metric is no lock: likely rejection. Name a second one that it must not spoil.");
  }
  lock.verdict = judge(gates, facts);
  return lock;
}

std::optional<Adoption> read_adoption(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("adoption");
  if (!section) return std::nullopt;
  Adoption adoption;
  if (section->has("base_coverage")) {
    adoption.base_coverage = read_percent(*section, "base_coverage");
    if (section->has("ship_at")) adoption.ship_at = read_percent(*section, "ship_at");
    else section->assume("ship_at", "80%", "ship the base model at four fifths of the use cases (S3)");
  }
  if (const std::optional<core::Section> prompts = section->optional_section("prompts")) {
    PromptFacts facts{.metric = prompts->quantity("metric"), .target = prompts->quantity("target"), .understood = {}};
    if (facts.target <= Quantity{}) throw prompts->error("target", figure(facts.target), "a target above 0");
    if (prompts->has("understood")) facts.understood = prompts->boolean("understood");
    if (prompts->has("enough_at")) facts.enough_at = read_percent(*prompts, "enough_at");
    else prompts->assume("enough_at", "90%", "prompts that reach more of the target need no fine-tuning (S1)");
    adoption.prompts = facts;
  }
  if (const std::optional<core::Section> steps = section->optional_section("steps")) {
    for (std::size_t i = 0; i < FiveSteps::keys.size(); ++i) {
      if (steps->has(FiveSteps::keys[i])) adoption.steps.answers[i] = steps->text(FiveSteps::keys[i]);
    }
  }
  return adoption;
}

}  // namespace decision
