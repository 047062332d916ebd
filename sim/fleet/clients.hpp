// The clients of a fleet: how long they wait, whom the queue turns away, and who comes again.
//
//  * `Client`        what is known of a request beside its `Visit`
//  * `Clients`       gives each its patience, its deadline and its retries
//  * `RetrySummary`  (sim/result.hpp) the attempts of all of them
//
// Patience. A client who has waited for a time drawn from his own luck leaves the queue (abandoned). One who is being
// served stays until his deadline; one who is sent back into the queue, since his replica is gone, begins to wait anew.
//
// Shedding. With `shed: [batch, interactive]` and a limit of 1000, a request of class `batch` is turned away when 500
// wait, one of `interactive` when 1000 do: the j-th of k classes has j/k of the queue. Who is not named has all of it.
//
// Retries. A request that was turned away or timed out may come again, after a back-off (sim/api/retry.hpp), if it has
// attempts left and the budget of all clients allows it. Each attempt is a request of its own to the fleet, with a
// timeout and a patience of its own, behind those who wait by then. What the client sees is one request: it ends as its
// last attempt does, and is as old as its first.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/traffic/block.hpp"
#include "sim/api/retry.hpp"
#include "sim/fleet/fleet_config.hpp"
#include "sim/ledger.hpp"

namespace sim {

struct Client {
  std::uint32_t number = 0;      // attempts in order of their coming, modulo 2^32
  std::uint32_t attempt = 1;     // the first one
  std::int64_t deadline_ns = 0;  // of this attempt
  std::int64_t patience_ns = 0;  // from joining the queue on
  std::int64_t leave_by_ns = 0;  // when it is over, as long as it waits
  std::int64_t lost_ns = 0;      // that slots have spent on it for nothing
  std::uint64_t luck = 0;
};

class Clients {
 public:
  explicit Clients(const FleetConfig& config);

  // Whether any of this is asked for.
  static bool are_plain(const FleetConfig& config);

  // The patience of a block's requests. Call it before any of them is asked for.
  void draw(const core::traffic::Block& block);
  // Request `i` of the block comes for the first time, now.
  Client comes(const core::traffic::Block& block, std::size_t i);
  // It comes again, at `now_ns`.
  void comes_again(Client& client, std::int64_t now_ns);
  // It joins the queue at `now_ns`, for the first time or after its replica was lost.
  static void joins_queue(Client& client, std::int64_t now_ns) { client.leave_by_ns = now_ns + client.patience_ns; }

  // How many may wait already when one of this class is let in.
  std::int64_t limit_of(std::uint32_t traffic_class) const {
    return class_limits_.empty() ? queue_limit_ : class_limits_[traffic_class];
  }
  bool are_patient() const { return !patience_; }
  bool retry() const { return retry_.max > 0; }
  bool has_attempts_left(const Client& client) const {
    return client.attempt <= static_cast<std::uint64_t>(retry_.max);
  }
  // An attempt failed at `now_ns`: when the next one comes, if there will be one.
  std::optional<std::int64_t> returns_at(const Client& client, std::int64_t now_ns);

  // For the result; nothing when clients do not retry.
  std::optional<RetrySummary> summary() const;

 private:
  void count_attempt(std::int64_t now_ns);

  std::int64_t queue_limit_;
  std::vector<std::int64_t> class_limits_;
  std::int64_t timeout_ns_;
  std::shared_ptr<const Latency> patience_;
  RetryConfig retry_;
  RetryBudget budget_;
  RetrySummary summary_;
  std::uint32_t came_ = 0;
  std::int64_t minute_ = 0;
  std::int64_t in_minute_ = 0;
  std::unique_ptr<std::array<std::int64_t, core::traffic::Block::capacity>> patience_ns_;
};

}  // namespace sim
