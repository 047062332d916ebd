#include "sim/topology/completions.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "sim/ledger.hpp"

namespace sim {

// 0 for the key itself, else one more than the highest bit in which it differs from what was reached.
inline std::size_t Completions::bucket_of(std::int64_t due_ns) const {
  return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(due_ns ^ reached_ns_)));
}

void Completions::note(const Visit& visit, std::int64_t start_ns, std::int64_t end_ns, core::Outcome outcome,
                       std::int64_t sign) {
  if (visit.ticket >= stays_.size()) [[unlikely]]
    stays_.resize(std::bit_ceil(std::size_t{visit.ticket} + 1));
  Stay& stay = stays_[visit.ticket];
  if (sign < 0) {
    stay.is_due = false;  // what stands in the heap is found to be stale when its time comes
    return;
  }
  assert(!stay.is_due);
  const std::int64_t due_ns = std::max(end_ns, reached_ns_);
  stay = {start_ns, end_ns, visit.first_token_ns, outcome, true, due_ns};
  buckets_[bucket_of(due_ns)].push_back({due_ns, visit.ticket});
}

// An entry counts when it is the last word on its ticket. A stale one with the very end of the last word is as good,
// and takes its place: the other one then finds the ticket taken.
inline void Completions::pick(const std::vector<Due>& from) {
  for (const Due& due : from) {
    Stay& stay = stays_[due.ticket];
    if (!stay.is_due || stay.due_ns != due.due_ns) continue;
    stay.is_due = false;
    taken_.push_back(due);
  }
}

std::span<const Completions::Due> Completions::take(std::int64_t now_ns) {
  assert(now_ns >= reached_ns_);
  taken_.clear();
  const std::size_t top = bucket_of(now_ns);
  // What differs from the old mark below the highest bit of the step is behind the new one.
  for (std::size_t b = 0; b < top; ++b) {
    pick(buckets_[b]);
    buckets_[b].clear();
  }
  reached_ns_ = now_ns;
  spare_.clear();
  std::swap(spare_, buckets_[top]);
  const auto later = std::partition(spare_.begin(), spare_.end(), [&](const Due& d) { return d.due_ns <= now_ns; });
  for (auto due = later; due != spare_.end(); ++due) buckets_[bucket_of(due->due_ns)].push_back(*due);
  spare_.erase(later, spare_.end());
  pick(spare_);
  return taken_;
}

}  // namespace sim
