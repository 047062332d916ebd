#include "core/utf8.hpp"

#include <string>

#include "tests/support/catch.hpp"

using core::utf8::character_count;
using core::utf8::escape_unprintable;
using core::utf8::prefix_size;
using core::utf8::sequence_length;

TEST_CASE("Characters of one to four bytes are told from what is not UTF-8", "[core][utf8]") {
  CHECK(sequence_length("a") == 1);
  CHECK(sequence_length("\xC3\xA9x") == 2);
  CHECK(sequence_length("\xE2\x82\xAC") == 3);
  CHECK(sequence_length("\xF0\x9F\x98\x80") == 4);
  CHECK(sequence_length("\xF4\x8F\xBF\xBF") == 4);  // U+10FFFF, the last one
  CHECK(sequence_length("") == 0);
  CHECK(sequence_length("\x80") == 0);              // goes on with nothing
  CHECK(sequence_length("\xC3") == 0);              // cut off
  CHECK(sequence_length("\xC3(") == 0);             // not gone on with
  CHECK(sequence_length("\xC0\xAF") == 0);          // overlong '/'
  CHECK(sequence_length("\xE0\x80\xAF") == 0);      // overlong again
  CHECK(sequence_length("\xF0\x80\x80\xAF") == 0);  // and again
  CHECK(sequence_length("\xED\xA0\x80") == 0);      // a surrogate
  CHECK(sequence_length("\xF4\x90\x80\x80") == 0);  // beyond U+10FFFF
  CHECK(sequence_length("\xFF") == 0);
}

TEST_CASE("Texts are counted and cut by characters, not bytes", "[core][utf8]") {
  CHECK(character_count("") == 0);
  CHECK(character_count("a\xC3\xA9\xE2\x82\xAC") == 3);
  CHECK(character_count("a\xFF\xFF") == 3);
  CHECK(prefix_size("a\xC3\xA9\xE2\x82\xAC", 2) == 3);
  CHECK(prefix_size("ab", 5) == 2);
  CHECK(prefix_size("ab", 0) == 0);
}

TEST_CASE("What would move a terminal's cursor or turn its text around is escaped", "[core][utf8]") {
  CHECK(escape_unprintable("plain \xC3\xA9 \xF0\x9F\x98\x80 text") == "plain \xC3\xA9 \xF0\x9F\x98\x80 text");
  CHECK(escape_unprintable("a\nb\tc\rd") == "a\\nb\\tc\\rd");
  CHECK(escape_unprintable(std::string{"\0", 1}) == "\\x00");
  CHECK(escape_unprintable("\x1B[31m\x7F") == "\\x1b[31m\\x7f");
  CHECK(escape_unprintable("\xC2\x9B") == "\\x9b");        // C1: one more way to begin an escape sequence
  CHECK(escape_unprintable("\xE2\x80\xAE") == "\\u202e");  // right-to-left override
  CHECK(escape_unprintable("\xE2\x81\xA6") == "\\u2066");  // isolate
  CHECK(escape_unprintable("\xE2\x80\xA8") == "\\u2028");  // line separator
  CHECK(escape_unprintable("\xEF\xBB\xBF") == "\\ufeff");  // byte order mark within a text
  CHECK(escape_unprintable("a\xFF"
                           "b\xE2\x82") == "a\\xffb\\xe2\\x82");
}
