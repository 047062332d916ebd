// The command line of `billcast diff`.
#pragma once

#include <optional>
#include <string>

#include "cli/arguments.hpp"
#include "core/money.hpp"

namespace cli {

enum class DiffFormat { text, markdown, json };

struct DiffArguments {
  std::string before;  // a result.json, or its folder
  std::string after;
  DiffFormat format = DiffFormat::text;
  std::optional<core::Quantity> threshold{};  // share by which a monthly cost may grow
  bool gates = false;                         // exit 3 when one grew by more
};

std::optional<DiffArguments> parse_diff(const Words& words, const Out& out);

}  // namespace cli
