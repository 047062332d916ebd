#include "sim/fleet/clients.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace sim {

namespace {

// A request's draws for its patience and for its back-offs.
constexpr std::uint64_t patience_salt = 0x8f14e45fceea167aU;
constexpr std::uint64_t backoff_salt = 0xc9f0f895fb98ab91U;

}  // namespace

Clients::Clients(const FleetConfig& config)
    : queue_limit_{config.queue_limit},
      class_limits_{config.class_limits},
      timeout_ns_{core::to_ns(config.timeout)},
      patience_{config.patience},
      retry_{config.retry},
      budget_{config.retry} {
  if (patience_) patience_ns_ = std::make_unique<std::array<std::int64_t, core::traffic::Block::capacity>>();
}

bool Clients::are_plain(const FleetConfig& config) {
  return config.class_limits.empty() && !config.patience && config.retry.max == 0;
}

void Clients::draw(const core::traffic::Block& block) {
  if (!patience_) return;
  std::array<std::uint64_t, core::traffic::Block::capacity> luck;
  for (std::size_t i = 0; i < block.count; ++i) luck[i] = core::mix(block.luck[i] ^ patience_salt);
  patience_->draw(luck.data(), block.count, patience_ns_->data());
}

Client Clients::comes(const core::traffic::Block& block, std::size_t i) {
  if (retry()) {
    budget_.earn();
    ++summary_.requests;
    count_attempt(block.arrival_ns[i]);
  }
  return {.number = came_++,
          .deadline_ns = block.arrival_ns[i] + timeout_ns_,
          .patience_ns = patience_ ? (*patience_ns_)[i] : core::to_ns(no_timeout),
          .luck = block.luck[i]};
}

void Clients::comes_again(Client& client, std::int64_t now_ns) {
  ++summary_.retries;
  count_attempt(now_ns);
  client.number = came_++;
  ++client.attempt;
  client.deadline_ns = now_ns + timeout_ns_;
}

std::optional<std::int64_t> Clients::returns_at(const Client& client, std::int64_t now_ns) {
  if (!has_attempts_left(client)) return std::nullopt;
  if (!budget_.spend()) {
    ++summary_.denied;
    return std::nullopt;
  }
  const std::uint64_t bits = core::mix(client.luck ^ (backoff_salt + client.attempt));
  return now_ns + backoff_ns(retry_, client.attempt, bits, 0);
}

void Clients::count_attempt(std::int64_t now_ns) {
  ++summary_.attempts;
  const std::int64_t minute = now_ns / (60 * core::ns_per_second);
  if (minute != minute_) in_minute_ = 0;
  minute_ = minute;
  summary_.peak_attempts_per_minute = std::max(summary_.peak_attempts_per_minute, ++in_minute_);
}

std::optional<RetrySummary> Clients::summary() const {
  return retry() ? std::optional<RetrySummary>{summary_} : std::nullopt;
}

}  // namespace sim
