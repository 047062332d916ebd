#include "cli/measured.hpp"

#include <string>
#include <utility>

#include "sim/serving/latency_reader.hpp"

namespace cli {

MeasuredOption read_measured(const core::Section& option, const core::traffic::TextLoader& load_text) {
  MeasuredOption found;
  if (option.has("parts")) {
    for (const core::Section& part : option.sections("parts")) found.parts.push_back(read_measured(part, load_text));
    return found;
  }
  const auto add = [&](const core::Section& section, const char* key, auto member) {
    if (!section.has(key)) return;
    const std::optional<sim::Measurement> measured = sim::read_measurement(section, key, load_text);
    if (!measured) return;
    if (!found.times) found.times.emplace();
    found.times.value().*member = reports::Measured{measured->name, reports::distribution_of(measured->times_ns)};
  };
  constexpr std::string_view serving = "serving";
  for (const std::string_view section : {serving, std::string_view{"latency"}}) {
    if (!option.has(section) || option.kind(section) != core::Section::Kind::mapping) continue;
    const core::Section times = option.section(section);
    if (section == serving) add(times, "histogram", &reports::MeasuredTimes::latency);
    add(times, "time_to_first_token", &reports::MeasuredTimes::time_to_first_token);
  }
  return found;
}

}  // namespace cli
