#include "loadgen/quote.hpp"

#include "tests/support/catch.hpp"

TEST_CASE("A stranger's bytes are shown short and without what would steer a terminal", "[loadgen]") {
  CHECK(loadgen::quote("HTTP/1.1 2x0") == "'HTTP/1.1 2x0'");
  CHECK(loadgen::quote("\x1B[2J\xFF\r") == "'\\x1b[2J\\xff\\r'");
  CHECK(loadgen::quote("abcdef", 3) == "'abc...'");
  CHECK(loadgen::quote("\xC3\xA9\xC3\xA9", 1) == "'\xC3\xA9...'");
}
