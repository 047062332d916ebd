// How long an option serves one request, as a scenario says it.
//
//  * `read_service`  `serving: {histogram: …}` or `{time_to_first_token: …, per_output_token: …}`
//  * `read_paced`    the latter alone, as of a managed API
//  * `read_timeout`  an option's `timeout`: how long its clients wait
//
// All throw core::ConfigError.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

ServiceModel read_service(const core::Section& serving, const core::traffic::TextLoader& load_text);
PacedLatency read_paced(const core::Section& section, const core::traffic::TextLoader& load_text);
core::Duration read_timeout(const core::Section& option);

// " (is 'replica' meant?)" when a key that stands there looks like one of those that are missing.
std::string slip(const core::Section& section, std::initializer_list<std::string_view> missing);

}  // namespace sim
