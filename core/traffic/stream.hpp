// The stream of requests that a traffic description and a seed stand for.
//
//  * `TrafficConfig`  what the `traffic` section of a scenario says
//  * `RequestStream`  hands it out in blocks, in order of time, the same for a seed wherever it is asked
//
// Example:
//   const TrafficConfig config = read_traffic(doc.root().section("traffic"), load_text);
//   RequestStream stream{config, horizon, core::Stream{seed}};
//   auto block = std::make_unique<Block>();
//   while (stream.fill(*block)) { … }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "core/traffic/block.hpp"
#include "core/yaml_reader.hpp"

namespace core::traffic {

// Brings the text of a file that a scenario names, or of a named table that ships with billcast ("tokens/azure-conversation-2023");
// throws ConfigError when there is none. Files live in the callers.
using TextLoader = std::function<std::string(std::string_view name)>;

}  // namespace core::traffic
