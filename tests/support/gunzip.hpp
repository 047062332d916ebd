// Reference data that is published compressed.
//
//  * `gunzip`  what a gzip file (RFC 1952) holds; fails the test when it is damaged
//
// For programs that link zlib; whatever links core does.
//
// Example:
//   const auto packed = test_support::read_reference_data("traces/mooncake_conversation.jsonl.gz");
//   if (!packed) { return; }
//   const std::string text = test_support::gunzip(*packed);
#pragma once

#include <array>
#include <stdexcept>
#include <string>

#include <zlib.h>

namespace test_support {

inline std::string gunzip(std::string packed) {
  z_stream stream{};
  constexpr int gzip_only = 16;
  if (inflateInit2(&stream, gzip_only + MAX_WBITS) != Z_OK) { throw std::runtime_error{"zlib failed"}; }
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  std::array<char, 65536> part;
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(part.data(), part.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END) { throw std::runtime_error{"a damaged gzip file"}; }
  return text;
}

}  // namespace test_support
