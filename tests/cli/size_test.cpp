// `billcast size` from end to end: cards, engines, prices, and what is printed.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "core/text_lines.hpp"
#include "reports/json.hpp"
#include "reports/json_io.hpp"
#include "reports/table.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using test_support::check_says;
using test_support::TemporaryFolder;
using test_support::text_of;

namespace {

// What the tests ask of the JSON.
struct Instances {
  std::string name;
  std::int64_t count = 0;
  core::Money price;
  core::Money monthly;
};
struct Gpu {
  std::string gpu;
  bool holds = false;
  std::string why_out;
  std::int64_t tensor_parallel = 0;
  std::int64_t replicas = 0;
  std::vector<std::int64_t> measured_ns;
  std::optional<Instances> instances;
};
struct Answer {
  std::string verdict;
  std::vector<Gpu> gpus;
  std::vector<std::string> warnings;
};

struct Outcome {
  int code = 0;
  std::string out;
  std::string error;
};

Outcome size(std::vector<std::string> arguments) {
  Outcome outcome;
  const cli::Console console{.out = [&](std::string_view text) { outcome.out += text; },
                             .error = [&](std::string_view text) { outcome.error += text; }};
  arguments.insert(arguments.begin(), "size");
  outcome.code = cli::run_program(arguments, console);
  return outcome;
}

}  // namespace

template <>
struct reports::Fields<Instances> {
  static void visit(auto& io, Instances& i) {
    io("name", i.name);
    io("count", i.count);
    io("price_per_hour", i.price);
    io("monthly", i.monthly);
  }
};
template <>
struct reports::Fields<Gpu> {
  static void visit(auto& io, Gpu& g) {
    io("gpu", g.gpu);
    io("holds", g.holds);
    io("why_out", g.why_out);
    io("tensor_parallel", g.tensor_parallel);
    io("replicas", g.replicas);
    io("measured_ns", g.measured_ns);
    io("instances", g.instances);
  }
};
template <>
struct reports::Fields<Answer> {
  static void visit(auto& io, Answer& a) {
    io("verdict", a.verdict);
    io("gpus", a.gpus);
    io("warnings", a.warnings);
  }
};

namespace {

Answer answer(std::vector<std::string> arguments) {
  arguments.emplace_back("--json");
  const Outcome outcome = size(arguments);
  INFO(outcome.error);
  REQUIRE(outcome.code == cli::exit_done);
  return reports::read_json<Answer>("size.json", outcome.out);
}

const std::vector<std::string> question{"llama-3-8b", "L4", "A10G",  "A100",          "H100",
                                        "--rate",     "50", "--slo", "ttft.p95<500ms"};

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("A model is sized on five GPUs in seconds, the cheapest first", "[size][end-to-end]") {
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = size(question);
  const auto took = std::chrono::steady_clock::now() - begin;
  INFO(outcome.error << outcome.out);
  REQUIRE(outcome.code == cli::exit_done);
  // 0.2 s of an optimised build; the sanitizers take some twenty times as long.
  CHECK(took < std::chrono::seconds{10});
  check_says(outcome.out, "llama-3-8b at 50 requests/s (poisson), azure-conversation-2023: 1,155 tokens in and 211.1");
  check_says(outcome.out, "is the cheapest that holds ttft.p95<500ms at 50 requests/s: ");
  for (const char* gpu : {"L4", "A10G", "A100-40GB", "A100-80GB", "H100"}) check_says(outcome.out, gpu);
  for (const std::string_view line : core::split(outcome.out, '\n')) {
    if (!line.starts_with("  billcast size")) CHECK(reports::display_width(line) <= 100);
  }
  check_says(outcome.out,
             "\nREPRODUCE\n  billcast size llama-3-8b L4 A10G A100 H100 --rate 50 --slo 'ttft.p95<500ms'\n");
}

TEST_CASE("The same question has the same answer, to the byte", "[size][end-to-end]") {
  CHECK(size(with(question, {"--json"})).out == size(with(question, {"--json"})).out);
  CHECK(size(with(question, {"--json"})).out != size(with(question, {"--json", "--seed", "2"})).out);
}

TEST_CASE("What holds is within its objective, in order of cost, and priced without rounding", "[size][end-to-end]") {
  const Answer all = answer({"llama-3-8b", "--rate", "50", "--slo", "ttft.p95<1s", "--slo", "tpot.mean<=60ms"});
  CHECK(all.gpus.size() >= 11);
  core::Money last;
  bool any_is_out = false;
  for (const Gpu& gpu : all.gpus) {
    CAPTURE(gpu.gpu, gpu.why_out);
    CHECK(gpu.gpu != "GB200");  // unasked, and nobody rents it out
    CHECK(gpu.holds == gpu.instances.has_value());
    CHECK(gpu.holds == gpu.why_out.empty());
    any_is_out = any_is_out || !gpu.holds;
    if (!gpu.holds) continue;
    CHECK_FALSE(any_is_out);
    REQUIRE(gpu.measured_ns.size() == 2);
    CHECK(gpu.measured_ns[0] < 1'000'000'000);
    CHECK(gpu.measured_ns[1] <= 60'000'000);
    CHECK(gpu.instances->monthly == gpu.instances->price * gpu.instances->count * 730);
    CHECK(gpu.instances->monthly >= last);
    last = gpu.instances->monthly;
  }
}

TEST_CASE("A tighter objective, more load or longer answers never take fewer replicas", "[size][end-to-end]") {
  const auto replicas = [](const std::string& rate, const std::string& slo, const std::string& tokens) {
    return answer({"llama-3-8b", "H100", "--rate", rate, "--slo", slo, "--tokens", tokens}).gpus.front().replicas;
  };
  const std::int64_t base = replicas("100", "ttft.p95<500ms", "512:128");
  CHECK(base >= 1);
  CHECK(replicas("200", "ttft.p95<500ms", "512:128") > base);
  CHECK(replicas("100", "ttft.p95<100ms", "512:128") >= base);
  CHECK(replicas("100", "ttft.p95<500ms", "512:512") > base);
}

TEST_CASE("A model that fits no GPU by itself gets as many as it needs", "[size][end-to-end]") {
  const Answer large = answer({"llama-3-70b", "H100", "T4", "--rate", "2", "--slo", "ttft.p95<2s"});
  CHECK(large.gpus[0].gpu == "H100");
  CHECK(large.gpus[0].tensor_parallel >= 2);
  check_says(large.gpus[1].why_out, "does not fit: 141.1 GB of weights");
  const Answer small = answer({"llama-3-70b", "H100", "--rate", "2", "--slo", "ttft.p95<2s", "--quantization", "int4"});
  CHECK(small.gpus[0].tensor_parallel == 1);
  const Answer asked = answer({"llama-3-8b", "H100", "--rate", "2", "--slo", "ttft.p95<2s", "--tensor-parallel", "4"});
  CHECK(asked.gpus[0].tensor_parallel == 4);
  CHECK(asked.gpus[0].instances->name == "aws/p5.48xlarge");
}

TEST_CASE("Own prices decide", "[size][end-to-end]") {
  const TemporaryFolder folder;
  const std::string table = folder.write("own.yaml", R"(schema: price-table/v1
id: own
revision: 2026-11-30
currency: USD
as_of: 2026-11-30
stale_after: 90d
licence: "our contract"
provider: aws
region: us-east-1
sources:
  - {id: contract, url: "contract 4711", retrieved: 2026-11-30, confidence: vendor}
skus:
  - id: rack
    aliases: [own/rack]
    service: {name: Own, category: Compute, subcategory: Virtual Machines}
    meter: instance_time
    unit: Hours
    spec: {vcpu: 96, memory_gib: 1000, gpu: {model: L4, count: 8, memory_gib: 24}}
    granularity: {step: 1s, minimum: 60s}
    source: contract
    offers: [{id: on_demand, price: "0.01"}]
)");
  const Answer own = answer(with(question, {"--price-table", table, "--tokens", "512:128"}));
  CHECK(own.gpus.front().gpu == "L4");
  CHECK(own.gpus.front().instances->name == "own/rack");
}

TEST_CASE("A percentile of too few requests is warned of, and so is a fleet that is full", "[size][end-to-end]") {
  const Answer few = answer({"llama-3-8b", "H100", "--rate", "0.5", "--slo", "ttft.p99.9<2s"});
  REQUIRE(few.warnings.size() == 1);
  check_says(few.warnings[0], "ttft.p99.9 rests on about 816 requests; 6,636 make it sure: --duration 277m");
  const Answer full = answer({"llama-3-8b", "L4", "--rate", "500", "--slo", "latency.mean<60s", "--tokens", "512:128"});
  REQUIRE(full.warnings.size() == 1);
  check_says(full.warnings[0], "L4 holds with a load of more than 95 %");
}

TEST_CASE("What cannot be sized is said in one line", "[size][end-to-end][errors]") {
  const Outcome context = size({"llama-2-7b", "H100", "--rate", "1", "--slo", "ttft.p95<1s"});
  CHECK(context.code == cli::exit_users_input);
  CHECK(context.error ==
        "billcast size: --tokens: found requests of up to 6,837 tokens, expected at most 4,096, the context of "
        "llama-2-7b\n");
  const Outcome few = size({"llama-3-8b", "H100", "--rate", "0.01", "--slo", "ttft.p95<1s", "--duration", "10m"});
  CHECK(few.code == cli::exit_users_input);
  CHECK(few.error ==
        "billcast size: --duration: found 10m, in which about 4.8 requests are measured, expected at least 10, as in "
        "21m\n");
  const Outcome tokens = size({"llama-3-8b", "--rate", "1", "--slo", "ttft.p95<1s", "--tokens", "azure-2023"});
  CHECK(tokens.code == cli::exit_users_input);
  check_says(tokens.error, "'tokens/azure-2023': found no such file");
  const Outcome table = size(with(question, {"--price-table", "no-such.yaml"}));
  CHECK(table.code == cli::exit_users_input);
  check_says(table.error, "cannot read 'no-such.yaml'");
}

TEST_CASE("The user may stop it", "[size][end-to-end]") {
  const std::atomic<bool> interrupt{true};
  const cli::Console console{.out = [](std::string_view) { FAIL("nothing is printed"); },
                             .error = [](std::string_view) {},
                             .interrupt = &interrupt};
  CHECK(cli::run_program(with({"size"}, question), console) == cli::exit_interrupted);
}

// Same seed, same requests, same engines and router; the scenario measures the whole hour, the sizing its middle.
TEST_CASE("A scenario with the fleet that was found feels what the sizing said", "[size][end-to-end]") {
  const Answer sized = answer({"llama-3-8b", "H100", "--rate", "50", "--slo", "ttft.p95<500ms", "--slo",
                               "tpot.p95<100ms", "--slo", "latency.p95<100s", "--duration", "1h"});
  const Gpu& h100 = sized.gpus.front();
  REQUIRE(h100.holds);
  const TemporaryFolder folder;
  const std::string scenario = folder.write("fleet.yaml", R"(scenario: fleet
horizon: {start: 2024-01-01, hours: 1}
traffic: {daily_users: 4_320_000, requests_per_user_day: 1, tokens: {from: azure-conversation-2023}}
options:
  - name: fleet
    kind: self_hosted
    instance: aws/p5.4xlarge
    serving: {model: llama-3-8b}
    replicas: )" + std::to_string(h100.replicas) + "\n");
  const cli::Console quiet{.out = [](std::string_view) {},
                           .error = [](std::string_view text) { UNSCOPED_INFO(std::string{text}); }};
  REQUIRE(cli::run_program({"run", scenario, "--quiet", "--out", folder / "out"}, quiet) == cli::exit_done);
  const reports::Result result = reports::from_json("result.json", text_of(folder / "out/result.json"));
  const reports::OptionReport& fleet = result.options.front();
  const auto seconds = [](std::int64_t ns) { return static_cast<double>(ns) / 1e9; };
  CHECK(seconds(h100.measured_ns[0]) == Approx(seconds(fleet.time_to_first_token->p95_ns)).epsilon(0.05));
  CHECK(seconds(h100.measured_ns[2]) == Approx(seconds(fleet.latency.p95_ns)).epsilon(0.05));
}
