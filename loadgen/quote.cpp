#include "loadgen/quote.hpp"

#include <fmt/format.h>

#include "core/utf8.hpp"

namespace loadgen {

std::string quote(std::string_view text, std::size_t longest) {
  const std::string_view shown = text.substr(0, core::utf8::prefix_size(text, longest));
  return fmt::format("'{}{}'", core::utf8::escape_unprintable(shown), shown.size() < text.size() ? "..." : "");
}

}  // namespace loadgen
