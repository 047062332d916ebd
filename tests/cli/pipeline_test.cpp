#include "cli/pipeline.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

using cli::PipelineEnd;
using cli::run_pipeline;
using cli::Stages;
using core::traffic::Block;

namespace {

const std::atomic<bool> never{false};

// A simulation whose every stage depends on the order of all blocks before: a hash chained over the content. Each
// stage has state of its own that nothing guards, so that the thread sanitizer sees two units of one stage at once.
struct FakeSimulation {
  explicit FakeSimulation(std::size_t options, std::int64_t block_count = 200)
      : blocks{block_count}, served(options, 1), calls(options, 0) {}

  bool produce(Block& block) {
    if (produced == blocks) return false;
    block.hour = static_cast<std::int32_t>(produced / 10);
    block.count = 1 + static_cast<std::size_t>(chance.next() % 100);
    for (std::size_t i = 0; i < block.count; ++i) {
      block.arrival_ns[i] = produced * 1000 + static_cast<std::int64_t>(i);
      block.luck[i] = chance.next();
    }
    ++produced;
    return true;
  }
  void look_up(Block& block) {
    cache = core::mix(cache ^ block.luck[0]);
    block.hits.count = static_cast<std::int64_t>(cache % 7);
  }
  void serve(std::size_t option, const Block& block) {
    std::uint64_t& hash = served[option];
    hash = core::mix(hash + static_cast<std::uint64_t>(block.hits.count) + option);
    for (std::size_t i = 0; i < block.count; ++i)
      hash = core::mix(hash ^ block.luck[i] ^ static_cast<std::uint64_t>(block.arrival_ns[i]));
    ++calls[option];
  }
  Stages stages() {
    return {.produce = [this](Block& b) { return produce(b); },
            .look_up = [this](Block& b) { look_up(b); },
            .option_count = served.size(),
            .serve = [this](std::size_t k, const Block& b) { serve(k, b); }};
  }

  std::int64_t blocks;
  std::int64_t produced = 0;
  core::Stream chance{1};
  std::uint64_t cache = 1;
  std::vector<std::uint64_t> served;
  std::vector<std::int64_t> calls;
};

}  // namespace

TEST_CASE("The result is that of one loop, on any number of threads", "[cli][pipeline]") {
  FakeSimulation expected{3};
  std::int64_t requests = 0;
  const auto block = std::make_unique<Block>();
  while (expected.produce(*block)) {
    requests += static_cast<std::int64_t>(block->count);
    expected.look_up(*block);
    for (std::size_t k = 0; k < 3; ++k) expected.serve(k, *block);
  }
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    CAPTURE(threads);
    FakeSimulation simulation{3};
    const PipelineEnd end = run_pipeline(simulation.stages(), threads, never);
    CHECK_FALSE(end.interrupted);
    CHECK(end.requests == requests);
    CHECK(simulation.served == expected.served);
  }
}

TEST_CASE("A slow option holds the others back by no more than the ring", "[cli][pipeline]") {
  FakeSimulation simulation{2, 100};
  std::atomic<std::int64_t> slow{0};
  std::atomic<std::int64_t> widest{0};
  Stages stages = simulation.stages();
  stages.serve = [&](std::size_t k, const Block& b) {
    simulation.serve(k, b);
    if (k == 0) {
      std::this_thread::yield();
      ++slow;
    } else if (const std::int64_t lead = simulation.calls[1] - slow; lead > widest) {
      widest = lead;
    }
  };
  run_pipeline(stages, 3, never);
  CHECK(simulation.calls == std::vector<std::int64_t>{100, 100});
  // A block may be counted by the fast option just before its slot is given free.
  CHECK(widest <= 16 + 1);
}

TEST_CASE("An interrupt stops at a full hour that every option has served", "[cli][pipeline]") {
  for (const std::size_t threads : {1U, 4U}) {
    CAPTURE(threads);
    FakeSimulation simulation{2};
    std::atomic<bool> interrupt{false};
    Stages stages = simulation.stages();
    stages.look_up = [&](Block& b) {
      simulation.look_up(b);
      if (b.hour == 3) interrupt = true;
    };
    const PipelineEnd end = run_pipeline(stages, threads, interrupt);
    CHECK(end.interrupted);
    CHECK(end.whole_hours >= 4);
    CHECK(end.whole_hours <= 4 + 2);  // what was drawn ahead: at most 16 blocks, less than two hours of ten
    CHECK(simulation.calls == std::vector<std::int64_t>(2, end.whole_hours * 10));
  }
}

TEST_CASE("An interrupt before the start leaves nothing", "[cli][pipeline]") {
  FakeSimulation simulation{1};
  const std::atomic<bool> interrupt{true};
  const PipelineEnd end = run_pipeline(simulation.stages(), 2, interrupt);
  CHECK(end.interrupted);
  CHECK(end.whole_hours == 0);
  CHECK(end.requests == 0);
}

TEST_CASE("A failure of any stage ends the run and arrives at the caller", "[cli][pipeline]") {
  FakeSimulation simulation{2};
  for (const std::string stage : {"produce", "look_up", "serve"}) {
    CAPTURE(stage);
    Stages stages = simulation.stages();
    if (stage == "produce") stages.produce = [](Block&) -> bool { throw std::runtime_error{"produce"}; };
    if (stage == "look_up") stages.look_up = [](Block&) { throw std::runtime_error{"look_up"}; };
    if (stage == "serve") stages.serve = [](std::size_t, const Block&) { throw std::runtime_error{"serve"}; };
    CHECK_THROWS_WITH(run_pipeline(stages, 3, never), stage);
  }
}

TEST_CASE("A run without requests ends", "[cli][pipeline]") {
  FakeSimulation simulation{2, 0};
  CHECK(run_pipeline(simulation.stages(), 2, never).requests == 0);
}
