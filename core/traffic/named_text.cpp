#include "core/traffic/named_text.hpp"

#include <fmt/format.h>

namespace core::traffic {

std::string load_named(const Section& section, std::string_view key, std::string_view name,
                       const TextLoader& load_text) {
  try {
    return load_text(name);
  } catch (const ConfigError& error) {
    // What was typed, which a short name may stand for: "L4" is gpus/l4.
    const bool is_typed = section.kind(key) == Section::Kind::scalar;
    throw section.error(key, fmt::format("'{}'", is_typed ? section.text(key) : std::string{name}),
                        fmt::format("a file or a shipped name: {}", error.what()));
  }
}

}  // namespace core::traffic
