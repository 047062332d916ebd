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
  sort();
  return taken_;
}

void Completions::sort() {
  const auto before = [](const Due& a, const Due& b) {
    return a.due_ns != b.due_ns ? a.due_ns < b.due_ns : a.ticket < b.ticket;
  };
  constexpr std::size_t few = 256;
  if (taken_.size() <= few) {
    std::sort(taken_.begin(), taken_.end(), before);
    return;
  }
  std::int64_t first_ns = taken_.front().due_ns;
  std::int64_t last_ns = first_ns;
  for (const Due& due : taken_) {
    first_ns = std::min(first_ns, due.due_ns);
    last_ns = std::max(last_ns, due.due_ns);
  }
  // From the lowest digit to the highest, each pass stable.
  constexpr int digit_bits = 11;
  constexpr std::uint64_t digit_mask = (1U << digit_bits) - 1;
  const int bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(last_ns - first_ns)));
  spare_.resize(taken_.size());
  for (int shift = 0; shift < bits; shift += digit_bits) {
    const auto digit = [&](const Due& due) {
      return static_cast<std::size_t>(static_cast<std::uint64_t>(due.due_ns - first_ns) >> shift & digit_mask);
    };
    std::array<std::uint32_t, digit_mask + 1> place{};
    for (const Due& due : taken_) ++place[digit(due)];
    std::uint32_t sum = 0;
    for (std::uint32_t& p : place) sum += std::exchange(p, sum);
    for (const Due& due : taken_) spare_[place[digit(due)]++] = due;
    taken_.swap(spare_);
  }
  // Equal ends stand as they were entered; the ticket decides.
  for (auto run = taken_.begin(); run != taken_.end();) {
    auto end = run + 1;
    while (end != taken_.end() && end->due_ns == run->due_ns) ++end;
    if (end - run > 1) std::sort(run, end, before);
    run = end;
  }
}

}  // namespace sim
