#include "core/format.hpp"

#include <limits>

#include "tests/support/catch.hpp"

using core::config_bytes;
using core::config_duration;
using core::config_integer;
using core::config_number;
using core::config_share;
using core::Duration;
using core::format_count;
using core::format_duration;
using core::format_share;
using namespace std::chrono_literals;

TEST_CASE("A duration is printed in a person's units", "[core][format]") {
  CHECK(format_duration(0ns) == "0 ns");
  CHECK(format_duration(999ns) == "999 ns");
  CHECK(format_duration(1530ns) == "1.53 us");
  CHECK(format_duration(812ms) == "812 ms");
  CHECK(format_duration(812'400us) == "812 ms");
  CHECK(format_duration(1530ms) == "1.53 s");
  CHECK(format_duration(1500ms) == "1.5 s");
  CHECK(format_duration(15s) == "15 s");
  CHECK(format_duration(12'345ms) == "12.3 s");
  CHECK(format_duration(90s) == "1 min 30 s");
  CHECK(format_duration(125s) == "2 min 05 s");
  CHECK(format_duration(3h + 7min + 20s) == "3 h 07 min");
  CHECK(format_duration(99h + 40min) == "4 d 04 h");
  CHECK(format_duration(-1530ms) == "-1.53 s");
}

TEST_CASE("Rounding a duration carries into the next unit", "[core][format]") {
  CHECK(format_duration(999'500ns) == "1 ms");
  CHECK(format_duration(999'499ns) == "999 us");
  CHECK(format_duration(999'999'999ns) == "1 s");
  CHECK(format_duration(59'950ms) == "1 min 00 s");
  CHECK(format_duration(59'949ms) == "59.9 s");
  CHECK(format_duration(60'499ms) == "1 min 00 s");
  CHECK(format_duration(59min + 59s + 500ms) == "1 h 00 min");
  CHECK(format_duration(23h + 59min + 30s) == "1 d 00 h");
  CHECK(format_duration(1805ns) == "1.81 us");  // half away from zero
}

TEST_CASE("The longest durations there are can be printed", "[core][format]") {
  CHECK(format_duration(Duration::max()) == "106752 d 00 h");
  CHECK(format_duration(Duration::min()) == "-106752 d 00 h");
}

TEST_CASE("Counts have their thousands separated", "[core][format]") {
  CHECK(format_count(300'123'456) == "300,123,456");
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1000) == "1,000");
  CHECK(format_count(-123'456) == "-123,456");
  CHECK(format_count(std::numeric_limits<std::int64_t>::min()) == "-9,223,372,036,854,775,808");
}

TEST_CASE("A figure shows four digits that count, and no exponent", "[core][format]") {
  CHECK(core::format_figure(0) == "0");
  CHECK(core::format_figure(12.5) == "12.5");
  CHECK(core::format_figure(200.3) == "200.3");
  CHECK(core::format_figure(212.34) == "212.3");
  CHECK(core::format_figure(0.31274) == "0.3127");
  CHECK(core::format_figure(0.000012345678) == "0.00001235");
  CHECK(core::format_figure(1e-30) == "0");
  CHECK(core::format_figure(-2.5) == "-2.5");
  CHECK(core::format_figure(1234567.8) == "1,234,568");
  // Rounding may carry into a digit more.
  CHECK(core::format_figure(999.94) == "999.9");
  CHECK(core::format_figure(999.96) == "1,000");
  CHECK(core::format_figure(99.997) == "100");
  CHECK(core::format_figure(0.99996) == "1");
  CHECK(core::format_figure(1e300 * 1e300) == "n/a");
  CHECK(core::format_figure(1e20) == "100000000000000000000");
}

TEST_CASE("A share shows as many decimals as tell it from none and from all", "[core][format]") {
  CHECK(format_share(0.634) == "63.4 %");
  CHECK(format_share(0.5) == "50 %");
  CHECK(format_share(0.9995) == "99.95 %");
  CHECK(format_share(0.99999) == "99.999 %");
  CHECK(format_share(0.00012) == "0.012 %");
  CHECK(format_share(0.0) == "0 %");
  CHECK(format_share(1.0) == "100 %");
  CHECK(format_share(1.5) == "150 %");
  CHECK(format_share(-0.05) == "-5 %");
  CHECK(format_share(1e-9) == "<0.000001 %");
  CHECK(format_share(1 - 1e-9) == ">99.999999 %");
  CHECK(format_share(1e-8) == "0.000001 %");
  CHECK(format_share(std::numeric_limits<double>::quiet_NaN()) == "n/a");
  CHECK(format_share(std::numeric_limits<double>::infinity()) == "n/a");
}

TEST_CASE("Only nothing is 0 % and only everything is 100 %", "[core][format][property]") {
  double rest = 0.5;
  for (int i = 0; i < 95; ++i) {  // down to 1e-15
    rest *= 0.7;
    CAPTURE(rest);
    CHECK(format_share(rest) != "0 %");
    CHECK(format_share(1 - rest) != "100 %");
  }
}

TEST_CASE("Values are printed as a scenario says them", "[core][format]") {
  CHECK(config_duration(15s) == "15s");
  CHECK(config_duration(1500ms) == "1500ms");
  CHECK(config_duration(90min) == "90m");
  CHECK(config_duration(720h) == "30d");
  CHECK(config_duration(0s) == "0s");
  CHECK(config_duration(-7ns) == "-7ns");
  CHECK(config_bytes(16'000'000'000) == "16GB");
  CHECK(config_bytes(536'870'912) == "512MiB");
  CHECK(config_bytes(1001) == "1001B");
  CHECK(config_bytes(0) == "0B");
  CHECK(config_share(0.6) == "60%");
  CHECK(config_share(0.07) == "7%");
  CHECK(config_share(0.9995) == "99.95%");
  CHECK(config_share(0.001) == "0.1%");
  CHECK(config_share(1.0) == "100%");
  CHECK(config_share(0.0) == "0%");
  CHECK(config_share(-0.05) == "-5%");
  CHECK(config_share(1e-05) == "1e-05");
  CHECK(config_number(1'000'000) == "1_000_000");
  CHECK(config_number(9999) == "9999");
  CHECK(config_number(0.01) == "0.01");
  CHECK(config_number(-0.5) == "-0.5");
  CHECK(config_number(1e300) == "1e+300");
  CHECK(config_integer(-20'000) == "-20_000");
}
