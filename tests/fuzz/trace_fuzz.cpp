// Any bytes as a trace, CSV or JSON lines: either an error that names its line, or rows that a replay hands out in
// order of time, with the beginnings of their prompts if there are any.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "core/traffic/arrivals.hpp"
#include "core/traffic/trace.hpp"
#include "core/utf8.hpp"
#include "core/yaml_reader.hpp"

namespace {

void require(bool condition) {
  if (!condition) { std::abort(); }
}

void check_prefixes(const core::traffic::Trace& trace) {
  require(trace.prefix_starts.size() == (trace.has_prefixes() ? trace.at_ns.size() + 1 : 0));
  require(trace.has_prefixes() || trace.prefix_ids.empty());
  if (!trace.has_prefixes()) { return; }
  std::vector<std::uint64_t> keys;
  std::vector<std::uint64_t> sorted;
  std::size_t ids = 0;
  for (std::size_t row = 0; row < trace.at_ns.size(); ++row) {
    trace.prefix_keys(row, 1, keys);
    require(keys.size() == (trace.input_tokens[row] + std::size_t{511}) / 512);
    ids += keys.size();
    sorted = keys;
    std::sort(sorted.begin(), sorted.end());
    require(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
  }
  require(ids == trace.prefix_ids.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace core::traffic;
  // The first two bytes set how the trace is played.
  if (size < 2) { return 0; }
  static constexpr double factors[] = {1, 1e-6, 0.3, 2.5, 1000};
  const std::string_view text{reinterpret_cast<const char*>(data) + 2, size - 2};
  try {
    ArrivalsConfig config{.process = ArrivalsConfig::Process::trace};
    config.trace.trace = std::make_shared<const Trace>(read_trace("fuzz.csv", text));
    const Trace& trace = *config.trace.trace;
    check_prefixes(trace);
    config.trace.speed = factors[data[0] % 5];
    config.trace.scale = factors[data[1] % 4];  // not 1000 copies of everything
    config.trace.repeat = config.trace.mean_gap_ns() > 1'000'000'000;
    const auto horizon = core::Horizon::hours(core::Date{}, 1);
    require(config.trace.expected_requests(horizon.length()) >= 0);
    const auto replay = make_arrivals(config, Demand{{}, horizon}, core::Stream{1});
    static const auto block = std::make_unique<Block>();
    std::int64_t before_ns = 0;
    for (replay->take(*block, core::ns_per_hour); block->count > 0; replay->take(*block, core::ns_per_hour)) {
      for (std::size_t i = 0; i < block->count; ++i) {
        require(block->arrival_ns[i] >= before_ns && block->arrival_ns[i] < core::ns_per_hour);
        before_ns = block->arrival_ns[i];
        require(block->has_prefixes == trace.has_prefixes());
        if (block->has_prefixes) { require(trace.input_tokens.at(block->prefix_row[i]) == block->input_tokens[i]); }
      }
    }
  } catch (const core::ConfigError& error) {
    const std::string_view line = error.what();
    require(line.starts_with("fuzz.csv:") && line.find(": found ") != std::string_view::npos && line.size() < 400);
    require(core::utf8::escape_unprintable(line) == line);
  }
  return 0;
}
