#include "core/traffic/stream.hpp"

#include <algorithm>
#include <cassert>
#include <span>
#include <vector>

namespace core::traffic {

namespace {

double mean_of(const std::vector<std::uint32_t>& tokens) {
  std::uint64_t sum = 0;
  for (const std::uint32_t count : tokens) { sum += count; }
  return static_cast<double>(sum) / static_cast<double>(tokens.size());
}

// The request's draw for its class.
constexpr std::uint64_t class_salt = 0x9fb21c651e98df25U;

}  // namespace

RequestStream::RequestStream(const TrafficConfig& config, const Horizon& horizon, const Stream& root)
    : hour_count_{horizon.hour_count()},
      horizon_s_{static_cast<double>(horizon.hour_count()) * 3600},
      sizes_{config.sizes},
      sizes_chance_{root.child("traffic.sizes")},
      luck_{root.child("traffic.luck")},
      keys_chance_{root.child("traffic.keys")} {
  double end = 0;
  for (std::size_t i = 0; i + 1 < config.classes.size(); ++i) {
    end += config.classes[i].share;
    class_ends_.push_back(static_cast<std::uint64_t>(std::min(end * 0x1p53, 0x1p53 - 1)) << 11U);
  }
  const Demand demand{config.demand, horizon};
  arrivals_ = make_arrivals(config.arrivals, demand, root);
  if (config.arrivals.process == ArrivalsConfig::Process::trace) {
    trace_ = config.arrivals.trace.trace;
    expected_requests_ = config.arrivals.trace.expected_requests(horizon.length());
    peak_per_s_ = config.arrivals.trace.peak_per_s();
  } else {
    assert(sizes_ != nullptr);
    expected_requests_ = demand.expected_requests();
    peak_per_s_ = demand.peak_per_s();
    if (config.arrivals.process == ArrivalsConfig::Process::mmpp) {
      peak_per_s_ *= config.arrivals.calm_factor() * config.arrivals.burst_factor;
    }
  }
}

void RequestStream::set_popularity(double zipf_exponent, std::uint32_t keys) {
  assert(hour_ == 0);
  popularity_.emplace(zipf_exponent, keys);
}

double RequestStream::mean_input_tokens() const {
  return sizes_ ? sizes_->mean_input() : mean_of(trace_->input_tokens);
}

double RequestStream::mean_output_tokens() const {
  return sizes_ ? sizes_->mean_output() : mean_of(trace_->output_tokens);
}

// 300 million requests a month, each (measured on one core, AVX-512): arrival 3 ns, luck 1, tokens 2, key 5.
bool RequestStream::fill(Block& block) {
  block.count = 0;
  block.hits = {};
  block.has_prefixes = false;
  for (; hour_ < hour_count_; ++hour_) {
    arrivals_->take(block, (hour_ + std::int64_t{1}) * ns_per_hour);
    if (block.count > 0) { break; }
  }
  if (block.count == 0) { return false; }
  block.hour = hour_;
  const std::size_t count = block.count;
  luck_.fill(std::span{block.luck}.first(count));
  block.has_classes = !class_ends_.empty();
  if (block.has_classes) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t draw = mix(block.luck[i] ^ class_salt);
      std::uint8_t number = 0;
      for (const std::uint64_t end : class_ends_) number = static_cast<std::uint8_t>(number + (draw >= end ? 1 : 0));
      block.traffic_class[i] = number;
    }
  }
  if (sizes_) {
    sizes_->draw(sizes_chance_, std::span{block.input_tokens}.first(count),
                 std::span{block.output_tokens}.first(count));
  }
  if (popularity_) {
    for (std::size_t i = 0; i < count; ++i) { block.content_key[i] = (*popularity_)(keys_chance_); }
  } else {
    std::fill_n(block.content_key.begin(), count, std::uint32_t{0});
  }
  return true;
}

}  // namespace core::traffic
