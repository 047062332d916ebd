#include "loadgen/load_plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <vector>

#include <fmt/compile.h>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace loadgen {
namespace {

constexpr std::size_t survey_batch = 4096;

class Sha256 {
 public:
  Sha256() {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
      throw std::runtime_error{"the cryptographic library has no SHA-256"};
  }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string hexadecimal() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) fmt::format_to(std::back_inserter(text), "{:02x}", digest[i]);
    return text;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

}  // namespace

LoadPlanConfig steady_plan(double rate_per_s, const core::traffic::ArrivalsConfig& arrivals, core::Duration length,
                           std::uint64_t seed) {
  LoadPlanConfig config;
  config.traffic.demand.daily_users = rate_per_s * 86'400;
  config.traffic.demand.requests_per_user_day = 1;
  config.traffic.arrivals = arrivals;
  config.traffic.sizes = std::make_shared<const core::traffic::TokenSizes>(core::traffic::TokenSizes::constant(0, 0));
  // The demand is flat, so that any day will do.
  const auto hours = length / std::chrono::hours{1} + 1;
  config.horizon = core::Horizon::hours(
      core::Date{}, static_cast<std::int32_t>(std::min<std::int64_t>(hours, core::Horizon::longest_hours)));
  config.length = length;
  config.seed = seed;
  return config;
}

LoadPlan::LoadPlan(const LoadPlanConfig& config)
    : stream_{config.traffic, config.horizon, core::Stream{config.seed}},
      block_{std::make_unique<core::traffic::Block>()},
      from_ns_{core::to_ns(config.from)},
      speed_{config.speed},
      length_ns_{core::to_ns(config.length)},
      ramp_ns_{static_cast<double>(core::to_ns(config.ramp_up))},
      left_{config.most_requests} {
  block_->count = 0;
  if (config.popularity) stream_.set_popularity(config.popularity->zipf_exponent, config.popularity->keys);
}

std::int64_t LoadPlan::planned_ns(std::int64_t arrival_ns) const {
  const std::int64_t since_ns = arrival_ns - from_ns_;
  if (speed_ == 1 && ramp_ns_ == 0) return since_ns;
  double at = static_cast<double>(since_ns) / speed_;
  if (ramp_ns_ > 0) at = at < ramp_ns_ / 2 ? std::sqrt(2 * ramp_ns_ * at) : at + ramp_ns_ / 2;
  // Beyond what the doubles before it can hold there is no plan either: 100 years.
  return at < 3e18 ? static_cast<std::int64_t>(at) : core::never_ns;
}

std::size_t LoadPlan::take(std::span<PlannedRequest> requests) {
  std::size_t count = 0;
  while (count < requests.size() && left_ > 0 && !is_over_) {
    if (next_in_block_ == block_->count) {
      next_in_block_ = 0;
      if (!stream_.fill(*block_)) {
        is_over_ = true;
        break;
      }
    }
    const std::size_t i = next_in_block_++;
    if (block_->arrival_ns[i] < from_ns_) continue;
    const std::int64_t at_ns = planned_ns(block_->arrival_ns[i]);
    if (at_ns >= length_ns_) {
      is_over_ = true;
      break;
    }
    requests[count++] = {.at_ns = at_ns,
                         .index = index_++,
                         .input_tokens = block_->input_tokens[i],
                         .output_tokens = block_->output_tokens[i],
                         .content_key = block_->content_key[i]};
    --left_;
  }
  return count;
}

std::string plan_header() { return "index,at_s,input_tokens,output_tokens,key\n"; }

void append_plan_row(std::string& text, const PlannedRequest& r) {
  fmt::format_to(std::back_inserter(text), FMT_COMPILE("{},{}.{:09},{},{},{}\n"), r.index,
                 r.at_ns / core::ns_per_second, r.at_ns % core::ns_per_second, r.input_tokens, r.output_tokens,
                 r.content_key);
}

PlanSurvey survey(const LoadPlanConfig& config, const std::function<void(std::string_view)>& rows,
                  const std::function<bool()>& stop) {
  LoadPlan plan{config};
  PlanSurvey found;
  Sha256 hash;
  std::string text = plan_header();
  std::vector<PlannedRequest> batch(survey_batch);
  std::int64_t second = 0;
  std::int64_t in_second = 0;
  std::int64_t most = 0;
  for (;;) {
    const std::size_t count = plan.take(batch);
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t at_s = batch[i].at_ns / core::ns_per_second;
      if (at_s != second) {
        second = at_s;
        in_second = 0;
      }
      most = std::max(most, ++in_second);
      append_plan_row(text, batch[i]);
    }
    hash.add(text);
    if (rows) rows(text);
    text.clear();
    if (count == 0 || (stop && stop())) break;
    found.requests += static_cast<std::int64_t>(count);
    found.last = core::Duration{batch[count - 1].at_ns};
  }
  found.peak_per_s = static_cast<double>(most);
  found.sha256 = hash.hexadecimal();
  return found;
}

}  // namespace loadgen
