#include "cli/sizing.hpp"

#include <string>
#include <vector>

#include "tests/pricing/support/tables.hpp"
#include "tests/support/catch.hpp"

using namespace cli;
using namespace std::chrono_literals;
using core::Money;
using decision::LatencyMetric;

namespace {

constexpr std::int64_t ms = 1'000'000;

sim::Trial trial_of(std::int64_t ttft_ns) {
  sim::Trial trial;
  for (int i = 0; i < 100; ++i) {
    trial.time_to_first_token_ns.record(ttft_ns);
    trial.time_per_output_token_ns.record(20 * ms);
    trial.latency_ns.record(4000 * ms);
  }
  trial.measured = 100;
  trial.busy_share = 0.5;
  return trial;
}

// A fleet whose first token takes 1 s ÷ replicas, and 10 ms alone.
struct Fake {
  std::vector<std::int64_t> tried;
  SizingCandidate on(const std::string& gpu, std::int64_t tensor_parallel) {
    return {.gpu = gpu,
            .name = pricing::read_gpu_name(gpu),
            .tensor_parallel = tensor_parallel,
            .does_not_fit = "",
            .run =
                [this](std::int64_t replicas) {
                  tried.push_back(replicas);
                  return trial_of(1000 * ms / replicas);
                },
            .run_alone = [] { return trial_of(10 * ms); },
            .saturated_per_s = [] { return 20.0; }};
  }
};

SizingLoad load_of(core::Duration ttft, std::int64_t max_replicas = 100) {
  return {.objectives = {{LatencyMetric::time_to_first_token, 9500, false, ttft},
                         {LatencyMetric::time_per_output_token, 0, true, 50ms}},
          .rate_per_s = 50,
          .max_replicas = max_replicas,
          .monthly_output_tokens = 2'000'000'000,
          .monthly_tokens = 10'000'000'000};
}

const pricing::Catalog& catalog() { return pricing::test::catalog(); }

}  // namespace

TEST_CASE("A GPU is sized by the fewest replicas that hold everything, and priced to the last digit", "[size]") {
  Fake fake;
  const reports::SizedGpu sized = size_gpu({fake.on("L4", 1)}, load_of(150ms), catalog());
  REQUIRE(sized.holds());
  CHECK(sized.replicas == 7);  // 1 s ÷ 7 is 143 ms
  CHECK(sized.tensor_parallel == 1);
  CHECK(sized.busy_share == 0.5);
  CHECK(sized.load_share == Approx(50 / (7 * 20.0)));
  REQUIRE(sized.measured_ns.size() == 2);
  CHECK(std::abs(sized.measured_ns[0] - 1000 * ms / 7) < ms);
  CHECK(std::abs(sized.measured_ns[1] - 20 * ms) < ms);
  CHECK(sized.trials == static_cast<std::int64_t>(fake.tried.size()) + 2);
  CHECK(sized.instances->name == "gcp/g2-standard-4");
  CHECK(sized.instances->count == 7);
  CHECK(sized.instances->price == Money::parse("0.706832255"));
  CHECK(sized.instances->monthly == Money::parse("3611.91282305"));  // × 7 × 730
  CHECK(sized.instances->per_million_output_tokens == Money::parse("1.805956411525"));
  CHECK(sized.instances->per_million_tokens == Money::parse("0.361191282305"));
  CHECK(sized.instances->source.table == "gcp-us-central1");
  CHECK(sized.instances->source.offer == "on_demand");
}

TEST_CASE("Replicas share an instance, and how many there are decides which is cheapest", "[size]") {
  // A GPU of aws/p4de.24xlarge is cheaper than one of azure/NC24ads_A100_v4, but there are eight of them.
  const auto rented = [&](std::int64_t tensor_parallel, std::int64_t replicas) {
    const auto best = cheapest_instances(catalog(), pricing::read_gpu_name("A100-80GB"), tensor_parallel, replicas);
    return std::to_string(best.value().count) + " × " + best.value().name;
  };
  CHECK(rented(1, 1) == "1 × azure/NC24ads_A100_v4");
  CHECK(rented(1, 7) == "7 × azure/NC24ads_A100_v4");
  CHECK(rented(1, 8) == "1 × aws/p4de.24xlarge");
  CHECK(rented(1, 16) == "2 × aws/p4de.24xlarge");
  CHECK(rented(8, 3) == "3 × aws/p4de.24xlarge");
  // Four GPUs cost the same in one size of Azure's as in several smaller ones: the fewest instances are taken.
  CHECK(rented(1, 4) == "1 × azure/NC96ads_A100_v4");
  CHECK(rented(2, 1) == "1 × azure/NC48ads_A100_v4");
  CHECK(rented(2, 4) == "1 × aws/p4de.24xlarge");
  CHECK_FALSE(cheapest_instances(catalog(), pricing::read_gpu_name("A100-80GB"), 16, 1));
}

TEST_CASE("What is out says why, and costs no more trials than it takes to know", "[size]") {
  Fake fake;
  SizingCandidate candidate = fake.on("L4", 1);
  candidate.does_not_fit = "the model does not fit: 16 GB of weights";
  CHECK(size_gpu({candidate}, load_of(150ms), catalog()).why_out == "the model does not fit: 16 GB of weights");

  CHECK(size_gpu({fake.on("GB200", 1)}, load_of(150ms), catalog()).why_out ==
        "no price: no table has an instance with it and an on-demand price");
  CHECK(size_gpu({fake.on("L4", 16)}, load_of(150ms), catalog()).why_out ==
        "no price: no table has an instance with 16 of it and an on-demand price");
  CHECK(size_gpu({fake.on("L4", 1)}, load_of(5ms), catalog()).why_out ==
        "not even an idle replica holds it: ttft.p95 is 10 ms");
  CHECK(fake.tried.empty());

  const reports::SizedGpu few = size_gpu({fake.on("L4", 1)}, load_of(150ms, 6), catalog());
  CHECK(few.why_out == "not even 6 replicas hold it: ttft.p95 is 167 ms");
  CHECK_FALSE(few.holds());
  CHECK(few.replicas == 0);
  CHECK(few.measured_ns.empty());
  CHECK(size_gpu({fake.on("L4", 1)}, load_of(150ms, 2), catalog()).why_out ==
        "not even 2 replicas carry the load: each answers 20 requests/s at most");
  CHECK(size_gpu({fake.on("L4", 1)}, load_of(150ms, 1), catalog()).why_out ==
        "one replica does not carry the load: it answers 20 requests/s at most");
  SizingLoad light = load_of(150ms, 1);
  light.rate_per_s = 5;
  CHECK(size_gpu({fake.on("L4", 1)}, light, catalog()).why_out == "one replica does not hold it: ttft.p95 is 1 s");
}

TEST_CASE("A fleet that cannot carry the load does not hold, however well its trials look", "[size]") {
  Fake fake;
  SizingCandidate candidate = fake.on("L4", 1);
  candidate.run = [&fake](std::int64_t replicas) {
    fake.tried.push_back(replicas);
    return trial_of(10 * ms);  // a trial that ends before the queue is long
  };
  CHECK(size_gpu({candidate}, load_of(150ms), catalog()).replicas == 3);  // 50 a second, each answers 20
  CHECK(fake.tried == std::vector<std::int64_t>{3});
}

TEST_CASE("More GPUs for a replica are taken when it holds only then", "[size]") {
  Fake fake;
  SizingCandidate one = fake.on("L4", 1);
  SizingCandidate two = fake.on("L4", 2);
  const SizingCandidate four = fake.on("L4", 4);
  one.does_not_fit = "does not fit: 16 GB of weights";
  two.run_alone = [] { return trial_of(200 * ms); };
  const reports::SizedGpu sized = size_gpu({one, two, four}, load_of(150ms), catalog());
  CHECK(sized.tensor_parallel == 4);
  CHECK(sized.replicas == 7);
  CHECK(sized.why_out.empty());
  CHECK(sized.instances->gpus >= 4);
  CHECK(size_gpu({one, two}, load_of(150ms), catalog()).why_out ==
        "not even an idle replica of 2 GPUs holds it: ttft.p95 is 200 ms");
  // What was found out stays said, although nobody rents out 16 of them.
  CHECK(size_gpu({one, fake.on("L4", 16)}, load_of(150ms), catalog()).why_out == "does not fit: 16 GB of weights");
}

TEST_CASE("More GPUs for a replica are taken when that is cheaper, and fewer when it is not", "[size]") {
  Fake fake;
  SizingCandidate one = fake.on("L4", 1);
  SizingCandidate four = fake.on("L4", 4);
  // Seven replicas of one GPU, or of four: the same speed for four times the money.
  CHECK(size_gpu({one, four}, load_of(150ms), catalog()).tensor_parallel == 1);
  // On one GPU an objective that an idle replica holds only just takes a hundred of them.
  one.run = [](std::int64_t replicas) { return trial_of(replicas < 100 ? 200 * ms : 140 * ms); };
  const reports::SizedGpu sized = size_gpu({one, four}, load_of(150ms), catalog());
  CHECK(sized.tensor_parallel == 4);
  CHECK(sized.replicas == 7);
  CHECK(sized.trials > 8);  // of both
  // What holds on one GPU stays the answer when four do not hold.
  four.run_alone = [] { return trial_of(200 * ms); };
  CHECK(size_gpu({one, four}, load_of(150ms), catalog()).replicas == 100);
  CHECK(size_gpu({one, four}, load_of(150ms), catalog()).why_out.empty());
}

TEST_CASE("Requests that are not answered hold no objective", "[size]") {
  Fake fake;
  SizingCandidate candidate = fake.on("L4", 1);
  candidate.run_alone = [] {
    sim::Trial trial = trial_of(10 * ms);
    trial.unanswered = 3;
    return trial;
  };
  CHECK(size_gpu({candidate}, load_of(150ms), catalog()).why_out ==
        "not even an idle replica holds it: 3 of 100 requests are not answered: the memory cannot hold them");
}

TEST_CASE("All objectives that are missed are named", "[size]") {
  Fake fake;
  SizingLoad load = load_of(5ms);
  load.objectives[1].limit = 10ms;
  CHECK(size_gpu({fake.on("L4", 1)}, load, catalog()).why_out ==
        "not even an idle replica holds it: ttft.p95 is 10 ms and tpot.mean is 20 ms");
}
