// How many tokens a request has: prompt (input) and answer (output), drawn together.
//
//  * `TokenTable`        joint quantiles: the prompt's strata and, for each, the answers that such prompts get
//  * `TokenSizes`        either such a table or two independent distributions
//  * `read_token_table`  from configs/tokens/*.yaml
//
// Long prompts and short answers belong together (or not): a table keeps that, independent distributions lose it. A
// draw from a table is a stratum of the prompt (all equally likely), a prompt among the stratum's and an answer among
// the stratum's, all values being means of equally likely cells: the mean is kept, the extremes of each cell are not.
//
// Example:
//   const TokenSizes sizes = read_token_table("azure", text);
//   sizes.draw(chance, input_tokens, output_tokens);
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/quantile_table.hpp"
#include "core/random.hpp"

namespace core::traffic {

struct TokenTable {
  struct Stratum {
    std::vector<std::uint32_t> input;
    std::vector<std::uint32_t> output;
  };
  std::vector<Stratum> strata;  // at least one; all with equally many inputs, and equally many outputs
};

// Schema token-table/v1. Throws ConfigError.
TokenTable read_token_table(std::string name, std::string_view text);

// The longest that can be drawn.
struct LongestRequest {
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint64_t tokens = 0;  // of one request, prompt and answer together; at most the sum of both
};

class TokenSizes {
 public:
  explicit TokenSizes(const TokenTable& table);
  TokenSizes(QuantileTable input, QuantileTable output);
  static TokenSizes constant(std::uint32_t input, std::uint32_t output);

  // Draws for as many requests as the spans (of one size) hold; one or two numbers of the stream for each.
  void draw(Stream& chance, std::span<std::uint32_t> input, std::span<std::uint32_t> output) const;

  double mean_input() const { return mean_input_; }
  double mean_output() const { return mean_output_; }
  LongestRequest longest() const { return longest_; }

 private:
  // Three fields of 21 bits of one number choose the stratum, the input and the output; exact for counts that are
  // powers of two, otherwise a cell's probability is right to (cells / 2^21).
  std::uint64_t strata_ = 0;
  std::uint64_t inputs_ = 0;
  std::uint64_t outputs_ = 0;
  std::vector<std::uint32_t> cells_;  // by stratum: inputs, then outputs
  std::optional<QuantileTable> input_;
  std::optional<QuantileTable> output_;
  double mean_input_ = 0;
  double mean_output_ = 0;
  LongestRequest longest_;
};

}  // namespace core::traffic
