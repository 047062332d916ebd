// The command lines of what helps at writing a scenario: `billcast init`, `billcast schema` and `billcast completion`.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.hpp"

namespace cli {

enum class SchemaKind { scenario, prices, result };

struct SchemaArguments {
  SchemaKind of = SchemaKind::scenario;
  std::optional<std::string> out;  // nothing: printed
};

enum class Shell { bash, zsh, fish };

struct CompletionArguments {
  Shell shell = Shell::bash;
};

enum class StarterKind { both, api, self_hosted };

struct InitArguments {
  std::string file;  // "-": printed
  StarterKind kind = StarterKind::both;
};

std::optional<SchemaArguments> parse_schema(const Words& words, const Out& out);
std::optional<CompletionArguments> parse_completion(const Words& words, const Out& out);
std::optional<InitArguments> parse_init(const Words& words, const Out& out);

}  // namespace cli
