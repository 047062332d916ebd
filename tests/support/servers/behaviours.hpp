// What the fault server does for each path: one function for each behaviour, right ones and wrong ones.
//
//  * `Shared`     what all connections share: queues, the clock of the freezes, the requests that were seen
//  * `behaviour`  the function of a path
//
// The paths and their parameters are listed in fault_server.cpp.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/servers/conversation.hpp"

namespace fault_server {

class Shared {
 public:
  // First come, first served over n slots: when a request that arrives now will have been served. With the times at
  // which each slot becomes free, no queue needs to be kept.
  Clock::time_point served_by_slots(std::size_t slots, Clock::duration service);
  double exponential(double mean);
  Clock::duration since_first_request(Clock::time_point now);
  void note(const Request& request);
  std::string seen() const;  // a JSON list of {target, head, body, at_ns}
  void count_request() { ++count_; }
  std::int64_t count() const { return count_; }

 private:
  mutable std::mutex mutex_;
  std::priority_queue<Clock::time_point, std::vector<Clock::time_point>, std::greater<>> free_at_;
  std::mt19937_64 chance_{1};
  std::optional<Clock::time_point> first_request_;
  std::vector<Request> noted_;
  std::atomic<std::int64_t> count_{0};  // of all requests
};

using Behaviour = void (*)(Conversation&, const Request&, Shared&);

// Nothing for a path that nobody knows.
Behaviour behaviour(std::string_view path);

// A stream of tokens in the shape of OpenAI's API (event_stream.cpp).
void event_stream(Conversation& peer, const Request& request, Shared& shared);

}  // namespace fault_server
