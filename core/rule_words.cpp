#include "core/rule_words.hpp"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/units.hpp"

namespace core {
namespace {

template <class Rule, class T, class Print>
std::string describe_range(std::string_view what, const Rule& rule, std::string_view unit, T lowest, T highest,
                           Print print) {
  if (rule.min > lowest && rule.max < highest) {
    return with_unit(fmt::format("{} from {} to {}", what, print(rule.min), print(rule.max)), unit);
  }
  if (rule.min > lowest) { return with_unit(fmt::format("{} of at least {}", what, print(rule.min)), unit); }
  if (rule.max < highest) { return with_unit(fmt::format("{} of at most {}", what, print(rule.max)), unit); }
  return unit.empty() ? std::string{what} : fmt::format("{} ({})", what, unit);
}

}  // namespace

std::string with_unit(std::string text, std::string_view unit) {
  return unit.empty() ? std::move(text) : fmt::format("{} {}", text, unit);
}

std::string describe_numbers(std::string_view what, const NumberRule& rule, std::string (*print)(double)) {
  constexpr double most = std::numeric_limits<double>::max();
  return describe_range(what, rule, rule.unit, -most, most, print);
}

std::string describe_integers(std::string_view what, const IntegerRule& rule, std::string_view unit,
                              std::string (*print)(std::int64_t)) {
  using Limits = std::numeric_limits<std::int64_t>;
  return describe_range(what, rule, unit, Limits::min(), Limits::max(), print);
}

std::string describe_durations(const DurationRule& rule) {
  return describe_range("a duration", rule, "", Duration::min(), Duration::max(), config_duration);
}

std::string lesson(Flaw flaw, std::string_view how) {
  return flaw == Flaw::none || flaw == Flaw::too_large ? std::string{} : fmt::format(" ({})", how);
}

std::string comma_lesson(std::string_view text) {
  return text.find(',') == std::string_view::npos ? "" : " (thousands are separated by _)";
}

std::string alternatives(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) { text += i + 1 == words.size() ? " or " : ", "; }
    text += words[i];
  }
  return text;
}

}  // namespace core
