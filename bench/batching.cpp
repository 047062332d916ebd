// LLM engines, iteration by iteration: how many requests a second and core, with every book kept (latency, first-token,
// per-token and wait histograms, usage, the identities checked)? Eight replicas of Llama 3 8B on an A100, prompts and
// answers of the Azure conversation trace. The baseline is the same engine visiting every iteration; other simulators
// stand in bench/peers.sh.
//
// The arithmetic: a request costs about four stretches of iterations (its arrival, its prompt's pieces, the end of its
// answer). A stretch is a root and a division to find its end (10 ns), a look for the next answer to end (3 ns) and
// some 15 ns of bookkeeping; entering and leaving the batch and the books 20 ns: about 120 ns, 8 million a second.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/measure.hpp"
#include "bench/scenario_text.hpp"
#include "sim/batching/cards.hpp"
#include "sim/batching/roofline.hpp"
#include "sim/simulation.hpp"

namespace {

// What Vidur takes for a request of this traffic, as its authors' program was timed on one core: 1,420 a CPU second.
constexpr double vidur_per_cpu_second = 1'420;

double simulate(const sim::Scenario& scenario, sim::Engine engine, std::string* answer = nullptr) {
  sim::Simulation simulation{scenario, 1, engine};
  const sim::OptionResult result = sim::run(simulation).front();
  const sim::Checks& checks = result.checks;
  if (!checks.conservation || !checks.littles_law || !checks.busy_time || !checks.kv_memory) {
    throw std::runtime_error{"the books do not balance"};
  }
  const auto requests = static_cast<double>(result.usage.total().arrivals);
  if (answer != nullptr) {
    const auto ms = [](const core::Histogram& times, double quantile) {
      return static_cast<double>(times.value_at_quantile(quantile)) / 1e6;
    };
    *answer = fmt::format(
        "{} requests, {:.1f} iterations each, first token p50 {:.1f} ms, p99 {:.1f} ms, per token p50 "
        "{:.2f} ms, latency p50 {:.2f} s, {:.1f} replicas on average, {} at most",
        result.usage.total().arrivals, static_cast<double>(result.engine->iterations) / requests,
        ms(result.time_to_first_token_ns, 0.5), ms(result.time_to_first_token_ns, 0.99),
        ms(result.time_per_output_token_ns, 0.5), ms(result.latency_ns, 0.5) / 1e3, result.fleet.mean_replicas,
        result.fleet.peak_replicas);
  }
  return requests;
}

sim::Scenario replicas(int hours, double per_replica_s, std::string_view router) {
  return bench::read(fmt::format(
      "scenario: engines\n"
      "horizon: {{start: 2026-12-01, hours: {}}}\n"
      "traffic: {{daily_users: {}, requests_per_user_day: 1, tokens: {{from: azure-conversation-2023}}}}\n"
      "options:\n"
      "  - {{name: engines, kind: self_hosted, instance: any, replicas: 8,\n"
      "     serving: {{model: llama-3-8b, gpu: A100-80GB, max_batch: 128, token_budget: 512, router: {}}}}}\n",
      hours, 8 * per_replica_s * 86'400, router));
}

// The same costs as tables of the size that profiles have: 128 batches × 4,096 tokens of context in cells of 64.
void use_tables(sim::Scenario& scenario) {
  auto& fleet = std::get<sim::BatchingFleetConfig>(scenario.options.front().serving);
  const auto model = sim::read_model_card("llama-3-8b", bench::named_table("models/llama-3-8b"));
  const auto gpu = sim::read_gpu_card("a100-80gb", bench::named_table("gpus/a100-80gb"));
  const sim::IterationCost cost = sim::roofline_cost(model, gpu, 1, 2048);
  sim::AttentionTables tables{.decode_batches = 128, .decode_columns = 65, .prefill_rows = 65, .prefill_columns = 513};
  std::vector<std::int64_t> linear_ps{0};
  for (std::uint32_t tokens = 1; tokens <= 1024; ++tokens) {
    linear_ps.push_back(cost.mixed_ps(0, 0, {.chunks = 1, .tokens = tokens}));
  }
  for (std::uint32_t batch = 1; batch <= tables.decode_batches; ++batch) {
    for (std::uint32_t column = 0; column < tables.decode_columns; ++column) {
      const std::int64_t all_ps = cost.decode(batch, std::uint64_t{batch} * column * 64).first_ps;
      tables.decode_ps.push_back(all_ps - linear_ps[batch]);
    }
  }
  for (std::uint32_t row = 0; row < tables.prefill_rows; ++row) {
    tables.prefill_ps.push_back(0);
    for (std::uint32_t chunk = 1; chunk < tables.prefill_columns; ++chunk) {
      sim::PrefillWork work;
      work.add(chunk, row * 64);
      tables.prefill_ps.push_back(std::max<std::int64_t>(cost.mixed_ps(0, 0, work) - linear_ps[chunk], 0));
    }
  }
  fleet.cost = sim::IterationCost{std::move(linear_ps), std::move(tables)};
}

// A month at a million daily users, autoscaled: 310 million requests.
sim::Scenario month(int days) {
  return bench::read(fmt::format(
      "scenario: month\n"
      "horizon: {{start: 2026-12-01, days: {}}}\n"
      "traffic:\n"
      "  daily_users: 1_000_000\n"
      "  requests_per_user_day: 10\n"
      "  hour_of_day: consumer\n"
      "  day_of_week: [1.05, 1.0, 1.0, 1.0, 0.98, 0.9, 0.95]\n"
      "  tokens: {{from: azure-conversation-2023}}\n"
      "options:\n"
      "  - name: fleet\n"
      "    kind: self_hosted\n"
      "    instance: any\n"
      "    serving: {{model: llama-3.1-8b, gpu: A100-40GB}}\n"
      "    autoscaler: {{kind: hpa, metric: concurrency, target: 40, min: 4, initial: 25, max: 300}}\n"
      "    cold_start: {{provision: 60s, image: 60s, weights: {{size: 16GB, bandwidth: 1GB/s}}, warmup: 30s}}\n",
      days));
}

}  // namespace

int main() {
  fmt::print("# 8 replicas of llama-3-8b on A100, 2 and 6 requests/s each, seed 1, {} build, one core\n", BUILD_TYPE);
  const sim::Scenario calm = replicas(20, 2, "round_robin");
  const sim::Scenario busy = replicas(20, 6, "round_robin");
  sim::Scenario calm_tables = calm;
  sim::Scenario busy_tables = busy;
  use_tables(calm_tables);
  use_tables(busy_tables);
  const sim::Scenario calm_choice = replicas(20, 2, "power_of_two");
  const sim::Scenario busy_choice = replicas(20, 6, "power_of_two");
  const sim::Scenario least = replicas(20, 2, "least_outstanding");
  std::string answer;
  std::string month_answer;
  const auto fast = [](const sim::Scenario& scenario) {
    return [&scenario] { return simulate(scenario, sim::Engine::fast); };
  };
  std::vector<bench::Contestant> contestants{
      {.name = "batching-every-iteration", .run = [&] { return simulate(calm, sim::Engine::events); }},
      {.name = "batching-linear-2", .run = [&] { return simulate(calm, sim::Engine::fast, &answer); }},
      {.name = "batching-linear-6", .run = fast(busy)},
      {.name = "batching-tables-2", .run = fast(calm_tables)},
      {.name = "batching-tables-6", .run = fast(busy_tables)},
      {.name = "batching-power-of-two-2", .run = fast(calm_choice)},
      {.name = "batching-power-of-two-6", .run = fast(busy_choice)},
      {.name = "batching-least-outstanding-2", .run = fast(least)},
  };
  bench::in_turns(contestants, 5);
  bench::print(contestants);
  fmt::print("# {}\n", answer);
  fmt::print("ratio batching-linear vidur-recorded {:.0f} (of {:.0f} requests a CPU second)\n",
             contestants[1].best() / vidur_per_cpu_second, vidur_per_cpu_second);

  const sim::Scenario whole = month(31);
  std::vector<bench::Contestant> months{
      {.name = "batching-month", .run = [&] { return simulate(whole, sim::Engine::fast, &month_answer); }}};
  bench::in_turns(months, 2);
  bench::print(months);
  fmt::print("# {}\n", month_answer);
  fmt::print("bench batching-month-seconds {:.1f} (300 million requests, one option, one core), peak memory {} MB\n",
             300e6 / months.front().best(), bench::peak_memory_mb());
}
