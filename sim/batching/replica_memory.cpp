// The KV memory of a replica: how many blocks its requests hold, and what its prefix cache keeps in the rest.
#include <algorithm>

#include "sim/batching/replica.hpp"

namespace sim {

std::int64_t Replica::blocks_of_answers(std::int64_t steps_ahead) const {
  const std::uint32_t step = step_ + static_cast<std::uint32_t>(steps_ahead);
  std::uint64_t tokens = held_ + static_cast<std::uint64_t>(steps_ahead) * answers_;
  for (std::uint32_t phase = 0; phase <= block_mask_; ++phase) {
    tokens += std::uint64_t{phases_[phase]} * ((0 - (phase + step)) & block_mask_);  // to the end of the last block
  }
  return static_cast<std::int64_t>(tokens >> block_shift_);
}

// A longer answer makes every place of the batch longer.
bool Replica::admit_to_static(const Sequence& s) {
  const std::uint32_t longest = std::max(longest_answer_, s.output_tokens);
  const std::int64_t prompts = prompt_blocks_ + blocks_of(s.input_tokens);
  const std::int64_t all = prompts + (std::int64_t{running_} + 1) * blocks_of(longest);
  if (all + config_->watermark_blocks > config_->kv_blocks) return false;
  longest_answer_ = longest;
  prompt_blocks_ = prompts;
  reserved_blocks_ = all;
  return true;
}

// Its prompt's blocks are pinned, and those that are computed already are skipped: all but the last token, without
// which there would be no next one.
void Replica::use_cached(std::uint32_t index) {
  Sequence& s = sequences_[index];
  const std::vector<std::uint64_t>& keys = keys_[index];
  const std::uint64_t found = std::uint64_t{cache_->match(keys)} * core::traffic::Trace::prefix_block_tokens;
  s.computed = static_cast<std::uint32_t>(std::min<std::uint64_t>(found, s.input_tokens > 0 ? s.input_tokens - 1 : 0));
  totals_.looked_up_tokens += s.input_tokens;
  totals_.found_tokens += s.computed;
  cache_->acquire(keys);
  pinned_blocks_ = cache_->pinned() * blocks_per_cached_;
  shrink_cache();
}

// What nobody uses makes room for what somebody needs. Called whenever the need has grown: within a stretch it only
// grows, so that its end is early enough.
void Replica::shrink_cache() {
  const std::int64_t free = config_->kv_blocks - reserved_blocks_ - blocks_of_answers(0);
  while (cache_->blocks() * blocks_per_cached_ > free && cache_->evict_one()) {}
}

bool Replica::memory_adds_up() const {
  std::uint64_t context = 0;
  std::uint64_t held = 0;
  std::uint32_t answers = 0;
  std::uint32_t in_batch = 0;
  std::int64_t reserved = 0;
  std::int64_t blocks = 0;
  for (const PriorityClass& priority : classes_) {
    for (std::uint32_t index = priority.oldest; index != none; index = sequences_[index].younger) {
      const Sequence& s = sequences_[index];
      ++in_batch;
      if (s.decodes) {
        ++answers;
        context += context_of(s);
        held += context_of(s) - shared_tokens(s);
        blocks += blocks_of(context_of(s) - shared_tokens(s));
      } else {
        reserved += blocks_of(s.prompt_tokens() - shared_tokens(s));
      }
    }
  }
  if (in_batch != running_) return false;
  if (cache_ && running_ == 0 && cache_->pinned() > 0) return false;
  if (is_static_) return answers <= answers_ && context <= context_;
  return answers == answers_ && context == context_ && held == held_ && reserved == reserved_blocks_ &&
         blocks == blocks_of_answers(0) &&
         blocks + reserved + pinned_blocks_ <= config_->kv_blocks + static_cast<std::int64_t>(answers);
}

}  // namespace sim
