#include "loadgen/prompts.hpp"

#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/text_lines.hpp"

namespace loadgen {
namespace {

std::string without_quotes(const std::string& quoted) { return quoted.substr(1, quoted.size() - 2); }

constexpr std::array<std::string_view, 16> words{" the", " of",  " and", " to",   " in",   " is",  " that", " for",
                                                 " it",  " was", " on",  " with", " they", " are", " this", " from"};

}  // namespace

std::size_t Prompts::index_for(const PlannedRequest& request) const {
  const std::uint64_t which =
      request.content_key > 0 ? request.content_key - std::uint64_t{1} : static_cast<std::uint64_t>(request.index);
  return static_cast<std::size_t>(which % messages.size());
}

Prompts read_prompts(std::string_view name, std::string_view text) {
  constexpr std::string_view expected = R"("text", {"prompt": "text"} or {"messages": […]})";
  Prompts prompts;
  core::TextLines lines{std::string{name}, text};
  while (const auto line = lines.next()) {
    if (line->empty()) continue;
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse({line->data(), line->size()}, error);
    if (error) throw lines.error("no JSON: " + error.message(), expected);
    const boost::json::object* object = value.if_object();
    const boost::json::value* prompt = object != nullptr ? object->if_contains("prompt") : &value;
    const boost::json::value* messages = object != nullptr ? object->if_contains("messages") : nullptr;
    if (prompt != nullptr && prompt->is_string()) {
      const std::string quoted = boost::json::serialize(*prompt);
      prompts.texts.push_back(without_quotes(quoted));
      prompts.messages.push_back(R"([{"role":"user","content":)" + quoted + "}]");
    } else if (messages != nullptr && messages->is_array() && !messages->get_array().empty()) {
      prompts.texts.emplace_back();
      prompts.messages.push_back(boost::json::serialize(*messages));
    } else {
      throw lines.error("a line of another kind", expected);
    }
  }
  if (prompts.empty()) throw core::ConfigError{fmt::format("{}: found no line, expected {}", name, expected)};
  return prompts;
}

void append_made_up_prompt(std::string& text, const PlannedRequest& request) {
  const std::uint64_t content = request.content_key > 0
                                    ? request.content_key
                                    : static_cast<std::uint64_t>(request.index) + (std::uint64_t{1} << 32);
  fmt::format_to(std::back_inserter(text), "{}", content);
  // The number is about three tokens long.
  for (std::uint64_t i = 3; i < request.input_tokens; ++i)
    text += words[(content * 7 + i * 5 + (i >> 4)) % words.size()];
}

}  // namespace loadgen
