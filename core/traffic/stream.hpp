// The stream of requests that a traffic description and a seed stand for.
//
//  * `TrafficConfig`  what the `traffic` section of a scenario says
//  * `read_traffic`   reads it
//  * `RequestStream`  hands it out in blocks, in order of time, the same for a seed wherever it is asked
//
//   traffic:
//     daily_users: 1_000_000
//     requests_per_user_day: 10
//     hour_of_day: consumer                   # flat | consumer | office | 24 numbers; default flat
//     day_of_week: [1.05, 1, 1, 1, 1, 0.9, 0.95]      # Monday first; default flat
//     time_zones: [{utc_offset: -8h, share: 30%}, {utc_offset: 1h, share: 70%}]      # default UTC
//     growth: {kind: linear, to: 2_000_000, over: 90d}      # users at the end; default constant, over the horizon
//             {kind: exponential, per_month: 10%}
//             {kind: logistic, to: 2_000_000, midpoint: 60d, rise: 40d}    # 10 % to 90 % of the way in `rise`
//             {kind: phased, phases: [{from: 2026-12-01, share: 10%}, …]}  # of daily_users
//     arrivals: {process: poisson}            # the default
//               {process: constant}
//               {process: gamma, cv: 1.1} {process: weibull, cv: 1.1}
//               {process: mmpp, burst_factor: 5, burst_share: 10%, mean_burst: 1m}      # or mean_calm for burst_share
//               {process: sessions, requests_per_session: 4, think_time: 30s}
//               {process: trace, file: requests.csv, speed: 1, repeat: true, scale: 1}      # without users and tokens
//               # CSV, or JSON lines that also say which prompts begin alike: core/traffic/trace.hpp
//     tokens: {from: azure-conversation-2023}         # a table that ships, or a file (*.yaml)
//             {input: 500, output: {distribution: lognormal, p50: 120, p95: 600, max: 4096}}      # or mean instead of
//             p50;
//                                                        # more than max is cut off there; default: no limit
//
//     classes: [{name: interactive, share: 80%}, {name: batch, share: 20%}]      # default: all requests are alike
//
// What each part draws comes from a random stream of its own (traffic.arrivals, traffic.bursts, traffic.sessions,
// traffic.copies, traffic.sizes, traffic.luck, traffic.keys): another token table leaves every arrival and every
// luck where it was, and a cache only adds keys.
//
// Example:
//   const TrafficConfig config = read_traffic(doc.root().section("traffic"), load_text);
//   RequestStream stream{config, horizon, core::Stream{seed}};
//   auto block = std::make_unique<Block>();
//   while (stream.fill(*block)) { … }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.hpp"
#include "core/distributions/zipf.hpp"
#include "core/random.hpp"
#include "core/traffic/arrivals.hpp"
#include "core/traffic/block.hpp"
#include "core/traffic/demand.hpp"
#include "core/traffic/sizes.hpp"
#include "core/yaml_reader.hpp"

namespace core::traffic {

// Brings the text of a file that a scenario names, or of a named table that ships with billcast
// ("tokens/azure-conversation-2023"); throws ConfigError when there is none. Files live in the callers.
using TextLoader = std::function<std::string(std::string_view name)>;

// Requests that are told apart: those of a share, chosen by each request's own luck.
struct TrafficClass {
  std::string name;
  double share = 0;
};

struct TrafficConfig {
  DemandConfig demand{};  // not looked at when a trace is replayed
  ArrivalsConfig arrivals{};
  // Read once, looked at by the streams of all draws; none: the trace brings the tokens.
  std::shared_ptr<const TokenSizes> sizes;
  std::vector<TrafficClass> classes;  // none, or two and more whose shares sum to 1
};

// Throws ConfigError.
TrafficConfig read_traffic(const Section& traffic, const TextLoader& load_text);

class RequestStream {
 public:
  RequestStream(const TrafficConfig& config, const Horizon& horizon, const Stream& root);

  // Gives every request a content key from now on: a rank from 1, after Zipf. Call it before the first fill.
  void set_popularity(double zipf_exponent, std::uint32_t keys);

  // The next requests: at least one, all of one hour, as many as fit or as the hour still has. False when the horizon
  // is over; the block is then empty. The memory it takes depends on neither the horizon nor the number of requests
  // (a trace is kept as it was read; sessions cost 16 bytes for each that is open).
  bool fill(Block& block);

  // Over the whole horizon, for progress and ETA; the real number is another draw's. Of sessions a little more than
  // comes (core/traffic/arrivals.hpp).
  double expected_requests() const { return expected_requests_; }
  double mean_per_s() const { return expected_requests_ / horizon_s_; }
  // Of the busiest minute: its expected rate, in a burst where there are such; of a trace, what it holds.
  double peak_per_s() const { return peak_per_s_; }
  double mean_input_tokens() const;
  double mean_output_tokens() const;

 private:
  std::int32_t hour_ = 0;
  std::int32_t hour_count_;
  double horizon_s_;
  double expected_requests_ = 0;
  double peak_per_s_ = 0;
  std::unique_ptr<ArrivalProcess> arrivals_;
  std::shared_ptr<const TokenSizes> sizes_;
  std::shared_ptr<const Trace> trace_;  // where the tokens come from when sizes_ is none
  Stream sizes_chance_;
  Stream luck_;
  Stream keys_chance_;
  std::optional<Zipf> popularity_;
  std::vector<std::uint64_t> class_ends_;  // of the request's draw for its class, for all classes but the last
};

}  // namespace core::traffic
