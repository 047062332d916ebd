#include "core/yaml_reader.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"

using core::Assumption;
using core::ConfigError;
using core::Document;
using core::Section;
using namespace std::chrono_literals;

namespace {

using Read = std::function<void(const Section&)>;

void nothing(const Section&) {}

// The line a user would meet, or "accepted".
std::string message(std::string_view text, const Read& read, const std::vector<std::string>& assignments = {}) {
  try {
    Document document{"s.yaml", text};
    for (const std::string& assignment : assignments) { document.set(assignment); }
    read(document.root());
    document.finish();
  } catch (const ConfigError& error) { return error.what(); }
  return "accepted";
}

std::vector<Assumption> assumptions(std::string_view text, const Read& read) {
  Document document{"s.yaml", text};
  read(document.root());
  return document.assumptions();
}

struct Case {
  std::string text;
  std::string expected;
};

void check_all(const std::vector<Case>& cases, const Read& read) {
  for (const Case& one : cases) {
    CAPTURE(one.text);
    CHECK(message(one.text, read) == one.expected);
    CHECK(one.expected.find('\n') == std::string::npos);
  }
}

// A small scenario's worth of keys.
void read_traffic(const Section& root) {
  const Section traffic = root.section("traffic");
  traffic.number("daily_users", {.min = 1, .max = 1e10, .unit = "users"});
  traffic.optional_section("arrivals");
}

void read_options(const Section& root) {
  for (const Section& option : root.sections("options")) {
    option.text("name");
    option.integer("slots", {.min = 1, .fallback = 1, .why = "one request at a time"});
  }
}

}  // namespace

TEST_CASE("Values of every kind are read from one file", "[core][yaml]") {
  Document document{"s.yaml", R"(
# A comment.
users: 1_000_000
replicas: 2e3
spot: 60%
ttl: 1h
name: "a text"
kind: gamma
verbose: true
start: 2026-12-01
weights: {size: 16GB, bandwidth: 1GB/s}
price: $0.08
tiny: 8.056640625e-9
used: 1.5
hours: [1, 2.5]
days: [3, 4]
names:
  - a
  - 'b c'
options:
  - name: first
  - name: second
)"};
  const Section root = document.root();
  CHECK(root.number("users") == 1e6);
  CHECK(root.integer("replicas") == 2000);
  CHECK(root.share("spot") == 0.6);
  CHECK(root.duration("ttl") == 1h);
  CHECK(root.text("name") == "a text");
  CHECK(root.choice("kind", {"poisson", "gamma"}) == 1);
  CHECK(root.boolean("verbose"));
  CHECK(root.date("start") == core::parse_date("2026-12-01"));
  CHECK(root.section("weights").bytes("size") == 16'000'000'000);
  CHECK(root.section("weights").bytes_per_second("bandwidth") == 1'000'000'000);
  CHECK((root.money("price") == core::Money::parse("0.08")));
  CHECK((root.money("tiny") == core::Money::parse("0.000000008056640625")));
  CHECK((root.quantity("used") == core::Quantity::ratio(3, 2)));
  CHECK(root.numbers("hours", 2) == std::vector<double>{1, 2.5});
  CHECK(root.integers("days") == std::vector<std::int64_t>{3, 4});
  CHECK(root.texts("names") == std::vector<std::string>{"a", "b c"});
  const auto options = root.sections("options");
  REQUIRE(options.size() == 2);
  CHECK(options[1].path() == "options.second");
  CHECK(options[0].text("name") == "first");
  CHECK(options[1].text("name") == "second");
  CHECK(root.section("weights").path() == "weights");
  CHECK(root.path().empty());
  CHECK_NOTHROW(document.finish());
  CHECK(document.assumptions().empty());
}

TEST_CASE("A section tells its keys, and what kind of value stands where", "[core][yaml]") {
  Document document{"s.yaml", "b: 1\na: [1]\nc: {d: 2}\nn:\n"};
  const Section root = document.root();
  CHECK(root.keys() == std::vector<std::string>{"b", "a", "c", "n"});
  CHECK(root.kind("b") == Section::Kind::scalar);
  CHECK(root.kind("a") == Section::Kind::list);
  CHECK(root.kind("c") == Section::Kind::mapping);
  CHECK(root.kind("x") == Section::Kind::absent);
  CHECK(root.has("n"));
  CHECK_FALSE(root.has("y"));
  CHECK_FALSE(root.optional_section("z").has_value());
  CHECK(root.optional_sections("z").empty());
  root.section("c").number("d");
  CHECK_NOTHROW(document.finish());  // kind and has declare their keys
}

TEST_CASE("A section and its document may be moved", "[core][yaml]") {
  Document document{"s.yaml", "a: {b: 7}\n"};
  const Section a = document.root().section("a");
  Document other = std::move(document);
  CHECK(a.integer("b") == 7);
  CHECK_NOTHROW(other.finish());
}

// ------------------------------------------------------------------------------------------------------------- text

TEST_CASE("A text that is no YAML mapping is refused where it goes wrong", "[core][yaml][errors]") {
  check_all(
      {
          {"", "s.yaml:1:1: found nothing but blanks, expected keys with values"},
          {"\n  \n\t\n", "s.yaml:1:1: found nothing but blanks, expected keys with values"},
          {"# only\n# comments\n", "s.yaml:1:1: found nothing but comments, expected keys with values"},
          {"---\n", "s.yaml:2:1: found no value, expected keys with values"},
          {"- a\n- b\n", "s.yaml:1:1: found a list, expected keys with values"},
          {"hello\n", "s.yaml:1:1: found 'hello', expected keys with values"},
          {"a:\n\tb: 1\n", "s.yaml:2:1: found a tab in the indentation, expected spaces"},
          {"a:\n  \tb: 1\n", "s.yaml:2:3: found a tab in the indentation, expected spaces"},
          {"a: caf\xE9\n", "s.yaml:1:7: found the byte 0xE9, which is not UTF-8, expected a text in UTF-8"},
          {"\xFF\xFE"
           "a",
           "s.yaml:1:1: found the byte 0xFF, which is not UTF-8, expected a text in UTF-8"},
          {std::string{"a: 1\n\0b: 2\n", 11},
           "s.yaml:2:1: found the control character U+0000, expected printable text"},
          {"a: 1\x04\nb: 2\n", "s.yaml:1:5: found the control character U+0004, expected printable text"},
          {"a: \x1B[31mred\n", "s.yaml:1:4: found the control character U+001B, expected printable text"},
          {"a: 1\rb: 2\n", "s.yaml:1:5: found the control character U+000D, expected printable text"},
          {"a: \x7F\n", "s.yaml:1:4: found the control character U+007F, expected printable text"},
          {"a: b: c\n",
           "s.yaml:1:5: found a ':' that ends no key, expected 'key: value' on a line of its own, or quotes"},
          {"a: 1\n  b: 2\n",
           "s.yaml:2:4: found a ':' that ends no key, expected 'key: value' on a line of its own, or quotes"},
          {"a: [1, 2\nb: 3\n", "s.yaml:2:2: found no end of […], expected ',' or ']'"},
          {"a: {b: 1\nc: 2\n", "s.yaml:2:2: found no end of {…}, expected ',' or '}'"},
          {"a: ]\n", "s.yaml:1:4: found a ']' or '}' that closes nothing, expected a value"},
          {"a: 'b\nc: 1\n", "s.yaml:1:4: a: found a quote that is never closed, expected a closing '"},
          {"a: 'it''s\nc: 1\n", "s.yaml:1:4: a: found a quote that is never closed, expected a closing '"},
          {"a: \"b\nc: 1\n", "s.yaml:1:4: a: found a quote that is never closed, expected a closing \""},
          {"a: @b\n", "s.yaml:1:4: found a character that begins no value, expected quotes around it"},
          {"a: \"\\q\"\n", "s.yaml:1:7: found text that is not YAML (unknown escape character: q), expected YAML"},
          {"a: - b\n", "s.yaml:1:4: found '- ' where no list can begin, expected a value"},
          {"a: 1\n- b\n", "s.yaml:2:1: found a line that does not fit in, expected a key indented like its neighbours"},
          {"- a\nb: 1\n",
           "s.yaml:2:1: found a line that does not belong to what is above it, expected a key or an item indented like "
           "its neighbours"},
          {"{a: 1} b\n",
           "s.yaml:1:8: found a line that does not belong to what is above it, expected a key or an item indented like "
           "its neighbours"},
          {"a: [\n", "s.yaml:2:1: found no end of […], expected ',' or ']'"},
          {"a: [[1\n",
           "s.yaml:1:5: a.0: found a list as a key, or a '[' that is never closed, expected a text as key, or ']'"},
          {"a: 1\n---\nb: 2\n", "s.yaml:2:1: found a second document, expected one document in a file"},
      },
      nothing);
}

TEST_CASE("What YAML allows but a reader would misjudge is refused", "[core][yaml][errors]") {
  check_all(
      {
          {"a: &x 5\nb: *x\n",
           "s.yaml:1:4: a: found the anchor '&x', expected every value written out: anchors and aliases are not "
           "supported"},
          {"a: *x\n",
           "s.yaml:1:4: found an alias, expected every value written out: anchors and aliases are not supported"},
          {"a: {<<: {b: 1}}\n", "s.yaml:1:5: a: found a merge key '<<', expected every key written out"},
          {"a: !!str 5\n", "s.yaml:1:4: a: found the tag 'tag:yaml.org,2002:str', expected a value without a tag"},
          {"a: !<x> {}\n", "s.yaml:1:4: a: found the tag 'x', expected a value without a tag"},
          {"? [a]\n: b\n",
           "s.yaml:1:3: found a list as a key, or a '[' that is never closed, expected a text as key, or ']'"},
          {"{{a: 1}: b}\n",
           "s.yaml:1:2: found a mapping as a key, or a '{' that is never closed, expected a text as key, or '}'"},
          {"? - a\n: b\n", "s.yaml:1:3: found a list as a key, expected a text as key"},
          {": 5\n", "s.yaml:1:1: found a value without a key, expected key: value"},
          {"\"a\\eb\": 5\n", "s.yaml:1:1: found the key 'a\\x1bb', expected a key without control characters"},
          {"a:\n  b: 1\n  c: 2\n  b: 3\n",
           "s.yaml:4:3: a: found the key 'b' again, after line 2, expected each key once"},
          {"a: [{b: 1}, {b: 1, \"b\": 2}]\n",
           "s.yaml:1:20: a.1: found the key 'b' again, after line 1, expected each key once"},
          {"b: 1\nc: 2\nb: 3\n", "s.yaml:3:1: found the key 'b' again, after line 1, expected each key once"},
      },
      nothing);
}

TEST_CASE("Deep nesting is refused before it costs anything", "[core][yaml][errors]") {
  const std::string flow = "a: " + std::string(100'000, '[') + std::string(100'000, ']');
  CHECK(message(flow, nothing).find("found more than 64 levels of lists and mappings, expected fewer") !=
        std::string::npos);
  CHECK(message(std::string(100'000, '['), nothing) != "accepted");  // yaml-cpp gives up on its own
  CHECK(message("a: " + std::string(63, '[') + std::string(63, ']'), [](const Section& s) { s.has("a"); }) ==
        "accepted");  // the root is the 64th level
  CHECK(message("a: " + std::string(64, '[') + std::string(64, ']'), nothing) ==
        "s.yaml:1:67: found more than 64 levels of lists and mappings, expected fewer");
  std::string block;
  for (int level = 0; level < 70; ++level) { block += std::string(static_cast<std::size_t>(level), ' ') + "a:\n"; }
  CHECK(message(block, nothing).find("found more than 64 levels of lists and mappings, expected fewer") !=
        std::string::npos);
}

TEST_CASE("A file that is far too long is refused", "[core][yaml][errors]") {
  CHECK(message(std::string((std::size_t{64} << 20) + 1, ' '), nothing) ==
        "s.yaml:1:1: found 67108865 bytes, expected at most 67108864");
}

TEST_CASE("Columns count characters, lines may end as on Windows, and a byte order mark is nothing", "[core][yaml]") {
  const Read read = [](const Section& root) { root.section("a").number("é"); };
  CHECK(message("\xEF\xBB\xBF"
                "a: {é: ü}\r\n",
                read) == "s.yaml:1:8: a.é: found 'ü', expected a number");
  CHECK(message("\r\na:\r\n  é: x\r\n", read) == "s.yaml:3:6: a.é: found 'x', expected a number");
  CHECK(message("a: {é: 1} # \t ok\n\t# a comment\n \t\n", read) == "accepted");
}

TEST_CASE("Text from a file cannot break out of the line", "[core][yaml][errors]") {
  const Read read = [](const Section& root) { root.number("a"); };
  CHECK(message("a: \"x\\ny\\e[31m\\r\\t\"\n", read) ==
        "s.yaml:1:4: a: found 'x\\ny\\x1b[31m\\r\\t', expected a number");
  CHECK(message("a: \"\\u202e\\u2028\\u0085\"\n", read) ==
        "s.yaml:1:4: a: found '\\u202e\\u2028\\x85', expected a number");
  CHECK(message("a: " + std::string(1000, 'x') + "\n", read) ==
        "s.yaml:1:4: a: found '" + std::string(59, 'x') + "…', expected a number");
  CHECK(message("a: " + std::string(60, 'x') + "\n", read) ==
        "s.yaml:1:4: a: found '" + std::string(60, 'x') + "', expected a number");
  CHECK_THROWS_WITH((Document{"bad\nname\x1b.yaml", ""}),
                    "bad\\nname\\x1b.yaml:1:1: found nothing but blanks, expected keys with values");
}

// ------------------------------------------------------------------------------------------------------------- keys

TEST_CASE("A key that nobody asked for is an error that names the nearest", "[core][yaml][errors]") {
  check_all(
      {
          {"traffic: {daily_users: 5, arivals: {}}\n",
           "s.yaml:1:27: traffic: unknown key 'arivals'; did you mean 'arrivals'? (known: daily_users, arrivals)"},
          {"traffic: {daily_users: 5, weather: fine}\n",
           "s.yaml:1:27: traffic: unknown key 'weather' (known: daily_users, arrivals)"},
          {"traffic: {daily_users: 5}\nTrafic: 3\n",
           "s.yaml:2:1: unknown key 'Trafic'; did you mean 'traffic'? (known: traffic)"},
          {"traffic: {daily_users: 5, arrivals: {cv: 1}}\n",
           "s.yaml:1:38: traffic.arrivals: unknown key 'cv' (known: none)"},
          {"traffic: {daily_users: 5}\nrest: [{a: 1}]\n", "s.yaml:2:1: unknown key 'rest' (known: traffic)"},
      },
      read_traffic);
  CHECK(message("options:\n  - name: a\n    slot: 4\n", read_options) ==
        "s.yaml:3:5: options.a: unknown key 'slot'; did you mean 'slots'? (known: name, slots)");
}

TEST_CASE("A line names at most forty known keys", "[core][yaml][errors]") {
  const Read read = [](const Section& root) {
    for (int i = 0; i < 45; ++i) { root.has("key" + std::to_string(i)); }
  };
  const std::string line = message("zzzzzzzzzz: 1\n", read);
  CHECK(line.find("key39, …)") != std::string::npos);
}

TEST_CASE("A missing key is an error, and a slip that may be meant is named", "[core][yaml][errors]") {
  check_all(
      {
          {"traffic:\n  dayly_users: 5\n",
           "s.yaml:1:1: traffic.daily_users: found nothing (is 'dayly_users' in line 2 meant?), expected a number "
           "from 1 to 10_000_000_000 users"},
          {"traffic: {}\n",
           "s.yaml:1:1: traffic.daily_users: found nothing, expected a number from 1 to 10_000_000_000 users"},
          {"x: 1\n", "s.yaml:1:1: traffic: found nothing, expected a mapping"},
      },
      read_traffic);
  const std::string text = "other: 1\n";
  const auto missing = [&](const Read& read) { return message(text, read); };
  CHECK(missing([](const Section& s) { s.integer("n"); }) == "s.yaml:1:1: n: found nothing, expected a whole number");
  CHECK(missing([](const Section& s) { s.share("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected a share from 0% to 100% (such as 60% or 0.6)");
  CHECK(missing([](const Section& s) { s.duration("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected a duration of at least 0s");
  CHECK(missing([](const Section& s) { s.text("n", {.expected = "the name of a model"}); }) ==
        "s.yaml:1:1: n: found nothing, expected the name of a model");
  CHECK(missing([](const Section& s) {
          s.choice("n", {"a", "b", "c"});
        }) == "s.yaml:1:1: n: found nothing, expected a, b or c");
  CHECK(missing([](const Section& s) { s.boolean("n"); }) == "s.yaml:1:1: n: found nothing, expected true or false");
  CHECK(missing([](const Section& s) { s.date("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected a date such as 2026-12-01");
  CHECK(missing([](const Section& s) { s.bytes("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected a size of at least 0B");
  CHECK(missing([](const Section& s) { s.bytes_per_second("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected a rate of at least 1B/s");
  CHECK(missing([](const Section& s) { s.money("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected an amount of money such as $0.08, of at most 18 decimals");
  CHECK(missing([](const Section& s) { s.quantity("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected a quantity such as 1.5, of at most 9 decimals");
  CHECK(missing([](const Section& s) { s.numbers("n", 24); }) ==
        "s.yaml:1:1: n: found nothing, expected a list of 24, each a number");
  CHECK(missing([](const Section& s) { s.numbers("n", 0, {.min = 0}); }) ==
        "s.yaml:1:1: n: found nothing, expected a list, each a number of at least 0");
  CHECK(missing([](const Section& s) { s.integers("n", {.max = 9}); }) ==
        "s.yaml:1:1: n: found nothing, expected a list, each a whole number of at most 9");
  CHECK(missing([](const Section& s) { s.texts("n"); }) == "s.yaml:1:1: n: found nothing, expected a list of texts");
  CHECK(missing([](const Section& s) { s.sections("n"); }) ==
        "s.yaml:1:1: n: found nothing, expected a list of at least one mapping");
}

TEST_CASE("A key without a value is never a default", "[core][yaml][errors]") {
  const std::string expected = "s.yaml:1:1: a: found no value, expected ";
  for (const char* text : {"a:\n", "a: ~\n", "a: null\n", "a:\n\n# end\n", "{a}\n"}) {
    CAPTURE(text);
    const std::string at = text[0] == '{' ? "s.yaml:1:2: a: found no value, expected " : expected;
    CHECK(message(text, [](const Section& s) { s.number("a", {.fallback = 1, .why = "w"}); }) == at + "a number");
    CHECK(message(text, [](const Section& s) { s.optional_section("a"); }) == at + "a mapping");
    CHECK(message(text, [](const Section& s) { s.optional_sections("a"); }) == at + "a list of mappings");
    CHECK(message(text, [](const Section& s) {
            if (s.kind("a") == Section::Kind::scalar) { s.text("a"); }
          }) == at + "a text");
  }
  CHECK(message("a: 'null'\n", [](const Section& s) { s.text("a"); }) == "accepted");
}

// ----------------------------------------------------------------------------------------------------------- values

TEST_CASE("A number out of its range, or none, is refused", "[core][yaml][errors]") {
  const std::string range = ", expected a number from 0.01 to 100";
  check_all(
      {
          {"cv: fast\n", "s.yaml:1:5: cv: found 'fast'" + range},
          {"cv: 0\n", "s.yaml:1:5: cv: found '0'" + range},
          {"cv: -1\n", "s.yaml:1:5: cv: found '-1'" + range},
          {"cv: 100.5\n", "s.yaml:1:5: cv: found '100.5'" + range},
          {"cv: .nan\n", "s.yaml:1:5: cv: found '.nan'" + range},
          {"cv: .inf\n", "s.yaml:1:5: cv: found '.inf'" + range},
          {"cv: 1e999\n", "s.yaml:1:5: cv: found '1e999', which is out of range" + range},
          {"cv: 0x10\n", "s.yaml:1:5: cv: found '0x10'" + range},
          {"cv: 1,000\n", "s.yaml:1:5: cv: found '1,000'" + range + " (thousands are separated by _)"},
          {"cv: 60%\n", "s.yaml:1:5: cv: found '60%'" + range},
          {"cv: ''\n", "s.yaml:1:5: cv: found ''" + range},
          {"cv: [1]\n", "s.yaml:1:5: cv: found a list" + range},
          {"cv: []\n", "s.yaml:1:5: cv: found an empty list" + range},
          {"cv: {a: 1}\n", "s.yaml:1:5: cv: found a mapping" + range},
          {"cv: {}\n", "s.yaml:1:5: cv: found an empty mapping" + range},
          {"cv: 1.1\n", "accepted"},
          {"cv: '1.1'\n", "accepted"},
          {"cv: 0.01\n", "accepted"},
          {"cv: 100\n", "accepted"},
      },
      [](const Section& root) { root.number("cv", {.min = 0.01, .max = 100}); });
  CHECK(message("n: x\n", [](const Section& s) { s.number("n", {.unit = "users"}); }) ==
        "s.yaml:1:4: n: found 'x', expected a number (users)");
  CHECK(message("n: x\n", [](const Section& s) { s.number("n", {.min = 2, .unit = "users"}); }) ==
        "s.yaml:1:4: n: found 'x', expected a number of at least 2 users");
  CHECK(message("n: x\n", [](const Section& s) { s.number("n", {.max = 0.5}); }) ==
        "s.yaml:1:4: n: found 'x', expected a number of at most 0.5");
}

TEST_CASE("A whole number is whole", "[core][yaml][errors]") {
  const std::string range = ", expected a whole number from 1 to 20_000 replicas";
  check_all(
      {
          {"n: 1.5\n", "s.yaml:1:4: n: found '1.5'" + range},
          {"n: 0\n", "s.yaml:1:4: n: found '0'" + range},
          {"n: 20_001\n", "s.yaml:1:4: n: found '20_001'" + range},
          {"n: 1e30\n", "s.yaml:1:4: n: found '1e30', which is out of range" + range},
          {"n: 20,000\n", "s.yaml:1:4: n: found '20,000'" + range + " (thousands are separated by _)"},
          {"n: many\n", "s.yaml:1:4: n: found 'many'" + range},
          {"n: 2e4\n", "accepted"},
      },
      [](const Section& root) { root.integer("n", {.min = 1, .max = 20'000, .unit = "replicas"}); });
}

TEST_CASE("A share is a percentage or a fraction", "[core][yaml][errors]") {
  const std::string range = ", expected a share from 0% to 100% (such as 60% or 0.6)";
  check_all(
      {
          {"n: 60\n", "s.yaml:1:4: n: found '60'" + range},
          {"n: 101%\n", "s.yaml:1:4: n: found '101%'" + range},
          {"n: -1%\n", "s.yaml:1:4: n: found '-1%'" + range},
          {"n: 60s\n", "s.yaml:1:4: n: found '60s', which has an unknown unit" + range},
          {"n: most\n", "s.yaml:1:4: n: found 'most'" + range},
          {"n: 100%\n", "accepted"},
          {"n: 0.6\n", "accepted"},
      },
      [](const Section& root) { root.share("n"); });
}

TEST_CASE("A duration has a known unit and keeps its limits", "[core][yaml][errors]") {
  const std::string range = ", expected a duration from 1s to 1h";
  const std::string lesson = " (such as 15s; units: ns, us, ms, s, m, h, d, w)";
  check_all(
      {
          {"ttl: 2 parsecs\n", "s.yaml:1:6: ttl: found '2 parsecs', which has an unknown unit" + range + lesson},
          {"ttl: 30\n", "s.yaml:1:6: ttl: found '30', which has no unit" + range + lesson},
          {"ttl: soon\n", "s.yaml:1:6: ttl: found 'soon'" + range + lesson},
          {"ttl: 1.5ns\n", "s.yaml:1:6: ttl: found '1.5ns', which is not whole nanoseconds" + range + lesson},
          {"ttl: 900000d\n", "s.yaml:1:6: ttl: found '900000d', which is out of range" + range},
          {"ttl: 2h\n", "s.yaml:1:6: ttl: found '2h'" + range},
          {"ttl: -5s\n", "s.yaml:1:6: ttl: found '-5s'" + range},
          {"ttl: 60m\n", "accepted"},
      },
      [](const Section& root) { root.duration("ttl", {.min = 1s, .max = 1h}); });
}

TEST_CASE("A text is not empty and has no control characters", "[core][yaml][errors]") {
  check_all(
      {
          {"n: ''\n", "s.yaml:1:4: n: found '', expected a text"},
          {"n: [a]\n", "s.yaml:1:4: n: found a list, expected a text"},
          {"n: \"a\\eb\"\n", "s.yaml:1:4: n: found 'a\\x1bb', which has control characters, expected a text"},
          {"n: \"\\u202eabc\"\n", "s.yaml:1:4: n: found '\\u202eabc', which has control characters, expected a text"},
          {"n: |\n  two\n  lines\n", "accepted"},
          {"n: ünïcödé\n", "accepted"},
      },
      [](const Section& root) { root.text("n"); });
}

TEST_CASE("A choice offers the nearest", "[core][yaml][errors]") {
  check_all(
      {
          {"n: poison\n", "s.yaml:1:4: n: found 'poison', expected poisson, gamma or mmpp; did you mean 'poisson'?"},
          {"n: x\n", "s.yaml:1:4: n: found 'x', expected poisson, gamma or mmpp"},
          {"n: {}\n", "s.yaml:1:4: n: found an empty mapping, expected poisson, gamma or mmpp"},
          {"n: mmpp\n", "accepted"},
      },
      [](const Section& root) {
        root.choice("n", {"poisson", "gamma", "mmpp"});
      });
}

TEST_CASE("Booleans, dates, sizes, rates, money and quantities say what they expect", "[core][yaml][errors]") {
  check_all({{"n: yes\n", "s.yaml:1:4: n: found 'yes', expected true or false"}, {"n: false\n", "accepted"}},
            [](const Section& root) { root.boolean("n"); });
  check_all({{"n: 2026-13-01\n", "s.yaml:1:4: n: found '2026-13-01', expected a date such as 2026-12-01"},
             {"n: 2027-02-29\n", "s.yaml:1:4: n: found '2027-02-29', expected a date such as 2026-12-01"},
             {"n: 2028-02-29\n", "accepted"}},
            [](const Section& root) { root.date("n"); });
  const std::string sizes = " (such as 16GB; units: B, kB, KB, MB, GB, TB, KiB, MiB, GiB, TiB)";
  check_all(
      {{"n: 16\n", "s.yaml:1:4: n: found '16', which has no unit, expected a size from 1kB to 1TiB" + sizes},
       {"n: 16Gb\n",
        "s.yaml:1:4: n: found '16Gb', which has an unknown unit, expected a size from 1kB to 1TiB" + sizes},
       {"n: 0.5B\n", "s.yaml:1:4: n: found '0.5B', which is not whole bytes, expected a size from 1kB to 1TiB" + sizes},
       {"n: 2TiB\n", "s.yaml:1:4: n: found '2TiB', expected a size from 1kB to 1TiB"},
       {"n: 512MiB\n", "accepted"}},
      [](const Section& root) { root.bytes("n", {.min = 1000, .max = std::int64_t{1} << 40}); });
  check_all({{"n: 1GB\n",
              "s.yaml:1:4: n: found '1GB', which has an unknown unit, expected a rate of at least 1B/s (such as 1GB/s; "
              "units: B, kB, KB, MB, GB, TB, KiB, MiB, GiB, TiB, each /s)"},
             {"n: 0B/s\n", "s.yaml:1:4: n: found '0B/s', expected a rate of at least 1B/s"},
             {"n: 1GB/s\n", "accepted"}},
            [](const Section& root) { root.bytes_per_second("n"); });
  const std::string money = ", expected an amount of money such as $0.08, of at most 18 decimals";
  check_all({{"n: cheap\n", "s.yaml:1:4: n: found 'cheap'" + money},
             {"n: .nan\n", "s.yaml:1:4: n: found '.nan'" + money},
             {"n: 1e-19\n", "s.yaml:1:4: n: found '1e-19'" + money},
             {"n: 1e40\n", "s.yaml:1:4: n: found '1e40', which is out of range" + money},
             {"n: $150_000\n", "accepted"}},
            [](const Section& root) { root.money("n"); });
  const std::string quantity = ", expected a quantity such as 1.5, of at most 9 decimals";
  check_all({{"n: some\n", "s.yaml:1:4: n: found 'some'" + quantity},
             {"n: 1e40\n", "s.yaml:1:4: n: found '1e40', which is out of range" + quantity},
             {"n: 340\n", "accepted"}},
            [](const Section& root) { root.quantity("n"); });
}

TEST_CASE("Lists are checked item by item", "[core][yaml][errors]") {
  check_all(
      {
          {"n: [1, 2]\n", "s.yaml:1:4: n: found a list of 2, expected a list of 3, each a number of at least 0"},
          {"n: [1, 2, 3, 4]\n", "s.yaml:1:4: n: found a list of 4, expected a list of 3, each a number of at least 0"},
          {"n: 5\n", "s.yaml:1:4: n: found '5', expected a list of 3, each a number of at least 0"},
          {"n: {a: 1}\n", "s.yaml:1:4: n: found a mapping, expected a list of 3, each a number of at least 0"},
          {"n: [1, -2, 3]\n", "s.yaml:1:8: n.1: found '-2', expected a number of at least 0"},
          {"n:\n  - 1\n  - [2]\n  - 3\n", "s.yaml:3:5: n.1: found a list, expected a number of at least 0"},
          {"n: [1, ~, 3]\n", "s.yaml:1:8: n.1: found no value, expected a number of at least 0"},
          {"n: [1, 2, 3]\n", "accepted"},
      },
      [](const Section& root) { root.numbers("n", 3, {.min = 0}); });
  check_all({{"n: [1, 2.5]\n", "s.yaml:1:8: n.1: found '2.5', expected a whole number"}, {"n: []\n", "accepted"}},
            [](const Section& root) { root.integers("n"); });
  check_all({{"n: [a, '']\n", "s.yaml:1:8: n.1: found '', expected a text"},
             {"n: [a, {}]\n", "s.yaml:1:8: n.1: found an empty mapping, expected a text"},
             {"n: a\n", "s.yaml:1:4: n: found 'a', expected a list of texts"}},
            [](const Section& root) { root.texts("n"); });
  check_all({{"options: []\n", "s.yaml:1:10: options: found an empty list, expected a list of at least one mapping"},
             {"options: {name: a}\n", "s.yaml:1:10: options: found a mapping, expected a list of at least one mapping"},
             {"options: [{name: a}, b]\n", "s.yaml:1:22: options.1: found 'b', expected a mapping"},
             {"options: [{name: a}, {slots: 2}]\n", "s.yaml:1:22: options.1.name: found nothing, expected a text"},
             {"options: [{name: a, slots: 0}]\n",
              "s.yaml:1:28: options.a.slots: found '0', expected a whole number of at least 1"}},
            read_options);
  check_all({{"n: []\n", "accepted"}, {"n: 5\n", "s.yaml:1:4: n: found '5', expected a list of mappings"}},
            [](const Section& root) { root.optional_sections("n"); });
}

TEST_CASE("A caller's own error is placed like the reader's", "[core][yaml][errors]") {
  Document document{"s.yaml", "a:\n  b: 1\n"};
  const Section a = document.root().section("a");
  CHECK(std::string{a.error("b", "1", "an even number").what()} == "s.yaml:2:6: a.b: found 1, expected an even number");
  CHECK(std::string{a.error("c", "nothing", "c beside b").what()} ==
        "s.yaml:1:1: a.c: found nothing, expected c beside b");
  CHECK(std::string{a.error("", "two\nlines", "one").what()} == "s.yaml:1:1: a: found two\\nlines, expected one");
}

// -------------------------------------------------------------------------------------------------------- assumptions

TEST_CASE("Several assumptions of one key are all kept, each once", "[core][yaml]") {
  const auto read = [](const Section& root) {
    for (const char* text : {"the sun shines", "it is warm", "the sun shines"})
      root.assume("assumptions", text, "stated");
  };
  CHECK(assumptions("{}\n", read) ==
        std::vector<Assumption>{{"assumptions", "the sun shines", "stated"}, {"assumptions", "it is warm", "stated"}});
}

TEST_CASE("Each default used is an assumption, once, in the order of reading", "[core][yaml]") {
  const Read read = [](const Section& root) {
    const Section a = root.section("a");
    CHECK(a.duration("sync", {.fallback = 15s, .why = "Kubernetes default"}) == 15s);
    CHECK(a.number("tolerance", {.fallback = 0.1, .why = "Kubernetes default"}) == 0.1);
    CHECK(a.share("spot", {.min = 0, .max = 1, .fallback = 0.07, .why = "w"}) == 0.07);
    CHECK(a.integer("pods", {.unit = "pods", .fallback = 20'000, .why = "w"}) == 20'000);
    CHECK(a.bytes("size", {.fallback = 16'000'000'000, .why = "w"}) == 16'000'000'000);
    CHECK(a.bytes_per_second("rate", {.fallback = 1'000'000, .why = "w"}) == 1'000'000);
    CHECK(a.text("kind", {.fallback = "hpa", .why = "w"}) == "hpa");
    CHECK(a.text("note", {.fallback = "", .why = "w"}).empty());
    CHECK(a.choice("jitter", {"none", "full"}, 1, "w") == 1);
    CHECK_FALSE(a.boolean("drain", false, "w"));
    CHECK((a.money("fee", core::Money::parse("0.08"), "w") == core::Money::parse("0.08")));
    CHECK((a.quantity("days", core::Quantity::whole(3), "w") == core::Quantity::whole(3)));
    CHECK(a.number("given", {.fallback = 1, .why = "w"}) == 2);
    a.assume("weather", "fine", "nobody knows");
    CHECK(a.duration("sync", {.fallback = 15s, .why = "Kubernetes default"}) == 15s);
  };
  CHECK(assumptions("a: {given: 2}\n", read) == std::vector<Assumption>{{"a.sync", "15s", "Kubernetes default"},
                                                                        {"a.tolerance", "0.1", "Kubernetes default"},
                                                                        {"a.spot", "7%", "w"},
                                                                        {"a.pods", "20_000 pods", "w"},
                                                                        {"a.size", "16GB", "w"},
                                                                        {"a.rate", "1MB/s", "w"},
                                                                        {"a.kind", "hpa", "w"},
                                                                        {"a.note", "none", "w"},
                                                                        {"a.jitter", "full", "w"},
                                                                        {"a.drain", "false", "w"},
                                                                        {"a.fee", "0.08", "w"},
                                                                        {"a.days", "3", "w"},
                                                                        {"a.weather", "fine", "nobody knows"}});
}

TEST_CASE("A key that is left to another reader may hold anything", "[yaml]") {
  Document document{"s.yaml", "mine: 1\nyours: {a: {b: [1, {c: 2}]}}\n"};
  document.root().integer("mine");
  CHECK_THROWS_AS(document.finish(), ConfigError);
  document.root().leave("yours");
  document.root().leave("absent");
  CHECK_NOTHROW(document.finish());
}

TEST_CASE("A curve is a list of pairs of a whole number and a duration", "[core][yaml]") {
  const Read read = [](const Section& root) {
    root.durations_by_number("curve", {.min = 1, .max = 64, .unit = "requests"}, {.min = 1ns, .max = 1h});
  };
  const Document document{"s.yaml", "curve: [[1, 5ms], [8, 9ms]]\n"};
  CHECK(document.root().durations_by_number("curve", {}, {}) ==
        std::vector<std::pair<std::int64_t, core::Duration>>{{1, 5ms}, {8, 9ms}});
  CHECK(message("curve: [[1, 5ms]]\n", read) == "accepted");
  check_all(
      {
          {"a: 1\n", "s.yaml:1:1: curve: found nothing, expected a list of pairs, each [number, duration]"},
          {"curve: []\n", "s.yaml:1:8: curve: found an empty list, expected a list of pairs, each [number, duration]"},
          {"curve: [[1, 5ms, 7]]\n", "s.yaml:1:9: curve.0: found a list, expected a pair [number, duration]"},
          {"curve: [[1, 5ms], 3]\n", "s.yaml:1:19: curve.1: found '3', expected a pair [number, duration]"},
          {"curve: [[65, 5ms]]\n", "s.yaml:1:10: curve.0: found '65', expected a whole number from 1 to 64 requests"},
          {"curve: [[1, 2h]]\n", "s.yaml:1:13: curve.0: found '2h', expected a duration from 1ns to 1h"},
          {"curve: [[1, 5 apples]]\n",
           "s.yaml:1:13: curve.0: found '5 apples', which has an unknown unit, expected a duration from 1ns to 1h "
           "(such as "
           "15s; units: ns, us, ms, s, m, h, d, w)"},
      },
      read);
}
