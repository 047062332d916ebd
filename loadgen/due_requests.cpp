#include "loadgen/due_requests.hpp"

#include <algorithm>
#include <thread>

namespace loadgen {
namespace {

constexpr std::size_t due_capacity = 32'768;
constexpr std::int64_t clerk_pause_ns = 50'000;  // until the next look while the clerk is behind with the plan

}  // namespace

DueRequests::DueRequests(const DueConfig& config, Clerk& clerk)
    : config_{config}, clerk_{clerk}, due_{due_capacity}, thinking_{due_capacity} {
  for (std::int64_t user = 0; user < config_.users; ++user) thinking_.push(0);
}

void DueRequests::wait_for_plan() {
  if (is_closed_loop()) return;
  static_cast<void>(more_is_due(0));
}

bool DueRequests::more_is_due(std::int64_t now_ns) {
  while (next_planned() == nullptr && !plan_is_over_ && !clerk_.failed()) std::this_thread::yield();
  const PlannedRequest* next = next_planned();
  return next != nullptr && next->at_ns <= now_ns;
}

const PlannedRequest* DueRequests::next_planned() {
  if (plan_is_over_) return nullptr;
  if (batch_ == nullptr) {
    batch_ = clerk_.next_batch();
    next_in_batch_ = 0;
    if (batch_ == nullptr) return nullptr;
    if (batch_->count == 0) {
      plan_is_over_ = true;
      return nullptr;
    }
  }
  return &batch_->requests[next_in_batch_];
}

// Past the request that next_planned() gave.
void DueRequests::step() {
  if (++next_in_batch_ < batch_->count) return;
  clerk_.done_with(batch_);
  batch_ = nullptr;
}

void DueRequests::notice_plan(std::int64_t now_ns, Window& window) {
  while (const PlannedRequest* next = next_planned()) {
    if (due_.full()) notices_late_ = true;
    else if (next->at_ns > now_ns) notices_late_ = false;
    if (next->at_ns > now_ns || due_.full()) return;
    // Whoever is noticed late because so many wait already does not owe it to the generator.
    if (!notices_late_) window.record(Metric::generator_delay, now_ns - next->at_ns);
    due_.push(*next);
    ++noticed_;
    ++window.counts.due;
    step();
  }
}

bool DueRequests::may_send(std::int64_t at_ns) const {
  return at_ns < core::to_ns(config_.length) && noticed_ < config_.requests && !due_.full();
}

void DueRequests::notice_users(std::int64_t now_ns, Window& window) {
  while (!thinking_.empty() && thinking_.front() <= now_ns && may_send(thinking_.front())) {
    PlannedRequest request;
    if (const PlannedRequest* planned = next_planned()) {
      request = *planned;
      step();
    }
    request.at_ns = thinking_.front();
    request.index = noticed_++;
    thinking_.pop();
    window.record(Metric::generator_delay, now_ns - request.at_ns);
    ++window.counts.due;
    due_.push(request);
  }
}

void DueRequests::notice(std::int64_t now_ns, Window& window) {
  if (is_closed_loop()) notice_users(now_ns, window);
  else notice_plan(now_ns, window);
}

std::int64_t DueRequests::next_look_ns(std::int64_t now_ns) {
  if (due_.full()) return core::never_ns;
  if (is_closed_loop()) return !thinking_.empty() && may_send(thinking_.front()) ? thinking_.front() : core::never_ns;
  if (const PlannedRequest* next = next_planned()) return next->at_ns;
  return plan_is_over_ ? core::never_ns : now_ns + clerk_pause_ns;
}

std::optional<DueRequest> DueRequests::pop() {
  if (!retries_.empty()) {
    const DueRequest next{retries_.back(), true};
    retries_.pop_back();
    return next;
  }
  if (due_.empty()) return std::nullopt;
  const DueRequest next{due_.front(), false};
  due_.pop();
  return next;
}

std::int64_t DueRequests::drop_before(std::int64_t ns) {
  std::int64_t dropped = 0;
  while (!due_.empty() && due_.front().at_ns < ns) {
    due_.pop();
    ++dropped;
  }
  return dropped;
}

void DueRequests::user_is_free(std::int64_t now_ns) {
  if (is_closed_loop()) thinking_.push(now_ns + core::to_ns(config_.think_time));
}

bool DueRequests::nothing_comes(std::int64_t now_ns) {
  if (is_closed_loop()) return now_ns >= core::to_ns(config_.length) || noticed_ >= config_.requests;
  return next_planned() == nullptr && plan_is_over_;
}

}  // namespace loadgen
