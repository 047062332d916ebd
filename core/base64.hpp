// Bytes as text: base64 with the alphabet of RFC 4648 §4, padded to whole groups of four characters.
//
//  * `to_base64`    never fails
//  * `from_base64`  the bytes, or nothing for a text that to_base64 would not have written
//
// Example:
//   core::to_base64("Man!") == "TWFuIQ=="
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace core {

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace core
