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

}  // namespace sim
