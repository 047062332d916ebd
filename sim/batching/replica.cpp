#include "sim/batching/replica.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>
#include <utility>

#include "sim/batching/stretch.hpp"

namespace sim {

namespace {

constexpr std::int64_t never_ps = std::numeric_limits<std::int64_t>::max();

}  // namespace

ReplicaTotals& ReplicaTotals::operator+=(const ReplicaTotals& other) {
  iterations += other.iterations;
  decode_tokens += other.decode_tokens;
  prefill_tokens += other.prefill_tokens;
  evictions += other.evictions;
  looked_up_tokens += other.looked_up_tokens;
  found_tokens += other.found_tokens;
  busy_ps += other.busy_ps;
  peak_kv_tokens = std::max(peak_kv_tokens, other.peak_kv_tokens);
  longest_queue = std::max(longest_queue, other.longest_queue);
  return *this;
}

Replica::Replica(const EngineConfig& config, const IterationCost& cost, std::vector<Answer>& ended, bool stepping)
    : config_{&config},
      cost_{&cost},
      ended_{&ended},
      stepping_{stepping},
      is_static_{config.batching == Batching::static_batches},
      overhead_ns_{core::to_ns(config.request_overhead)},
      timeout_ns_{core::to_ns(config.timeout)},
      is_patient_{config.timeout == no_timeout},
      block_mask_{config.kv_block_tokens - 1},
      block_shift_{std::countr_zero(config.kv_block_tokens)},
      classes_(config.priority_classes),
      phases_(config.kv_block_tokens) {
  assert(std::has_single_bit(config.kv_block_tokens));
  if (config.prefixes) {
    cache_.emplace();
    blocks_per_cached_ = core::traffic::Trace::prefix_block_tokens / config.kv_block_tokens;
    assert(blocks_per_cached_ >= 1 && !is_static_);
  }
  grow_ring(1024);
}

// 10^15 ns are 11 days, which 63 bits hold in picoseconds; later is later.
inline std::int64_t Replica::ps(std::int64_t ns) const {
  constexpr std::int64_t furthest_ns = 1'000'000'000'000'000;
  const std::int64_t since_ns = ns - base_ns_;
  return since_ns > furthest_ns ? never_ps : since_ns * 1000;
}

void Replica::keep_clock_small() {
  constexpr std::int64_t large_ps = never_ps / 16;  // a week
  if (clock_ps_ < large_ps) return;
  const std::int64_t whole_ns = clock_ps_ / 1000;
  base_ns_ += whole_ns;
  clock_ps_ -= whole_ns * 1000;
  if (in_prefill_ || in_decode_) iteration_end_ps_ -= whole_ns * 1000;
}

inline bool Replica::has_room(std::int64_t blocks) const {
  const std::int64_t free = config_->kv_blocks - reserved_blocks_ - pinned_blocks_ - blocks;
  // Each answer's last block is at least one token full: an upper bound that saves the exact count nearly always.
  if (static_cast<std::int64_t>(held_ >> block_shift_) + answers_ <= free) return true;
  return blocks_of_answers(1) <= free;
}

// --- The boundary between two iterations.

// Nobody is here: until the next arrival.
void Replica::sleep() {
  const std::int64_t wakes_ns = incoming_.front().arrival_ns + overhead_ns_;
  if (ps(wakes_ns) <= clock_ps_) return;
  base_ns_ = wakes_ns;
  clock_ps_ = 0;
}

void Replica::receive(std::int64_t now_ns) {
  while (!incoming_.empty() && incoming_.front().arrival_ns + overhead_ns_ <= now_ns) {
    const Prompt prompt = incoming_.front();
    incoming_.pop_front();
    const std::int64_t seen_ns = prompt.arrival_ns + overhead_ns_;
    if (!is_patient_) expire_waiting(ps(seen_ns));
    const std::uint32_t index = new_sequence(prompt);
    std::int64_t blocks = 0;
    if (cache_) {
      config_->prefixes->prefix_keys(prompt.prefix_row, prompt.prefix_round, keys_[index]);
      blocks = static_cast<std::int64_t>(keys_[index].size()) * blocks_per_cached_ + blocks_of(prompt.output_tokens);
    } else if (is_static_) {
      blocks = blocks_of(prompt.input_tokens) + blocks_of(prompt.output_tokens);
    } else {
      blocks = blocks_of(std::uint64_t{prompt.input_tokens} + prompt.output_tokens);
    }
    const bool fits = blocks <= config_->kv_blocks - config_->watermark_blocks;
    if (!fits || waiting_ >= config_->limit_of(prompt.traffic_class)) {
      end(index, prompt.arrival_ns, core::Outcome::rejected, 0);
      continue;
    }
    if (prompt.age_ns > 0) returned_ns_ = seen_ns;
    put_into_queue(index);
    totals_.longest_queue = std::max(totals_.longest_queue, ++waiting_);
    if (prompt.output_tokens >= bucket_.size()) grow_ring(prompt.output_tokens + 1);
  }
}

void Replica::expire_waiting(std::int64_t now_ps) {
  for (PriorityClass& priority : classes_) {
    while (!priority.waiting.empty()) {
      const std::uint32_t index = priority.waiting.front();
      const Sequence& s = sequences_[index];
      const std::int64_t deadline_ns = s.arrival_ns + timeout_ns_;
      if (ps(deadline_ns) > now_ps) break;
      priority.waiting.pop_front();
      --waiting_;
      end(index, deadline_ns, core::Outcome::timed_out, s.output_tokens - s.to_make);
    }
  }
}

void Replica::let_impatient_go() {
  if (waiting_ > 0) expire_waiting(clock_ps_);
  for (PriorityClass& priority : classes_) {
    while (priority.oldest != none) {
      const std::uint32_t index = priority.oldest;
      const Sequence& s = sequences_[index];
      const std::int64_t deadline_ns = s.arrival_ns + timeout_ns_;
      if (ps(deadline_ns) > clock_ps_) break;
      const std::uint32_t made = s.output_tokens - still_to_make(s);
      interrupt(index);
      end(index, deadline_ns, core::Outcome::timed_out, made);
    }
  }
}

void Replica::evict_until_fits() {
  while (answers_ > 0 && !has_room(0)) {
    auto least = classes_.rbegin();
    while (least->youngest == none) ++least;
    evict(least->youngest);
  }
}

void Replica::evict(std::uint32_t index) {
  Sequence& s = sequences_[index];
  const std::uint32_t to_make = still_to_make(s);
  interrupt(index);
  s.to_make = to_make;
  s.computed = 0;
  s.decodes = false;
  if (is_mixed_) {
    put_into_queue(index);
  } else {
    classes_[s.priority_class].waiting.push_front(index);
  }
  totals_.longest_queue = std::max(totals_.longest_queue, ++waiting_);
  ++totals_.evictions;
}

void Replica::admit() {
  if (is_static_ && running_ > 0) return;
  for (PriorityClass& priority : classes_) {
    while (!priority.waiting.empty()) {
      if (running_ >= config_->max_batch) return;
      const std::uint32_t index = priority.waiting.front();
      Sequence& s = sequences_[index];
      if (is_static_) {
        if (!admit_to_static(s)) return;
      } else {
        const std::int64_t blocks = blocks_of(s.prompt_tokens() - shared_tokens(s));
        const std::int64_t newly_pinned = cache_ ? cache_->unpinned(keys_[index]) * blocks_per_cached_ : 0;
        if (!has_room(blocks + newly_pinned + config_->watermark_blocks)) return;
        reserved_blocks_ += blocks;
      }
      priority.waiting.pop_front();
      --waiting_;
      if (cache_) use_cached(index);
      join_batch(index);
    }
  }
}

// --- The iterations. Their three parts are put into the loop of `advance`, which runs five times a request: as calls
// they cost 6 % more.

// Puts together an iteration that computes prompts; false when there is no budget for them.
[[gnu::always_inline]] inline bool Replica::begin_prefill() {
  const bool chunked = config_->batching == Batching::chunked_prefill;
  if (chunked && answers_ >= config_->token_budget) return false;
  const std::uint32_t beside = chunked ? answers_ : 0;
  const std::uint32_t budget = is_static_ ? none : config_->token_budget - beside;
  PrefillWork work;
  prompts_done_ = 0;
  const std::int64_t prompts = prefilling_.size();
  for (std::int64_t i = 0; i < prompts && work.tokens < budget; ++i) {
    Sequence& s = sequences_[prefilling_[i]];
    const std::uint32_t wanted = s.prompt_tokens() - s.computed;
    std::uint32_t chunk = std::min(wanted, budget - work.tokens);
    // A whole prompt or none; one that is longer than any budget has an iteration of its own.
    if (!chunked && chunk < wanted) {
      if (i > 0) break;
      chunk = wanted;
    }
    work.add(chunk, s.computed);
    s.computed += chunk;
    if (chunk < wanted) break;
    ++prompts_done_;
  }
  prefill_tokens_ = work.tokens;
  iteration_end_ps_ = clock_ps_ + cost_->mixed_ps(beside, context_, work);
  in_prefill_ = true;
  return true;
}

[[gnu::always_inline]] inline void Replica::end_prefill() {
  in_prefill_ = false;
  ++totals_.iterations;
  totals_.prefill_tokens += prefill_tokens_;
  totals_.busy_ps += iteration_end_ps_ - clock_ps_;
  clock_ps_ = iteration_end_ps_;
  if (config_->batching == Batching::chunked_prefill) {
    ++step_;
    context_ += answers_;
    held_ += answers_;
    totals_.decode_tokens += answers_;
    if (cache_) shrink_cache();
  }
  std::uint64_t held = context_;  // with those that end now
  if (config_->batching == Batching::chunked_prefill && answers_ > 0 && step_ == next_end_) end_answers_of_step();
  for (std::uint32_t i = 0; i < prompts_done_; ++i) {
    const std::uint32_t index = prefilling_.front();
    prefilling_.pop_front();
    held += sequences_[index].prompt_tokens() + 1;
    begin_answer(index);
  }
  totals_.peak_kv_tokens = std::max(totals_.peak_kv_tokens, static_cast<std::int64_t>(held));
}

inline void Replica::put_into_bucket(std::uint32_t index) {
  Sequence& s = sequences_[index];
  const std::size_t bucket = s.last_step & (bucket_.size() - 1);
  s.next = bucket_[bucket];
  bucket_[bucket] = index;
  occupied_[bucket / 64] |= std::uint64_t{1} << (bucket % 64);
}

// The prompt is computed, and with it the answer's next token.
inline void Replica::begin_answer(std::uint32_t index) {
  Sequence& s = sequences_[index];
  if (s.first_token_ns < 0) s.first_token_ns = ceil_ns(clock_ps_);
  if (!is_static_) reserved_blocks_ -= blocks_of(s.prompt_tokens() - shared_tokens(s));
  if (cache_) cache_->mark_ready(keys_[index]);
  const std::uint32_t context = s.prompt_tokens() + 1;
  if (s.to_make <= 1) {  // and is whole with it
    if (is_static_) {    // its place is padding from now on
      ++answers_;
      context_ += context;
    }
    leave_batch(index);
    end_whole(index);
    return;
  }
  s.decodes = true;
  s.last_step = step_ + s.to_make - 1;
  if (answers_ == 0 || s.last_step - step_ < next_end_ - step_) next_end_ = s.last_step;
  ++answers_;
  context_ += context;
  held_ += context - shared_tokens(s);
  ++phases_[phase_of(s)];
  put_into_bucket(index);
}

inline std::int64_t Replica::next_visit_ps() const {
  std::int64_t visit_ps = never_ps;
  // Whoever comes behind one that already waits for memory or for a place waits, too, unless he is more important, or
  // older.
  if (!incoming_.empty() && (waiting_ == 0 || classes_.size() > 1 || is_mixed_) && running_ < config_->max_batch &&
      !is_static_) {
    visit_ps = ps(incoming_.front().arrival_ns + overhead_ns_);
  }
  if (waiting_ == 0 && is_patient_) [[likely]]
    return visit_ps;
  if (is_mixed_ && ps(returned_ns_) > clock_ps_) visit_ps = std::min(visit_ps, ps(returned_ns_));
  for (const PriorityClass& priority : classes_) {
    if (!priority.waiting.empty()) {
      const std::int64_t arrival_ns = sequences_[priority.waiting.front()].arrival_ns;
      const std::int64_t seen_ps = ps(arrival_ns + overhead_ns_);
      visit_ps = std::min(visit_ps, seen_ps > clock_ps_ ? seen_ps : ps(arrival_ns + timeout_ns_));
    }
    if (priority.oldest != none) {
      visit_ps = std::min(visit_ps, ps(sequences_[priority.oldest].arrival_ns + timeout_ns_));
    }
  }
  return visit_ps;
}

// The most of the next `steps` steps that the memory has room for; at least one, after `evict_until_fits`.
inline std::int64_t Replica::steps_that_fit(std::int64_t steps) const {
  if (is_static_) return steps;
  const std::int64_t free = config_->kv_blocks - reserved_blocks_ - pinned_blocks_;
  const std::uint64_t tokens = held_ + static_cast<std::uint64_t>(steps) * answers_;
  if (static_cast<std::int64_t>(tokens >> block_shift_) + answers_ <= free) return steps;
  std::int64_t fits = 1;
  while (fits < steps) {
    const std::int64_t middle = fits + (steps - fits + 1) / 2;
    if (blocks_of_answers(middle) <= free) {
      fits = middle;
    } else {
      steps = middle - 1;
    }
  }
  return fits;
}

// A stretch of iterations that make the next tokens of the answers in the batch, as many as end by `limit_ps`; false
// when that is none.
[[gnu::always_inline]] inline bool Replica::decode(std::int64_t limit_ps) {
  // A stretch of days would outrun both the clock's 63 bits and the limit, which is only known for the next 11 days
  // (`ps`): longer ones are several. 4096 iterations of 50 s that grow by 12 ms each are 3.5 days.
  constexpr std::int64_t longest_stretch = 4096;
  constexpr std::int64_t long_iteration_ps = 50'000'000'000'000;
  constexpr std::int64_t fast_growth_ps = 12'000'000'000;
  // Since an iteration began, somebody may have left whom others waited behind: they may join when it ends.
  const bool one_by_one = stepping_ || next_cost_ != nullptr || (in_decode_ && !is_patient_);
  const std::int64_t most = one_by_one ? 1 : longest_stretch;
  // The first boundary at or after the next visit: somebody may join then, or must leave.
  const std::int64_t next_visit = next_visit_ps();
  for (bool has_gone_on = false;; has_gone_on = true) {
    const DecodeCost cost = cost_->decode(answers_, context_);
    const bool is_long = cost.first_ps > long_iteration_ps || cost.growth_ps > fast_growth_ps;
    std::int64_t n = steps_that_fit(std::min<std::int64_t>({cost.steps, next_end_ - step_, is_long ? 1 : most}));
    std::int64_t takes_ps = duration_ps(cost, n);
    if (takes_ps > next_visit - clock_ps_) {
      const Stretch before = stretch_within(cost, next_visit - clock_ps_ - 1, n - 1);
      takes_ps = before.takes_ps + cost.first_ps + cost.growth_ps * before.iterations;
      n = before.iterations + 1;
    }
    if (takes_ps > limit_ps - clock_ps_) {
      const Stretch by_then = stretch_within(cost, limit_ps - clock_ps_, n - 1);
      n = by_then.iterations;
      takes_ps = by_then.takes_ps;
      if (n == 0) {
        if (has_gone_on) break;
        iteration_end_ps_ = clock_ps_ + cost.first_ps;
        return false;
      }
    }
    clock_ps_ += takes_ps;
    step_ += static_cast<std::uint32_t>(n);
    context_ += static_cast<std::uint64_t>(n) * answers_;
    held_ += static_cast<std::uint64_t>(n) * answers_;
    totals_.busy_ps += takes_ps;
    totals_.iterations += n;
    totals_.decode_tokens += n * running_answers();
    // At the end of a table's cell nothing else has changed, unless the memory is full.
    if (n < cost.steps || step_ == next_end_ || clock_ps_ >= next_visit || n == most || limit_ps == never_ps) break;
    if (!is_static_ && !has_room(0)) break;
  }
  if (cache_) shrink_cache();
  totals_.peak_kv_tokens = std::max(totals_.peak_kv_tokens, static_cast<std::int64_t>(context_));
  if (step_ == next_end_) end_answers_of_step();
  return true;
}

void Replica::end_answers_of_step() {
  const std::size_t bucket = step_ & (bucket_.size() - 1);
  std::uint32_t index = bucket_[bucket];
  bucket_[bucket] = none;
  occupied_[bucket / 64] &= ~(std::uint64_t{1} << (bucket % 64));
  while (index != none) {
    const std::uint32_t next = sequences_[index].next;
    leave_batch(index);
    end_whole(index);
    index = next;
  }
  find_next_end();
}

// --- Entering and leaving.

inline std::uint32_t Replica::new_sequence(const Prompt& prompt) {
  std::uint32_t index;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(sequences_.size());
    sequences_.emplace_back();
    if (cache_) {
      keys_.emplace_back();
      beginnings_.emplace_back();
    }
  } else {
    index = free_.back();
    free_.pop_back();
  }
  if (cache_) beginnings_[index] = {prompt.prefix_row, prompt.prefix_round};
  sequences_[index] = {.arrival_ns = prompt.arrival_ns - prompt.age_ns,
                       .start_ns = -1,
                       .first_token_ns = -1,
                       .input_tokens = prompt.input_tokens,
                       .output_tokens = prompt.output_tokens,
                       .to_make = prompt.output_tokens,
                       .computed = 0,
                       .last_step = 0,
                       .next = none,
                       .older = none,
                       .younger = none,
                       .priority_class = static_cast<std::uint16_t>(prompt.priority_class),
                       .traffic_class = static_cast<std::uint16_t>(prompt.traffic_class),
                       .ticket = prompt.ticket,
                       .history = prompt.history,
                       .decodes = false};
  return index;
}

inline void Replica::join_batch(std::uint32_t index) {
  Sequence& s = sequences_[index];
  if (s.start_ns < 0) s.start_ns = ceil_ns(clock_ps_);
  PriorityClass& priority = classes_[s.priority_class];
  if (is_mixed_) [[unlikely]] {
    put_by_age(priority, index);
  } else {
    s.older = priority.youngest;
    s.younger = none;
    (priority.youngest == none ? priority.oldest : sequences_[priority.youngest].younger) = index;
    priority.youngest = index;
  }
  ++running_;
  prefilling_.push_back(index);
}

// By arrival: behind those that came before it, or with it.
void Replica::put_into_queue(std::uint32_t index) {
  const Sequence& s = sequences_[index];
  Ring<std::uint32_t>& waiting = classes_[s.priority_class].waiting;
  if (!is_mixed_) {
    waiting.push_back(index);
    return;
  }
  std::vector<std::uint32_t> behind;
  while (!waiting.empty() && sequences_[waiting.back()].arrival_ns > s.arrival_ns) {
    behind.push_back(waiting.back());
    waiting.pop_back();
  }
  waiting.push_back(index);
  for (auto next = behind.rbegin(); next != behind.rend(); ++next) waiting.push_back(*next);
}

// The same, among those of its class in the batch.
void Replica::put_by_age(PriorityClass& priority, std::uint32_t index) {
  Sequence& s = sequences_[index];
  std::uint32_t older = priority.youngest;
  while (older != none && sequences_[older].arrival_ns > s.arrival_ns) older = sequences_[older].older;
  s.older = older;
  s.younger = older == none ? priority.oldest : sequences_[older].younger;
  (older == none ? priority.oldest : sequences_[older].younger) = index;
  (s.younger == none ? priority.youngest : sequences_[s.younger].older) = index;
}

// Gives back its place and, when its prompt is computed, its memory.
inline void Replica::leave_batch(std::uint32_t index) {
  const Sequence& s = sequences_[index];
  PriorityClass& priority = classes_[s.priority_class];
  (s.older == none ? priority.oldest : sequences_[s.older].younger) = s.younger;
  (s.younger == none ? priority.youngest : sequences_[s.younger].older) = s.older;
  --running_;
  if (s.decodes) --phases_[phase_of(s)];
  if (cache_) {
    cache_->release(keys_[index]);
    pinned_blocks_ = cache_->pinned() * blocks_per_cached_;
  }
  if (is_static_) {
    if (running_ > 0) return;
    answers_ = 0;
    context_ = 0;
    held_ = 0;
    reserved_blocks_ = 0;
    prompt_blocks_ = 0;
    longest_answer_ = 0;
  } else if (s.decodes) {
    --answers_;
    context_ -= context_of(s);
    held_ -= context_of(s) - shared_tokens(s);
  }
}

// Takes one out of the batch before its answer is whole.
void Replica::interrupt(std::uint32_t index) {
  const Sequence& s = sequences_[index];
  if (s.decodes) {
    remove_from_bucket(index);
  } else {
    std::int64_t at = prefilling_.size() - 1;  // it is nearly always the youngest
    while (prefilling_[at] != index) --at;
    prefilling_.erase(at);
    if (!is_static_) reserved_blocks_ -= blocks_of(s.prompt_tokens() - shared_tokens(s));
  }
  leave_batch(index);
  if (s.decodes && s.last_step == next_end_) find_next_end();
}

void Replica::remove_from_bucket(std::uint32_t index) {
  const std::size_t bucket = sequences_[index].last_step & (bucket_.size() - 1);
  std::uint32_t* link = &bucket_[bucket];
  while (*link != index) link = &sequences_[*link].next;
  *link = sequences_[index].next;
  if (bucket_[bucket] == none) occupied_[bucket / 64] &= ~(std::uint64_t{1} << (bucket % 64));
}

// Its last token is made, if perhaps too late.
inline void Replica::end_whole(std::uint32_t index) {
  const Sequence& s = sequences_[index];
  const std::int64_t deadline_ns = s.arrival_ns + timeout_ns_;
  const bool is_late = ps(deadline_ns) < clock_ps_;
  end(index, is_late ? deadline_ns : ceil_ns(clock_ps_), is_late ? core::Outcome::timed_out : core::Outcome::served,
      s.output_tokens);
}

inline void Replica::end(std::uint32_t index, std::int64_t end_ns, core::Outcome outcome, std::uint32_t tokens_made) {
  const Sequence& s = sequences_[index];
  ended_->push_back({.arrival_ns = s.arrival_ns,
                     .start_ns = s.start_ns < 0 ? end_ns : s.start_ns,
                     .first_token_ns = s.first_token_ns,
                     .end_ns = end_ns,
                     .input_tokens = s.input_tokens,
                     .output_tokens = s.output_tokens,
                     .tokens_made = tokens_made,
                     .priority_class = s.priority_class,
                     .traffic_class = s.traffic_class,
                     .ticket = s.ticket,
                     .history = s.history,
                     .outcome = outcome,
                     .was_admitted = s.start_ns >= 0});
  free_.push_back(index);
}

inline void Replica::find_next_end() {
  if (answers_ == 0) return;  // the next one to begin will be the next to end
  const std::size_t mask = bucket_.size() - 1;
  const std::uint32_t from = step_ + 1;
  std::size_t word = (from & mask) / 64;
  std::uint64_t bits = occupied_[word] & (~std::uint64_t{0} << (from % 64));
  for (std::size_t looked = 0; looked <= occupied_.size(); ++looked) {
    if (bits != 0) {
      const std::size_t bucket = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      next_end_ = from + static_cast<std::uint32_t>((bucket - from) & mask);
      return;
    }
    word = (word + 1) % occupied_.size();
    bits = occupied_[word];
  }
}

// Room for answers of `steps` tokens.
void Replica::grow_ring(std::uint32_t steps) {
  const std::vector<std::uint32_t> old = bucket_;
  bucket_.assign(std::bit_ceil(std::max<std::size_t>(steps, 64)), none);
  occupied_.assign(bucket_.size() / 64, 0);
  for (std::uint32_t index : old) {
    while (index != none) {
      const std::uint32_t next = sequences_[index].next;
      put_into_bucket(index);
      index = next;
    }
  }
}

// --- The loop.

void Replica::advance(std::int64_t now_ns) {
  if ((in_prefill_ || in_decode_) && iteration_end_ps_ > ps(now_ns)) return;
  while (true) {
    keep_clock_small();
    if (in_prefill_) {
      if (iteration_end_ps_ > ps(now_ns)) return;
      end_prefill();
    }
    if (next_cost_ != nullptr && !in_decode_) [[unlikely]]
      cost_ = std::exchange(next_cost_, nullptr);
    if (running_ == 0 && waiting_ == 0) {
      if (incoming_.empty()) return;
      sleep();
    }
    const std::int64_t limit_ps = ps(now_ns);
    if (clock_ps_ >= limit_ps) {
      if (clock_ps_ == limit_ps && !is_patient_) {  // who leaves now has left, before what begins now begins
        receive(now_ns);
        let_impatient_go();
      }
      return;
    }
    if (!in_decode_) {
      if (!incoming_.empty() && ps(incoming_.front().arrival_ns + overhead_ns_) <= clock_ps_) {
        receive(base_ns_ + clock_ps_ / 1000);
      }
      if (!is_patient_) let_impatient_go();
      if (answers_ > 0 && !has_room(0) && !is_static_) evict_until_fits();
      if (waiting_ > 0) admit();
      if (running_ == 0) {
        // Nothing fits an empty engine only when nothing is there: what can never fit was rejected.
        if (waiting_ == 0) continue;
        return;
      }
      if (!prefilling_.empty() && begin_prefill()) continue;
    }
    in_decode_ = !decode(limit_ps);
    if (in_decode_) return;
  }
}

// --- What the owner asks.

std::int64_t Replica::outstanding(std::int64_t now_ns) {
  if (running_ == 0 && waiting_ == 0 && !incoming_.empty()) sleep();
  receive(now_ns);  // some may be rejected
  if (!is_patient_ && waiting_ > 0) expire_waiting(ps(now_ns));
  return incoming_.size() + waiting_ + running_;
}

void Replica::close(std::int64_t horizon_ns) {
  receive(horizon_ns);
  const auto leave = [&](std::uint32_t index) {
    const Sequence& s = sequences_[index];
    const std::int64_t deadline_ns = s.arrival_ns + timeout_ns_;
    const bool gave_up = deadline_ns <= horizon_ns;
    end(index, gave_up ? deadline_ns : horizon_ns, gave_up ? core::Outcome::timed_out : core::Outcome::in_flight,
        s.output_tokens - still_to_make(s));
  };
  for (PriorityClass& priority : classes_) {
    for (; !priority.waiting.empty(); priority.waiting.pop_front()) leave(priority.waiting.front());
    for (std::uint32_t index = priority.oldest; index != none;) {
      const std::uint32_t next = sequences_[index].younger;
      leave(index);
      index = next;
    }
  }
  for (; !incoming_.empty(); incoming_.pop_front()) leave(new_sequence(incoming_.front()));
}

void Replica::lose(std::int64_t now_ns, std::vector<Lost>& lost) {
  const auto lose_one = [&](std::uint32_t index, bool was_here) {
    const Sequence& s = sequences_[index];
    const std::uint32_t made = s.output_tokens - still_to_make(s);
    if (s.arrival_ns + timeout_ns_ <= now_ns) {
      end(index, s.arrival_ns + timeout_ns_, core::Outcome::timed_out, made);
      return;
    }
    Lost& here = lost.emplace_back();
    here.prompt = {.arrival_ns = s.arrival_ns,
                   .input_tokens = s.input_tokens,
                   .output_tokens = s.output_tokens,
                   .priority_class = s.priority_class,
                   .traffic_class = s.traffic_class,
                   .ticket = s.ticket,
                   .history = s.history};
    if (cache_) {
      here.prompt.prefix_row = beginnings_[index].row;
      here.prompt.prefix_round = beginnings_[index].round;
    }
    if (!was_here) return;
    here.start_ns = s.start_ns;
    here.prompt_read = s.decodes || made > 0 ? s.input_tokens : std::min(s.computed, s.input_tokens);
    here.tokens_made = made;
  };
  for (PriorityClass& priority : classes_) {
    for (std::uint32_t index = priority.oldest; index != none; index = sequences_[index].younger) {
      lose_one(index, true);
    }
    priority.oldest = none;
    priority.youngest = none;
    for (; !priority.waiting.empty(); priority.waiting.pop_front()) lose_one(priority.waiting.front(), true);
  }
  for (; !incoming_.empty(); incoming_.pop_front()) lose_one(new_sequence(incoming_.front()), false);
  running_ = 0;
  waiting_ = 0;
}

}  // namespace sim
