// Looks at sixteen bytes at a time for the one that ends a run of ordinary ones.
//
//  * `first_not_plain`  where a JSON string stops being plain: a quote, a backslash, a control character
//  * `first_control`    where a header line ends: a control character
//  * `first_not_name`   where the name of a header field ends
//
// Parsers of streams spend their time here: a byte at a time is about 1 ns a byte, this 0.1 ns. No library call does
// it: memchr looks for one byte only, strcspn stops at NUL. Each returns `end` when there is none.
//
// The vectors are the compilers' own (GCC, Clang), for any machine, not one machine's intrinsics.
//
// Example:
//   const char* quote = first_not_plain(at, end);
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace loadgen {
namespace detail {

using Bytes = unsigned char __attribute__((vector_size(16)));
using Marks = signed char __attribute__((vector_size(16)));  // -1 where a comparison holds, else 0
static_assert(sizeof(Bytes) == 16);

// The index of the first mark; 16 when there is none.
inline std::size_t first_mark(Marks marks) {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), &marks, sizeof marks);
  if ((halves[0] | halves[1]) == 0) { return sizeof marks; }
  const std::uint64_t half = halves[0] != 0 ? halves[0] : halves[1];
  const int bits = std::endian::native == std::endian::little ? std::countr_zero(half) : std::countl_zero(half);
  return (halves[0] != 0 ? 0 : sizeof half) + static_cast<std::size_t>(bits) / 8;
}

template <class Mark>
const char* first(const char* at, const char* end, Mark mark) {
  Bytes bytes{};
  for (; end - at >= 16; at += 16) {
    std::memcpy(&bytes, at, sizeof bytes);
    if (const std::size_t i = first_mark(mark(bytes)); i < sizeof bytes) { return at + i; }
  }
  // What is left is searched within a copy, for no byte behind the end may be touched.
  const auto left = static_cast<std::size_t>(end - at);
  if (left == 0) { return end; }
  bytes = Bytes{};
  std::memcpy(&bytes, at, left);
  const std::size_t i = first_mark(mark(bytes));
  return i < left ? at + i : end;
}

}  // namespace detail

// '"', '\' or below the blank.
inline const char* first_not_plain(const char* at, const char* end) {
  return detail::first(at, end, [](detail::Bytes b) { return (b < 0x20) | (b == '"') | (b == '\\'); });
}

// Below the blank or DEL, but no tab.
inline const char* first_control(const char* at, const char* end) {
  return detail::first(at, end, [](detail::Bytes b) { return ((b < 0x20) & (b != '\t')) | (b == 0x7F); });
}

// No letter, digit, '-' or '_'. (Names may hold other characters, too, but none does.)
inline const char* first_not_name(const char* at, const char* end) {
  return detail::first(at, end, [](detail::Bytes b) {
    const detail::Bytes from_a = (b | 0x20) - 'a';
    const detail::Bytes from_0 = b - '0';
    return (from_a >= 26) & (from_0 >= 10) & (b != '-') & (b != '_');
  });
}

}  // namespace loadgen
