#include "cli/size_arguments.hpp"

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace cli;
using namespace std::chrono_literals;
using core::traffic::ArrivalsConfig;

namespace {

SizeArguments parsed(const Words& words) {
  const auto size = parse_size(words, [](std::string_view) {});
  REQUIRE(size);
  return *size;
}

std::string complaint(const Words& words) {
  try {
    parse_size(words, [](std::string_view) {});
  } catch (const core::ConfigError& error) { return error.what(); }
  return "";
}

// What is said of one option beside everything that a question needs.
std::string of(const std::string& option, const std::string& value) {
  return complaint({"llama-3-8b", "--rate", "50", "--slo", "ttft.p95<500ms", option, value});
}

}  // namespace

TEST_CASE("A question of sizing is a model, GPUs, a rate and objectives", "[size]") {
  const SizeArguments size = parsed({"llama-3-8b",
                                     "L4",
                                     "--rate",
                                     "1_000",
                                     "A100",
                                     "--slo",
                                     "ttft.p95<500ms",
                                     "--slo",
                                     "tpot.mean<=50ms",
                                     "--tokens",
                                     "512:128",
                                     "--arrivals",
                                     "constant",
                                     "--seed",
                                     "9",
                                     "--json",
                                     "--quantization",
                                     "fp8",
                                     "--tensor-parallel",
                                     "4",
                                     "--router",
                                     "power_of_two",
                                     "--max-replicas",
                                     "64",
                                     "--duration",
                                     "2m",
                                     "--price-table",
                                     "own.yaml"});
  CHECK(size.model == "llama-3-8b");
  CHECK(size.gpus == Words{"L4", "A100"});
  CHECK(size.rate_per_s == 1000);
  REQUIRE(size.objectives.size() == 2);
  CHECK(size.objectives[0].text() == "ttft.p95<500ms");
  CHECK(size.objectives[1].text() == "tpot.mean<=50ms");
  CHECK(size.fixed_tokens == FixedTokens{512, 128});
  CHECK(size.arrivals == ArrivalsConfig::Process::constant);
  CHECK(size.seed == 9);
  CHECK(size.json);
  CHECK(size.quantization == "fp8");
  CHECK(size.tensor_parallel == 4);
  CHECK(size.router == "power_of_two");
  CHECK(size.max_replicas == 64);
  CHECK(size.duration == 2min);
  CHECK(size.price_table == "own.yaml");
}

TEST_CASE("What is not said of a sizing has a default", "[size]") {
  const SizeArguments size = parsed({"llama-3-8b", "--rate=50", "--slo=ttft.p95<500ms"});
  CHECK(size.gpus.empty());
  CHECK(size.tokens == "azure-conversation-2023");
  CHECK_FALSE(size.fixed_tokens);
  CHECK(size.arrivals == ArrivalsConfig::Process::poisson);
  CHECK(size.seed == 1);
  CHECK_FALSE(size.json);
  CHECK_FALSE(size.quantization);
  CHECK_FALSE(size.tensor_parallel);
  CHECK(size.router == "round_robin");
  CHECK(size.max_replicas == 1000);
  CHECK_FALSE(size.duration);
  CHECK_FALSE(size.price_table);
}

TEST_CASE("A table of tokens is named, or a file", "[size]") {
  const auto with = [](const std::string& tokens) {
    return parsed({"m", "--rate", "1", "--slo", "ttft.p95<1s", "--tokens", tokens});
  };
  CHECK(with("my-tokens.yaml").tokens == "my-tokens.yaml");
  CHECK_FALSE(with("my-tokens.yaml").fixed_tokens);
  CHECK(with("1_000:1").fixed_tokens == FixedTokens{1000, 1});
}

TEST_CASE("A trial lasts ten minutes, less at high rates and more at low ones", "[size]") {
  CHECK(usual_duration(0.001) == 24h);
  CHECK(usual_duration(0.5) == 34min);
  CHECK(usual_duration(2) == 10min);
  CHECK(usual_duration(100) == 10min);
  CHECK(usual_duration(500) == 4min);
  CHECK(usual_duration(10'000) == 2min);
}

TEST_CASE("Help for sizing names every option and an example", "[size]") {
  std::string help;
  CHECK_FALSE(parse_size({"--help"}, [&](std::string_view text) { help += text; }));
  for (const char* words : {"billcast size MODEL [GPU…]", "--rate N", "--slo CONDITION", "--tokens FROM",
                            "--tensor-parallel N", "--max-replicas N", "--price-table FILE", "--json"}) {
    test_support::check_says(help, words);
  }
}

TEST_CASE("What makes no question of sizing is said in one line", "[size][errors]") {
  CHECK(complaint({}) == "billcast size: MODEL: found nothing, expected the name of a model's card, as in llama-3-8b");
  CHECK(complaint({"llama-3-8b", "--slo", "ttft.p95<1s"}) ==
        "billcast size: --rate: found nothing, expected requests per second, as in --rate 50");
  CHECK(complaint({"llama-3-8b", "--rate", "50"}) ==
        "billcast size: --slo: found nothing, expected what users must feel, as in --slo 'ttft.p95<500ms'");
  CHECK(complaint({"llama-3-8b", "--rate", "fast", "--slo", "ttft.p95<1s"}) ==
        "billcast size: --rate: found 'fast', expected a number from 0.001 to 1_000_000 requests per second");
  CHECK(
      complaint({"llama-3-8b", "--rate", "0", "--slo", "ttft.p95<1s"}).starts_with("billcast size: --rate: found '0'"));
  CHECK(complaint({"llama-3-8b", "--rate", "50", "--slo", "latency<20s"}) ==
        "billcast size: --slo: found 'latency' without a percentile in 'latency<20s', expected a percentile from p50 "
        "to p99.9, or mean, as in 'latency.p95<20s'");
  CHECK(of("--slo", "ttft.p95<1s") ==
        "billcast size: --slo: found 'ttft.p95<1s' beside 'ttft.p95<500ms', expected one limit for ttft.p95");
  CHECK(of("--tokens", "512:") ==
        "billcast size: --tokens: found '512:', expected IN:OUT, both from 1 to 10000000, as in 512:128");
  CHECK(of("--tokens", "0:128").starts_with("billcast size: --tokens: found '0:128'"));
  CHECK(of("--tokens", "512:1.5").starts_with("billcast size: --tokens: found '512:1.5'"));
  CHECK(of("--tokens", "512:20000000").starts_with("billcast size: --tokens: found '512:20000000'"));
  CHECK(of("--tokens", "") ==
        "billcast size: --tokens: found '', expected the name of a token table, or IN:OUT as in 512:128");
  CHECK(of("--arrivals", "poison") ==
        "billcast size: --arrivals: found 'poison', expected poisson or constant (did you mean 'poisson'?)");
  CHECK(of("--quantization", "fp16") == "billcast size: --quantization: found 'fp16', expected fp8, int8, fp4 or int4");
  CHECK(of("--quantization", "none") == "billcast size: --quantization: found 'none', expected fp8, int8, fp4 or int4");
  CHECK(of("--tensor-parallel", "3") == "billcast size: --tensor-parallel: found '3', expected 1, 2, 4 or 8 GPUs");
  CHECK(of("--tensor-parallel", "16") ==
        "billcast size: --tensor-parallel: found '16', expected a whole number from 1 to 8");
  CHECK(of("--router", "least-outstanding") ==
        "billcast size: --router: found 'least-outstanding', expected round_robin, random, least_outstanding or "
        "power_of_two (did you mean 'least_outstanding'?)");
  CHECK(of("--max-replicas", "0") ==
        "billcast size: --max-replicas: found '0', expected a whole number from 1 to 100000");
  CHECK(of("--duration", "10") ==
        "billcast size: --duration: found '10', which has no unit, expected a time from 1s to 1d, as in 10s");
  CHECK(of("--duration", "100ms").starts_with("billcast size: --duration: found '100ms'"));
  CHECK(of("--seed", "-1").starts_with("billcast size: --seed: found '-1'"));
  CHECK(of("--raet", "1").starts_with("billcast size: unknown option '--raet', did you mean '--rate'?"));
}
