#include "decision/acceptability.hpp"

#include <algorithm>

#include "core/math.hpp"
#include "core/random.hpp"

namespace decision {

std::vector<double> rank_acceptability(const std::vector<std::vector<double>>& parts, std::uint64_t seed, int draws) {
  if (parts.empty() || parts.front().empty()) return {};
  core::Stream luck = core::Stream{seed}.child("decision.weights");
  std::vector<double> first(parts.size(), 0);
  std::vector<double> weights(parts.front().size());
  std::vector<double> scores(parts.size());
  for (int draw = 0; draw < draws; ++draw) {
    // The sum of the weights scales all scores alike, so they need not be divided by it.
    for (double& weight : weights) weight = -core::log(core::unit_open_closed(luck.next()));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      scores[i] = 0;
      for (std::size_t c = 0; c < weights.size(); ++c) scores[i] += weights[c] * parts[i][c];
    }
    const double best = *std::max_element(scores.begin(), scores.end());
    const auto winners = std::count(scores.begin(), scores.end(), best);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (scores[i] == best) first[i] += 1 / static_cast<double>(winners);
    }
  }
  for (double& share : first) share /= draws;
  return first;
}

}  // namespace decision
