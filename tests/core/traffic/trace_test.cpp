#include "core/traffic/trace.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/traffic/arrivals.hpp"
#include "core/traffic/demand.hpp"
#include "core/yaml_reader.hpp"
#include "tests/core/statistics.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

using namespace core;
using namespace core::traffic;
using namespace std::chrono_literals;

namespace {

const Date monday = std::chrono::sys_days{std::chrono::year{2026} / 11 / 30};

std::shared_ptr<const Trace> shared(const std::string& text) {
  return std::make_shared<const Trace>(read_trace("t.csv", text));
}

struct Row {
  std::int64_t at_ns;
  std::uint32_t input;
  std::uint32_t output;
  bool operator==(const Row&) const = default;
};

std::vector<Row> played(const TraceReplay& replay, std::int32_t hours, std::uint64_t seed = 1) {
  ArrivalsConfig config{.process = ArrivalsConfig::Process::trace};
  config.trace = replay;
  const auto process = make_arrivals(config, Demand{{}, Horizon::hours(monday, hours)}, Stream{seed});
  auto block = std::make_unique<Block>();
  std::vector<Row> rows;
  bool is_in_order = true;
  for (std::int32_t hour = 0; hour < hours; ++hour) {
    for (process->take(*block, (hour + 1) * ns_per_hour); block->count > 0;
         process->take(*block, (hour + 1) * ns_per_hour)) {
      for (std::size_t i = 0; i < block->count; ++i) {
        const std::int64_t at_ns = block->arrival_ns[i];
        is_in_order = is_in_order && at_ns >= hour * ns_per_hour && at_ns < (hour + 1) * ns_per_hour &&
                      (rows.empty() || at_ns >= rows.back().at_ns);
        rows.push_back({at_ns, block->input_tokens[i], block->output_tokens[i]});
      }
    }
  }
  REQUIRE(is_in_order);
  return rows;
}

}  // namespace

TEST_CASE("A trace in seconds is read to the nanosecond", "[traffic][trace]") {
  const Trace trace = read_trace("t.csv", "time,input,output\n0.25,374,44\n0.25,1,0\n3,5,6\n3.0000000014,7,8\n");
  CHECK(trace.at_ns == std::vector<std::int64_t>{250'000'000, 250'000'000, 3'000'000'000, 3'000'000'001});
  CHECK(trace.input_tokens == std::vector<std::uint32_t>{374, 1, 5, 7});
  CHECK(trace.output_tokens == std::vector<std::uint32_t>{44, 0, 6, 8});
}

TEST_CASE("A trace with Azure's columns starts with its first row", "[traffic][trace]") {
  const Trace trace = read_trace("t.csv",
                                 "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                                 "2023-11-16 23:59:59.9000000,374,44\r\n"
                                 "2023-11-17 00:00:00.1000001,396,109\r\n"
                                 "\r\n");
  CHECK(trace.at_ns == std::vector<std::int64_t>{0, 200'000'100});
  CHECK(trace.output_tokens == std::vector<std::uint32_t>{44, 109});
}

TEST_CASE("Columns are found by name, wherever they stand", "[traffic][trace]") {
  const Trace trace = read_trace("t.csv", "\xef\xbb\xbfuser,output,time,input\na,3,1,2\n");
  CHECK(trace.at_ns == std::vector<std::int64_t>{1'000'000'000});
  CHECK(trace.input_tokens.at(0) == 2);
  CHECK(trace.output_tokens.at(0) == 3);
}

TEST_CASE("A trace of JSON lines is read with the ids of its prompts' blocks", "[traffic][trace][prefix]") {
  const Trace trace =
      read_trace("t.jsonl",
                 "{\"timestamp\": 5, \"input_length\": 513, \"output_length\": 7, \"hash_ids\": [0, 3]}\n"
                 " {\"hash_ids\":[],\t\"output_length\":1,\"input_length\":0 , \"timestamp\":5}\r\n"
                 "{\"timestamp\": 27482, \"input_length\": 1024, \"output_length\": 52, "
                 "\"hash_ids\": [0 ,4294967295 ] }\n"
                 "\n");
  CHECK(trace.at_ns == std::vector<std::int64_t>{5'000'000, 5'000'000, 27'482'000'000});
  CHECK(trace.input_tokens == std::vector<std::uint32_t>{513, 0, 1024});
  CHECK(trace.output_tokens == std::vector<std::uint32_t>{7, 1, 52});
  REQUIRE(trace.has_prefixes());
  std::vector<std::uint64_t> keys{99};
  trace.prefix_keys(0, 0, keys);
  CHECK(keys == std::vector<std::uint64_t>{0, 3});
  trace.prefix_keys(1, 0, keys);
  CHECK(keys.empty());
  trace.prefix_keys(2, 7, keys);
  CHECK(keys == std::vector<std::uint64_t>{0x7'0000'0000, 0x7'ffff'ffff});
  // Content of another round is other content.
  std::vector<std::uint64_t> others;
  trace.prefix_keys(2, 8, others);
  CHECK(keys[0] != others[0]);
}

TEST_CASE("JSON lines need not say how prompts begin", "[traffic][trace][prefix]") {
  const Trace trace = read_trace("t.jsonl",
                                 "\xef\xbb\xbf{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500}\n"
                                 "{\"timestamp\": 3000, \"input_length\": 1, \"output_length\": 0}");
  CHECK(trace.at_ns == std::vector<std::int64_t>{0, 3'000'000'000});
  CHECK(trace.input_tokens == std::vector<std::uint32_t>{6758, 1});
  CHECK_FALSE(trace.has_prefixes());
  CHECK_FALSE(read_trace("t.csv", "time,input,output\n0,1,2\n").has_prefixes());
}

TEST_CASE("What is wrong with JSON lines is said with their line", "[traffic][trace][prefix]") {
  struct Case {
    std::string text;
    std::string message;
  };
  const std::string row = "{\"timestamp\": 9, \"input_length\": 3, \"output_length\": 4, \"hash_ids\": [5]}\n";
  const std::string bare = "{\"timestamp\": 9, \"input_length\": 3, \"output_length\": 4}\n";
  const std::string keys = "expected one of the keys \"timestamp\", \"input_length\", \"output_length\", \"hash_ids\"";
  const std::string tokens = "expected a whole number of tokens from 0 to 1,000,000,000";
  const std::string ids = "expected a whole number from 0 to 4,294,967,295";
  const auto with = [](const std::string& input, const std::string& ids_of_it) {
    return "{\"timestamp\": 9, \"input_length\": " + input + ", \"output_length\": 4, \"hash_ids\": " + ids_of_it + "}";
  };
  const std::vector<Case> cases{
      {row + "\n" + row, "t:2: found a blank line, expected a request in braces, or the end of the file"},
      {"\n" + row, "t:1: found a blank line, expected a request in braces, or the end of the file"},
      {row + "[1]", "t:2: found '[1]', expected '{'"},
      {"{}", "t:1: found '}', " + keys},
      {"{", "t:1: found the end of the line, " + keys},
      {"{\"timestamps\": 1}", "t:1: found '\"timestamps\": 1}', " + keys},
      {"{\"timestamp\" 1}", "t:1: found '1}', expected ':'"},
      {"{\"timestamp\": 1,}", "t:1: found '}', " + keys},
      {"{\"timestamp\": 1 \"input_length\": 2}", "t:1: found '\"input_length\": 2}', expected ',' or '}'"},
      {"{\"timestamp\": 1, \"timestamp\": 1}", "t:1: found timestamp twice, expected each key once"},
      {"{\"timestamp\": 1}", "t:1: found no input_length, expected it in every row"},
      {"{\"timestamp\": 1, \"input_length\": 2}", "t:1: found no output_length, expected it in every row"},
      {"{\"timestamp\": 1.5}",
       "t:1: found '1.5' for timestamp, expected whole milliseconds from 0 to 1,000,000,000,000"},
      {"{\"timestamp\": 1000000000001}",
       "t:1: found '1000000000001' for timestamp, expected whole milliseconds from 0 to 1,000,000,000,000"},
      {"{\"timestamp\":", "t:1: found nothing for timestamp, expected whole milliseconds from 0 to 1,000,000,000,000"},
      {with("-3", "[1]"), "t:1: found '-3' for input_length, " + tokens},
      {with("03", "[1]"), "t:1: found '03' for input_length, " + tokens},
      {with("\"3\"", "[1]"), "t:1: found '\"3\"' for input_length, " + tokens},
      {with("1000000001", "[1]"), "t:1: found '1000000001' for input_length, " + tokens},
      {with("3", "5"), "t:1: found '5}', expected '['"},
      {with("3", "[5"), "t:1: found '}', expected ',' or ']'"},
      {with("3", "[5,]"), "t:1: found nothing for hash_ids, " + ids},
      {with("3", "[4294967296]"), "t:1: found '4294967296' for hash_ids, " + ids},
      {with("3", "[null]"), "t:1: found 'null' for hash_ids, " + ids},
      {with("513", "[1]"), "t:1: found 1 hash_ids for 513 tokens, expected 2, one for each 512 tokens or less"},
      {with("512", "[1, 2]"), "t:1: found 2 hash_ids for 512 tokens, expected 1, one for each 512 tokens or less"},
      {with("0", "[1]"), "t:1: found 1 hash_ids for 0 tokens, expected 0, one for each 512 tokens or less"},
      {with("1025", "[8, 1, 8]"),
       "t:1: found 8 twice in hash_ids, expected different ids, for each stands for the whole prompt up to its block"},
      {bare.substr(0, bare.size() - 1) + " x", "t:1: found 'x', expected the end of the line"},
      {row + bare, "t:2: found no hash_ids, expected them in every row, as in the rows before"},
      {bare + row, "t:2: found hash_ids, expected none, as in the rows before"},
      {row + "{\"timestamp\": 8, \"input_length\": 3, \"output_length\": 4, \"hash_ids\": [5]}\n",
       "t:2: found timestamp 8 after 9, expected times in order"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK_THROWS_AS(read_trace("t", c.text), ConfigError);
    CHECK_THROWS_WITH(read_trace("t", c.text), c.message);
  }
}

TEST_CASE("What is wrong with a trace is said with its line", "[traffic][trace]") {
  struct Case {
    std::string text;
    std::string message;
  };
  const std::string plain = "time,input,output\n";
  const std::string azure = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  const std::vector<Case> cases{
      {"",
       "t.csv:1: found an empty file, expected the columns time,input,output or "
       "TIMESTAMP,ContextTokens,GeneratedTokens, or JSON lines"},
      {"when,input,output\n1,2,3\n",
       "t.csv:1: found the header 'when,input,output', expected the columns "
       "time,input,output or TIMESTAMP,ContextTokens,GeneratedTokens, or JSON lines"},
      {"time,input\n1,2\n", "t.csv:1: found no column output, expected the columns time,input,output"},
      {"TIMESTAMP,GeneratedTokens\n",
       "t.csv:1: found no column ContextTokens, expected the columns TIMESTAMP,ContextTokens,GeneratedTokens"},
      {plain, "t.csv:1: found no request, expected at least one row after the header"},
      {plain + "1,2,3\n0.5,2,3\n", "t.csv:3: found '0.5' after '1', expected times in order"},
      {plain + "1,2\n", "t.csv:2: found 2 columns, expected 3, as in the header"},
      {plain + "1,2,3,4\n", "t.csv:2: found 4 columns, expected 3, as in the header"},
      {plain + "1,2,3\n\n4,5,6\n", "t.csv:3: found a blank line, expected three columns, or the end of the file"},
      {plain + "1,-2,3\n",
       "t.csv:2: found '-2' in column input, expected a whole number of tokens from 0 to 1,000,000,000"},
      {plain + "1,2,1e3\n",
       "t.csv:2: found '1e3' in column output, expected a whole number of tokens from 0 to 1,000,000,000"},
      {plain + "1,2,1000000001\n",
       "t.csv:2: found '1000000001' in column output, expected a whole number of tokens from 0 to 1,000,000,000"},
      {plain + "1,2,99999999999999999999\n",
       "t.csv:2: found '99999999999999999999' in column output, expected a "
       "whole number of tokens from 0 to 1,000,000,000"},
      {plain + "nan,2,3\n",
       "t.csv:2: found 'nan' in column time, expected seconds as a plain decimal number from 0 to 1,000,000,000"},
      {plain + "-1,2,3\n",
       "t.csv:2: found '-1' in column time, expected seconds as a plain decimal number from 0 to 1,000,000,000"},
      {plain + "1.2.3,2,3\n",
       "t.csv:2: found '1.2.3' in column time, expected seconds as a plain decimal number from 0 to 1,000,000,000"},
      {azure + "2023-13-16 18:15:46.6805900,1,2\n",
       "t.csv:2: found '2023-13-16 18:15:46.6805900' in column "
       "TIMESTAMP, expected a time such as 2023-11-16 18:15:46.6805900"},
      {azure + "2023-11-16 18:15:60,1,2\n",
       "t.csv:2: found '2023-11-16 18:15:60' in column TIMESTAMP, expected a "
       "time such as 2023-11-16 18:15:46.6805900"},
      {azure + "1.5,1,2\n",
       "t.csv:2: found '1.5' in column TIMESTAMP, expected a time such as 2023-11-16 "
       "18:15:46.6805900"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK_THROWS_AS(read_trace("t.csv", c.text), ConfigError);
    CHECK_THROWS_WITH(read_trace("t.csv", c.text), c.message);
  }
}

TEST_CASE("A replay gives the rows at their times, and no more", "[traffic][trace]") {
  const TraceReplay replay{.trace = shared("time,input,output\n0,1,2\n1.5,3,4\n3600,5,6\n7200,7,8\n")};
  CHECK(played(replay, 2) == std::vector<Row>{{0, 1, 2}, {1'500'000'000, 3, 4}, {3'600'000'000'000, 5, 6}});
  CHECK(replay.expected_requests(2h) == 3);
  CHECK(replay.expected_requests(3h) == 4);
}

TEST_CASE("Speed divides the times", "[traffic][trace]") {
  const TraceReplay replay{.trace = shared("time,input,output\n0,1,2\n1.5,3,4\n7200,5,6\n"), .speed = 3};
  CHECK(played(replay, 1) == std::vector<Row>{{0, 1, 2}, {500'000'000, 3, 4}, {2'400'000'000'000, 5, 6}});
}

TEST_CASE("A repeated trace starts again a mean gap after its last row", "[traffic][trace]") {
  // Mean gap 500 s: rounds of 1500 s.
  const TraceReplay replay{.trace = shared("time,input,output\n0,1,2\n100,3,4\n1000,5,6\n"), .repeat = true};
  const auto rows = played(replay, 1);
  const auto s = [](std::int64_t seconds) { return seconds * ns_per_second; };
  CHECK(rows == std::vector<Row>{{s(0), 1, 2},
                                 {s(100), 3, 4},
                                 {s(1000), 5, 6},
                                 {s(1500), 1, 2},
                                 {s(1600), 3, 4},
                                 {s(2500), 5, 6},
                                 {s(3000), 1, 2},
                                 {s(3100), 3, 4}});
  CHECK(replay.expected_requests(1h) == 8);
  CHECK(replay.peak_per_s() == Approx(1.0 / 60));
}

TEST_CASE("Times beyond all horizons stay beyond them, however slow the replay", "[traffic][trace]") {
  const auto far =
      shared("TIMESTAMP,ContextTokens,GeneratedTokens\n1970-01-01 00:00:00,1,2\n2243-10-16 00:00:00,3,4\n");
  for (const double speed : {1.0, 1e-6}) {
    CHECK(played({.trace = far, .speed = speed, .repeat = true, .scale = 3}, 2).size() >= 1);
    CHECK(TraceReplay{.trace = far, .speed = speed, .repeat = true}.expected_requests(2h) == 1);
  }
  CHECK_THROWS_WITH(shared("TIMESTAMP,ContextTokens,GeneratedTokens\n1969-12-31 00:00:00,1,2\n"),
                    "t.csv:2: found '1969-12-31 00:00:00' in column TIMESTAMP, expected a time such as 2023-11-16 "
                    "18:15:46.6805900");
}

TEST_CASE("A scaled trace stands for as many requests, with the rows where they were", "[traffic][trace]") {
  std::string text = "time,input,output\n";
  for (int i = 0; i < 3600; ++i) { text += fmt::format("{},{},{}\n", i, i % 100, i % 7); }
  const TraceReplay one{.trace = shared(text)};
  const TraceReplay more{.trace = one.trace, .scale = 2.3};
  const auto originals = played(one, 1);
  const auto copies = played(more, 1);
  CHECK(more.expected_requests(1h) == Approx(3600 * 2.3));
  // 3600 coins of 0.3: five deviations; copies of the last row may fall beyond the hour.
  CHECK(std::fabs(static_cast<double>(copies.size()) - 3600 * 2.3) < 5 * std::sqrt(3600 * 0.21) + 3);
  std::size_t found = 0;
  std::vector<double> distances_s;
  for (const Row& row : copies) {
    if (found < originals.size() && row == originals[found]) {
      ++found;
      continue;
    }
    // A copy lies within half a mean gap, 0.5 s, of the row with its tokens.
    const double at_s = static_cast<double>(row.at_ns) / 1e9;
    const double distance = at_s - std::round(at_s);
    CHECK(static_cast<std::uint32_t>(std::round(at_s)) % 100 == row.input);
    distances_s.push_back(distance);
  }
  CHECK(found == 3600);
  CHECK(statistics::kolmogorov(distances_s, [](double x) { return x + 0.5; }) < statistics::kolmogorov_bound);
  for (std::size_t i = 1; i < copies.size(); ++i) { CHECK(copies[i].at_ns >= copies[i - 1].at_ns); }
  // Rows of the next hour have copies in this one.
  const TraceReplay slow{.trace = shared("time,input,output\n0,1,1\n3601,2,2\n"), .scale = 50};
  const auto early = played(slow, 2);
  CHECK(std::count_if(early.begin(), early.end(),
                      [](const Row& row) { return row.input == 2 && row.at_ns < ns_per_hour; }) > 10);
  CHECK(played(more, 1, 1) == copies);
  CHECK(played(more, 1, 2) != copies);
}

TEST_CASE("A scale below 1 thins the trace", "[traffic][trace]") {
  std::string text = "time,input,output\n";
  for (int i = 0; i < 10'000; ++i) { text += fmt::format("{:.1f},1,1\n", i * 0.1); }
  const auto kept = played({.trace = shared(text), .scale = 0.25}, 1);
  CHECK(std::fabs(static_cast<double>(kept.size()) - 2500) < 5 * std::sqrt(10'000 * 0.1875));
}

TEST_CASE("Requests know their row, and which playing and copy of the trace they belong to",
          "[traffic][trace][prefix]") {
  std::string text;
  for (int i = 0; i < 600; ++i) {
    text += fmt::format(R"({{"timestamp": {}, "input_length": {}, "output_length": 1, "hash_ids": [{}]}})"
                        "\n",
                        1000 * i, 1 + i % 512, i / 2);
  }
  const std::shared_ptr<const Trace> trace = shared(text);
  struct Request {
    std::int64_t at_ns;
    std::uint32_t input;
    std::uint32_t row;
    std::uint32_t round;
  };
  const auto requests_of = [&](const TraceReplay& replay) {
    ArrivalsConfig config{.process = ArrivalsConfig::Process::trace};
    config.trace = replay;
    const auto process = make_arrivals(config, Demand{{}, Horizon::hours(monday, 1)}, Stream{1});
    const auto block = std::make_unique<Block>();
    std::vector<Request> requests;
    for (process->take(*block, ns_per_hour); block->count > 0; process->take(*block, ns_per_hour)) {
      REQUIRE(block->has_prefixes);
      for (std::size_t i = 0; i < block->count; ++i) {
        requests.push_back(
            {block->arrival_ns[i], block->input_tokens[i], block->prefix_row[i], block->prefix_round[i]});
      }
    }
    for (const Request& request : requests) { REQUIRE(trace->input_tokens.at(request.row) == request.input); }
    return requests;
  };

  SECTION("Played once, at any speed: rows in order, all of one round") {
    for (const double speed : {1.0, 7.5}) {
      const auto requests = requests_of({.trace = trace, .speed = speed});
      REQUIRE(requests.size() == 600);
      for (std::uint32_t i = 0; i < 600; ++i) {
        CHECK(requests[i].row == i);
        CHECK(requests[i].round == 0);
      }
    }
  }
  SECTION("Repeated: a round each playing") {
    const auto requests = requests_of({.trace = trace, .repeat = true});
    REQUIRE(requests.size() == 3600);
    for (std::uint32_t i = 0; i < 3600; ++i) {
      REQUIRE(requests[i].row == i % 600);
      REQUIRE(requests[i].round == i / 600);
    }
  }
  SECTION("Multiplied: a round each copy of each playing; the rows themselves are the first of them") {
    const TraceReplay replay{.trace = trace, .repeat = true, .scale = 2.3};
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    std::size_t thirds = 0;
    for (const Request& request : requests_of(replay)) {
      REQUIRE(seen.emplace(request.round, request.row).second);  // so no prompt meets itself
      REQUIRE(request.round < 3 * 7);  // copies of a seventh playing's first row may fall before the end
      // A copy lies within half a mean gap, 0.5 s, of its row.
      const std::int64_t row_ns = replay.at_ns(request.round / 3, request.row);
      REQUIRE(std::abs(request.at_ns - row_ns) <= (request.round % 3 == 0 ? 0 : ns_per_second / 2));
      thirds += request.round % 3 == 2 ? 1 : 0;
    }
    CHECK(std::fabs(static_cast<double>(thirds) - 3600 * 0.3) < 5 * std::sqrt(3600 * 0.21) + 2);
  }
  SECTION("Thinned: still of their rows") {
    const auto requests = requests_of({.trace = trace, .scale = 0.5});
    CHECK(std::fabs(static_cast<double>(requests.size()) - 300) < 5 * std::sqrt(600 * 0.25));
    for (const Request& request : requests) { REQUIRE(request.round == 0); }
  }
}

TEST_CASE("The published trace is read whole", "[traffic][trace]") {
  const auto text = test_support::read_reference_data("traces/azure_llm_2023_conv.csv");
  if (!text) { return; }
  const Trace trace = read_trace("azure.csv", *text);
  CHECK(trace.at_ns.size() == 19'366);
  CHECK(static_cast<double>(trace.at_ns.back()) / 1e9 == Approx(3501.7).margin(0.05));
  double input = 0;
  double output = 0;
  for (std::size_t i = 0; i < trace.at_ns.size(); ++i) {
    input += trace.input_tokens[i];
    output += trace.output_tokens[i];
  }
  CHECK(input / 19'366 == Approx(1154.7).margin(0.05));
  CHECK(output / 19'366 == Approx(211.1).margin(0.05));
  const TraceReplay replay{.trace = std::make_shared<const Trace>(trace)};
  CHECK(replay.peak_per_s() == Approx(8.45).margin(0.2));  // its busiest minute; ours are counted from the first row
}
