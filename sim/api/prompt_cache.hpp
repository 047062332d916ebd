// A vendor's prompt cache: beginnings of prompts that many requests share, kept while they are used.
//
//  * `PromptCache`  when each of the shared beginnings was last used
//
// A beginning is written by the first call that has it and read by every call within `ttl` of its last use, which each
// read renews; a call `ttl` after it or later writes it again. With Poisson calls of rate λ a share 1 - exp(-λ ttl) of
// them reads. What is kept is the first `prefix_tokens` of a prompt, or all of a shorter one; below `minimum_tokens`
// nothing is. It is there for others from the moment of the call that writes it: vendors say that it takes until the
// first token of the answer, so the very first calls of a burst read here what they would write there.
//
// Memory: 8 bytes for each of `prefixes`.
//
// Example:
//   const std::int64_t tokens = cache.cacheable(input_tokens);
//   const bool is_read = cache.holds(prefix, now_ns);    // else it is written
//   cache.use(prefix, now_ns);
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/time.hpp"
#include "sim/api/api_config.hpp"

namespace sim {

class PromptCache {
 public:
  explicit PromptCache(const PromptCacheConfig& config)
      : config_{config}, last_use_ns_(static_cast<std::size_t>(config.prefixes), never_used) {}

  // Of the prompt's tokens, those that the cache may hold; 0: none.
  std::int64_t cacheable(std::int64_t input_tokens) const {
    const std::int64_t tokens = input_tokens < config_.prefix_tokens ? input_tokens : config_.prefix_tokens;
    return tokens < config_.minimum_tokens ? 0 : tokens;
  }
  std::uint32_t prefix_of(std::uint64_t bits, std::uint32_t content_key) const {
    __extension__ using Wide = unsigned __int128;
    const auto prefixes = static_cast<std::uint64_t>(config_.prefixes);
    return static_cast<std::uint32_t>(config_.by_content ? content_key % prefixes : (Wide{bits} * prefixes) >> 64U);
  }
  bool holds(std::uint32_t prefix, std::int64_t now_ns) const {
    return now_ns - last_use_ns_[prefix] < core::to_ns(config_.ttl);
  }
  void use(std::uint32_t prefix, std::int64_t now_ns) { last_use_ns_[prefix] = now_ns; }

 private:
  // Longer ago than any TTL, and no overflow when subtracted.
  static constexpr std::int64_t never_used = -(std::int64_t{1} << 62U);
  PromptCacheConfig config_;
  std::vector<std::int64_t> last_use_ns_;
};

}  // namespace sim
