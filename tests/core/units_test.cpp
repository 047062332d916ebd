#include "core/units.hpp"

#include <limits>
#include <string>

#include "core/format.hpp"
#include "core/random.hpp"
#include "tests/support/catch.hpp"

using core::Duration;
using core::Flaw;
using core::parse_bytes;
using core::parse_bytes_per_second;
using core::parse_duration;
using core::parse_integer;
using core::parse_number;
using core::parse_share;
using namespace std::chrono_literals;

TEST_CASE("Numbers are the doubles nearest to their decimals", "[core][units]") {
  CHECK(parse_number("1_000_000").value == 1e6);
  CHECK(parse_number("0.9").value == 0.9);
  CHECK(parse_number("1e6").value == 1e6);
  CHECK(parse_number("-2.5E-3").value == -0.0025);
  CHECK(parse_number("+7").value == 7.0);
  CHECK(parse_number("007").value == 7.0);
  CHECK(parse_number("3.141_592").value == 3.141592);
  CHECK(parse_number("0e999999999999").value == 0.0);
  // Halfway between two doubles but for the last digit: a sum of rounded parts would go down.
  CHECK(parse_number("9007199254740993.00000000000000000001").value == 9007199254740994.0);
  CHECK(parse_number("1.7976931348623157e308").value == std::numeric_limits<double>::max());
}

TEST_CASE("What is no decimal is no number", "[core][units]") {
  for (const char* text :
       {"",     " ",  "fast", "nan", ".nan", "inf", "-.inf", "infinity", "0x10", "1,000", "1_",  "_1",     "1__0",
        "1._5", "1.", ".5",   "1e",  "1e+",  "--1", "1 2",   "1e5.5",    "$5",   "60%",   "1\n", "\u00a01"}) {
    CAPTURE(text);
    CHECK(parse_number(text).flaw == Flaw::malformed);
    CHECK(parse_integer(text).flaw == Flaw::malformed);
  }
  for (const char* text : {"1e999", "-1e999", "1e-999", "1e99999999999999999999"}) {
    CAPTURE(text);
    CHECK(parse_number(text).flaw == Flaw::too_large);
  }
}

TEST_CASE("A share in percent is the same double as the fraction", "[core][units]") {
  for (int tenth = 0; tenth <= 1000; ++tenth) {
    const std::string percent = std::to_string(tenth / 10) + "." + std::to_string(tenth % 10) + "%";
    std::string fraction = std::to_string(10000 + tenth);
    fraction = (tenth == 1000 ? "1." : "0.") + fraction.substr(fraction.size() - 3);
    CAPTURE(percent, fraction);
    CHECK(parse_share(percent).value == parse_share(fraction).value);
  }
  CHECK(parse_share("60 %").value == 0.6);
  CHECK(parse_share("-5%").value == -0.05);
  CHECK(parse_share("60percent").flaw == Flaw::unknown_unit);
  CHECK(parse_share("%").flaw == Flaw::malformed);
  CHECK(parse_share("6%0").flaw == Flaw::malformed);
}

TEST_CASE("Whole numbers are exact to the last of 64 bits", "[core][units]") {
  CHECK(parse_integer("9_223_372_036_854_775_807").value == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_integer("-9223372036854775807").value == -std::numeric_limits<std::int64_t>::max());
  CHECK(parse_integer("9223372036854775808").flaw == Flaw::too_large);
  CHECK(parse_integer("1e6").value == 1'000'000);
  CHECK(parse_integer("2.50e1").value == 25);
  CHECK(parse_integer("1.5").flaw == Flaw::not_whole);
  CHECK(parse_integer("1e-3").flaw == Flaw::not_whole);
  CHECK(parse_integer("1e19").flaw == Flaw::too_large);
  CHECK(parse_integer("1e99999999999").flaw == Flaw::too_large);
  CHECK(parse_integer("-0").value == 0);
  CHECK(parse_integer("0.000").value == 0);
  CHECK(parse_integer("123456789012345678901234567890").flaw == Flaw::too_large);
  CHECK(parse_integer("340282366920938463463374607431768211457").flaw == Flaw::too_large);  // 2^128 + 1
  CHECK(parse_integer("1.00000000000000000000000000001").flaw == Flaw::not_whole);
}

TEST_CASE("Durations know their units", "[core][units]") {
  CHECK(parse_duration("7ns").value == 7ns);
  CHECK(parse_duration("9us").value == 9us);
  CHECK(parse_duration("800ms").value == 800ms);
  CHECK(parse_duration("2s").value == 2s);
  CHECK(parse_duration("5m").value == 5min);
  CHECK(parse_duration("1h").value == 1h);
  CHECK(parse_duration("30d").value == 720h);
  CHECK(parse_duration("2w").value == 336h);
  CHECK(parse_duration("1.5h").value == 90min);
  CHECK(parse_duration("2 s").value == 2s);
  CHECK(parse_duration("1e3s").value == 1000s);
  CHECK(parse_duration("-5s").value == -5s);
  CHECK(parse_duration("0.000000001s").value == 1ns);
  CHECK(parse_duration("0s").value == 0s);
}

TEST_CASE("A duration without a known unit, or finer than a nanosecond, is refused", "[core][units]") {
  CHECK(parse_duration("30").flaw == Flaw::no_unit);
  CHECK(parse_duration("0").flaw == Flaw::no_unit);
  CHECK(parse_duration("2 parsecs").flaw == Flaw::unknown_unit);
  CHECK(parse_duration("2S").flaw == Flaw::unknown_unit);
  CHECK(parse_duration("2\xC2\xB5s").flaw == Flaw::unknown_unit);
  CHECK(parse_duration("s").flaw == Flaw::malformed);
  CHECK(parse_duration("1h30m").flaw == Flaw::malformed);
  CHECK(parse_duration("0.5ns").flaw == Flaw::not_whole);
  CHECK(parse_duration("106752d").flaw == Flaw::too_large);  // 2^63 ns is 106751.99 days
  CHECK(parse_duration("106751d").value == std::chrono::hours{24 * 106751});
}

TEST_CASE("Sizes and rates know decimal and binary units", "[core][units]") {
  CHECK(parse_bytes("7B").value == 7);
  CHECK(parse_bytes("20kB").value == 20'000);
  CHECK(parse_bytes("20KB").value == 20'000);
  CHECK(parse_bytes("3MB").value == 3'000'000);
  CHECK(parse_bytes("16GB").value == 16'000'000'000);
  CHECK(parse_bytes("2TB").value == 2'000'000'000'000);
  CHECK(parse_bytes("1KiB").value == 1024);
  CHECK(parse_bytes("512MiB").value == 536'870'912);
  CHECK(parse_bytes("1.5GiB").value == 1'610'612'736);
  CHECK(parse_bytes("1TiB").value == 1'099'511'627'776);
  CHECK(parse_bytes("16").flaw == Flaw::no_unit);
  CHECK(parse_bytes("16Gb").flaw == Flaw::unknown_unit);
  CHECK(parse_bytes("1GB/s").flaw == Flaw::unknown_unit);
  CHECK(parse_bytes("0.5B").flaw == Flaw::not_whole);
  CHECK(parse_bytes("9000000000TB").flaw == Flaw::too_large);
  CHECK(parse_bytes_per_second("1GB/s").value == 1'000'000'000);
  CHECK(parse_bytes_per_second("10 MiB/s").value == 10'485'760);
  CHECK(parse_bytes_per_second("1GB").flaw == Flaw::unknown_unit);
  CHECK(parse_bytes_per_second("1/s").flaw == Flaw::unknown_unit);
  CHECK(parse_bytes_per_second("1").flaw == Flaw::no_unit);
}

TEST_CASE("Each flaw has a clause of its own", "[core][units]") {
  CHECK(core::clause(Flaw::none).empty());
  CHECK(core::clause(Flaw::malformed).empty());
  CHECK(core::clause(Flaw::no_unit) == ", which has no unit");
  CHECK(core::clause(Flaw::unknown_unit) == ", which has an unknown unit");
  CHECK(core::clause(Flaw::not_whole) == ", which is not a whole number of the smallest unit");
  CHECK(core::clause(Flaw::too_large) == ", which is out of range");
}

TEST_CASE("What a scenario would say reads back to the same value", "[core][units][format][property]") {
  core::Stream random{7};
  for (int i = 0; i < 20'000; ++i) {
    // Magnitudes from one bit to 62, with trailing zeros often enough to meet every unit.
    std::int64_t value = static_cast<std::int64_t>(random.next() >> (1 + random.next() % 62)) + 1;
    for (std::uint64_t zeros = random.next() % 12; zeros > 0 && value < 100'000'000'000'000'000; --zeros) {
      value *= 10;
    }
    CAPTURE(value);
    REQUIRE(parse_duration(core::config_duration(Duration{value})).value == Duration{value});
    REQUIRE(parse_duration(core::config_duration(Duration{-value})).value == Duration{-value});
    REQUIRE(parse_bytes(core::config_bytes(value)).value == value);
    REQUIRE(parse_integer(core::config_integer(value)).value == value);
    const double number = static_cast<double>(value) / 1000.0;
    REQUIRE(parse_number(core::config_number(number)).value == number);
    const double share = core::unit_open_closed(random.next());
    REQUIRE(parse_share(core::config_share(share)).value == share);
  }
}
