// Requests to an API that may refuse them, fail, or be slow, and the clients who call it again.
//
//  * `ApiCalls`  the calls of all requests of an option, in exact order of time
//
// What a call meets, in this order: an outage (it fails at once, and counts for no limit); provisioned throughput, if
// there is any; the limits (429, at once); an error instead of an answer; else its answer, with times that follow from
// the request's luck. The k-th call of a request that is admitted has luck of its own, and the first one the request's:
// who was only throttled meets later what would have been met at once.
//
// What the client does: after a failure it waits (sim/api/retry.hpp) and calls again, up to `max` times; the budget is
// asked when the retry is due. When it may not, the request ends as its last call did: rejected (429) or failed. Its
// patience is counted from its arrival over all calls: a request whose next call would be due at the deadline or later
// waits for it in vain and has timed out then. A call whose answer begins later than `hedging.after` is hedged by a
// second one; whichever begins to answer first is kept, the other is given up at that moment with its prompt billed. A
// hedge that is refused or meets an outage is forgotten, and counts for no retry.
//
// Latency, first token and patience count from the arrival; between the calls a request waits, and time in calls that
// failed or came second is lost.
//
// What is billed: answers, those cut off up to the tokens they had made, prompts given up by hedging; errors only when
// the vendor does so; 429s and outages never. All of it belongs to the hour of the arrival.
//
// At one nanosecond: calls end, hedges are sent, retries are sent, requests arrive; hedges and retries in the order of
// the calls that they follow (of a hedged one: of its hedge).
//
// Cost: about 15 ns a request while it is served at its first call and neither a hedge nor a vendor's cache is in play,
// 50 ns otherwise. Memory: 150 bytes for each request that waits for its next call.
//
// Example:
//   ApiCalls calls{config, chance, ledger.horizon_ns()};
//   calls.serve(block, times, ledger);       // blocks in order of time
//   calls.advance_to(now_ns, ledger);        // retries due by now are sent
//   const ApiSummary summary = calls.close(ledger);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/random.hpp"
#include "core/time.hpp"
#include "core/traffic/block.hpp"
#include "core/usage.hpp"
#include "sim/api/api_config.hpp"
#include "sim/api/api_summary.hpp"
#include "sim/api/outages.hpp"
#include "sim/api/prompt_cache.hpp"
#include "sim/api/rate_limit.hpp"
#include "sim/api/retry.hpp"
#include "sim/event_queue.hpp"
#include "sim/ledger.hpp"
#include "sim/serving/service_model.hpp"

namespace sim {

class ApiCalls {
 public:
  // Whether it needs to be asked at all: an API with nothing but a latency does not.
  static bool are_needed(const ManagedApiConfig& config);

  ApiCalls(const ManagedApiConfig& config, const core::Stream& chance, std::int64_t horizon_ns);

  // The requests of a block that `ledger` has opened. `times`: of their first calls, slow windows included.
  void serve(const core::traffic::Block& block, const ServiceTimes& times, Ledger& ledger);
  // Everything that happens by `now_ns` has happened. Never decreasing.
  void advance_to(std::int64_t now_ns, Ledger& ledger);
  // The end of the horizon. Call once.
  ApiSummary close(Ledger& ledger);

 private:
  struct Request {
    std::int64_t arrival_ns = 0;
    std::uint64_t luck = 0;
    std::int64_t lost_ns = 0;    // in calls that failed or came second
    std::uint32_t calls = 0;     // made
    std::uint32_t admitted = 0;  // of them
    std::int64_t retries = 0;
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
    std::uint32_t ticket = 0;
    std::uint32_t traffic_class = 0;
    std::uint32_t prefix = 0;  // of the vendor's prompt cache
    core::Outcome last_failure = core::Outcome::failed;
  };
  // One call of a request; its times count from its start.
  struct Call {
    std::int64_t start_ns = 0;
    std::int64_t response_ns = 0;  // until its first token, or until the error
    std::int64_t whole_ns = 0;     // until the whole answer
    std::int64_t retry_after_ns = 0;
    std::int64_t cache_read_tokens = 0;
    std::int64_t cache_write_tokens = 0;
    core::Outcome failure = core::Outcome::failed;
    bool fails = false;
    bool is_admitted = false;
    bool is_provisioned = false;
    bool is_limited = false;  // the limits await its end
  };
  enum class Wake : std::uint8_t { hedge, retry };
  struct Event {
    std::size_t place;
    Wake wake;
  };
  struct Waiting {
    Request request;
    Call call;  // the one that is hedged
  };

  template <bool has_limits, bool has_errors>
  void serve_plain(const core::traffic::Block& block, const ServiceTimes& times, Ledger& ledger);
  void serve_each(const core::traffic::Block& block, Ledger& ledger);
  Request request_of(const core::traffic::Block& block, std::size_t i) const;
  void count_request(std::int64_t now_ns);
  void count_call(std::int64_t now_ns);
  void end_minute(std::int64_t now_ns);

  Call make_call(Request& request, std::int64_t now_ns);
  bool admit(const Request& request, std::int64_t cached_tokens, Call& call);
  void refuse(Call& call, std::int64_t wait_ns);
  bool is_error(std::uint64_t call_luck) const { return (core::mix(call_luck ^ error_salt) >> 11U) < errors_below_; }
  void set_times(Call& call, ServiceTime time, std::uint64_t call_luck);
  std::int64_t deadline_ns(const Request& request) const { return request.arrival_ns + timeout_ns_; }

  void begin(Request& request, std::int64_t now_ns, Ledger& ledger);
  void hedge(Request& request, const Call& first, std::int64_t now_ns, Ledger& ledger);
  void settle(Request& request, const Call& call, Ledger& ledger);
  // The request as this call served it, for the books.
  static Visit visit_of(const Request& request, const Call& call);
  void cut_off(const Request& request, const Call& call, std::int64_t end_ns, Ledger& ledger);
  void fail(Request& request, const Call& call, std::int64_t now_ns, Ledger& ledger);
  void leave(const Request& request, std::int64_t now_ns, core::Outcome outcome, Ledger& ledger);
  void release(const Call& call, std::int64_t end_ns, std::int64_t output_tokens);
  void meter(const Request& request, const Call& call, std::int64_t output_tokens, Ledger& ledger);
  void waste(const Request& request, const Call& call, Ledger& ledger);
  void wait(std::int64_t until_ns, Wake wake, const Waiting& waiting);

  static constexpr std::uint64_t error_salt = 0x2c7f5a91d3b8e46bU;

  ServiceModel model_;
  std::int64_t timeout_ns_;
  std::int64_t horizon_ns_;
  std::optional<RateLimit> limits_;
  bool cached_tokens_count_ = true;
  std::optional<RetryConfig> retry_;
  RetryBudget budget_;
  std::int64_t hedge_after_ns_;     // never_ns: not at all
  std::uint64_t errors_below_ = 0;  // of a call's draw of 53 bits
  bool errors_are_billed_ = false;
  std::int64_t error_after_ns_ = -1;
  Outages outages_;
  std::optional<PromptCache> prompt_cache_;
  std::optional<ProvisionedConfig> provisioned_;
  TokenBucket units_;
  Faults slow_;

  EventQueue<Event> events_;
  std::vector<Waiting> waiting_;
  std::vector<std::size_t> free_;  // places in it

  ApiSummary summary_;
  std::int64_t minute_end_ns_ = 60 * core::ns_per_second;
  std::int64_t calls_before_minute_ = 0;
  std::int64_t requests_before_minute_ = 0;
};

// Times × `amount` of slow windows in which the request arrived.
ServiceTime slowed(const Faults& faults, std::int64_t arrival_ns, ServiceTime time);
// What an answer has made `since_start_ns` after it began to be served.
std::uint32_t tokens_made(std::int64_t since_start_ns, ServiceTime time, std::uint32_t output_tokens);

}  // namespace sim
