// Where two options cost the same: a root between brackets, of anything that can be evaluated.
//
//  * `find_crossing`  samples a range, finds where the difference changes its sign, and narrows the first such place
//
// The function may be dear (a simulation) and may have jumps (a fleet adds a replica): what is returned is a bracket,
// two places at which the difference has opposite signs, and the point between them. It is right for any function; only
// between two samples of the same sign can a pair of crossings hide, so the samples are part of the answer.
// No crossing is an answer, not an error: the signs at both ends are named. Whoever evaluates may stop the search at
// any time; what is known by then is the answer.
//
// Narrowing is by interpolation that never takes more than one step more than halving would (ITP: Oliveira and
// Takahashi, 2020): about log2(bracket ÷ tolerance) evaluations at the worst, a handful where the function is smooth.
//
// Example:
//   const Crossing c = find_crossing([&](double users) { return a(users) - b(users); }, {.low = 1e3, .high = 1e7});
//   c.sentence("daily users")   // "They cross at 412,000 daily users (between 411,998 and 412,003, 21 evaluations)."
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace decision {

struct CrossingSearch {
  double low = 0;
  double high = 1;          // above low
  int samples = 9;          // at least 2, both ends among them
  bool in_ratios = false;   // samples by equal ratios instead of equal steps; low > 0
  double tolerance = 1e-6;  // width of the bracket, relative to its place (absolute below 1)
  int most = 200;           // evaluations in all
  // The nearest place that can be looked at, rising with its argument: whole replicas, figures that can be typed.
  std::function<double(double)> rounded{};
};

struct Sample {
  double at = 0;
  double difference = 0;
  bool operator==(const Sample&) const = default;
};

struct Bracket {
  Sample low;
  Sample high;  // of the other sign; the same place where the difference is exactly 0
  bool operator==(const Bracket&) const = default;
};

struct Crossing {
  std::optional<double> at;        // nothing: no crossing between the samples
  std::optional<Bracket> bracket;  // of `at`, narrowed
  std::vector<Bracket> others;     // further changes of sign between samples, not narrowed
  std::vector<Sample> samples;
  int evaluations = 0;
  bool is_stopped = false;  // before the bracket was as narrow as it was to be
  // "No crossing from 1,000 to 10,000,000 daily users: the difference stays above 0 (…)" where there is none.
  std::string sentence(std::string_view unit) const;
};

// `difference` must return a finite number, or nothing to stop the search; std::domain_error otherwise,
// std::invalid_argument for a senseless search. A search that has used up `most` is stopped.
Crossing find_crossing(const std::function<std::optional<double>(double)>& difference, const CrossingSearch& search);

}  // namespace decision
