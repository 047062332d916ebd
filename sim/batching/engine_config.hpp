// How an LLM engine is set up: what it puts into an iteration, and what its memory holds.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/time.hpp"
#include "core/traffic/trace.hpp"
#include "sim/fleet/fleet_config.hpp"

namespace sim {

// Which tokens an iteration takes.
enum class Batching : std::uint8_t {
  // Every answer's next token first, then prompts in pieces up to the token budget (Sarathi-Serve; vLLM since v1).
  chunked_prefill,
  // Whole prompts up to the token budget, alone, whenever there are any; answers only between them (vLLM v0, Orca).
  prefill_first,
  // A batch is filled when the last one is done with all its answers; finished ones go on as padding until then.
  static_batches,
};

struct EngineConfig {
  Batching batching = Batching::chunked_prefill;
  std::uint32_t max_batch = 256;             // requests in the engine at once
  std::uint32_t token_budget = 512;          // of an iteration; static batches know none
  std::uint32_t kv_block_tokens = 16;        // the unit of KV memory; a power of two
  std::int64_t kv_blocks = 0;                // of one replica
  std::int64_t watermark_blocks = 0;         // kept free when a request is admitted
  core::Duration request_overhead{0};        // tokenising and the like, before the engine sees a request
  core::Duration timeout = no_timeout;       // from arrival to the whole answer; then the client leaves
  std::int64_t queue_limit = no_limit;       // requests that may wait at one replica; one more is rejected
  std::vector<std::int64_t> class_limits{};  // by class of the traffic, of those that are shed first; empty: the limit
  std::int64_t limit_of(std::uint32_t traffic_class) const {
    return class_limits.empty() ? queue_limit : class_limits[traffic_class];
  }
  // Keeps the prompt blocks of this trace for prompts that begin alike; nothing: every prompt is computed in full.
  std::shared_ptr<const core::traffic::Trace> prefixes{};
  std::uint32_t priority_classes = 1;  // 0 is served first; 1 to 16
};

}  // namespace sim
