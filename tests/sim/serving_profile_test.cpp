// Every line that a slip in a serving profile can print, and that tables mean what their header says.
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/batching/profile.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using test_support::check_says;
using test_support::complaint;

namespace {

constexpr std::string_view linear =
    "schema: serving-profile/v1\n"
    "origin: our own run\n"
    "date: \"2026-11-02\"\n"
    "unit: us\n"
    "kv_tokens: 53_248\n"
    "tokens: [[1, 9929], [128, 10_200], [512, 22_480]]\n"
    "attention:\n"
    "  decode: {base: 300, per_sequence: 1, per_token: 0.07}\n"
    "  prefill: {base: 100, per_pair: 0.000_003}\n";

constexpr std::string_view tables =
    "schema: serving-profile/v1\n"
    "origin: our own run\n"
    "date: \"2026-11-02\"\n"
    "unit: us\n"
    "kv_tokens: 53_248\n"
    "tokens: [[1, 9929], [128, 10_200], [512, 22_480]]\n"
    "attention_tables:\n"
    "  decode: {batches: [1, 64, 128], contexts: [0, 4096], times: [[100, 900], [100, 2000], [110, 3900]]}\n"
    "  prefill: {contexts: [0, 4096], chunks: [1, 512], times: [[10, 80], [60, 500]]}\n"
    "  group_overhead: {decode: 10%, prefill: 20%}\n";

std::string replaced(std::string_view text, std::string_view old_part, std::string_view new_part) {
  std::string changed{text};
  const std::size_t at = changed.find(old_part);
  REQUIRE(at != std::string::npos);
  return changed.replace(at, old_part.size(), new_part);
}

sim::ServingProfile read(std::string_view text) { return sim::read_serving_profile("p.yaml", text); }

// What the user reads when `old_part` says `new_part`.
std::string of_linear(std::string_view old_part, std::string_view new_part) {
  return complaint([&] { read(replaced(linear, old_part, new_part)); });
}
std::string of_tables(std::string_view old_part, std::string_view new_part) {
  return complaint([&] { read(replaced(tables, old_part, new_part)); });
}

constexpr std::int64_t ps_per_us = 1'000'000;

std::int64_t prefill_ps(const sim::IterationCost& cost, std::uint32_t chunk, std::uint32_t before) {
  sim::PrefillWork work;
  work.add(chunk, before);
  return cost.mixed_ps(0, 0, work);
}

}  // namespace

TEST_CASE("A chunk beyond a table costs as its square does", "[sim][serving]") {
  const sim::IterationCost cost{{0, 10, 20},
                                sim::AttentionTables{.decode_ps = {1, 1},
                                                     .decode_batches = 1,
                                                     .decode_columns = 2,
                                                     .prefill_ps = {0, 5, 20},
                                                     .prefill_rows = 1,
                                                     .prefill_columns = 3}};
  const auto chunk_ps = [&](std::uint32_t tokens) {
    sim::PrefillWork work;
    work.add(tokens, 0);
    return cost.mixed_ps(0, 0, work) - 10 * tokens;  // without what depends on its tokens alone
  };
  CHECK(chunk_ps(1) == 5);
  CHECK(chunk_ps(2) == 20);
  CHECK(chunk_ps(4) == 80);
  CHECK(chunk_ps(10) == 500);
}

TEST_CASE("A profile tells what was measured, and on what", "[sim][serving][profile]") {
  const sim::ServingProfile profile = read(linear);
  CHECK(profile.origin == "our own run");
  CHECK(profile.date == "2026-11-02");
  CHECK(profile.gpus == 1);
  CHECK(profile.kv_tokens == 53'248);
  CHECK(profile.context_length == 1 << 20);
  CHECK(profile.largest_batch > 1 << 30);
  const sim::ServingProfile of_tables = read(tables);
  CHECK(of_tables.largest_batch == 128);
  CHECK(of_tables.context_length == 4'096);
  CHECK(read(replaced(linear, "unit: us\n", "unit: us\ngpus: 4\ncontext_length: 8192\nlicence: ours\n")).gpus == 4);
}

TEST_CASE("Between two points lies a straight line, and beyond the last it goes on", "[sim][serving][profile]") {
  const sim::IterationCost cost = read(linear).cost;
  // Attention of B answers with contexts of K tokens: 300 + B + 0.07 K microseconds.
  const auto linear_us = [&](std::uint32_t batch) {
    return static_cast<double>(cost.decode(batch, 1'000).first_ps) / ps_per_us - 300 - batch - 70;
  };
  CHECK(linear_us(1) == Approx(9'929));
  CHECK(linear_us(64) == Approx(9'929 + 63.0 / 127 * 271));
  CHECK(linear_us(128) == Approx(10'200));
  CHECK(linear_us(320) == Approx((10'200 + 22'480) / 2.0));
  CHECK(linear_us(512) == Approx(22'480));
  CHECK(linear_us(1'024) == Approx(22'480 + 512 * (22'480 - 10'200) / 384.0).epsilon(1e-8));
  // 512 tokens behind 1,000: 512 × (1,000 + 256) pairs.
  CHECK(static_cast<double>(prefill_ps(cost, 512, 1'000)) / ps_per_us == Approx(22'480 + 100 + 512 * 1'256 * 3e-6));
}

TEST_CASE("All units are units of the same time", "[sim][serving][profile]") {
  const auto in = [](std::string_view unit, std::string_view one, std::string_view hundred) {
    return read(fmt::format("schema: serving-profile/v1\norigin: o\ndate: d\nunit: {}\nkv_tokens: 9\n"
                            "tokens: [[1, {}], [2, {}]]\n"
                            "attention: {{decode: {{base: {}, per_sequence: 0, per_token: 0}}, prefill: {{base: 0, "
                            "per_pair: 0}}}}\n",
                            unit, one, hundred, one))
        .cost.decode(2, 5)
        .first_ps;
  };
  CHECK(in("ns", "1_000_000", "100_000_000") == 101 * 1'000'000'000LL);
  CHECK(in("us", "1000", "100_000") == 101 * 1'000'000'000LL);
  CHECK(in("ms", "1", "100") == 101 * 1'000'000'000LL);
  CHECK(in("s", "0.001", "0.1") == 101 * 1'000'000'000LL);
}

TEST_CASE("A grid is a plane between its points", "[sim][serving][profile]") {
  const sim::IterationCost cost = read(tables).cost;
  const auto decode_us = [&](std::uint32_t batch, std::uint64_t mean) {
    const double all = static_cast<double>(cost.decode(batch, batch * mean).first_ps) / ps_per_us;
    const double linear_part = batch <= 128 ? 9'929 + (batch - 1) / 127.0 * 271 : 0;
    return all - linear_part;
  };
  CHECK(decode_us(1, 0) == Approx(100));  // alone: no overhead of a group
  CHECK(decode_us(1, 4'096) == Approx(900));
  CHECK(decode_us(1, 2'048) == Approx(500));
  CHECK(decode_us(64, 4'096) == Approx(1.1 * 2'000));
  CHECK(decode_us(96, 2'048) == Approx(1.1 * ((100 + 110) / 2.0 + (2'000 + 3'900) / 2.0) / 2));
  // Contexts come in cells of 64 tokens, rounded up.
  CHECK(decode_us(1, 65) == decode_us(1, 128));
  CHECK(decode_us(1, 64) < decode_us(1, 65));
  CHECK(prefill_ps(cost, 512, 0) / ps_per_us == 22'480 + 80);
  CHECK(prefill_ps(cost, 512, 4'096) / ps_per_us == 22'480 + 500);
  CHECK(prefill_ps(cost, 512, 2'048) / ps_per_us == 22'480 + 290);
  // Two chunks of 300 at once cost as one of 424, and a fifth more for the group.
  sim::PrefillWork two;
  two.add(300, 0);
  two.add(300, 0);
  const double linear_us = 22'480 + (600 - 512) * (22'480 - 10'200) / 384.0;
  CHECK(static_cast<double>(cost.mixed_ps(0, 0, two)) / ps_per_us ==
        Approx(linear_us + 1.2 * (10 + (424 - 1) / 511.0 * 70)).epsilon(1e-8));
}

TEST_CASE("A table of a linear function is that function, at cells' ends", "[sim][serving][profile]") {
  // decode: 300 + B + 0.07 K, K = B × mean: bilinear in batch and mean, so the grid's four corners say all of it.
  const auto decode = [](double batch, double mean) { return 300 + batch + 0.07 * batch * mean; };
  const std::string grid = fmt::format(
      "attention_tables:\n"
      "  decode: {{batches: [1, 128], contexts: [0, 4096], times: [[{}, {}], [{}, {}]]}}\n"
      "  prefill: {{contexts: [0], chunks: [1, 512], times: [[100, 100]]}}\n",
      decode(1, 0), decode(1, 4'096), decode(128, 0), decode(128, 4'096));
  const std::string_view head = linear.substr(0, linear.find("attention:"));
  const sim::IterationCost by_table = read(std::string{head} + grid).cost;
  const sim::IterationCost by_line = read(replaced(linear, "0.000_003", "0")).cost;
  core::Stream chance{1};
  for (int i = 0; i < 1'000; ++i) {
    const auto batch = static_cast<std::uint32_t>(1 + chance.next() % 128);
    const std::uint64_t context = batch * 64 * (chance.next() % 64);
    const std::int64_t table_ps = by_table.decode(batch, context).first_ps;
    const std::int64_t line_ps = by_line.decode(batch, context).first_ps;
    CAPTURE(batch, context);
    REQUIRE(std::abs(table_ps - line_ps) <= 1);  // roundings
    // Within a cell the table is flat and takes its upper end.
    REQUIRE(by_table.decode(batch, context + batch).first_ps >= by_line.decode(batch, context + batch).first_ps - 1);
  }
  CHECK(prefill_ps(by_table, 77, 0) == prefill_ps(by_line, 77, 0));
}

TEST_CASE("A slip in a profile is told with its place", "[sim][serving][profile]") {
  CHECK(of_linear("serving-profile/v1", "serving-profile/v2") ==
        "p.yaml:1:9: schema: found 'serving-profile/v2', expected serving-profile/v1; did you mean "
        "'serving-profile/v1'?");
  check_says(of_linear("origin: our own run\n", ""), "p.yaml:1:1: origin: found nothing");
  check_says(of_linear("date: \"2026-11-02\"\n", ""), "date: found nothing");
  CHECK(of_linear("unit: us", "unit: min") == "p.yaml:4:7: unit: found 'min', expected ns, us, ms or s");
  check_says(of_linear("kv_tokens: 53_248\n", ""), "kv_tokens: found nothing");
  check_says(of_linear("kv_tokens: 53_248", "kv_tokens: 0"), "p.yaml:5:12: kv_tokens: found '0'");
  check_says(of_linear("unit: us", "unit: us\ngpus: 0"), "gpus: found '0'");
  check_says(of_linear("unit: us", "unit: us\ncontext_length: 2_000_000"), "context_length: found '2_000_000'");
  check_says(of_tables("unit: us", "unit: us\ncontext_length: 4097"),
             "context_length: found '4097', expected a whole number from 1 to 4096");
  check_says(of_linear("unit: us", "unit: us\nkv_token: 9"), "kv_token");
  CHECK(of_linear("tokens: [[1, 9929]", "token: [[1, 9929]").starts_with("p.yaml:1:1: tokens: found nothing"));
}

TEST_CASE("A profile has attention in one form", "[sim][serving][profile]") {
  const std::string_view grid = tables.substr(tables.find("attention_tables:"));
  CHECK(complaint([&] { read(std::string{linear} + std::string{grid}); }) ==
        "p.yaml:8:3: attention: found both attention and attention_tables, expected attention or attention_tables");
  CHECK(complaint([&] { read(linear.substr(0, linear.find("attention:"))); }) ==
        "p.yaml:1:1: attention: found neither of them, expected attention or attention_tables");
}

TEST_CASE("The times by tokens begin with one token, and grow from entry to entry", "[sim][serving][profile]") {
  CHECK(of_linear("[1, 9929], ", "") ==
        "p.yaml:6:9: tokens: found a first entry of 128 tokens, expected one of 1 token: [[1, time], …]");
  CHECK(of_linear("[128,", "[512,") == "p.yaml:6:9: tokens: found 512 after 512, expected numbers that grow");
  CHECK(of_linear("[128,", "[700,") == "p.yaml:6:9: tokens: found 512 after 700, expected numbers that grow");
  CHECK(of_linear("[128,", "[12.5,") ==
        "p.yaml:6:9: tokens: found 12.5 tokens, expected whole numbers of tokens from 1 to 1048576");
  check_says(of_linear("[1, 9929]", "[0, 9929]"), "found 0 tokens");
  check_says(of_linear("[128,", "[2_000_000,"), "found 2000000 tokens");
  CHECK(of_linear("10_200", "0") == "p.yaml:6:9: tokens: found a time of 0 us, expected times above 0, at most 100 s");
  check_says(of_linear("10_200", "-3"), "found a time of -3 us");
  check_says(of_linear("10_200", "200_000_000"), "found a time of 200000000 us");
  check_says(of_linear("10_200", ".nan"), "tokens");
  check_says(of_linear("10_200", ".inf"), "tokens");
  check_says(of_linear("[128, 10_200]", "[128]"), "tokens");
  check_says(of_linear("[[1, 9929], [128, 10_200], [512, 22_480]]", "[]"), "tokens");
  CHECK(of_linear(", [128, 10_200], [512, 22_480]", "").empty());  // one time for all
}

TEST_CASE("Attention as a function has all its parts, none below nothing", "[sim][serving][profile]") {
  check_says(of_linear("base: 300, ", ""), "p.yaml:8:3: attention.decode.base: found nothing");
  check_says(of_linear("per_token: 0.07", "per_token: -0.07"), "attention.decode.per_token: found '-0.07'");
  check_says(of_linear("per_sequence: 1", "per_sequence: .nan"), "attention.decode.per_sequence: found '.nan'");
  check_says(of_linear("per_pair: 0.000_003", "per_pairs: 1"), "attention.prefill.per_pair: found nothing");
  check_says(of_linear("base: 100", "base: 1e12"), "attention.prefill.base: found '1e12'");
}

TEST_CASE("A grid has no holes, and its axes grow from their first entries", "[sim][serving][profile]") {
  CHECK(of_tables("times: [[100, 900], [100, 2000], [110, 3900]]", "times: [[100, 900], [100, 2000]]") ==
        "p.yaml:8:63: attention_tables.decode.times: found 2 lists, expected 3, one for each entry of the first axis: "
        "no cell may be missing");
  check_says(of_tables("[100, 2000]", "[100]"), "attention_tables.decode.times");
  check_says(of_tables("[100, 2000]", "[100, ~]"), "attention_tables.decode.times");
  check_says(of_tables("[100, 2000]", "[100, -2000]"), "attention_tables.decode.times");
  check_says(of_tables("[100, 2000]", "[100, .inf]"), "attention_tables.decode.times");
  CHECK(of_tables("batches: [1, 64, 128]", "batches: [2, 64, 128]") ==
        "p.yaml:8:21: attention_tables.decode.batches: found a first entry of 2, expected one of 1");
  CHECK(of_tables("batches: [1, 64, 128]", "batches: [1, 128, 64]") ==
        "p.yaml:8:21: attention_tables.decode.batches: found 64 after 128, expected numbers that grow");
  check_says(of_tables("batches: [1, 64, 128]", "batches: []"), "attention_tables.decode.batches: found an empty list");
  check_says(of_tables("contexts: [0, 4096], times", "contexts: [64, 4096], times"),
             "attention_tables.decode.contexts: found a first entry of 64, expected one of 0");
  check_says(of_tables("chunks: [1, 512]", "chunks: [0, 512]"),
             "attention_tables.prefill.chunks: found a first entry of 0");
  check_says(of_tables("chunks: [1, 512]", "chunks: [1, -1]"), "attention_tables.prefill.chunks");
  check_says(of_tables("decode: 10%", "decode: 2000%"), "attention_tables.group_overhead.decode: found '2000%'");
  check_says(of_tables(", prefill: 20%", ""), "attention_tables.group_overhead.prefill: found nothing");
  CHECK(of_tables("  group_overhead: {decode: 10%, prefill: 20%}\n", "").empty());
  CHECK(
      of_tables("batches: [1, 64, 128], contexts: [0, 4096]", "batches: [1, 64, 100_000], contexts: [0, 4096]") ==
      "p.yaml:8:67: attention_tables.decode.times: found a grid that spans 100000 × 65 cells, expected at most 4194304 "
      "cells");
  check_says(of_tables("contexts: [0, 4096], chunks: [1, 512]", "contexts: [0, 4096], chunks: [1, 1_000_000]"),
             "attention_tables.prefill.times: found a grid that spans 65 × 1000000 cells");
}

TEST_CASE("A fine grid takes no more memory than its cells", "[sim][serving][profile]") {
  // 190 rows within three cells of contexts, and a million chunks: 4 million cells, 190 million numbers if each row
  // were filled by itself.
  std::string contexts = "0";
  std::string times = "[5, 9]";
  for (int i = 1; i < 190; ++i) {
    contexts += fmt::format(", {}", i);
    times += ", [5, 9]";
  }
  const std::string text =
      replaced(tables, "prefill: {contexts: [0, 4096], chunks: [1, 512], times: [[10, 80], [60, 500]]}",
               fmt::format("prefill: {{contexts: [{}], chunks: [1, 1_000_000], times: [{}]}}", contexts, times));
  const sim::IterationCost cost = read(text).cost;
  const std::int64_t step_ps = prefill_ps(cost, 600'000, 64) - prefill_ps(cost, 600'000, 0);
  CHECK(step_ps == 0);
}
