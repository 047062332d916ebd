#include "loadgen/byte_search.hpp"

#include <algorithm>
#include <string>

#include "tests/support/catch.hpp"

namespace {

// Puts each of the 256 bytes at each place of texts of each length, so that it lies in a whole block, in the rest
// behind it, or just behind the end.
template <class Search, class Holds>
void check_finds_exactly(Search search, char filler, Holds holds) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size + 1, filler);
        text[place] = static_cast<char>(byte);
        const char* const begin = text.data();
        const char* const end = begin + size;
        if (search(begin, end) != std::find_if(begin, end, holds)) {
          FAIL("byte " << byte << " at " << place << " of " << size);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("A run of plain text ends at the first quote, backslash or control character, wherever it is", "[loadgen]") {
  check_finds_exactly(loadgen::first_not_plain, 'x',
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; });
}

TEST_CASE("A header line ends at the first control character that is no tab", "[loadgen]") {
  check_finds_exactly(loadgen::first_control, '\t',
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7F'; });
}

TEST_CASE("A usual name ends at what is no letter, digit, hyphen or underscore", "[loadgen]") {
  check_finds_exactly(loadgen::first_not_name, '-', [](char c) {
    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_');
  });
}
