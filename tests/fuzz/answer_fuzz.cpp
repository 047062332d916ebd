// Arbitrary bytes as what OpenAI-compatible servers answer: each event of a stream says what a slow reader on top of
// Boost.JSON makes of it, whatever events came before it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/utf8.hpp"
#include "loadgen/llm/answer_reader.hpp"
#include "tests/support/answer_reference.hpp"

namespace {

using loadgen::llm::AnswerReader;
using loadgen::llm::Api;
using loadgen::llm::Piece;

void require(bool holds, const char* what, std::string_view text) {
  if (holds) { return; }
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

void check(AnswerReader& answer, Api api, const std::string& data) {
  const bool is_end_mark = data.substr(0, data.find_last_not_of(' ') + 1) == "[DONE]";
  const auto expected = is_end_mark ? Piece{.done = true} : test_support::read_slowly(data, api, "delta");
  if (expected) {
    require(answer.read(data) == *expected, "an event that says something else", data);
    require(answer.read(data) == *expected, "an event that says something else the second time", data);
    require(!expected->error || !answer.flaw().empty(), "an error without a flaw", data);
  }
  require(answer.flaw().size() < 2000 && core::utf8::escape_unprintable(answer.flaw()) == answer.flaw(),
          "a flaw that is not one short printable line", answer.flaw());
  if (const auto whole = test_support::read_slowly(data, api, "message")) {
    require(answer.read_whole(data) == *whole, "an answer that says something else", data);
  }
}

}  // namespace

// The first byte: the API. Then events, a NUL between them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) { return 0; }
  const Api api = data[0] % 2 == 0 ? Api::chat : Api::completions;
  constexpr std::size_t most = 4;  // more teach nothing new, and an exec takes as much longer
  std::vector<std::string> events;
  for (std::string_view rest{reinterpret_cast<const char*>(data) + 3, size - 3};
       !rest.empty() && events.size() < most;) {
    events.emplace_back(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(std::min(rest.size(), events.back().size() + 1));
  }
  if (events.empty()) { return 0; }

  AnswerReader answer{api};
  for (const std::string& event : events) { check(answer, api, event); }
  // The first event again, with something else somewhere in it: the reader remembers what stood before and behind.
  const std::string& first = events.front();
  const std::size_t begin = data[1] % (first.size() + 1);
  const std::size_t end = std::min(first.size(), begin + data[2] % 16);
  for (const std::string& event : events) {
    answer.read(first);
    check(answer, api, first.substr(0, begin) + event.substr(0, 64) + first.substr(end));
  }
  return 0;
}
