// Formats a text whose arguments are drawn by chance: `InOrder{"…{}…", dice.one(), dice.two()}.text`.
//
// In a call the order in which arguments are evaluated is the compiler's choice; in braces it is from left to right. So
// one seed draws one thing, whoever compiles.
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

namespace test_support {

struct InOrder {
  template <class... Arguments>
  explicit InOrder(fmt::format_string<Arguments...> words, Arguments&&... arguments)
      : text{fmt::format(words, std::forward<Arguments>(arguments)...)} {}
  std::string text;
};

}  // namespace test_support
