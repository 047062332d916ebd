// What the requests ask: prompts from a file, or made up to a wanted length.
//
//  * `Prompts`       texts, ready to stand inside a JSON body
//  * `read_prompts`  from JSON lines: "text", {"prompt": "text"} or {"messages": [{"role": …, "content": …}, …]}
//
// Which prompt a request gets is told by its content key, so that requests that are the same to a cache of the
// simulation ask the same of a server; without keys they take turns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/load_plan.hpp"

namespace loadgen {

struct Prompts {
  // JSON without the quotes around it; empty where the line has messages.
  std::vector<std::string> texts;
  // A JSON list of messages, also of lines that have a prompt only.
  std::vector<std::string> messages;

  bool empty() const { return messages.empty(); }
  std::size_t index_for(const PlannedRequest& request) const;
};

// Throws core::ConfigError "prompts.jsonl:3: …". All prompts are kept in memory.
Prompts read_prompts(std::string_view name, std::string_view text);

// About `tokens` tokens: common short words, which nearly all tokenizers have as a token each, after a number that
// tells contents apart (else a server's prefix cache would answer them all).
void append_made_up_prompt(std::string& text, const PlannedRequest& request);

}  // namespace loadgen
