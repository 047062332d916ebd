// One replica of an LLM engine, written down as plainly as its rules are said: what sim::Replica is compared with.
//
// Every iteration by itself, every request looked at in every iteration, every sum made anew. Nothing is kept that
// could be counted; only the time of one iteration comes from `IterationCost`.
//
// Example:
//   const engine_reference::Run run = engine_reference::run(config, cost, prompts, horizon_ns);
//   run.answers;   // of all prompts; those that have not ended at the horizon are in flight
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/money.hpp"
#include "core/time.hpp"
#include "core/usage.hpp"
#include "sim/batching/engine_config.hpp"
#include "sim/batching/iteration_cost.hpp"
#include "sim/batching/replica.hpp"

namespace engine_reference {

struct Run {
  std::vector<sim::Answer> answers;
  // Of each prompt: when the engine is rid of it. Somebody in the batch is there until its iteration ends.
  std::vector<std::int64_t> left_ns;
  sim::ReplicaTotals totals;  // of the iterations that ended by the horizon
};

class Engine {
 public:
  Engine(const sim::EngineConfig& config, const sim::IterationCost& cost)
      : config_{config}, cost_{cost}, waiting_(config.priority_classes) {}

  Run run(const std::vector<sim::Prompt>& prompts, std::int64_t horizon_ns) {
    for (const sim::Prompt& prompt : prompts) requests_.push_back({.prompt = prompt});
    const core::Int128 horizon_ps = core::Int128{horizon_ns} * 1000;
    while (now_ps_ < horizon_ps) {
      receive(floor_ns(now_ps_));
      let_impatient_go(floor_ns(now_ps_));
      make_room();
      admit();
      core::Int128 then_ps = horizon_ps;
      if (!batch_.empty()) {
        then_ps = now_ps_ + compute();
      } else if (next_ < requests_.size()) {
        then_ps = core::Int128{seen_ns(requests_[next_])} * 1000;
      }
      if (then_ps > horizon_ps) break;
      now_ps_ = then_ps;
      finish_iteration();
    }
    receive(horizon_ns);
    let_impatient_go(horizon_ns);
    for (Request& r : requests_) {
      if (r.gone) continue;
      // One that the engine has not seen yet may have left as well.
      const bool is_late = deadline_ns(r) <= horizon_ns;
      end(r, is_late ? core::Outcome::timed_out : core::Outcome::in_flight, std::min(deadline_ns(r), horizon_ns),
          horizon_ns);
    }
    for (const Request& r : requests_) run_.left_ns.push_back(r.left_ns);
    return std::move(run_);
  }

 private:
  struct Request {
    sim::Prompt prompt;
    bool gone = false;             // has had its outcome
    std::int64_t left_ns = -1;     // the engine
    std::int64_t start_ns = -1;    // first admitted
    std::int64_t first_ns = -1;    // its first token
    std::uint32_t made = 0;        // tokens of its answer
    std::uint32_t computed = 0;    // tokens of its prompt since it was admitted last
    std::uint32_t chunk = 0;       // of them, in the iteration that is under way
    std::uint32_t to_compute = 0;  // its prompt when it was admitted last
    std::uint32_t context = 0;     // of an answer, with its last token
    bool steps = false;            // makes a token in the iteration that is under way
    bool answers() const { return context > 0; }
  };
  using Place = std::size_t;  // in requests_

  static std::int64_t floor_ns(core::Int128 ps) { return static_cast<std::int64_t>(ps / 1000); }
  static std::int64_t ceil_ns(core::Int128 ps) { return static_cast<std::int64_t>((ps + 999) / 1000); }
  std::int64_t seen_ns(const Request& r) const { return r.prompt.arrival_ns + core::to_ns(config_.request_overhead); }
  std::int64_t deadline_ns(const Request& r) const { return r.prompt.arrival_ns + core::to_ns(config_.timeout); }
  std::int64_t blocks(std::uint64_t tokens) const {
    return static_cast<std::int64_t>((tokens + config_.kv_block_tokens - 1) / config_.kv_block_tokens);
  }
  std::int64_t whole(const Request& r) const {
    if (is_static()) return blocks(r.prompt.input_tokens) + blocks(r.prompt.output_tokens);
    return blocks(r.prompt.input_tokens + r.prompt.output_tokens);
  }
  // A static batch of these: its prompts, and for each place an answer as long as the longest.
  std::int64_t static_blocks(const std::vector<Place>& places) const {
    std::int64_t prompts = 0;
    std::uint32_t longest = 0;
    for (const Place at : places) {
      prompts += blocks(requests_[at].prompt.input_tokens);
      longest = std::max(longest, requests_[at].prompt.output_tokens);
    }
    return prompts + static_cast<std::int64_t>(places.size()) * blocks(longest);
  }
  bool is_static() const { return config_.batching == sim::Batching::static_batches; }

  void receive(std::int64_t by_ns) {
    for (; next_ < requests_.size() && seen_ns(requests_[next_]) <= by_ns; ++next_) {
      Request& r = requests_[next_];
      let_waiting_go(seen_ns(r));
      if (whole(r) > config_.kv_blocks - config_.watermark_blocks ||
          count_waiting() >= config_.limit_of(r.prompt.traffic_class)) {
        end(r, core::Outcome::rejected, r.prompt.arrival_ns, seen_ns(r));
        continue;
      }
      waiting_[r.prompt.priority_class].push_back(next_);
      run_.totals.longest_queue = std::max(run_.totals.longest_queue, count_waiting());
    }
  }

  std::int64_t count_waiting() const {
    std::size_t count = 0;
    for (const std::vector<Place>& queue : waiting_) count += queue.size();
    return static_cast<std::int64_t>(count);
  }

  void let_waiting_go(std::int64_t by_ns) {
    for (std::vector<Place>& queue : waiting_)
      for (const Place at : std::vector<Place>{queue})
        if (deadline_ns(requests_[at]) <= by_ns) {
          Request& r = requests_[at];
          end(r, core::Outcome::timed_out, deadline_ns(r), std::max(deadline_ns(r), seen_ns(r)));
          std::erase(queue, at);
        }
  }

  void let_impatient_go(std::int64_t by_ns) {
    let_waiting_go(by_ns);
    for (const Place at : std::vector<Place>{batch_})
      if (!requests_[at].gone && deadline_ns(requests_[at]) <= by_ns) {
        end(requests_[at], core::Outcome::timed_out, deadline_ns(requests_[at]), ceil_ns(now_ps_));
        if (!is_static()) leave_batch(at);
      }
    end_static_batch();
  }

  // What the batch holds when each answer has the token that its next step makes.
  std::int64_t blocks_of_next_step() const {
    std::int64_t sum = 0;
    for (const Place at : batch_) {
      const Request& r = requests_[at];
      sum += r.answers() ? blocks(r.context + 1) : blocks(r.to_compute);
    }
    return sum;
  }

  bool has_answers() const {
    return std::any_of(batch_.begin(), batch_.end(), [&](Place at) { return requests_[at].answers(); });
  }

  void make_room() {
    while (!is_static() && has_answers() && blocks_of_next_step() > config_.kv_blocks) {
      // The batch is in order of admission: of equally unimportant ones, the last is the youngest.
      Place victim = batch_.front();
      for (const Place at : batch_)
        if (requests_[at].prompt.priority_class >= requests_[victim].prompt.priority_class) victim = at;
      leave_batch(victim);
      std::vector<Place>& queue = waiting_[requests_[victim].prompt.priority_class];
      queue.insert(queue.begin(), victim);
      ++run_.totals.evictions;
      run_.totals.longest_queue = std::max(run_.totals.longest_queue, count_waiting());
    }
  }

  void admit() {
    if (is_static() && !batch_.empty()) return;
    for (std::vector<Place>& queue : waiting_)
      while (!queue.empty()) {
        Request& r = requests_[queue.front()];
        const std::uint32_t prompt = r.prompt.input_tokens + r.made;
        if (batch_.size() == config_.max_batch) return;
        std::vector<Place> with_it = batch_;
        with_it.push_back(queue.front());
        const std::int64_t need = is_static() ? static_blocks(with_it) : blocks_of_next_step() + blocks(prompt);
        if (need + config_.watermark_blocks > config_.kv_blocks) return;
        if (r.start_ns < 0) r.start_ns = ceil_ns(now_ps_);
        r.to_compute = prompt;
        batch_.push_back(queue.front());
        queue.erase(queue.begin());
      }
  }

  // The iteration that begins now: who gets what, and how long it takes.
  std::int64_t compute() {
    std::vector<Place> prompts;
    std::vector<Place> answers;
    for (const Place at : batch_) (requests_[at].answers() ? answers : prompts).push_back(at);

    if (config_.batching != sim::Batching::chunked_prefill && !prompts.empty()) answers.clear();
    std::uint64_t context = 0;
    for (const Place at : answers) {
      requests_[at].steps = true;
      context += requests_[at].context;
    }

    sim::PrefillWork work;
    const auto take = [&](Request& r, std::uint32_t tokens) {
      work.add(tokens, r.computed);
      r.chunk = tokens;
    };
    std::uint64_t used = answers.size();  // of the token budget
    for (const Place at : prompts) {
      Request& r = requests_[at];
      const std::uint32_t rest = r.to_compute - r.computed;
      if (config_.batching == sim::Batching::chunked_prefill) {
        if (used >= config_.token_budget) break;
        const auto tokens = static_cast<std::uint32_t>(std::min<std::uint64_t>(rest, config_.token_budget - used));
        used += tokens;
        take(r, tokens);
      } else {
        if (!is_static() && work.chunks > 0 && used + rest > config_.token_budget) break;
        used += rest;
        take(r, rest);
      }
    }

    const auto batch = static_cast<std::uint32_t>(answers.size());
    took_ps_ = work.chunks > 0 ? cost_.mixed_ps(batch, context, work) : cost_.decode(batch, context).first_ps;
    return took_ps_;
  }

  void finish_iteration() {
    if (batch_.empty()) return;  // there was none: the engine has been idle
    ++run_.totals.iterations;
    run_.totals.busy_ps += took_ps_;
    for (const Place at : std::vector<Place>{batch_}) {
      Request& r = requests_[at];
      run_.totals.prefill_tokens += r.chunk;
      r.computed += r.chunk;
      const bool prompt_ends = r.chunk > 0 && r.computed == r.to_compute;
      if (prompt_ends) r.context = r.to_compute;
      if (r.steps && !r.gone) ++run_.totals.decode_tokens;
      if (r.steps || prompt_ends) {
        ++r.context;
        if (!r.gone && r.made < r.prompt.output_tokens) ++r.made;
        if (r.first_ns < 0) r.first_ns = ceil_ns(now_ps_);
        if (!r.gone && r.made == r.prompt.output_tokens) {
          // The client may have left while the iteration was under way.
          const bool is_late = core::Int128{deadline_ns(r)} * 1000 < now_ps_;
          if (is_late) end(r, core::Outcome::timed_out, deadline_ns(r), ceil_ns(now_ps_));
          if (!is_late) end(r, core::Outcome::served, ceil_ns(now_ps_), ceil_ns(now_ps_));
        }
      }
      r.chunk = 0;
      r.steps = false;
    }
    std::int64_t tokens = 0;
    for (const Place at : batch_) tokens += requests_[at].context;
    run_.totals.peak_kv_tokens = std::max(run_.totals.peak_kv_tokens, tokens);
    if (!is_static())
      for (const Place at : std::vector<Place>{batch_})
        if (requests_[at].gone) leave_batch(at);
    end_static_batch();
  }

  void end_static_batch() {
    if (is_static() && std::all_of(batch_.begin(), batch_.end(), [&](Place at) { return requests_[at].gone; }))
      batch_.clear();
  }

  void leave_batch(Place at) {
    std::erase(batch_, at);
    requests_[at].computed = 0;
    requests_[at].context = 0;
  }

  // The client is gone at `end_ns`; the engine has it until `left_ns`.
  void end(Request& r, core::Outcome outcome, std::int64_t end_ns, std::int64_t left_ns) {
    r.gone = true;
    r.left_ns = left_ns;
    run_.answers.push_back({.arrival_ns = r.prompt.arrival_ns,
                            .start_ns = r.start_ns < 0 ? end_ns : r.start_ns,
                            .first_token_ns = r.first_ns,
                            .end_ns = end_ns,
                            .input_tokens = r.prompt.input_tokens,
                            .output_tokens = r.prompt.output_tokens,
                            .tokens_made = r.made,
                            .priority_class = static_cast<std::uint16_t>(r.prompt.priority_class),
                            .outcome = outcome,
                            .was_admitted = r.start_ns >= 0});
  }

  const sim::EngineConfig& config_;
  const sim::IterationCost& cost_;
  std::vector<Request> requests_;
  std::size_t next_ = 0;                     // of them, to be received
  std::vector<std::vector<Place>> waiting_;  // by priority class
  std::vector<Place> batch_;                 // in order of admission
  core::Int128 now_ps_ = 0;
  std::int64_t took_ps_ = 0;
  Run run_;
};

inline Run run(const sim::EngineConfig& config, const sim::IterationCost& cost, const std::vector<sim::Prompt>& prompts,
               std::int64_t horizon_ns) {
  return Engine{config, cost}.run(prompts, horizon_ns);
}

}  // namespace engine_reference
