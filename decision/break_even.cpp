#include "decision/break_even.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "core/format.hpp"
#include "core/math.hpp"

namespace decision {
namespace {

class Search {
 public:
  Search(const std::function<std::optional<double>(double)>& difference, const CrossingSearch& how, Crossing& crossing)
      : difference_{difference}, how_{how}, crossing_{crossing} {}

  double place(double at) const { return how_.rounded ? how_.rounded(at) : at; }

  // `at`: a place. Nothing: the search is stopped.
  std::optional<Sample> look(double at) {
    const bool may = !crossing_.is_stopped && crossing_.evaluations < how_.most;
    const std::optional<double> value = may ? difference_(at) : std::nullopt;
    if (!value) {
      crossing_.is_stopped = true;
      return std::nullopt;
    }
    ++crossing_.evaluations;
    if (!std::isfinite(*value)) throw std::domain_error(fmt::format("the difference at {} is no number", at));
    return Sample{at, *value};
  }

  // Interpolate, truncate, project (Oliveira and Takahashi, 2020): the point of regula falsi, moved a little towards
  // the middle, and kept so near to the middle that halving could still finish within its own number of steps and one.
  Bracket narrow(Bracket bracket) {
    const double near = std::min(std::abs(bracket.low.at), std::abs(bracket.high.at));
    const double radius = how_.tolerance * std::max(1.0, near) / 2;
    const double range = bracket.high.at - bracket.low.at;
    double reach = radius * 2;  // radius × 2^(steps left)
    while (reach * 2 < range * 2) reach *= 2;
    while (bracket.high.at - bracket.low.at > 2 * radius) {
      const double width = bracket.high.at - bracket.low.at;
      const double middle = bracket.low.at + width / 2;
      const double share = bracket.low.difference / (bracket.low.difference - bracket.high.difference);
      const double straight = bracket.low.at + width * share;
      const double towards = middle > straight ? 1 : -1;
      const double push = 0.2 * width * width / range;
      const double pushed = push <= std::abs(middle - straight) ? straight + towards * push : middle;
      const double leash = std::max(0.0, reach - width / 2);
      double at = place(std::abs(pushed - middle) <= leash ? pushed : middle - towards * leash);
      if (at <= bracket.low.at || at >= bracket.high.at) at = place(middle);
      if (at <= bracket.low.at || at >= bracket.high.at) break;  // neighbours: there is no place between them
      const std::optional<Sample> found = look(at);
      if (!found) break;
      reach /= 2;
      if (found->difference == 0) return {*found, *found};
      ((found->difference > 0) == (bracket.low.difference > 0) ? bracket.low : bracket.high) = *found;
    }
    return bracket;
  }

 private:
  const std::function<std::optional<double>(double)>& difference_;
  const CrossingSearch& how_;
  Crossing& crossing_;
};

std::string number(double value) { return core::format_figure(value); }

}  // namespace

std::string Crossing::sentence(std::string_view unit) const {
  if (at) {
    std::string text = fmt::format("They cross at {} {} (between {:.10g} and {:.10g}, {} evaluations)", number(*at),
                                   unit, bracket->low.at, bracket->high.at, evaluations);
    if (!others.empty()) text += fmt::format("; the sign changes {} more times", others.size());
    return text + ".";
  }
  if (samples.empty()) return "Stopped before anything was evaluated.";
  const Sample& first = samples.front();
  const Sample& last = samples.back();
  return fmt::format("No crossing from {} to {} {}: the difference stays {} 0 ({} and {} at the ends, {} evaluations).",
                     number(first.at), number(last.at), unit, first.difference > 0 ? "above" : "below",
                     number(first.difference), number(last.difference), evaluations);
}

Crossing find_crossing(const std::function<std::optional<double>(double)>& difference, const CrossingSearch& search) {
  const bool sensible = std::isfinite(search.low) && std::isfinite(search.high) && search.low < search.high &&
                        search.samples >= 2 && search.tolerance > 0 && (!search.in_ratios || search.low > 0);
  if (!sensible) throw std::invalid_argument("a search needs a range from low to high and at least two samples");
  Crossing crossing;
  Search looking{difference, search, crossing};
  const double steps = search.samples - 1;
  for (int i = 0; i < search.samples; ++i) {
    double at = search.low + (search.high - search.low) * (i / steps);
    if (search.in_ratios) at = search.low * core::pow(search.high / search.low, i / steps);
    if (i == search.samples - 1) at = search.high;
    at = looking.place(at);
    if (!crossing.samples.empty() && at <= crossing.samples.back().at) continue;  // fewer places than samples
    const std::optional<Sample> sample = looking.look(at);
    if (!sample) break;
    crossing.samples.push_back(*sample);
  }
  std::vector<Bracket> brackets;
  for (std::size_t i = 0; i < crossing.samples.size(); ++i) {
    const Sample& here = crossing.samples[i];
    if (here.difference == 0) {
      brackets.push_back({here, here});
    } else if (i > 0) {
      const Sample& before = crossing.samples[i - 1];
      if (before.difference != 0 && (before.difference > 0) != (here.difference > 0))
        brackets.push_back({before, here});
    }
  }
  if (brackets.empty()) return crossing;
  crossing.others.assign(brackets.begin() + 1, brackets.end());
  const Bracket found =
      brackets.front().low == brackets.front().high ? brackets.front() : looking.narrow(brackets.front());
  crossing.bracket = found;
  const double span = found.low.difference - found.high.difference;
  crossing.at =
      span == 0 ? found.low.at : found.low.at + (found.high.at - found.low.at) * (found.low.difference / span);
  return crossing;
}

}  // namespace decision
