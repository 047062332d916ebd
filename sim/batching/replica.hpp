// One replica of an LLM engine, iteration by iteration, without visiting every iteration.
//
//  * `Prompt`   a request as the engine gets it
//  * `Answer`   what became of it
//  * `Lost`     a request that was here when the replica went under
//  * `Replica`  takes prompts in order of arrival and answers them as continuous batching does
//
// What an engine does at the boundary between two iterations, in this order:
//
//   1. requests that have arrived by now join the queue (a full queue rejects them)
//   2. clients whose patience is over leave, from the queue and from the batch
//   3. while the batch's next tokens do not fit into the KV memory, the youngest request of the least important class
//      is evicted: its memory is freed, it goes back to the head of its queue, and all its tokens (those it had made
//      included) are computed again later
//   4. requests are admitted, most important class first and within one in order of arrival, while the batch has a
//      place and the memory has room for the whole prompt beyond the watermark; the first that does not fit ends it
//   5. the next iteration is put together (`Batching`) and takes the time that `IterationCost` says
//
// An answer's first token comes with the end of the iteration that finishes its prompt; each iteration after that adds
// one. A prompt of c tokens holds ⌈c / block⌉ blocks from its admission; an answer holds those of its context, the
// token that the iteration makes included. A static batch holds, for each of its places and to its end, the blocks of
// the prompt and those of the batch's longest answer: finished answers are padded up to it.
//
// With a prefix cache, a prompt's blocks (512 tokens each, as the trace names them) stay when it is done, until the
// memory is needed; the least recently used go first. A prompt that begins with blocks that are held and computed
// skips them, but for its last token. All blocks of a prompt count as the cache's, the tokens of the answer beside
// them.
//
// How: as long as nobody joins or leaves, an iteration differs from the last one by a constant (DecodeCost). A stretch
// of n such iterations is one step of arithmetic, where n is the smallest of: the next answer to end (they sit in a
// ring of buckets by the number of the iteration that ends them: O(1), no heap), the first boundary at which somebody
// new could be admitted, the KV memory being full, the end of a cost table's cell. All times are whole picoseconds, so
// a stretch ends where single steps would, to the last digit; `stepping` forces n = 1 to prove it.
//
// At one and the same time: iterations end, requests arrive, the next iteration begins.
//
// A request that was lost with another replica comes here with its age. It stands in the queue, and is evicted, by the
// time of its first arrival, which is also what its client's patience is counted from.
//
// The rules are those of vLLM and of Vidur's Sarathi scheduler (Agrawal et al., MLSys 2024), whose recorded runs this
// reproduces within a microsecond (tests/sim/vidur_test.cpp).
//
// Example:
//   std::vector<Answer> ended;
//   Replica replica{config, cost, ended};
//   replica.push({.arrival_ns = 0, .input_tokens = 500, .output_tokens = 100});
//   replica.advance(core::ns_per_second);    // everything that ends by then is in `ended`
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/money.hpp"
#include "core/time.hpp"
#include "core/usage.hpp"
#include "sim/batching/engine_config.hpp"
#include "sim/batching/iteration_cost.hpp"
#include "sim/batching/prefix_cache.hpp"
#include "sim/ring.hpp"

namespace sim {

struct Prompt {
  std::int64_t arrival_ns = 0;
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;  // what it will make; 0: only the prompt is computed, as for a classification
  std::uint32_t priority_class = 0;
  std::uint32_t traffic_class = 0;  // handed through to the answer
  std::uint32_t ticket = 0;         // likewise
  std::uint32_t prefix_row = 0;     // of the engine's trace, when it has one
  std::uint32_t prefix_round = 0;
  std::uint32_t history = 0;  // handed through
  std::int64_t age_ns = 0;    // how long ago it first arrived somewhere, when it arrives here
};

// Times are rounded up to the nanosecond. A rejected request ends when it arrives.
struct Answer {
  std::int64_t arrival_ns = 0;
  std::int64_t start_ns = 0;        // first admitted; of one that never was: when it left, or the horizon
  std::int64_t first_token_ns = 0;  // -1: none was made
  std::int64_t end_ns = 0;
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t tokens_made = 0;  // until it left the batch; all of them for a served one
  std::uint16_t priority_class = 0;
  std::uint16_t traffic_class = 0;
  std::uint32_t ticket = 0;
  std::uint32_t history = 0;
  core::Outcome outcome = core::Outcome::served;
  bool was_admitted = false;
};

struct Lost {
  Prompt prompt;                  // as it first arrived: its age is not counted yet
  std::int64_t start_ns = -1;     // first admitted; -1: never
  std::uint32_t prompt_read = 0;  // tokens of the prompt computed …
  std::uint32_t tokens_made = 0;  // … and of the answer made, for nothing
};

struct ReplicaTotals {
  std::int64_t iterations = 0;
  // Made by iterations that advance answers; the first of each answer is not among them.
  std::int64_t decode_tokens = 0;
  std::int64_t prefill_tokens = 0;  // prompt tokens computed, those computed again included
  std::int64_t evictions = 0;
  // Of prompts at their admission, where there is a prefix cache: their tokens, and those found in it.
  std::int64_t looked_up_tokens = 0;
  std::int64_t found_tokens = 0;
  core::Int128 busy_ps = 0;                               // Σ iterations; 64 bits hold 106 days
  std::int64_t peak_kv_tokens = 0;                        // most tokens of answers in memory at once
  std::int64_t longest_queue = 0;                         // most requests waiting for admission at once
  ReplicaTotals& operator+=(const ReplicaTotals& other);  // peaks: the larger
  bool operator==(const ReplicaTotals&) const = default;
};

class Replica {
 public:
  // `config`, `cost` and `ended` must outlive it. Answers are appended to `ended` in no particular order; the owner
  // empties it. `stepping`: every iteration by itself.
  Replica(const EngineConfig& config, const IterationCost& cost, std::vector<Answer>& ended, bool stepping = false);

  // Arrivals never decrease. A request that can never fit into the KV memory is rejected when it arrives.
  void push(const Prompt& prompt) {
    is_mixed_ |= prompt.age_ns > 0;
    incoming_.push_back(prompt);
  }
  // For the iterations that begin from now on, after the advance to now. It must outlive the replica.
  void use(const IterationCost& cost) { next_cost_ = &cost; }
  // Everything that ends by `now_ns` ends; iterations that begin at `now_ns` begin later, after those that arrive now.
  // Never decreasing; at least the arrival of every request pushed so far. O(1) when nothing happens.
  void advance(std::int64_t now_ns);

  // Requests here at `now_ns`, the time of the last advance: waiting, or in the batch, where one whose client leaves
  // during an iteration is until it ends.
  std::int64_t outstanding(std::int64_t now_ns);
  std::int64_t in_batch() const { return running_; }
  // Prompt blocks with these keys, from the first on, that need not be computed here.
  std::uint32_t cached_blocks(std::span<const std::uint64_t> keys) const { return cache_ ? cache_->match(keys) : 0; }
  // The last boundary so far: when an iteration ended, or somebody came.
  std::int64_t last_end_ns() const { return ceil_ns(clock_ps_); }

  // The end of the horizon, after the advance to it: those still here are in flight.
  void close(std::int64_t horizon_ns);
  // The end of the replica at `now_ns`, after the advance to it: appends those still here to `lost`; clients whose
  // patience is over are none of them, they have timed out. Nothing may be pushed any more.
  void lose(std::int64_t now_ns, std::vector<Lost>& lost);
  // That what the counters say of the KV memory is what the requests in it hold. O(requests here).
  bool memory_adds_up() const;
  const ReplicaTotals& totals() const { return totals_; }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  struct Sequence {
    std::int64_t arrival_ns;
    std::int64_t start_ns;        // -1: not yet admitted
    std::int64_t first_token_ns;  // -1: not yet made
    std::uint32_t input_tokens;
    std::uint32_t output_tokens;
    std::uint32_t to_make;    // tokens of the answer still to come; of an answer in the batch: as it was admitted
    std::uint32_t computed;   // of its prompt
    std::uint32_t last_step;  // of an answer in the batch: number of the step that ends it, modulo 2^32
    std::uint32_t next;       // in its bucket
    std::uint32_t older;      // in the batch, of its class
    std::uint32_t younger;
    std::uint16_t priority_class;
    std::uint16_t traffic_class;
    std::uint32_t ticket;
    std::uint32_t history;
    bool decodes;  // its prompt is computed
    // What must be computed before the next token: the prompt, and after an eviction what had been made of the answer.
    std::uint32_t prompt_tokens() const { return input_tokens + output_tokens - to_make; }
  };
  // Both in order of arrival.
  struct PriorityClass {
    Ring<std::uint32_t> waiting;
    std::uint32_t oldest = none;  // in the batch
    std::uint32_t youngest = none;
  };

  // Time: picoseconds since `base_ns_`, so that they fit into 64 bits.
  std::int64_t ps(std::int64_t ns) const;
  std::int64_t ceil_ns(std::int64_t ps) const { return base_ns_ + (ps + 999) / 1000; }
  void keep_clock_small();

  // The boundary between two iterations.
  void sleep();
  void receive(std::int64_t now_ns);
  void let_impatient_go();
  void expire_waiting(std::int64_t now_ps);
  void evict_until_fits();
  void evict(std::uint32_t index);
  void admit();
  bool has_room(std::int64_t blocks) const;
  bool admit_to_static(const Sequence& s);
  void use_cached(std::uint32_t index);
  void shrink_cache();

  // The iterations.
  bool begin_prefill();
  void end_prefill();
  bool decode(std::int64_t limit_ps);
  std::int64_t next_visit_ps() const;
  void end_answers_of_step();
  void begin_answer(std::uint32_t index);

  // Entering and leaving.
  std::uint32_t new_sequence(const Prompt& prompt);
  void join_batch(std::uint32_t index);
  void leave_batch(std::uint32_t index);
  void interrupt(std::uint32_t index);
  void put_into_queue(std::uint32_t index);
  void put_by_age(PriorityClass& priority, std::uint32_t index);
  void put_into_bucket(std::uint32_t index);
  void remove_from_bucket(std::uint32_t index);
  void end_whole(std::uint32_t index);
  void end(std::uint32_t index, std::int64_t end_ns, core::Outcome outcome, std::uint32_t tokens_made);
  void find_next_end();
  void grow_ring(std::uint32_t steps);

  // The KV memory.
  std::int64_t blocks_of(std::uint64_t tokens) const {
    return static_cast<std::int64_t>((tokens + block_mask_) >> block_shift_);
  }
  std::int64_t blocks_of_answers(std::int64_t steps_ahead) const;
  std::int64_t steps_that_fit(std::int64_t steps) const;
  std::uint32_t phase_of(const Sequence& s) const {
    return (s.input_tokens + s.output_tokens - shared_tokens(s) - s.last_step) & block_mask_;
  }
  // Of its context, what stands in blocks of the prefix cache.
  std::uint32_t shared_tokens(const Sequence& s) const { return cache_ ? s.input_tokens : 0; }
  std::uint32_t still_to_make(const Sequence& s) const { return s.decodes ? s.last_step - step_ : s.to_make; }
  std::int64_t running_answers() const { return is_static_ ? running_ : answers_; }
  std::uint32_t context_of(const Sequence& s) const { return s.input_tokens + s.output_tokens - (s.last_step - step_); }

  const EngineConfig* config_;
  const IterationCost* cost_;
  const IterationCost* next_cost_ = nullptr;  // when the iteration that is under way has ended
  std::vector<Answer>* ended_;
  bool stepping_;
  bool is_static_;
  std::int64_t overhead_ns_;
  std::int64_t timeout_ns_;
  bool is_patient_;  // clients wait as long as it takes
  std::uint32_t block_mask_;
  int block_shift_;

  std::int64_t base_ns_ = 0;
  std::int64_t clock_ps_ = 0;  // the last boundary
  // An iteration that has begun at `clock_ps_`, of answers only or with prompts: that boundary is behind.
  bool in_decode_ = false;
  bool in_prefill_ = false;
  std::int64_t iteration_end_ps_ = 0;  // of that iteration
  std::uint32_t prefill_tokens_ = 0;
  std::uint32_t prompts_done_ = 0;  // by its end, from the head of `prefilling_`

  Ring<Prompt> incoming_;  // pushed, and not looked at yet
  std::vector<PriorityClass> classes_;
  std::int64_t waiting_ = 0;        // in all classes
  std::uint32_t running_ = 0;       // in the batch
  Ring<std::uint32_t> prefilling_;  // those of them whose prompts are not computed, in order of admission
  std::vector<Sequence> sequences_;
  std::vector<std::uint32_t> free_;  // places in `sequences_`

  // The answers in the batch.
  std::uint32_t answers_ = 0;
  std::uint64_t context_ = 0;            // Σ their contexts, in tokens
  std::uint64_t held_ = 0;               // of these, in blocks of their own
  std::uint32_t step_ = 0;               // steps of the answers so far, modulo 2^32
  std::uint32_t next_end_ = 0;           // the step in which the next of them ends
  std::vector<std::uint32_t> bucket_;    // by step, modulo its size: the first that ends in it
  std::vector<std::uint64_t> occupied_;  // a bit for each bucket
  // Answers by (context - step) modulo the block: that difference stays, so each group takes its new blocks at one
  // time.
  std::vector<std::uint32_t> phases_;
  std::int64_t reserved_blocks_ = 0;  // of prompts that are being computed; of static batches, everything
  std::int64_t prompt_blocks_ = 0;    // of a static batch
  std::uint32_t longest_answer_ = 0;  // of a static batch

  std::optional<PrefixCache> cache_;
  std::int64_t blocks_per_cached_ = 1;            // KV blocks in a block of the cache
  std::int64_t pinned_blocks_ = 0;                // KV blocks in blocks of the cache that requests in the batch use
  std::vector<std::vector<std::uint64_t>> keys_;  // of each sequence's prompt
  struct Beginning {
    std::uint32_t row;
    std::uint32_t round;
  };
  std::vector<Beginning> beginnings_;  // likewise: where the keys come from

  // Somebody comes who has been elsewhere before: the order of coming is not the order of arrival.
  bool is_mixed_ = false;
  std::int64_t returned_ns_ = 0;  // when the last of those was seen

  ReplicaTotals totals_;
};

}  // namespace sim
