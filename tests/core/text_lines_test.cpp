#include "core/text_lines.hpp"

#include <string>

#include "tests/support/catch.hpp"

TEST_CASE("Lines come one by one, with either line end and without blanks around them", "[core][text]") {
  core::TextLines lines{"a.txt", "\xef\xbb\xbf one\r\n\n\t two \nthree"};
  CHECK(lines.next() == "one");
  CHECK(lines.next() == "");
  CHECK(lines.next() == "two");
  CHECK(lines.where() == "a.txt:3");
  CHECK(lines.next() == "three");
  CHECK(lines.error("x", "y").what() == std::string{"a.txt:4: found x, expected y"});
  CHECK(!lines.next());
}

TEST_CASE("Fields may be empty, words may not", "[core][text]") {
  CHECK(core::split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
  CHECK(core::split("", ',') == std::vector<std::string_view>{""});
  CHECK(core::words("  a \t b ") == std::vector<std::string_view>{"a", "b"});
  CHECK(core::words(" ").empty());
  CHECK(core::trim(" \t").empty());
}

TEST_CASE("Decimals are the doubles that a compiler makes of them", "[core][text]") {
  CHECK(core::parse_decimal("0") == 0.0);
  CHECK(core::parse_decimal("9420.799") == 9420.799);
  CHECK(core::parse_decimal("0.999999999046") == 0.999999999046);
  CHECK(core::parse_decimal("1441812279.474") == 1441812279.474);
  CHECK(core::parse_decimal(".5") == 0.5);
  CHECK(core::parse_decimal("5.") == 5.0);
  CHECK(core::parse_decimal("100000000000000000000") == 1e20);
  CHECK(core::parse_decimal("0.0000000000000000000000000000000000001").value() == Approx(1e-37).epsilon(1e-15));
  for (const char* text : {"", ".", "-1", "+1", "1e3", "nan", "inf", "1.2.3", "1,5", "0x1", " 1",
                           "11111111111111111111111111111111111111111"}) {
    CAPTURE(text);
    CHECK(!core::parse_decimal(text));
  }
}

TEST_CASE("Counts end at 2^63 - 1", "[core][text]") {
  CHECK(core::parse_count("9223372036854775807") == 9223372036854775807);
  CHECK(core::parse_count("007") == 7);
  for (const char* text : {"9223372036854775808", "99999999999999999999", "", "-1", "1.0"}) {
    CAPTURE(text);
    CHECK(!core::parse_count(text));
  }
}

TEST_CASE("Seconds become whole nanoseconds", "[core][text]") {
  CHECK(core::parse_seconds("1441812279.474") == core::Duration{1'441'812'279'474'000'000});
  CHECK(core::parse_seconds("0.0000000014") == core::Duration{1});
  CHECK(core::parse_seconds("0.9999999995") == core::Duration{1'000'000'000});
  CHECK(core::parse_seconds("7") == core::Duration{7'000'000'000});
  CHECK(core::parse_seconds(".25") == core::Duration{250'000'000});
  CHECK(!core::parse_seconds("9223372036.9"));
  CHECK(!core::parse_seconds("1e9"));
}

TEST_CASE("A stranger's text is shown short and printable", "[core][text]") {
  CHECK(core::quoted("abc") == "'abc'");
  CHECK(core::quoted("a\x1b[31m\xc3\xa4\xff") == "'a\\x1b[31m\xc3\xa4\\xff'");
  CHECK(core::quoted(std::string(41, 'x')) == "'" + std::string(40, 'x') + "...'");
}
