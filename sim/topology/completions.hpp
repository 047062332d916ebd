// When the requests of one part end, once nothing can change it any more.
//
//  * `Stay`         a request's time in a part: when it came to its turn, when it left, and how
//  * `Completions`  told by the part's ledger at every entry, asked by the topology block by block
//
// Ledgers know the end of a request early: most engines book it when it is given a slot, and a fleet may take such a
// promise back when it grows or shrinks. What ends by the moment to which the engine was advanced is final. So entries
// are kept until then, in a radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, Faster algorithms for the shortest path
// problem, J. ACM 37, 1990): keys that are not below the last one taken stand in the bucket of the highest bit in which
// they differ from it. To take all up to `now_ns` empties the lower buckets and splits one; each entry moves at most
// 63 times, commonly three, whatever waits behind it.
//
// An engine that works in iterations finds out at the end of one that a client has left within it. Such an entry comes
// after its time; it is due at once.
//
// O(1) amortised for each request. Memory: 40 bytes for each ticket and 16 for each that has not ended.
//
// Example:
//   ledger.report_to(&completions);                        // before the first block, which has tickets
//   fleet.serve(block);
//   fleet.advance_to(now_ns);
//   for (const Completions::Due& due : completions.take(now_ns)) { completions.stay(due.ticket) … }
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/usage.hpp"

namespace sim {

struct Visit;

struct Stay {
  std::int64_t start_ns = 0;  // of service; of leaving, when there was none
  std::int64_t end_ns = 0;
  std::int64_t first_token_ns = 0;  // since the start
  core::Outcome outcome = core::Outcome::served;
  bool is_due = false;      // booked, and not taken yet
  std::int64_t due_ns = 0;  // the end, or when it was heard of
};

class Completions {
 public:
  struct Due {
    std::int64_t due_ns;
    std::uint32_t ticket;
  };

  // `sign` -1 takes the ticket's last entry back.
  void note(const Visit& visit, std::int64_t start_ns, std::int64_t end_ns, core::Outcome outcome, std::int64_t sign);
  // Those that end by `now_ns` and were not taken before, in no order; valid until the next call.
  // `now_ns` never decreases.
  std::span<const Due> take(std::int64_t now_ns);
  // Of a ticket that was taken, until it is used again.
  const Stay& stay(std::uint32_t ticket) const { return stays_[ticket]; }

 private:
  std::size_t bucket_of(std::int64_t due_ns) const;
  void pick(const std::vector<Due>& from);

  std::vector<Stay> stays_;  // by ticket
  std::array<std::vector<Due>, 65> buckets_;
  std::int64_t reached_ns_ = 0;
  std::vector<Due> taken_;
  std::vector<Due> spare_;
};

}  // namespace sim
