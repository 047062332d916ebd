#include "sim/batching/iteration_cost.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sim {

IterationCost::IterationCost(std::vector<std::int64_t> linear_ps, const LinearAttention& attention)
    : linear_ps_{std::move(linear_ps)}, has_tables_{false}, linear_{attention} {
  assert(linear_ps_.size() >= 2);
  last_step_ps_ = std::max<std::int64_t>(linear_ps_.back() - linear_ps_[linear_ps_.size() - 2], 0);
}

IterationCost::IterationCost(std::vector<std::int64_t> linear_ps, AttentionTables attention)
    : IterationCost{std::move(linear_ps), LinearAttention{}} {
  has_tables_ = true;
  tables_ = std::move(attention);
  // The overhead of a group is part of every row but the first.
  for (std::size_t i = tables_.decode_columns; i < tables_.decode_ps.size(); ++i) {
    tables_.decode_ps[i] = with_share(tables_.decode_ps[i], tables_.decode_group_overhead_ppm);
  }
}

void IterationCost::add_overhead(std::int64_t per_iteration_ps, std::int64_t per_sequence_ps) {
  for (std::int64_t& ps : linear_ps_) ps += per_iteration_ps;
  per_sequence_ps_ += per_sequence_ps;
}

void IterationCost::slow_down(std::int64_t times) {
  for (std::vector<std::int64_t>* const table : {&linear_ps_, &tables_.decode_ps, &tables_.prefill_ps}) {
    for (std::int64_t& ps : *table) ps *= times;
  }
  for (std::int64_t* const ps :
       {&last_step_ps_, &per_sequence_ps_, &linear_.decode_base_ps, &linear_.decode_per_sequence_ps,
        &linear_.decode_per_token_ps, &linear_.prefill_base_ps, &linear_.prefill_per_pair_fs}) {
    *ps *= times;
  }
}

void IterationCost::slow_down(double times) {
  const auto slow = [times](std::int64_t& ps) { ps = std::llround(std::min(static_cast<double>(ps) * times, 1e18)); };
  for (std::vector<std::int64_t>* const table : {&linear_ps_, &tables_.decode_ps, &tables_.prefill_ps}) {
    for (std::int64_t& ps : *table) slow(ps);
  }
  for (std::int64_t* const ps :
       {&last_step_ps_, &per_sequence_ps_, &linear_.decode_base_ps, &linear_.decode_per_sequence_ps,
        &linear_.decode_per_token_ps, &linear_.prefill_base_ps, &linear_.prefill_per_pair_fs}) {
    slow(*ps);
  }
}

double IterationCost::longest_ps(double sequences, double context, double tokens, double before) const {
  const auto largest = [](const std::vector<std::int64_t>& table) {
    return table.empty() ? 0 : static_cast<double>(*std::max_element(table.begin(), table.end()));
  };
  const double by_tokens = largest(linear_ps_) + tokens * static_cast<double>(last_step_ps_);
  const double by_sequence = static_cast<double>(per_sequence_ps_) +
                             static_cast<double>(linear_.decode_per_sequence_ps) +
                             static_cast<double>(linear_.prefill_base_ps);
  const double by_pair = static_cast<double>(linear_.prefill_per_pair_fs) / 1000;
  const double of_groups = 1 + static_cast<double>(tables_.prefill_group_overhead_ppm) / 1e6;
  const double beyond = has_tables_ ? std::max(1.0, tokens / static_cast<double>(tables_.prefill_columns - 1)) : 1;
  return by_tokens + by_sequence * sequences + static_cast<double>(linear_.decode_base_ps) +
         static_cast<double>(linear_.decode_per_token_ps) * context + by_pair * tokens * before +
         largest(tables_.decode_ps) + largest(tables_.prefill_ps) * of_groups * beyond * beyond;
}

}  // namespace sim
