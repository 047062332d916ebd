#include "loadgen/outcome.hpp"

#include <numeric>

namespace loadgen {

std::int64_t OutcomeCounts::failed() const {
  const auto at = [&](Outcome o) { return by_outcome.begin() + static_cast<std::ptrdiff_t>(o); };
  return std::accumulate(at(Outcome::refused), at(Outcome::open), std::int64_t{0});
}

std::int64_t OutcomeCounts::planned() const {
  return std::accumulate(by_outcome.begin(), by_outcome.end(), std::int64_t{0});
}

OutcomeCounts& OutcomeCounts::operator+=(const OutcomeCounts& other) {
  for (std::size_t i = 0; i < outcome_count; ++i) by_outcome[i] += other.by_outcome[i];
  return *this;
}

}  // namespace loadgen
