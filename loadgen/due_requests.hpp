// Which requests are to be sent now: those of the plan whose time has come, or of users who have thought.
//
//  * `DueConfig`    the plan's bounds, or the closed loop's
//  * `DueRequest`   a request, and whether it is on its way for the second time
//  * `DueRequests`  the queue of them
//
// It is told the time and never asks for it. In an open loop a request is noticed when its time has come and then
// waits, first come, first served; the time between is the generator's own delay. In a closed loop each user's next
// request is due when he has thought; what it asks for is the plan's next content, where there is a plan. Up to 32,768
// requests are held; more of them wait in the plan, in which nothing is lost.
//
// Example:
//   due.notice(now_ns, window);
//   while (connection_is_free) { if (const auto next = due.pop()) send(*next); }
//   sleep_until(due.next_look_ns(now_ns));
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.hpp"
#include "loadgen/clerk.hpp"
#include "loadgen/ring.hpp"
#include "loadgen/window.hpp"

namespace loadgen {

struct DueConfig {
  std::int64_t users = 0;  // > 0: a closed loop
  core::Duration think_time{};
  std::int64_t requests = 0;  // of the plan, or the most that a closed loop sends
  core::Duration length{};    // of the plan, or of the closed loop
};

struct DueRequest {
  PlannedRequest request{};
  bool is_retry = false;
};

class DueRequests {
 public:
  DueRequests(const DueConfig& config, Clerk& clerk);

  // Waits until the first requests of the plan are drawn, so that the clock may start.
  void wait_for_plan();

  // Counts who is due by now, and how late that was noticed.
  void notice(std::int64_t now_ns, Window& window);
  // When `notice` has work next; core::never_ns: not by itself.
  std::int64_t next_look_ns(std::int64_t now_ns);

  std::size_t size() const { return due_.size() + retries_.size(); }
  bool empty() const { return size() == 0; }
  std::optional<DueRequest> pop();
  // Takes away those that were due before `ns`, and returns how many. (They did not get a connection in time.)
  std::int64_t drop_before(std::int64_t ns);

  // The request goes out once more, before all others.
  void send_again(const PlannedRequest& request) { retries_.push_back(request); }
  // A user's request ended; he thinks, and comes again. Nothing in an open loop.
  void user_is_free(std::int64_t now_ns);

  bool nothing_comes(std::int64_t now_ns);           // the plan is over, or no user may send any more
  bool more_is_due(std::int64_t now_ns);             // of the plan, beyond those noticed; waits for the clerk to know
  std::int64_t noticed() const { return noticed_; }  // requests that were due so far

 private:
  bool is_closed_loop() const { return config_.users > 0; }
  bool may_send(std::int64_t at_ns) const;
  const PlannedRequest* next_planned();
  void step();
  void notice_plan(std::int64_t now_ns, Window& window);
  void notice_users(std::int64_t now_ns, Window& window);

  DueConfig config_;
  Clerk& clerk_;
  PlanBatch* batch_ = nullptr;  // null: the clerk is behind, or there is no plan
  std::size_t next_in_batch_ = 0;
  bool plan_is_over_ = false;
  bool notices_late_ = false;  // the due requests had no room, and are not caught up with
  std::int64_t noticed_ = 0;
  Ring<PlannedRequest> due_;
  std::vector<PlannedRequest> retries_;  // at most one for each connection
  Ring<std::int64_t> thinking_;          // when each user sends again: all think as long, so that they come in order
};

}  // namespace loadgen
