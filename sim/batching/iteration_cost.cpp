#include "sim/batching/iteration_cost.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace sim {

namespace {

constexpr std::uint64_t cell = 64;  // tokens of context in a cell of the tables

std::int64_t with_overhead(std::int64_t ps, std::int64_t ppm) {
  return ps + (ps / 1'000'000) * ppm + (ps % 1'000'000) * ppm / 1'000'000;
}

}  // namespace

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
    tables_.decode_ps[i] = with_overhead(tables_.decode_ps[i], tables_.decode_group_overhead_ppm);
  }
}

void IterationCost::add_overhead(std::int64_t per_iteration_ps, std::int64_t per_sequence_ps) {
  for (std::int64_t& ps : linear_ps_) ps += per_iteration_ps;
  per_sequence_ps_ += per_sequence_ps;
}

DecodeCost IterationCost::decode(std::uint32_t batch, std::uint64_t context) const {
  DecodeCost cost{.first_ps = linear_ps(batch) + per_sequence_ps_ * batch + decode_attention_ps(batch, context),
                  .growth_ps = 0,
                  .steps = std::numeric_limits<std::int64_t>::max()};
  if (has_tables_) {
    // Every iteration adds one token to the mean: the cell holds until the mean passes its upper end.
    const std::uint64_t mean = context / batch;
    cost.steps = static_cast<std::int64_t>((mean + cell - 1) / cell * cell - mean + 1);
  } else {
    cost.growth_ps = linear_.decode_per_token_ps * batch;
  }
  return cost;
}

std::int64_t IterationCost::mixed_ps(std::uint32_t batch, std::uint64_t context, const PrefillWork& work) const {
  const std::int64_t decode_ps = batch > 0 ? decode_attention_ps(batch, context) : 0;
  return linear_ps(std::uint64_t{batch} + work.tokens) + per_sequence_ps_ * (std::int64_t{batch} + work.chunks) +
         decode_ps + prefill_attention_ps(work);
}

std::int64_t IterationCost::decode_attention_ps(std::uint32_t batch, std::uint64_t context) const {
  if (!has_tables_) {
    return linear_.decode_base_ps + linear_.decode_per_sequence_ps * batch +
           linear_.decode_per_token_ps * static_cast<std::int64_t>(context);
  }
  const std::uint64_t row = std::min(batch, tables_.decode_batches) - 1;
  const std::uint64_t column = std::min<std::uint64_t>((context / batch + cell - 1) / cell, tables_.decode_columns - 1);
  return tables_.decode_ps[static_cast<std::size_t>(row * tables_.decode_columns + column)];
}

std::int64_t IterationCost::prefill_attention_ps(const PrefillWork& work) const {
  if (!has_tables_) {
    return linear_.prefill_base_ps * work.chunks +
           static_cast<std::int64_t>(work.pairs_twice / 2) * linear_.prefill_per_pair_fs / 1000;
  }
  const std::uint64_t row = std::min<std::uint64_t>(work.context_cells, tables_.prefill_rows - 1);
  const auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(work.squares)) + 0.5);
  const std::uint64_t column = std::min<std::uint64_t>(root, tables_.prefill_columns - 1);
  const std::int64_t ps = tables_.prefill_ps[static_cast<std::size_t>(row * tables_.prefill_columns + column)];
  return work.chunks > 1 ? with_overhead(ps, tables_.prefill_group_overhead_ppm) : ps;
}

}  // namespace sim
