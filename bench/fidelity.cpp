// How far the engine on a roofline is from measurements. A filter for scripts/fit_roofline.py, which reads the
// published files and prints the table:
//
//   scripts/fit_roofline.py DATA_FOLDER --engine build/release/bench/bench_fidelity
//
// One line in, one line out. In: cards of model and GPU, quantisation or -, GPUs, batching (chunked or prefill_first),
// token budget, floor per layer and overhead per sequence in µs (-: the card's), shape, users, least and most input
// tokens, least and most output tokens. Lengths are drawn evenly between least and most. Out: mean time to first token,
// mean time per further token, output tokens per second, time until the last answer; seconds.
//
// Shapes: `static`, every user asks once, all at time 0. `burst`, every user asks again as soon as he is answered, ten
// times, from time 0 on, all at once: what benchmark clients do, and what their means hold. `closed`, the same in a
// steady state: they begin one after another within the time of an answer, the first two answers of each are not
// counted and the next six are.

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <queue>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/random.hpp"
#include "sim/batching/replica.hpp"
#include "sim/batching/roofline.hpp"

namespace {

std::string read_file(const std::string& name) {
  std::ifstream file{std::string{PROJECT_SOURCE} + "/" + name};
  if (!file) throw std::runtime_error{"no such card: " + name};
  return {std::istreambuf_iterator<char>{file}, {}};
}

struct Measurement {
  sim::ModelCard model;
  sim::GpuCard gpu;
  std::uint32_t gpus = 1;
  sim::EngineConfig engine;
  std::string shape;
  std::uint32_t users = 1;
  std::uint32_t least_input = 1;
  std::uint32_t most_input = 1;
  std::uint32_t least_output = 1;
  std::uint32_t most_output = 1;
};

Measurement read_measurement(const std::string& line) {
  std::istringstream words{line};
  std::string model, gpu, quantisation, batching, floor_us, sequence_us;
  Measurement m;
  words >> model >> gpu >> quantisation >> m.gpus >> batching >> m.engine.token_budget >> floor_us >> sequence_us >>
      m.shape >> m.users >> m.least_input >> m.most_input >> m.least_output >> m.most_output;
  if (!words) throw std::runtime_error{"not a measurement: " + line};
  m.model = sim::read_model_card(model, read_file("configs/models/" + model + ".yaml"));
  m.gpu = sim::read_gpu_card(gpu, read_file("configs/gpus/" + gpu + ".yaml"));
  const auto* const kind = std::find(sim::quantisation_names.begin(), sim::quantisation_names.end(), quantisation);
  if (kind != sim::quantisation_names.end()) {
    m.model = sim::quantised(m.model, static_cast<sim::Quantisation>(kind - sim::quantisation_names.begin()));
  }
  if (floor_us != "-") m.gpu.overhead.floor_per_layer_s = std::stod(floor_us) * 1e-6;
  if (sequence_us != "-") m.gpu.overhead.per_sequence_s = std::stod(sequence_us) * 1e-6;
  m.engine.batching = batching == "chunked" ? sim::Batching::chunked_prefill : sim::Batching::prefill_first;
  m.engine.max_batch = 1024;
  m.engine.kv_blocks = sim::kv_capacity(m.model, m.gpu, m.gpus).tokens / m.engine.kv_block_tokens;
  return m;
}

class Lengths {
 public:
  explicit Lengths(const Measurement& m) : m_{m} {}
  sim::Prompt next(std::int64_t arrival_ns) {
    return {.arrival_ns = arrival_ns,
            .input_tokens = draw(m_.least_input, m_.most_input),
            .output_tokens = draw(m_.least_output, m_.most_output)};
  }

 private:
  std::uint32_t draw(std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(core::unit_closed_open(chance_.next()) * (most - least + 1));
  }
  const Measurement& m_;
  core::Stream chance_{1};
};

struct Means {
  double first_s = 0;
  double per_token_s = 0;
  double tokens_per_s = 0;
  double last_s = 0;
};

Means run(const Measurement& m) {
  const sim::IterationCost cost =
      sim::roofline_cost(m.model, m.gpu, m.gpus, m.engine.token_budget + m.engine.max_batch);
  std::vector<sim::Answer> ended;
  sim::Replica replica{m.engine, cost, ended};
  Lengths lengths{m};
  const bool closed = m.shape != "static";
  const bool burst = m.shape == "burst";
  const std::int64_t counted_from = closed && !burst ? 2 * std::int64_t{m.users} : 0;
  const std::int64_t counted_to = closed ? (burst ? 10 : 8) * std::int64_t{m.users} : m.users;
  // What an answer takes when all are there, roughly: n iterations.
  const std::int64_t whole_ns =
      cost.decode(m.users, std::uint64_t{m.users} * m.most_input).first_ps / 1000 * m.most_output;

  const std::int64_t step_ns = cost.decode(1, m.least_input).first_ps / 8000;

  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> due_ns;
  for (std::uint32_t user = 0; user < m.users; ++user) due_ns.push(closed && !burst ? whole_ns / m.users * user : 0);
  std::int64_t now_ns = 0;
  std::int64_t answers = 0;
  std::int64_t begin_ns = 0;
  double first_ns = 0;
  double between_ns = 0;
  double tokens = 0;
  double gaps = 0;
  while (answers < counted_to) {
    while (!due_ns.empty() && due_ns.top() <= now_ns) {
      replica.push(lengths.next(now_ns));
      due_ns.pop();
    }
    // In small steps, for who is answered asks again at once.
    now_ns += step_ns;
    replica.advance(now_ns);
    for (const sim::Answer& answer : ended) {
      if (answer.outcome != core::Outcome::served) throw std::runtime_error{"a request that never fits"};
      if (closed) due_ns.push(answer.end_ns);
      if (++answers <= counted_from) {
        begin_ns = now_ns;
        continue;
      }
      first_ns += static_cast<double>(answer.first_token_ns - answer.arrival_ns);
      between_ns += static_cast<double>(answer.end_ns - answer.first_token_ns);
      gaps += answer.output_tokens - 1;
      tokens += answer.output_tokens;
    }
    ended.clear();
  }
  const auto counted = static_cast<double>(answers - counted_from);
  return {.first_s = first_ns * 1e-9 / counted,
          .per_token_s = gaps > 0 ? between_ns * 1e-9 / gaps : 0,
          .tokens_per_s = tokens / (static_cast<double>(now_ns - begin_ns) * 1e-9),
          .last_s = static_cast<double>(now_ns) * 1e-9};
}

}  // namespace

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      const Means means = run(read_measurement(line));
      fmt::print("{} {} {} {}\n", means.first_s, means.per_token_s, means.tokens_per_s, means.last_s);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
