#include "reports/json.hpp"

#include <bit>
#include <limits>
#include <string>
#include <string_view>

#include "core/random.hpp"
#include "core/yaml_reader.hpp"
#include "reports/json_io.hpp"
#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/says.hpp"

using reports::from_json;
using reports::Result;
using reports::to_json;
using test_support::check_says;

namespace {

std::string error_of(std::string_view text) {
  try {
    from_json("result.json", text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

// The sample's JSON with one piece of text replaced.
std::string broken(std::string_view piece, std::string_view by) {
  std::string text = to_json(test_support::sample_result());
  const std::size_t at = text.find(piece);
  REQUIRE(at != std::string::npos);
  return text.replace(at, piece.size(), by);
}

struct Figures {
  std::vector<double> doubles;
  std::string text;
  std::uint64_t seed = 0;
  core::Int128 wide = 0;
};

}  // namespace

template <>
struct reports::Fields<Figures> {
  static void visit(auto& io, Figures& f) {
    io("doubles", f.doubles);
    io("text", f.text);
    io("seed", f.seed);
    io("wide", f.wide);
  }
};

TEST_CASE("What is written is read back as it was", "[reports][json]") {
  Result result = test_support::sample_result();
  CHECK(from_json("result.json", to_json(result)) == result);
  result.about.interrupted = true;
  result.about.daily_users.reset();
  result.about.seed = 0xffffffffffffffffU;
  result.options.clear();
  CHECK(from_json("result.json", to_json(result)) == result);
}

TEST_CASE("Writing what was read gives the same bytes", "[reports][json]") {
  const std::string text = to_json(test_support::sample_result());
  CHECK(to_json(from_json("result.json", text)) == text);
}

TEST_CASE("A mixture with its parts reads back as it was written", "[reports][json]") {
  const reports::Result result = reports::assemble(test_support::about(), {test_support::mixture()});
  const std::string text = to_json(result);
  CHECK(from_json("result.json", text) == result);
  CHECK(to_json(from_json("result.json", text)) == text);
}

TEST_CASE("result.json of the sample, without its hours and buckets", "[reports][json][golden]") {
  reports::About about = test_support::about();
  reports::OptionRun run = test_support::self_hosted();
  run.simulated.usage.hours.resize(2);
  run.simulated.latency_ns = core::Histogram{1000};
  run.simulated.wait_ns = core::Histogram{1000};
  test_support::check_golden("reports/result.json", to_json(reports::assemble(about, {run})));
}

TEST_CASE("Every double and every text survives, to the last bit", "[reports][json][property]") {
  Figures figures;
  core::Stream chance{1};
  while (figures.doubles.size() < 20'000) {
    // Of any magnitude; the bits of infinities and of what is no number are left out.
    const auto bits = chance.next();
    const double value = std::bit_cast<double>(bits);
    if (value - value == 0) figures.doubles.push_back(value);
  }
  figures.doubles.insert(figures.doubles.end(), {0.1, 1.0 / 3.0, 4, 1e300, 5e-324, -0.5});
  for (int c = 0; c < 128; ++c) figures.text += static_cast<char>(c);
  figures.text += "é€𝄞 \"quoted\" back\\slash";
  figures.seed = 0x8000000000000000U;
  figures.wide = -core::Int128{1'000'000'000'000'000'000} * 1'000'000'000'000'000'000;
  const Figures again = reports::read_json<Figures>("figures.json", reports::write_json(figures));
  CHECK(again.doubles == figures.doubles);
  CHECK(again.text == figures.text);
  CHECK(again.seed == figures.seed);
  CHECK((again.wide == figures.wide));
}

TEST_CASE("What is no JSON is refused at its line and column", "[reports][json]") {
  CHECK(error_of("{\n  \"format\": nope\n}\n") == "result.json:2:13: is no valid JSON: syntax error");
  check_says(error_of(""), "result.json:1:1: is no valid JSON: ");
  check_says(error_of(to_json(test_support::sample_result()).substr(0, 1000)), "is no valid JSON: ");
  check_says(error_of("{} {}"), "is no valid JSON: ");
  check_says(error_of(std::string(100'000, '[')), "is no valid JSON: ");
}

TEST_CASE("What is no result is refused by what was found and expected", "[reports][json]") {
  CHECK(error_of("[]") == "result.json: the whole file: found a list, expected an object");
  CHECK(error_of("{}") == "result.json: format: found nothing, expected this member");
  CHECK(error_of(R"({"format": "billcast-result/9"})") ==
        "result.json: the whole file: found a file of format 'billcast-result/9', expected format 'billcast-result/1'");
  CHECK(error_of(broken("\"seed\": 7", "\"seed\": -7")) ==
        "result.json: about.seed: found -7, expected a whole number from 0");
  CHECK(error_of(broken("\"seed\": 7", "\"seed\": \"7\"")) ==
        "result.json: about.seed: found \"7\", expected a whole number from 0");
  CHECK(error_of(broken("\"interrupted\": false", "\"interrupted\": 0")) ==
        "result.json: about.interrupted: found 0, expected true or false");
  CHECK(error_of(broken("\"start\": \"2026-12-01\"", "\"start\": \"2026-13-01\"")) ==
        "result.json: about.horizon.start: found \"2026-13-01\", expected a day such as \"2026-12-01\"");
  CHECK(error_of(broken("\"planned_hours\": 744", "\"planned_hours\": 99999999999")) ==
        "result.json: about.planned_hours: found 99999999999, expected a whole number of 32 bits");
  CHECK(error_of(broken("\"planned_hours\": 744", "\"planned_hours\": 7.5")) ==
        "result.json: about.planned_hours: found 7.5E0, expected a whole number");
  CHECK(error_of(broken("\"amount\": \"150.000075\"", "\"amount\": \"lots\"")) ==
        "result.json: options[0].bills[0].lines[0].amount: found \"lots\", expected an amount such as \"0.15\"");
  CHECK(error_of(broken("\"amount\": \"150.000075\"", "\"amount\": 150.0")) ==
        "result.json: options[0].bills[0].lines[0].amount: found 1.5E2, expected a text");
  CHECK(error_of(broken("\"quantity\": \"1000.0005\"", "\"quantity\": \"x\"")) ==
        "result.json: options[0].bills[0].lines[0].quantity: found \"x\", expected a quantity such as \"744\"");
  for (const std::string wrong : {"-", "", "1e3", "123456789012345678901234567890123456789"}) {
    check_says(error_of(broken("\"busy_slot_ns\": [\"0\"", "\"busy_slot_ns\": [\"" + wrong + "\"")),
               "usage.hours.busy_slot_ns[0]: found \"" + wrong + "\", expected a whole number such as \"3600\"");
  }
  CHECK(error_of(broken("\"frequency\": \"recurring\"", "\"frequency\": \"weekly\"")) ==
        "result.json: options[0].bills[0].lines[0].frequency: found \"weekly\", expected one of recurring, one_time");
  CHECK(error_of(broken("\"mean_replicas\": 0", "\"mean_replicas\": []")) ==
        "result.json: options[0].fleet.mean_replicas: found a list, expected a number");
  CHECK(error_of(broken("\"assumptions\": [", "\"assumptions\": {}, \"was\": [")) ==
        "result.json: about.assumptions: found an object, expected a list");
  CHECK(error_of(broken("\"cache_hits\": [0, ", "\"cache_hits\": [")) ==
        "result.json: options[0].usage.hours: found 743 values of cache_hits, expected 744, as of arrivals");
}

TEST_CASE("A result without a billing period is refused", "[reports][json]") {
  Result result = test_support::sample_result();
  result.about.horizon.periods.clear();
  CHECK(error_of(to_json(result)) ==
        "result.json: the whole file: found no billing period in about.horizon, expected at least one, for something "
        "was simulated");
}

TEST_CASE("A figure that is no finite number is our own fault and is never written", "[reports][json]") {
  Figures figures{{std::numeric_limits<double>::infinity()}, "", 0, 0};
  CHECK_THROWS_AS(reports::write_json(figures), std::logic_error);
}
