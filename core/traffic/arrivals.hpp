// When requests come: point processes whose expected number follows the demand.
//
//  * `ArrivalsConfig`   which process, and its parameters
//  * `ArrivalProcess`   hands the arrivals out in order of time, a block's worth at a time
//  * `make_arrivals`    the process that a config asks for
//
// poisson, constant, gamma and weibull are renewal processes of rate 1 in operational time, pushed through the inverse
// of the integrated demand: exact, not thinned. constant is a metronome: an arrival whenever the demand has summed to
// another half more than a whole request (so that ten seconds at 1,000 a second hold 10,000). The demand is constant
// within a minute; the place of an arrival is rounded to the nanosecond. `cv` is the coefficient of variation of the
// gaps in operational time (1 = Poisson). The first gap starts at the start of the horizon.
//
// mmpp is a Poisson process whose rate is multiplied by a two-state Markov process with mean 1: a calm rate, and
// `burst_factor` times it in bursts. Calm and burst times are exponential, in real time; the state at the start is
// drawn from the long-run shares.
//
// sessions start as the Poisson process of demand / requests_per_session; after each request another follows with
// probability 1 - 1 / requests_per_session (so their number is geometric with that mean), an exponential think time
// later. Think time runs from request to request and never waits for an answer, so that every option meets the same
// requests. No session is open when the horizon starts, and what lies beyond its end falls away, so that about
// (requests_per_session - 1) × think_time × rate requests are missing. Memory grows with the open sessions, whose
// number that is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/random.hpp"
#include "core/time.hpp"
#include "core/traffic/block.hpp"
#include "core/traffic/demand.hpp"
#include "core/traffic/trace.hpp"

namespace core::traffic {

struct ArrivalsConfig {
  enum class Process { poisson, constant, gamma, weibull, mmpp, sessions, trace };
  Process process = Process::poisson;
  double cv = 1;                    // gamma, weibull
  double burst_factor = 1;          // mmpp: ≥ 1
  Duration mean_calm{};             // mmpp: > 0
  Duration mean_burst{};            // mmpp: > 0
  double requests_per_session = 1;  // sessions: ≥ 1
  Duration mean_think_time{};       // sessions
  TraceReplay trace{};              // trace: what to replay, and how

  double burst_share() const { return to_seconds(mean_burst) / (to_seconds(mean_burst) + to_seconds(mean_calm)); }
  // What the demand is multiplied by outside bursts.
  double calm_factor() const { return 1 / (1 + burst_share() * (burst_factor - 1)); }
};

class ArrivalProcess {
 public:
  virtual ~ArrivalProcess() = default;
  // Writes the next arrivals before `until_ns` into block.arrival_ns and sets block.count: the block's capacity, or
  // all there are. A trace writes tokens, too, and what it says of how prompts begin. `until_ns` is a multiple of a
  // minute within the horizon, never less than before.
  virtual void take(Block& block, std::int64_t until_ns) = 0;
};

// The streams are the children "traffic.arrivals", "traffic.bursts", "traffic.sessions" and "traffic.copies" of `root`.
std::unique_ptr<ArrivalProcess> make_arrivals(const ArrivalsConfig& config, const Demand& demand, const Stream& root);

}  // namespace core::traffic
