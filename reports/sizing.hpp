// What `billcast size` answers: on which GPU a model holds its objectives for the least money, as one value and its
// renderers.
//
//  * `Sizing`         the question, and one `SizedGpu` for each GPU, the cheapest that holds first
//  * `put_in_order`   brings them into that order
//  * `sizing_verdict` the answer in one sentence
//  * `to_text`, `to_json`
//
// A Sizing holds no wall time: the same question, seed and version give the same bytes.
//
// Example:
//   put_in_order(sizing);
//   console.out(json ? to_json(sizing) : to_text(sizing, {.colour = console.colour}));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "core/time.hpp"
#include "decision/latency_objective.hpp"
#include "pricing/bill.hpp"
#include "reports/text_page.hpp"

namespace reports {

// What rents the replicas of one GPU.
struct SizedInstances {
  std::string name;                       // "aws/g6e.12xlarge"
  std::int64_t gpus = 0;                  // of each
  std::int64_t count = 0;                 // that hold all replicas
  core::Money price;                      // of one for an hour, on demand
  core::Money monthly;                    // of all, 730 hours
  core::Money per_million_output_tokens;  // of the tokens of the mean load
  core::Money per_million_tokens;         // input and output together
  pricing::PriceSource source;
  bool operator==(const SizedInstances&) const = default;
};

struct SizedGpu {
  std::string gpu;                          // "A100-80GB"
  std::string why_out;                      // a clause, as in "no price table has an instance with it"; empty: it holds
  std::int64_t tensor_parallel = 0;         // GPUs of a replica, of those tried last; 0: none were
  std::int64_t replicas = 0;                // the fewest that hold; 0 when none do
  std::vector<std::int64_t> measured_ns;    // with those replicas, one for each objective; empty when none do
  double busy_share = 0;                    // of the replicas' time: in iterations, with few requests or many
  double load_share = 0;                    // of the requests that the replicas could answer at most
  std::int64_t trials = 0;                  // simulations that it took
  std::string fit;                          // what the GPU's card says of where its times come from
  std::optional<SizedInstances> instances;  // of one that holds
  bool holds() const { return instances.has_value(); }
  bool operator==(const SizedGpu&) const = default;
};

struct Sizing {
  std::string version;                 // of billcast
  std::vector<std::string> arguments;  // of the command, as typed
  std::string model;
  std::string quantization;  // "fp8"; empty: as the model is published
  double rate_per_s = 0;
  std::string arrivals;  // "poisson"
  std::string tokens;    // "azure-conversation-2023"
  double mean_input_tokens = 0;
  double mean_output_tokens = 0;
  std::vector<decision::LatencyObjective> objectives;
  std::string router;
  core::Duration duration{};  // simulated in each trial
  std::uint64_t seed = 0;
  std::string currency;
  std::vector<SizedGpu> gpus;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
  bool operator==(const Sizing&) const = default;
};

// Those that hold by their monthly cost and then by name, then the others as they were.
void put_in_order(Sizing& sizing);

// Of one in order: "L40S is the cheapest that holds ttft.p95<500ms: 3 replicas on 1 × aws/g6e.12xlarge, …".
std::string sizing_verdict(const Sizing& sizing);

// At most 100 columns wide.
std::string to_text(const Sizing& sizing, TextStyle style);
std::string to_json(const Sizing& sizing);

}  // namespace reports
