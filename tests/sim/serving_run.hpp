// Engines in scenarios of a few lines, with costs that a test chooses.
//
//  * `profile`         the text of a serving profile
//  * `Dice`            small random choices
//  * `tree_trace`      JSON lines whose prompts begin alike as the branches of a tree do
//  * `books_balance`   all that must hold of a result, whatever was simulated
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/result.hpp"

namespace serving_run {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : stream_{seed} {}
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(stream_.next() % static_cast<std::uint64_t>(n));
  }
  std::int64_t between(std::int64_t first, std::int64_t last) { return first + below(last - first + 1); }
  bool one_in(std::int64_t n) { return below(n) == 0; }

 private:
  core::Stream stream_;
};

// Of engines whose iterations take `iteration_us`, whatever is in them, unless `attention` says otherwise.
struct Profile {
  std::string iteration_us = "[[1, 1000]]";
  std::string attention =
      "attention: {decode: {base: 0, per_sequence: 0, per_token: 0}, prefill: {base: 0, per_pair: 0}}";
  std::int64_t kv_tokens = 1'000'000;
};

inline std::string profile(const Profile& p = {}) {
  return fmt::format(
      "schema: serving-profile/v1\norigin: made up\ndate: \"2026-11-02\"\nunit: us\nkv_tokens: {}\ntokens: {}\n{}\n",
      p.kv_tokens, p.iteration_us, p.attention);
}

struct TreeTrace {
  std::int64_t rows = 200;
  std::int64_t mean_gap_ms = 1'000;
  std::int64_t branches = 2;  // of every node
  std::int64_t depth = 5;     // blocks of a prompt, at most
  std::int64_t most_output = 200;
};

inline std::string tree_trace(const TreeTrace& tree, std::uint64_t seed) {
  Dice dice{seed};
  std::string text;
  std::int64_t now_ms = 0;
  for (std::int64_t row = 0; row < tree.rows; ++row) {
    // The last block may be part of one, and then it is nobody else's: its number says how long it is.
    const std::int64_t blocks = dice.between(1, tree.depth);
    const std::int64_t last_tokens = dice.one_in(2) ? 512 : dice.between(1, 511);
    std::string ids;
    std::int64_t node = 1;
    for (std::int64_t i = 0; i < blocks; ++i) {
      node = node * (tree.branches + 1) + 1 + dice.below(tree.branches);
      const bool is_part = i + 1 == blocks && last_tokens < 512;
      ids += fmt::format("{}{}", i == 0 ? "" : ", ", is_part ? 1'000'000 + node * 512 + last_tokens : node);
    }
    text += fmt::format("{{\"timestamp\": {}, \"input_length\": {}, \"output_length\": {}, \"hash_ids\": [{}]}}\n",
                        now_ms, (blocks - 1) * 512 + last_tokens, dice.below(tree.most_output + 1), ids);
    if (!dice.one_in(4)) now_ms += dice.below(2 * tree.mean_gap_ms);
  }
  return text;
}

inline bool books_balance(const sim::OptionResult& result) {
  const sim::Checks& checks = result.checks;
  return checks.conservation && checks.littles_law && checks.busy_time && checks.kv_memory;
}

}  // namespace serving_run
