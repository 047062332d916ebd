// The engine against recorded runs of the simulator that its rules come from, request by request.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "sim/batching/profile.hpp"
#include "tests/sim/vidur_runs.hpp"
#include "tests/support/catch.hpp"

namespace {

std::vector<sim::Answer> replay(const vidur::Model& model, const std::vector<vidur::Request>& requests, bool stepping,
                                sim::ReplicaTotals& totals) {
  std::vector<sim::Answer> ended;
  sim::Replica replica{model.engine, model.cost, ended, stepping};
  for (const vidur::Request& request : requests) replica.push(request.prompt);
  replica.advance(core::never_ns / 2);
  totals = replica.totals();
  std::sort(ended.begin(), ended.end(),
            [](const sim::Answer& a, const sim::Answer& b) { return a.arrival_ns < b.arrival_ns; });
  return ended;
}

void check_run(const std::string& model_name, const std::string& run, std::int64_t iterations) {
  const auto model = vidur::read_model(model_name);
  const auto requests = vidur::read_requests(run);
  if (!model || !requests) return;
  for (const bool stepping : {false, true}) {
    sim::ReplicaTotals totals;
    const std::vector<sim::Answer> ended = replay(*model, *requests, stepping, totals);
    REQUIRE(ended.size() == requests->size());
    CHECK(totals.iterations == iterations);
    double worst_ttft_s = 0;
    double worst_latency_s = 0;
    for (std::size_t i = 0; i < ended.size(); ++i) {
      const auto seconds = [&](std::int64_t ns) { return static_cast<double>(ns - ended[i].arrival_ns) / 1e9; };
      worst_ttft_s = std::max(worst_ttft_s, std::abs(seconds(ended[i].first_token_ns) - (*requests)[i].ttft_s));
      worst_latency_s = std::max(worst_latency_s, std::abs(seconds(ended[i].end_ns) - (*requests)[i].latency_s));
    }
    fmt::print("{} {}: {} requests, {} iterations, largest difference of TTFT {:.3f} us, of latency {:.3f} us\n", run,
               stepping ? "step" : "skip", ended.size(), totals.iterations, worst_ttft_s * 1e6, worst_latency_s * 1e6);
    CHECK(worst_ttft_s < 1e-6);
    CHECK(worst_latency_s < 1e-6);
  }
}

}  // namespace

TEST_CASE("Llama-2-70B on two A100 at 0.2 requests a second answers as Vidur recorded", "[sim][batching]") {
  check_run("llama2-70b_tp2_a100", "llama2-70b_tp2_a100_q0.2", 73'357);
}

TEST_CASE("Llama-3-8B on an A100 at 2 requests a second answers as Vidur recorded", "[sim][batching]") {
  check_run("llama3-8b_a100", "llama3-8b_a100_q2", 69'744);
}

TEST_CASE("Short of memory, an engine evicts hundreds and still answers each request as one that steps",
          "[sim][batching]") {
  auto model = vidur::read_model("llama3-8b_a100");
  const auto requests = vidur::read_requests("llama3-8b_a100_q2");
  if (!model || !requests) return;
  model->engine.kv_blocks = 9'000 / model->engine.kv_block_tokens;
  model->engine.watermark_blocks = model->engine.kv_blocks / 100;
  sim::ReplicaTotals skipped;
  sim::ReplicaTotals stepped;
  const std::vector<sim::Answer> fast = replay(*model, *requests, false, skipped);
  const std::vector<sim::Answer> slow = replay(*model, *requests, true, stepped);
  REQUIRE(fast.size() == requests->size());
  REQUIRE(slow.size() == requests->size());
  std::size_t equal = 0;
  for (std::size_t i = 0; i < fast.size(); ++i) {
    equal += fast[i].start_ns == slow[i].start_ns && fast[i].first_token_ns == slow[i].first_token_ns &&
                     fast[i].end_ns == slow[i].end_ns
                 ? 1U
                 : 0U;
  }
  fmt::print("9,000 tokens of KV memory: {} evictions, {} iterations, {} of {} answers equal\n", skipped.evictions,
             skipped.iterations, equal, fast.size());
  CHECK(equal == fast.size());
  CHECK(skipped == stepped);
  CHECK(skipped.evictions > 200);
}

TEST_CASE("The profile that ships is close to the tables it was condensed from", "[sim][batching]") {
  const auto model = vidur::read_model("llama2-70b_tp2_a100");
  const auto requests = vidur::read_requests("llama2-70b_tp2_a100_q0.2");
  if (!model || !requests) return;
  const std::string name = "configs/serving/vidur-llama-2-70b-2x-a100.yaml";
  std::ifstream file{std::string{PROJECT_SOURCE} + "/" + name};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  sim::ServingProfile profile = sim::read_serving_profile(name, text);
  CHECK(profile.kv_tokens == model->engine.kv_blocks * model->engine.kv_block_tokens);

  sim::ReplicaTotals totals;
  const vidur::Model condensed{std::move(profile.cost), model->engine};
  const std::vector<sim::Answer> ended = replay(condensed, *requests, false, totals);
  double ttft_s = 0;
  double latency_s = 0;
  double recorded_ttft_s = 0;
  double recorded_latency_s = 0;
  for (std::size_t i = 0; i < ended.size(); ++i) {
    ttft_s += static_cast<double>(ended[i].first_token_ns - ended[i].arrival_ns) / 1e9;
    latency_s += static_cast<double>(ended[i].end_ns - ended[i].arrival_ns) / 1e9;
    recorded_ttft_s += (*requests)[i].ttft_s;
    recorded_latency_s += (*requests)[i].latency_s;
  }
  const double ttft_error = ttft_s / recorded_ttft_s - 1;
  const double latency_error = latency_s / recorded_latency_s - 1;
  fmt::print("{}: mean TTFT off by {:+.2f} %, mean latency by {:+.2f} %, {} iterations\n", name, 100 * ttft_error,
             100 * latency_error, totals.iterations);
  // A decode iteration of the profile is off by a quarter of a percent in the median, and so is the sum of hundreds.
  CHECK(std::abs(latency_error) < 0.005);
  CHECK(std::abs(ttft_error) < 0.02);
}
