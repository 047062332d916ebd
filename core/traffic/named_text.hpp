// A file that a scenario names, and where it does so.
//
//  * `load_named`  its text; when there is none, the loader's words at the key's place
//
// Example:
//   load_named(zone, "trace", "spot/west.json", load_text);
//   // ConfigError "s.yaml:9:30: …zones.west.trace: found 'spot/west.json', expected a file or a shipped name: …"
#pragma once

#include <string>
#include <string_view>

#include "core/traffic/stream.hpp"
#include "core/yaml_reader.hpp"

namespace core::traffic {

// Throws ConfigError.
std::string load_named(const Section& section, std::string_view key, std::string_view name,
                       const TextLoader& load_text);

}  // namespace core::traffic
