#include "reports/sizing.hpp"

#include <string>

#include "core/text_lines.hpp"
#include "reports/table.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/says.hpp"

using namespace reports;
using namespace std::chrono_literals;
using core::Money;
using decision::LatencyMetric;
using test_support::check_says;

namespace {

SizedGpu held(const std::string& gpu, std::int64_t replicas, const std::string& instance, std::int64_t gpus,
              std::int64_t count, const std::string& price, const std::string& per_million) {
  SizedInstances rented;
  rented.name = instance;
  rented.gpus = gpus;
  rented.count = count;
  rented.price = Money::parse(price);
  rented.monthly = rented.price * count * 730;
  rented.per_million_output_tokens = Money::parse(per_million);
  rented.per_million_tokens = Money::parse("0.0425");
  rented.source = {"aws-us-east-1", "ec2.x", "on_demand", "an address", "2026-07-20", "mirror", ""};
  SizedGpu sized;
  sized.gpu = gpu;
  sized.tensor_parallel = 1;
  sized.replicas = replicas;
  sized.measured_ns = {412'000'000, 31'400'000};
  sized.busy_share = 0.99;
  sized.load_share = 0.716;
  sized.trials = 9;
  sized.instances = rented;
  return sized;
}

SizedGpu out(const std::string& gpu, const std::string& why) {
  SizedGpu sized;
  sized.gpu = gpu;
  sized.why_out = why;
  return sized;
}

Sizing sample() {
  Sizing sizing;
  sizing.version = "0.1.0";
  sizing.arguments = {"llama-3-8b", "--rate", "50", "--slo", "ttft.p95<500ms", "--slo", "tpot.p95<50ms"};
  sizing.model = "llama-3-8b";
  sizing.rate_per_s = 50;
  sizing.arrivals = "poisson";
  sizing.tokens = "azure-conversation-2023";
  sizing.mean_input_tokens = 1154.7;
  sizing.mean_output_tokens = 211.1;
  sizing.objectives = {{LatencyMetric::time_to_first_token, 9500, false, 500ms},
                       {LatencyMetric::time_per_output_token, 9500, false, 50ms}};
  sizing.router = "least_outstanding";
  sizing.duration = 10min;
  sizing.seed = 1;
  sizing.currency = "USD";
  sizing.gpus = {out("B200", "no price table has an instance with it"),
                 held("L4", 31, "gcp/g2-standard-4", 1, 31, "0.706832255", "0.575"),
                 held("A100-80GB", 6, "azure/NC24ads_A100_v4", 1, 6, "3.673", "0.58"),
                 out("T4", "the model does not fit: 16.1 GB of weights, 13.2 GB of memory"),
                 held("L40S", 8, "aws/g6e.xlarge", 1, 8, "1.861", "0.391")};
  put_in_order(sizing);
  sizing.assumptions = {"Times of an iteration are computed from cards, within about 20 % of measurements."};
  return sizing;
}

void check_narrow(const std::string& text) {
  for (const std::string_view line : core::split(text, '\n')) {
    if (!line.starts_with("  billcast size")) CHECK(display_width(line) <= 100);
  }
}

}  // namespace

TEST_CASE("The answers to sizings, by what came out", "[reports][sizing][golden]") {
  const Sizing two = sample();
  test_support::check_golden("sizing/two_objectives.txt", to_text(two, {}));
  test_support::check_golden("sizing/two_objectives.json", to_json(two));
  Sizing three = sample();
  three.objectives.push_back({LatencyMetric::latency, 9990, true, 20s});
  for (SizedGpu& gpu : three.gpus) {
    if (gpu.holds()) gpu.measured_ns.push_back(17'300'000'000);
  }
  test_support::check_golden("sizing/three_objectives.txt", to_text(three, {}));
  check_narrow(to_text(two, {}));
  check_narrow(to_text(three, {}));
}

TEST_CASE("The cheapest that holds is named first, with the next one beside it", "[reports][sizing]") {
  const Sizing sizing = sample();
  REQUIRE(sizing.gpus.size() == 5);
  CHECK(sizing.gpus[0].gpu == "L40S");
  CHECK(sizing.gpus[1].gpu == "L4");
  CHECK(sizing.gpus[2].gpu == "A100-80GB");
  CHECK(sizing.gpus[3].gpu == "B200");  // those that are out stay as they were asked
  CHECK(sizing.gpus[4].gpu == "T4");
  CHECK(sizing_verdict(sizing) ==
        "L40S is the cheapest that holds ttft.p95<500ms and tpot.p95<50ms at 50 requests/s: 8 replicas on 8 × "
        "aws/g6e.xlarge for $10,868.24 a month, $0.391 per million output tokens; next is L4 at $15,995.61 a month.");
}

TEST_CASE("When one GPU alone holds there is no next, and when none does the answer says so", "[reports][sizing]") {
  Sizing sizing = sample();
  sizing.gpus = {sizing.gpus[0], sizing.gpus[3]};
  CHECK(sizing_verdict(sizing).ends_with("per million output tokens."));
  sizing.gpus = {sizing.gpus[1]};
  CHECK(sizing_verdict(sizing) == "B200 does not hold ttft.p95<500ms and tpot.p95<50ms at 50 requests/s.");
  sizing.gpus.push_back(out("T4", "x"));
  CHECK(sizing_verdict(sizing) == "None of the 2 GPUs holds ttft.p95<500ms and tpot.p95<50ms at 50 requests/s.");
  check_says(to_text(sizing, {}), "\nOUT\n  - B200: no price table has an instance with it\n  - T4: x\n");
  CHECK(to_text(sizing, {}).find("SIZES") == std::string::npos);
}

TEST_CASE("A name that would move a terminal's cursor does not", "[reports][sizing]") {
  Sizing sizing = sample();
  sizing.gpus[0].instances->name = "aws/\x1b[2Jx";
  CHECK(to_text(sizing, {}).find('\x1b') == std::string::npos);
}
