// Sends requests on a clock and listens to what comes back: one thread, one loop, no waiting but for the next of both.
//
//  * `SenderConfig`  open or closed loop, and the bounds
//  * `SenderEnd`     what the windows (loadgen/window.hpp) do not tell
//  * `send_all`      the run
//
// Open loop: each request is due at its time in the plan, whatever the server does. A due request takes the connection
// that became idle last; without one, it waits, first come, first served, while a new connection is opened for it, up
// to `most_connections`. Its latency counts from the plan all the while. Closed loop: `concurrency` users each send a
// request, wait for its end, think, and send the next.
//
// All deadlines are absolute, on one schedule; the kernel is asked for a wake-up at the very nanosecond (a timer slack
// of 1 us instead of 50). Sockets are watched edge-triggered, so that a request costs a send, a receive and its share
// of one wait: 5 us, nearly all of it in the kernel. That is why no library stands between: Boost.Asio's loop takes 2
// to 10 % more, Beast's coroutines four times as much.
//
// A keep-alive connection that the server closed is opened again without a word, and counted; a request that was on its
// way then is sent once more if no byte came back.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "core/time.hpp"
#include "loadgen/clerk.hpp"
#include "loadgen/exchange.hpp"
#include "loadgen/outcome.hpp"
#include "loadgen/request_template.hpp"
#include "loadgen/target.hpp"
#include "loadgen/tls.hpp"

namespace loadgen {

struct SenderConfig {
  std::int64_t concurrency = 0;  // > 0: a closed loop of so many users
  core::Duration think_time{};
  std::int64_t requests = 0;  // of the plan, or the most that a closed loop sends
  core::Duration length{};    // of the plan, or of the closed loop
  int most_connections = 256;
  core::Duration timeout{};          // from the actual send
  core::Duration connect_timeout{};  // of TCP and TLS together
  core::Duration drain{};            // how long answers are waited for after `length`
  bool drops_late = false;           // --catch-up drop
  core::Duration late_after{};       // what is sent so much later than planned is late: counted, or dropped
  ExchangeRules rules{};
};

struct SenderEnd {
  bool interrupted = false;
  core::Duration length{};                              // of the run
  std::array<std::string, outcome_count> first_said{};  // of each outcome, what the first such request was told
  std::int64_t answers = 0;                             // answered streams or API answers
  std::int64_t answers_with_usage = 0;
  std::int64_t sent_late = 0;
  core::Duration last_send{};
  std::string local_limit;  // why this machine gave no more sockets; empty: it did
};

// Runs until the plan is over and answered, the drain is over, or `interrupt` is set. `tls`: null for plain HTTP. The
// clerk is finished when it returns. Throws what the clerk throws, and core::ConfigError when the machine lacks what it
// takes (Linux 5.11).
SenderEnd send_all(const SenderConfig& config, const Target& target, const TlsContext* tls,
                   const RequestTemplate& request, Clerk& clerk, const std::atomic<bool>& interrupt);

}  // namespace loadgen
