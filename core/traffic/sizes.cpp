#include "core/traffic/sizes.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <fmt/format.h>

#include "core/yaml_reader.hpp"

namespace core::traffic {

namespace {

constexpr std::size_t most_cells = 4096;  // of one stratum, and strata: far beyond use, far below trouble

std::vector<std::uint32_t> read_cells(const Section& stratum, std::string_view key, std::size_t size) {
  const std::vector<std::int64_t> values = stratum.integers(key, {.min = 0, .max = 1'000'000'000, .unit = "tokens"});
  if (values.empty() || values.size() > most_cells) {
    throw stratum.error(key, fmt::format("{} numbers", values.size()), fmt::format("1 to {}", most_cells));
  }
  if (size != 0 && values.size() != size) {
    throw stratum.error(key, fmt::format("{} numbers", values.size()),
                        fmt::format("{}, as in the first stratum", size));
  }
  return {values.begin(), values.end()};
}

}  // namespace

TokenTable read_token_table(std::string name, std::string_view text) {
  const Document document{std::move(name), text};
  const Section root = document.root();
  const std::string schema = root.text("schema");
  if (schema != "token-table/v1") { throw root.error("schema", "'" + schema + "'", "token-table/v1"); }
  // Provenance: for the reader of the file and of the report.
  for (const char* key : {"origin", "date", "licence", "citation", "method"}) { root.text(key); }
  TokenTable table;
  for (const Section& section : root.sections("strata")) {
    TokenTable::Stratum stratum;
    const bool is_first = table.strata.empty();
    stratum.input = read_cells(section, "input", is_first ? 0 : table.strata.front().input.size());
    stratum.output = read_cells(section, "output", is_first ? 0 : table.strata.front().output.size());
    table.strata.push_back(std::move(stratum));
  }
  if (table.strata.size() > most_cells) {
    throw root.error("strata", fmt::format("{} strata", table.strata.size()), fmt::format("at most {}", most_cells));
  }
  document.finish();
  return table;
}

TokenSizes::TokenSizes(const TokenTable& table)
    : strata_{table.strata.size()},
      inputs_{table.strata.front().input.size()},
      outputs_{table.strata.front().output.size()} {
  std::uint64_t input_sum = 0;
  std::uint64_t output_sum = 0;
  for (const auto& stratum : table.strata) {
    assert(stratum.input.size() == inputs_ && stratum.output.size() == outputs_);
    cells_.insert(cells_.end(), stratum.input.begin(), stratum.input.end());
    cells_.insert(cells_.end(), stratum.output.begin(), stratum.output.end());
    for (const auto tokens : stratum.input) { input_sum += tokens; }
    for (const auto tokens : stratum.output) { output_sum += tokens; }
    const std::uint32_t input = *std::max_element(stratum.input.begin(), stratum.input.end());
    const std::uint32_t output = *std::max_element(stratum.output.begin(), stratum.output.end());
    longest_.input_tokens = std::max(longest_.input_tokens, input);
    longest_.output_tokens = std::max(longest_.output_tokens, output);
    longest_.tokens = std::max(longest_.tokens, std::uint64_t{input} + output);
  }
  mean_input_ = static_cast<double>(input_sum) / static_cast<double>(strata_ * inputs_);
  mean_output_ = static_cast<double>(output_sum) / static_cast<double>(strata_ * outputs_);
}

TokenSizes::TokenSizes(QuantileTable input, QuantileTable output)
    : input_{std::move(input)}, output_{std::move(output)}, mean_input_{input_->mean()}, mean_output_{output_->mean()} {
  assert(input_->max() <= 0xffffffff && output_->max() <= 0xffffffff);
  longest_.input_tokens = static_cast<std::uint32_t>(input_->max());
  longest_.output_tokens = static_cast<std::uint32_t>(output_->max());
  longest_.tokens = std::uint64_t{longest_.input_tokens} + longest_.output_tokens;
}

TokenSizes TokenSizes::constant(std::uint32_t input, std::uint32_t output) {
  return {QuantileTable::constant(input), QuantileTable::constant(output)};
}

void TokenSizes::draw(Stream& chance, std::span<std::uint32_t> input, std::span<std::uint32_t> output) const {
  assert(input.size() == output.size());
  if (!input_) {
    const std::uint64_t row = inputs_ + outputs_;
    constexpr std::uint64_t field = (1U << 21) - 1;
    for (std::size_t i = 0; i < input.size(); ++i) {
      const std::uint64_t bits = chance.next();
      const std::uint32_t* stratum = &cells_[((bits >> 43) * strata_ >> 21) * row];
      input[i] = stratum[((bits >> 22) & field) * inputs_ >> 21];
      output[i] = stratum[inputs_ + (((bits >> 1) & field) * outputs_ >> 21)];
    }
    return;
  }
  if (input_->min() == input_->max() && output_->min() == output_->max()) {  // nothing is left to chance
    std::fill(input.begin(), input.end(), static_cast<std::uint32_t>(input_->min()));
    std::fill(output.begin(), output.end(), static_cast<std::uint32_t>(output_->min()));
    return;
  }
  for (std::size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<std::uint32_t>((*input_)(chance.next()));
    output[i] = static_cast<std::uint32_t>((*output_)(chance.next()));
  }
}

}  // namespace core::traffic
