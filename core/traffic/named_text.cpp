#include "core/traffic/named_text.hpp"

#include <fmt/format.h>

namespace core::traffic {

std::string load_named(const Section& section, std::string_view key, std::string_view name,
                       const TextLoader& load_text) {
  try {
    return load_text(name);
  } catch (const ConfigError& error) {
    throw section.error(key, fmt::format("'{}'", name), fmt::format("a file or a shipped name: {}", error.what()));
  }
}

}  // namespace core::traffic
