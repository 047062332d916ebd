// Any bytes as a spot trace, or as a table of a zone: either one printable error that names its place, or a zone that
// plays it in order, and whose fit is what was seen. The first byte says as which, the second where the playing starts.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "core/utf8.hpp"
#include "core/yaml_reader.hpp"
#include "sim/fleet/spot/spot_fit.hpp"
#include "sim/fleet/spot/spot_trace.hpp"
#include "sim/fleet/spot/up_times.hpp"

namespace {

void require(bool condition) {
  if (!condition) { std::abort(); }
}

void play(const sim::SpotZone& zone, std::int64_t end_ns) {
  sim::UpTimes times{zone, core::Stream{1}, std::nullopt, core::Stream{2}};
  std::int64_t now_ns = 0;
  for (int span = 0; span < 1000 && now_ns < end_ns; ++span) {
    const bool up = times.is_up(now_ns);
    const std::int64_t down_ns = times.next_down_ns(now_ns);
    const std::int64_t back_ns = times.next_return_ns(now_ns);
    require(down_ns > now_ns && back_ns > now_ns);
    if (up && down_ns != core::never_ns) { require(back_ns > down_ns && !times.is_up(down_ns)); }
    now_ns = back_ns;
    if (now_ns != core::never_ns) { require(times.is_up(now_ns)); }
  }
}

void check_trace(const sim::SpotTrace& trace, std::uint8_t start) {
  require(trace.length_ns > 0);
  std::int64_t before_ns = -1;  // a span may begin with the trace, and else follows a gap
  for (const auto& span : trace.up) {
    require(span.begin_ns > before_ns && span.end_ns > span.begin_ns && span.end_ns <= trace.length_ns);
    before_ns = span.end_ns;
  }
  const core::Duration from{trace.length_ns / 256 * start};
  play(sim::SpotZone::replay("z", std::make_shared<const sim::SpotTrace>(trace), from), 3 * trace.length_ns);
  try {
    const sim::SpotFit fit = sim::fit_spot(trace);
    require(fit.availability > 0 && fit.availability < 1 && fit.interruptions > 0);
    const double fitted = fit.times().availability();
    // A table of whole nanoseconds keeps means of a millisecond and more to 1e-3.
    require(std::abs(fitted - fit.availability) < 1e-3);
    play(sim::SpotZone::alternating("z", fit.times()), core::never_ns);
  } catch (const std::invalid_argument&) {}  // too short to be fitted
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) { return 0; }
  const std::string_view text{reinterpret_cast<const char*>(data) + 2, size - 2};
  try {
    if (data[0] == 't') {
      play(sim::SpotZone::alternating("z", sim::read_spot_table("fuzz.yaml", text).times), core::never_ns);
    } else {
      check_trace(sim::read_spot_trace("fuzz.json", text), data[1]);
    }
  } catch (const core::ConfigError& error) {
    const std::string_view line = error.what();
    require(line.starts_with(data[0] == 't' ? "fuzz.yaml:" : "fuzz.json:") && line.size() < 10'000);
    require(core::utf8::escape_unprintable(line) == line);
  }
  return 0;
}
