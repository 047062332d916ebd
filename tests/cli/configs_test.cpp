// The scenarios that ship: each reads, and the quick ones answer what their first comment asks.

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "reports/json.hpp"
#include "tests/support/billcast.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using test_support::billcast;

namespace {

const std::string configs = std::string{PROJECT_SOURCE} + "/configs/";

}  // namespace

TEST_CASE("Every scenario that ships reads, and begins with its question", "[cli][configs]") {
  std::size_t scenarios = 0;
  for (const auto& entry : std::filesystem::directory_iterator{configs}) {
    if (entry.path().extension() != ".yaml") continue;
    CAPTURE(entry.path().string());
    ++scenarios;
    std::string said;
    CHECK(billcast({"check", entry.path().string()}, said) == 0);
    CAPTURE(said);
    const std::string text = test_support::text_of(entry.path());
    const std::string comment = text.substr(0, text.find("\nscenario:"));
    CHECK(comment.starts_with("# "));
    CHECK(comment.find('?') != std::string::npos);
  }
  CHECK(scenarios >= 4);
}

TEST_CASE("How an engine batches: pieces of prompts beat whole prompts, and both beat static batches",
          "[cli][configs]") {
  const test_support::TemporaryFolder folder;
  std::string said;
  REQUIRE(billcast({"run", configs + "batching.yaml", "--quiet", "--out", folder / "result"}, said) == 0);
  const reports::Result result =
      reports::from_json("result.json", test_support::text_of(folder / "result/result.json"));
  REQUIRE(result.options.size() == 3);
  const reports::OptionReport& chunked = result.options[0];
  const reports::OptionReport& whole = result.options[1];
  const reports::OptionReport& fixed = result.options[2];
  CHECK(result.verdict.winners == std::vector<std::string>{"chunked-prefill"});
  CHECK(chunked.monthly.amount < whole.monthly.amount);
  CHECK(whole.monthly.amount < fixed.monthly.amount);
  // Who must wait for a whole batch to end waits for seconds; a prompt that goes first makes the others' answers
  // stutter.
  CHECK(fixed.time_to_first_token->p95_ns > 10 * chunked.time_to_first_token->p95_ns);
  CHECK(whole.time_per_output_token->p95_ns > chunked.time_per_output_token->p95_ns);
  for (const reports::OptionReport& option : result.options) {
    CHECK(option.engine->peak_kv_tokens <= option.engine->kv_tokens);
    CHECK(option.checks.kv_memory);
  }
}

TEST_CASE("Hybrid routing: each class meets its own target, at a fraction of the deep model's cost", "[cli][configs]") {
  const test_support::TemporaryFolder folder;
  std::string said;
  const auto run = [&](const std::string& threads) {
    REQUIRE(billcast({"run", configs + "hybrid-routing.yaml", "--quiet", "--set", "horizon.days=1", "--threads",
                      threads, "--out", folder / threads},
                     said) == 0);
    return test_support::text_of(folder / (threads + "/result.json"));
  };
  const std::string text = run("1");
  CHECK(text == run("2"));
  CHECK(text == run("8"));
  const reports::Result result = reports::from_json("result.json", text);
  REQUIRE(result.options.size() == 4);
  const reports::OptionReport& deep = result.options[0];
  const reports::OptionReport& hybrid = result.options[2];
  const reports::OptionReport& shadow = result.options[3];
  CHECK_FALSE(decision::all_held(deep.slo_checks));
  CHECK(decision::all_held(hybrid.slo_checks));
  CHECK(hybrid.monthly.amount * 3 < deep.monthly.amount);
  // All together the hybrid is slower than 100 ms; it is the class that counts.
  CHECK(hybrid.latency.p95_ns > 400'000'000);
  CHECK(hybrid.classes[0].latency.p95_ns < 100'000'000);
  // Its bill is the sum of its parts' bills.
  CHECK(hybrid.monthly.amount == hybrid.parts[0].monthly.amount + hybrid.parts[1].monthly.amount);
  // A shadow changes no answer.
  CHECK(shadow.latency == deep.latency);
  CHECK(shadow.parts[0].usage == deep.usage);
  REQUIRE(shadow.overhead.has_value());
  CHECK(shadow.overhead->others == std::vector<std::string>{"light"});
}
