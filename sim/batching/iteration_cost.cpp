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

}  // namespace sim
