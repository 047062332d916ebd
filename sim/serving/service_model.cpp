#include "sim/serving/service_model.hpp"

#include <algorithm>

#include "core/distributions.hpp"
#include "core/random.hpp"

namespace sim {

namespace {

// The request's second draw, for the pace.
constexpr std::uint64_t pace_salt = 0x5bf03635dcd1f58fU;

// 2^61 ns are 73 years: what takes so long ends after every horizon, and may be added to any time within one.
constexpr std::int64_t longest_ns = std::int64_t{1} << 61U;

// At least 1. A pace of a day and ten million tokens are a slip, but one that must not wrap around to a short answer.
inline std::int64_t whole_answer_ns(std::int64_t first_token_ns, std::int64_t pace_ns, std::uint32_t tokens) {
  const std::uint32_t further = tokens > 0 ? tokens - 1 : 0;  // the first one has come
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(pace_ns, further, &ns) || ns > longest_ns - first_token_ns) [[unlikely]] {
    return longest_ns;
  }
  return std::max<std::int64_t>(first_token_ns + ns, 1);
}

}  // namespace

void Latency::draw(const std::uint64_t* bits, std::size_t count, std::int64_t* out_ns) const {
  if (exponential_mean > core::Duration{0}) {
    core::fill_exponential_ns({bits, count}, static_cast<double>(exponential_mean.count()), {out_ns, count});
    return;
  }
  for (std::size_t i = 0; i < count; ++i) out_ns[i] = table(bits[i]);
}

double Latency::mean_ns() const {
  return exponential_mean > core::Duration{0} ? static_cast<double>(exponential_mean.count()) : table.mean();
}

bool ServiceModel::has_first_token() const {
  if (const auto* const whole = std::get_if<WholeLatency>(&model_)) return whole->first_token.has_value();
  return true;
}

void ServiceModel::draw(const core::traffic::Block& block, ServiceTimes& times) const {
  std::int64_t* const service_ns = times.service_ns.data();
  std::int64_t* const first_token_ns = times.first_token_ns.data();
  if (const auto* const whole = std::get_if<WholeLatency>(&model_)) {
    whole->whole.draw(block.luck.data(), block.count, service_ns);
    for (std::size_t i = 0; i < block.count; ++i) service_ns[i] = std::max<std::int64_t>(service_ns[i], 1);
    if (whole->first_token) whole->first_token->draw(block.luck.data(), block.count, first_token_ns);
    return;
  }
  const auto& paced = std::get<PacedLatency>(model_);
  std::array<std::uint64_t, core::traffic::Block::capacity> second_luck;
  for (std::size_t i = 0; i < block.count; ++i) second_luck[i] = core::mix(block.luck[i] ^ pace_salt);
  paced.first_token.draw(block.luck.data(), block.count, first_token_ns);
  paced.per_output_token.draw(second_luck.data(), block.count, service_ns);
  for (std::size_t i = 0; i < block.count; ++i) {
    service_ns[i] = whole_answer_ns(first_token_ns[i], service_ns[i], block.output_tokens[i]);
  }
}

ServiceTime ServiceModel::draw_one(std::uint64_t luck, std::uint32_t output_tokens) const {
  ServiceTime time;
  if (const auto* const whole = std::get_if<WholeLatency>(&model_)) {
    whole->whole.draw(&luck, 1, &time.service_ns);
    time.service_ns = std::max<std::int64_t>(time.service_ns, 1);
    if (whole->first_token) whole->first_token->draw(&luck, 1, &time.first_token_ns);
    return time;
  }
  const auto& paced = std::get<PacedLatency>(model_);
  const std::uint64_t second_luck = core::mix(luck ^ pace_salt);
  paced.first_token.draw(&luck, 1, &time.first_token_ns);
  paced.per_output_token.draw(&second_luck, 1, &time.service_ns);
  time.service_ns = whole_answer_ns(time.first_token_ns, time.service_ns, output_tokens);
  return time;
}

}  // namespace sim
