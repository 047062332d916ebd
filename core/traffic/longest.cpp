#include "core/traffic/longest.hpp"

#include <algorithm>

#include "core/traffic/trace.hpp"

namespace core::traffic {

LongestRequest longest_request(const TrafficConfig& traffic) {
  if (traffic.sizes) return traffic.sizes->longest();
  LongestRequest longest;
  const Trace& trace = *traffic.arrivals.trace.trace;
  for (std::size_t i = 0; i < trace.at_ns.size(); ++i) {
    longest.input_tokens = std::max(longest.input_tokens, trace.input_tokens[i]);
    longest.output_tokens = std::max(longest.output_tokens, trace.output_tokens[i]);
    longest.tokens = std::max(longest.tokens, std::uint64_t{trace.input_tokens[i]} + trace.output_tokens[i]);
  }
  return longest;
}

}  // namespace core::traffic
