// Any bytes as a trace: either an error that names its line, or rows that a replay hands out in order of time.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "core/traffic/arrivals.hpp"
#include "core/traffic/trace.hpp"
#include "core/utf8.hpp"
#include "core/yaml_reader.hpp"

namespace {

void require(bool condition) {
  if (!condition) { std::abort(); }
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
      }
    }
  } catch (const core::ConfigError& error) {
    const std::string_view line = error.what();
    require(line.starts_with("fuzz.csv:") && line.find(": found ") != std::string_view::npos && line.size() < 400);
    require(core::utf8::escape_unprintable(line) == line);
  }
  return 0;
}
