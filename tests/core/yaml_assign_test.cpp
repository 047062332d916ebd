// `--set`, which core/yaml_assign.cpp does and core/yaml_reader.hpp offers.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"

using core::ConfigError;
using core::Document;
using core::Section;
using namespace std::chrono_literals;

namespace {

// The line a user would meet, or "accepted".
std::string message(std::string_view text, const std::function<void(const Section&)>& read,
                    const std::vector<std::string>& assignments) {
  try {
    Document document{"s.yaml", text};
    for (const std::string& assignment : assignments) { document.set(assignment); }
    read(document.root());
    document.finish();
  } catch (const ConfigError& error) { return error.what(); }
  return "accepted";
}

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

constexpr std::string_view two_options = R"(traffic: {daily_users: 5}
options:
  - {name: small, slots: 1}
  - {name: llama-3.1-8b, slots: 2}
)";

std::vector<std::int64_t> slots_after(const std::vector<std::string>& assignments) {
  Document document{"s.yaml", two_options};
  for (const std::string& assignment : assignments) { document.set(assignment); }
  std::vector<std::int64_t> slots;
  for (const Section& option : document.root().sections("options")) { slots.push_back(option.integer("slots")); }
  return slots;
}

}  // namespace

TEST_CASE("An assignment replaces a value, or adds it with the mappings on the way", "[core][yaml][set]") {
  Document document{"s.yaml", "traffic: {daily_users: 5, list: [1, 2]}\nempty:\n"};
  document.set("traffic.daily_users=2_000_000");
  document.set("traffic.list.1=7");
  document.set("cache.ttl=1h");
  document.set("cache.popularity={zipf: 0.9, keys: 10}");
  document.set("empty.deep.er=x=y");
  document.set("cache.ttl=2h");  // the last one counts
  const Section root = document.root();
  CHECK(root.section("traffic").number("daily_users") == 2e6);
  CHECK(root.section("traffic").numbers("list", 2) == std::vector<double>{1, 7});
  CHECK(root.section("cache").duration("ttl") == 2h);
  CHECK(root.section("cache").section("popularity").number("zipf") == 0.9);
  CHECK(root.section("empty").section("deep").text("er") == "x=y");
}

TEST_CASE("Items of a list are addressed by name or index, and names may have dots", "[core][yaml][set]") {
  CHECK(slots_after({"options.small.slots=9"}) == std::vector<std::int64_t>{9, 2});
  CHECK(slots_after({"options.0.slots=9"}) == std::vector<std::int64_t>{9, 2});
  CHECK(slots_after({"options.1.slots=9"}) == std::vector<std::int64_t>{1, 9});
  CHECK(slots_after({"options.llama-3.1-8b.slots=9"}) == std::vector<std::int64_t>{1, 9});
  CHECK(slots_after({"options.small.name=big", "options.big.slots=8"}) == std::vector<std::int64_t>{8, 2});
  CHECK(slots_after({"options.0.name=llama-3", "options.llama-3.1-8b.slots=9"}) == std::vector<std::int64_t>{1, 9});
  CHECK(slots_after({"options.1={slots: 4}"}) == std::vector<std::int64_t>{1, 4});
}

TEST_CASE("A faulty assignment is an error at the assignment", "[core][yaml][set][errors]") {
  const auto after = [](const std::string& assignment) {
    return message(two_options,
                   [](const Section& root) {
                     read_traffic(root);
                     read_options(root);
                   },
                   {assignment});
  };
  CHECK(after("traffic.daily_users=7") == "accepted");
  CHECK(after("traffic.daily_users=many") ==
        "--set traffic.daily_users: found 'many', expected a number from 1 to 10_000_000_000 users");
  CHECK(after("traffic={daily_users: many}") ==
        "--set traffic: traffic.daily_users: found 'many', expected a number from 1 to 10_000_000_000 users");
  CHECK(after("options.0.slots=0") ==
        "--set options.0.slots: options.small.slots: found '0', expected a whole number of at least 1");
  CHECK(after("options.small.slots=0") ==
        "--set options.small.slots: found '0', expected a whole number of at least 1");
  CHECK(after("traffic.dayly_users=7") ==
        "--set traffic.dayly_users: traffic: unknown key 'dayly_users'; did you mean 'daily_users'? (known: "
        "daily_users, arrivals)");
  CHECK(after("trafic.daily_users=7") ==
        "--set trafic.daily_users: unknown key 'trafic'; did you mean 'traffic'? (known: traffic, options)");
  CHECK(after("traffic={dayly_users: 7}") ==
        "--set traffic: traffic.daily_users: found nothing (is 'dayly_users' meant?), expected a number from 1 to "
        "10_000_000_000 users");
  CHECK(after("traffic.daily_users.x=7") ==
        "--set traffic.daily_users.x: found '5' at 'traffic.daily_users', expected a mapping or a list");
  CHECK(after("options.smal.slots=7") ==
        "--set options.smal.slots: found a list of 2 without 'smal' at 'options', expected the name of an item (small, "
        "llama-3.1-8b) or an index from 0; did you mean 'small'?");
  CHECK(after("options.2.slots=7") ==
        "--set options.2.slots: found a list of 2 without '2' at 'options', expected the name of an item (small, "
        "llama-3.1-8b) or an index from 0");
  CHECK(after("traffic.daily_users=[1") ==
        "--set traffic.daily_users: found a list as a key, or a '[' that is never closed, expected a text as key, or "
        "']'");
  CHECK(after("traffic.daily_users=") == "--set traffic.daily_users: found nothing but blanks, expected a value");
  CHECK(after("traffic.daily_users=~") ==
        "--set traffic.daily_users: found no value, expected a number from 1 to 10_000_000_000 users");
  CHECK(after("traffic={a: 1, a: 2}") ==
        "--set traffic: found the key 'a' again, after line 1, expected each key once");
  CHECK(after("traffic.daily_users") == "--set: found 'traffic.daily_users', expected key=value");
  CHECK(after("") == "--set: found '', expected key=value");
  for (const char* key : {"", ".a", "a.", "a..b", "a\x1b"}) {
    CAPTURE(key);
    CHECK(after(std::string{key} + "=1").find("expected one such as traffic.daily_users") != std::string::npos);
  }
  std::string deep = "a";
  for (int level = 0; level < 70; ++level) { deep += ".a"; }
  CHECK(after(deep + "=1").find("found more than 64 levels, expected fewer") != std::string::npos);
  CHECK(message("options: [{name: a}, {name: a}]\n", read_options, {"options.a.slots=2"}) ==
        "--set options.a.slots: found two items named 'a' at 'options', expected the index of one, from 0");
}
