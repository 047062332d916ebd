#include "sim/batching/sizing_trial.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <memory>
#include <vector>

#include "core/calendar.hpp"
#include "core/money.hpp"
#include "core/random.hpp"
#include "core/traffic/block.hpp"
#include "sim/batching/replica.hpp"

namespace sim {
namespace {

using core::traffic::Block;

// Of the requests' arrivals; the traffic ends at `end_ns`.
struct Span {
  std::int64_t first_ns;  // measured from here
  std::int64_t last_ns;   // and before here
  std::int64_t end_ns;
  explicit Span(core::Duration duration)
      : first_ns{duration.count() / 10}, last_ns{duration.count() - duration.count() / 10}, end_ns{duration.count()} {}
  bool is_measured(std::int64_t arrival_ns) const { return arrival_ns >= first_ns && arrival_ns < last_ns; }
};

// Far beyond the end of any queue, and within what 64 bits hold.
constexpr std::int64_t long_after_ns = 50LL * 8766 * core::ns_per_hour;

// Any day will do: a sizing's traffic has no shape of the day or the week.
core::Horizon horizon_of(core::Duration duration) {
  using namespace std::chrono_literals;
  const auto hours = static_cast<std::int32_t>(std::chrono::ceil<std::chrono::hours>(duration).count());
  return core::Horizon::hours(core::Date{2024y / 1 / 1}, std::max(hours, 1));
}

void book(const Answer& answer, const Span& span, Trial& trial) {
  if (!span.is_measured(answer.arrival_ns)) return;
  ++trial.measured;
  if (answer.outcome != core::Outcome::served) {
    ++trial.unanswered;
    return;
  }
  trial.time_to_first_token_ns.record(answer.first_token_ns - answer.arrival_ns);
  trial.latency_ns.record(answer.end_ns - answer.arrival_ns);
  if (answer.output_tokens > 1) {
    trial.time_per_output_token_ns.record((answer.end_ns - answer.first_token_ns) / (answer.output_tokens - 1));
  }
}

class Fleet {
 public:
  Fleet(const TrialConfig& config, std::int64_t replicas) : span_{config.duration}, router_{config.routing} {
    replicas_.reserve(static_cast<std::size_t>(replicas));
    for (std::int64_t i = 0; i < replicas; ++i) replicas_.emplace_back(config.engine, *config.cost, ended_);
  }

  void serve(const Block& block) {
    for (std::size_t i = 0; i < block.count; ++i) {
      const std::int64_t now_ns = block.arrival_ns[i];
      if (now_ns >= span_.end_ns) return;
      look_at_busy_time(now_ns);
      const std::size_t replica = router_.choose(block.luck[i], replicas_.size(), [&](std::size_t candidate) {
        replicas_[candidate].advance(now_ns);
        return replicas_[candidate].outstanding(now_ns);
      });
      replicas_[replica].push(
          {.arrival_ns = now_ns, .input_tokens = block.input_tokens[i], .output_tokens = block.output_tokens[i]});
      if (ended_.size() >= book_at) book_ended();
    }
    if (block.count > 0) advance_all(block.arrival_ns[block.count - 1]);
  }

  Trial close() {
    look_at_busy_time(span_.end_ns);
    advance_all(long_after_ns);
    const double middle_ns = static_cast<double>(span_.last_ns - span_.first_ns);
    trial_.busy_share = static_cast<double>(busy_ps_at_last_ - busy_ps_at_first_) / 1000 /
                        (middle_ns * static_cast<double>(replicas_.size()));
    return std::move(trial_);
  }

 private:
  static constexpr std::size_t book_at = 512;  // while they are still in a near cache

  void advance_all(std::int64_t now_ns) {
    for (Replica& replica : replicas_) {
      replica.advance(now_ns);
      if (ended_.size() >= book_at) book_ended();
    }
    book_ended();
  }

  void book_ended() {
    for (const Answer& answer : ended_) book(answer, span_, trial_);
    ended_.clear();
  }

  core::Int128 busy_ps() const {
    core::Int128 sum = 0;
    for (const Replica& replica : replicas_) sum += replica.totals().busy_ps;
    return sum;
  }

  // At the beginning and the end of what is measured, before the arrival that passes it.
  void look_at_busy_time(std::int64_t now_ns) {
    if (looks_ == 0 && now_ns >= span_.first_ns) {
      advance_all(span_.first_ns);
      busy_ps_at_first_ = busy_ps();
      ++looks_;
    }
    if (looks_ == 1 && now_ns >= span_.last_ns) {
      advance_all(span_.last_ns);
      busy_ps_at_last_ = busy_ps();
      ++looks_;
    }
  }

  Span span_;
  Router router_;
  std::vector<Answer> ended_;
  std::vector<Replica> replicas_;
  Trial trial_;
  int looks_ = 0;
  core::Int128 busy_ps_at_first_ = 0;
  core::Int128 busy_ps_at_last_ = 0;
};

}  // namespace

Trial run_trial(const TrialConfig& config, std::int64_t replicas) {
  assert(replicas >= 1);
  Fleet fleet{config, replicas};
  core::traffic::RequestStream stream{*config.traffic, horizon_of(config.duration), core::Stream{config.seed}};
  const auto block = std::make_unique<Block>();
  while (stream.fill(*block)) {
    fleet.serve(*block);
    if (block->arrival_ns[block->count - 1] >= config.duration.count()) break;
  }
  return fleet.close();
}

Trial run_alone(const TrialConfig& config, std::int64_t most) {
  const Span span{config.duration};
  Trial trial;
  std::vector<Answer> ended;
  Replica replica{config.engine, *config.cost, ended};
  core::traffic::RequestStream stream{*config.traffic, horizon_of(config.duration), core::Stream{config.seed}};
  const auto block = std::make_unique<Block>();
  std::int64_t now_ns = 0;
  while (trial.measured < most && stream.fill(*block)) {
    for (std::size_t i = 0; i < block->count && trial.measured < most; ++i) {
      if (!span.is_measured(block->arrival_ns[i])) continue;
      replica.push(
          {.arrival_ns = now_ns, .input_tokens = block->input_tokens[i], .output_tokens = block->output_tokens[i]});
      // Until it has ended, however long that takes; the next one comes then.
      while (ended.empty()) replica.advance(now_ns += core::ns_per_hour);
      Answer answer = ended.front();
      ended.clear();
      const std::int64_t shift_ns = block->arrival_ns[i] - answer.arrival_ns;
      answer.arrival_ns += shift_ns;
      answer.first_token_ns += shift_ns;
      answer.end_ns += shift_ns;
      book(answer, span, trial);
    }
    if (block->arrival_ns[block->count - 1] >= span.last_ns) break;
  }
  return trial;
}

double saturated_per_s(const TrialConfig& config, std::int64_t most) {
  std::vector<Answer> ended;
  Replica replica{config.engine, *config.cost, ended};
  core::traffic::RequestStream stream{*config.traffic, horizon_of(config.duration), core::Stream{config.seed}};
  const auto block = std::make_unique<Block>();
  for (std::int64_t pushed = 0; pushed < most && stream.fill(*block);) {
    for (std::size_t i = 0; i < block->count && pushed < most; ++i, ++pushed) {
      replica.push({.arrival_ns = 0, .input_tokens = block->input_tokens[i], .output_tokens = block->output_tokens[i]});
    }
  }
  replica.advance(long_after_ns);
  std::vector<std::int64_t> ends_ns;
  for (const Answer& answer : ended) {
    if (answer.outcome == core::Outcome::served) ends_ns.push_back(answer.end_ns);
  }
  std::sort(ends_ns.begin(), ends_ns.end());
  if (ends_ns.empty()) return 0;
  // At the beginning the engine fills, and at the end it is no longer full.
  const std::size_t first = ends_ns.size() / 4;
  const std::size_t last = ends_ns.size() - 1 - ends_ns.size() / 4;
  const std::int64_t took_ns = ends_ns[last] - ends_ns[first];
  if (took_ns > 0) return static_cast<double>(last - first) * 1e9 / static_cast<double>(took_ns);
  return static_cast<double>(ends_ns.size()) * 1e9 / static_cast<double>(std::max<std::int64_t>(ends_ns.back(), 1));
}

}  // namespace sim
