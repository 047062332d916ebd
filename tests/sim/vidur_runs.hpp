// The recorded runs of microsoft/vidur (reference data, serving/vidur_*): its cost tables and its requests.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "sim/batching/engine_config.hpp"
#include "sim/batching/iteration_cost.hpp"
#include "sim/batching/replica.hpp"
#include "tests/support/reference_data.hpp"

namespace vidur {

struct Model {
  sim::IterationCost cost;
  sim::EngineConfig engine;
};

struct Request {
  sim::Prompt prompt;
  double ttft_s = 0;
  double latency_s = 0;
};

inline std::int64_t picoseconds(double seconds) { return std::llround(seconds * 1e12); }

// "lin T s", "dec B v0 v1 …", "pre KV v1 v2 …", "gqa d p", "kvcap n", "cap n", "chunk n".
inline std::optional<Model> read_model(const std::string& name) {
  const auto text = test_support::read_reference_data("serving/vidur_" + name + "_tables.txt");
  if (!text) return std::nullopt;
  std::vector<std::int64_t> linear_ps{0};
  sim::AttentionTables tables;
  sim::EngineConfig engine;
  std::istringstream lines{*text};
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words{line};
    std::string key;
    double first = 0;
    words >> key >> first;
    std::vector<double> values;
    for (double value = 0; words >> value;) values.push_back(value);
    if (key == "lin") {  // holds for all totals up to this multiple of 8
      linear_ps.resize(static_cast<std::size_t>(first) + 1, picoseconds(values.front()));
    } else if (key == "dec") {
      ++tables.decode_batches;
      tables.decode_columns = static_cast<std::uint32_t>(values.size());
      for (const double value : values) tables.decode_ps.push_back(picoseconds(value));
    } else if (key == "pre") {
      ++tables.prefill_rows;
      tables.prefill_columns = static_cast<std::uint32_t>(values.size()) + 1;
      tables.prefill_ps.push_back(0);
      for (const double value : values) tables.prefill_ps.push_back(picoseconds(value));
    } else if (key == "gqa") {
      tables.decode_group_overhead_ppm = std::llround(first * 1e6);
      tables.prefill_group_overhead_ppm = std::llround(values.front() * 1e6);
    } else if (key == "kvcap") {
      engine.kv_blocks = static_cast<std::int64_t>(first) / engine.kv_block_tokens;
      engine.watermark_blocks = engine.kv_blocks / 100;
    } else if (key == "cap") {
      engine.max_batch = static_cast<std::uint32_t>(first);
    } else if (key == "chunk") {
      engine.token_budget = static_cast<std::uint32_t>(first);
    }
  }
  return Model{sim::IterationCost{std::move(linear_ps), std::move(tables)}, engine};
}

inline std::optional<std::vector<Request>> read_requests(const std::string& name) {
  const auto text = test_support::read_reference_data("serving/vidur_" + name + "_requests.csv");
  if (!text) return std::nullopt;
  std::vector<Request> requests;
  std::istringstream lines{*text};
  std::string line;
  std::getline(lines, line);
  double at_s = 0;
  while (std::getline(lines, line)) {
    std::vector<double> values;
    std::istringstream cells{line};
    for (std::string cell; std::getline(cells, cell, ',');) values.push_back(cell.empty() ? 0 : std::stod(cell));
    at_s += values[2];
    requests.push_back({.prompt = {.arrival_ns = std::llround(at_s * 1e9),
                                   .input_tokens = static_cast<std::uint32_t>(values[0]),
                                   .output_tokens = static_cast<std::uint32_t>(values[1])},
                        .ttft_s = values[3],
                        .latency_s = values[4]});
  }
  return requests;
}

}  // namespace vidur
