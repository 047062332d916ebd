// Managed APIs in a few lines, for tests that choose every request.
//
//  * `Api`       an API, its horizon and what it is asked; `run` asks it
//  * `constant`  a latency that never varies
//  * `check_books`  all that must hold of a result, whatever was simulated
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "core/traffic/block.hpp"
#include "sim/api/managed_api.hpp"
#include "tests/sim/api_reference.hpp"
#include "tests/support/catch.hpp"

namespace api_run {

inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::int64_t second = 1'000 * ms;
using api_reference::Request;

inline sim::Latency constant(core::Duration d) { return {.table = core::QuantileTable::constant(d.count())}; }
inline sim::Latency exponential(core::Duration mean) {
  return {.table = core::QuantileTable::exponential(static_cast<double>(mean.count())), .exponential_mean = mean};
}

struct Answer {
  sim::OptionResult result;
  sim::RequestLog log;  // in order of arrival
};

struct Api {
  // A first token after 300 ms, then 10 ms for each further one.
  sim::ManagedApiConfig config{.latency = {.first_token = constant(std::chrono::milliseconds{300}),
                                           .per_output_token = constant(std::chrono::milliseconds{10})}};
  std::int32_t hours = 1;
  std::uint64_t seed = 1;

  core::Horizon horizon() const { return core::Horizon::hours(core::parse_date("2026-12-01"), hours); }

  // Requests in order of time, in blocks of at most `block_size` that never cross an hour.
  Answer run(const std::vector<Request>& requests, std::size_t block_size = core::traffic::Block::capacity) const {
    Answer answer;
    sim::ManagedApi api{
        config, {}, core::Stream{seed}, sim::Ledger{"api", horizon(), core::Duration{0}, true, &answer.log}};
    auto block = std::make_unique<core::traffic::Block>();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const Request& request = requests[i];
      block->hour = static_cast<std::int32_t>(request.arrival_ns / core::ns_per_hour);
      const std::size_t at = block->count++;
      block->arrival_ns[at] = request.arrival_ns;
      block->luck[at] = request.luck;
      block->input_tokens[at] = request.input_tokens;
      block->output_tokens[at] = request.output_tokens;
      block->content_key[at] = request.content_key;
      block->traffic_class[at] = 0;
      block->ticket[at] = static_cast<std::uint32_t>(i);
      const bool is_last = i + 1 == requests.size() || block->count == block_size ||
                           requests[i + 1].arrival_ns / core::ns_per_hour != block->hour;
      if (is_last) {
        api.serve(*block);
        block->count = 0;
      }
    }
    answer.result = api.close();
    std::sort(answer.log.begin(), answer.log.end());
    return answer;
  }
};

// `count` requests of these sizes, `gap_ns` apart, with luck of their own.
inline std::vector<Request> every(std::int64_t gap_ns, std::int64_t count, std::uint32_t input_tokens = 100,
                                  std::uint32_t output_tokens = 10, std::uint64_t seed = 1) {
  core::Stream luck{seed};
  std::vector<Request> requests;
  for (std::int64_t i = 0; i < count; ++i)
    requests.push_back({i * gap_ns, luck.next(), input_tokens, output_tokens, 0});
  return requests;
}

inline void check_books(const sim::OptionResult& result) {
  CHECK(result.checks.conservation);
  CHECK(result.checks.littles_law);
  CHECK(result.checks.busy_time);
  const core::HourUsage used = result.usage.total();
  CHECK(used.cache_read_tokens + used.cache_write_tokens + used.provisioned_input_tokens + used.batch_input_tokens <=
        used.input_tokens);
  CHECK(used.provisioned_output_tokens + used.batch_output_tokens <= used.output_tokens);
  CHECK(used.wasted_input_tokens <= used.input_tokens);
  CHECK(used.wasted_output_tokens <= used.output_tokens);
}

}  // namespace api_run
