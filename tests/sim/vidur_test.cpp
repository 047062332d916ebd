// The engine against recorded runs of the simulator that its rules come from, request by request.

#include <algorithm>

#include <fmt/format.h>

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
