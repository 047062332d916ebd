// How long one iteration of an LLM engine takes.
//
//  * `PrefillWork`    the prompt tokens of one iteration, summed up as the cost needs them
//  * `DecodeCost`     an iteration of answers only: its time, and how the following ones differ
//  * `IterationCost`  the three tiers behind one interface
//
// An engine that batches continuously works in iterations: each gives every running answer its next token (decode) and
// may take in some tokens of prompts (prefill). The time of one iteration is
//
//     linear(T) + decode attention(B, K) + prefill attention(chunks) + overhead × sequences
//
// with T all tokens of the iteration, B the answers in the batch and K the sum of their contexts: prompts, and what has
// been made of the answers before this iteration. Everything that is multiplied with weights depends on T alone;
// attention is what depends on contexts. After Agrawal et al., Vidur (MLSys 2024) and Sarathi-Serve (OSDI 2024).
//
//   tier  linear(T)                      attention
//   i     from a model and a GPU card    linear in contexts (sim/batching/roofline.hpp makes such a cost)
//   ii    a table                        linear in contexts
//   iii   a table                        tables, by batch and mean context, by context and chunk
//
// Times are whole picoseconds: a decode-only stretch of n iterations then costs exactly n·first + growth·n(n-1)/2,
// to the last digit what n single iterations cost, and the same in every build. Rounding a coefficient to a picosecond
// moves 10^5 iterations by less than 0.1 µs.
//
// Example:
//   const IterationCost cost{{0, 9'000'000'000, 9'100'000'000}, LinearAttention{.decode_per_token_ps = 400}};
//   const DecodeCost decode = cost.decode(2, 1'000);   // two answers with contexts of 1,000 tokens together
//   decode.first_ps;                                   // 9'100'000'000 + 1'000 × 400
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace sim {

// What an iteration takes in of prompts. Sums, so that every tier finds what it needs.
struct PrefillWork {
  std::uint32_t chunks = 0;
  std::uint32_t tokens = 0;         // Σ chunk
  std::uint64_t context_cells = 0;  // Σ ⌈tokens before the chunk / 64⌉
  std::uint64_t pairs_twice = 0;    // Σ chunk × (2 × tokens before + chunk): twice the pairs that attention looks at
  std::uint64_t squares = 0;        // Σ chunk²

  // `chunk` ≥ 1 tokens of a prompt of which `before` are in the KV memory already.
  void add(std::uint32_t chunk, std::uint32_t before) {
    ++chunks;
    tokens += chunk;
    context_cells += (std::uint64_t{before} + 63) / 64;
    const std::uint64_t square = std::uint64_t{chunk} * chunk;
    pairs_twice += 2 * std::uint64_t{chunk} * before + square;
    squares += square;
  }
};

// Iterations that only decode: the k-th from now (k = 0, 1, …) takes first_ps + k × growth_ps, for `steps` of them, as
// long as nobody joins or leaves the batch.
struct DecodeCost {
  std::int64_t first_ps = 0;
  std::int64_t growth_ps = 0;
  std::int64_t steps = 0;  // at least 1
};

// Attention as a linear function: of the KV memory read, and of the pairs of tokens computed.
struct LinearAttention {
  std::int64_t decode_base_ps = 0;          // once, when there is any answer in the batch
  std::int64_t decode_per_sequence_ps = 0;  // × B
  std::int64_t decode_per_token_ps = 0;     // × K
  std::int64_t prefill_base_ps = 0;         // × chunks
  std::int64_t prefill_per_pair_fs = 0;     // × Σ chunk × (tokens before + chunk / 2), femtoseconds
};

// Attention by measurement. Contexts come in cells of 64 tokens.
struct AttentionTables {
  // decode_ps[(b - 1) × decode_columns + ⌈(K / b) / 64⌉], b from 1 to decode_batches; larger values take the last cell.
  std::vector<std::int64_t> decode_ps{};
  std::uint32_t decode_batches = 0;
  std::uint32_t decode_columns = 0;
  // prefill_ps[Σ ⌈before / 64⌉ × prefill_columns + round(√Σ chunk²)], column 0 unused. More context than
  // there are rows takes the last one; larger chunks cost as their squares do.
  std::vector<std::int64_t> prefill_ps{};
  std::uint32_t prefill_rows = 0;
  std::uint32_t prefill_columns = 0;
  // What grouping several sequences costs beside: a share, in millionths, when there is more than one.
  std::int64_t decode_group_overhead_ppm = 0;
  std::int64_t prefill_group_overhead_ppm = 0;
};

class IterationCost {
 public:
  // `linear_ps[T]`, T from 0 (unused) to the largest iteration; beyond it, the last step goes on.
  // At least two entries, none negative.
  IterationCost(std::vector<std::int64_t> linear_ps, const LinearAttention& attention);
  IterationCost(std::vector<std::int64_t> linear_ps, AttentionTables attention);

  // The CPU's part: scheduling and launching, once an iteration; sampling and detokenising, for every sequence in it.
  void add_overhead(std::int64_t per_iteration_ps, std::int64_t per_sequence_ps);

  // Everything takes `times` as long: engines that share a GPU in equal parts, all of them busy.
  void slow_down(std::int64_t times);
  // The same by any factor ≥ 0, each coefficient rounded to the nearest.
  void slow_down(double times);

  // A bound, in picoseconds: no iteration takes longer with at most `sequences` in it whose contexts are `context`
  // tokens together, and `tokens` in all of which each looks at no more than `before` others. Before engines use a
  // cost, for beyond days their sums overflow.
  double longest_ps(double sequences, double context, double tokens, double before) const;

  // `batch` ≥ 1 answers with contexts of `context` tokens together.
  DecodeCost decode(std::uint32_t batch, std::uint64_t context) const;
  // An iteration with prompts, and `batch` ≥ 0 answers beside them.
  std::int64_t mixed_ps(std::uint32_t batch, std::uint64_t context, const PrefillWork& work) const;

 private:
  static constexpr std::uint64_t cell_tokens = 64;  // of context in a cell of the tables
  static std::int64_t with_share(std::int64_t ps, std::int64_t ppm) {
    return ps + ps / 1'000'000 * ppm + ps % 1'000'000 * ppm / 1'000'000;
  }
  std::int64_t linear_ps(std::uint64_t tokens) const {
    if (tokens < linear_ps_.size()) [[likely]]
      return linear_ps_[static_cast<std::size_t>(tokens)];
    return linear_ps_.back() + static_cast<std::int64_t>(tokens - (linear_ps_.size() - 1)) * last_step_ps_;
  }
  std::int64_t linear_decode_ps(std::uint32_t batch, std::uint64_t context) const;
  std::int64_t table_decode_ps(std::uint32_t batch, std::uint64_t cell) const;
  std::int64_t table_prefill_ps(const PrefillWork& work) const;
  static std::uint64_t mean_context(std::uint32_t batch, std::uint64_t context);
  static std::uint64_t rounded_root(std::uint64_t squares);

  std::vector<std::int64_t> linear_ps_;
  std::int64_t last_step_ps_ = 0;
  std::int64_t per_sequence_ps_ = 0;
  bool has_tables_;
  LinearAttention linear_;
  AttentionTables tables_;
};

// In the header, for they run once a stretch of iterations: a few nanoseconds in all.
inline DecodeCost IterationCost::decode(std::uint32_t batch, std::uint64_t context) const {
  const std::int64_t first_ps = linear_ps(batch) + per_sequence_ps_ * batch;
  if (has_tables_) [[unlikely]] {
    // Every iteration adds one token to the mean: the cell holds until the mean passes its upper end.
    const std::uint64_t mean = mean_context(batch, context);
    const std::uint64_t cell = (mean + cell_tokens - 1) / cell_tokens;
    return {.first_ps = first_ps + table_decode_ps(batch, cell),
            .growth_ps = 0,
            .steps = static_cast<std::int64_t>(cell * cell_tokens - mean + 1)};
  }
  return {.first_ps = first_ps + linear_decode_ps(batch, context),
          .growth_ps = linear_.decode_per_token_ps * batch,
          .steps = std::numeric_limits<std::int64_t>::max()};
}

inline std::int64_t IterationCost::mixed_ps(std::uint32_t batch, std::uint64_t context, const PrefillWork& work) const {
  std::int64_t ps =
      linear_ps(std::uint64_t{batch} + work.tokens) + per_sequence_ps_ * (std::int64_t{batch} + work.chunks);
  if (has_tables_) [[unlikely]] {
    if (batch > 0) ps += table_decode_ps(batch, (mean_context(batch, context) + cell_tokens - 1) / cell_tokens);
    return ps + table_prefill_ps(work);
  }
  if (batch > 0) ps += linear_decode_ps(batch, context);
  return ps + linear_.prefill_base_ps * work.chunks +
         static_cast<std::int64_t>(work.pairs_twice / 2) * linear_.prefill_per_pair_fs / 1000;
}

// ⌊context / batch⌋. A double divides in half the time, and rightly: a quotient below 2^36 that is no whole number is
// at least 1/batch, 2^-17, away from one, which is more than its last bit.
inline std::uint64_t IterationCost::mean_context(std::uint32_t batch, std::uint64_t context) {
  return static_cast<std::uint64_t>(static_cast<double>(context) / static_cast<double>(batch));
}

inline std::int64_t IterationCost::linear_decode_ps(std::uint32_t batch, std::uint64_t context) const {
  return linear_.decode_base_ps + linear_.decode_per_sequence_ps * batch +
         linear_.decode_per_token_ps * static_cast<std::int64_t>(context);
}

inline std::int64_t IterationCost::table_decode_ps(std::uint32_t batch, std::uint64_t cell) const {
  const std::uint64_t row = std::min(batch, tables_.decode_batches) - 1;
  const std::uint64_t column = std::min<std::uint64_t>(cell, tables_.decode_columns - 1);
  return tables_.decode_ps[static_cast<std::size_t>(row * tables_.decode_columns + column)];
}

inline std::int64_t IterationCost::table_prefill_ps(const PrefillWork& work) const {
  const std::uint64_t row = std::min<std::uint64_t>(work.context_cells, tables_.prefill_rows - 1);
  // One chunk is the root of its own square.
  const std::uint64_t root = work.chunks == 1 ? work.tokens : rounded_root(work.squares);
  const std::uint64_t column = std::min<std::uint64_t>(root, tables_.prefill_columns - 1);
  std::int64_t ps = tables_.prefill_ps[static_cast<std::size_t>(row * tables_.prefill_columns + column)];
  if (root > column) [[unlikely]] {
    const double times = static_cast<double>(root) / static_cast<double>(column);
    ps = std::llround(static_cast<double>(ps) * times * times);
  }
  return work.chunks > 1 ? with_share(ps, tables_.prefill_group_overhead_ppm) : ps;
}

// To the nearest: no square root of a whole number lies half way between two.
inline std::uint64_t IterationCost::rounded_root(std::uint64_t squares) {
  return static_cast<std::uint64_t>(std::llround(std::sqrt(static_cast<double>(squares))));
}

}  // namespace sim
