#include "loadgen/llm/answer_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"
#include "tests/support/answer_reference.hpp"
#include "tests/support/catch.hpp"

namespace {

using loadgen::llm::AnswerReader;
using loadgen::llm::Api;
using loadgen::llm::Piece;
using loadgen::llm::Usage;

Piece read_chat(std::string_view data) { return AnswerReader{Api::chat}.read(data); }

bool has_text(const std::string& delta) {
  const Piece piece = read_chat(R"({"choices":[{"index":0,"delta":)" + delta + R"(,"finish_reason":null}]})");
  CHECK_FALSE(piece.error);
  CHECK_FALSE(piece.finished);
  return piece.has_text;
}

std::string flaw_of(std::string_view data) {
  AnswerReader answer{Api::chat};
  CAPTURE(std::string{data});
  CHECK(answer.read(data) == Piece{.error = true});
  return std::string{answer.flaw()};
}

}  // namespace

TEST_CASE("Text of any channel is text, a role is none", "[loadgen][llm]") {
  CHECK(has_text(R"({"content":" tok"})"));
  CHECK(has_text(R"({"content":"\n"})"));
  CHECK(has_text(R"({"content":" "})"));
  CHECK(has_text(R"({"role":"assistant","content":"Hi"})"));
  CHECK(has_text(R"({"content":null,"reasoning":"hm"})"));
  CHECK(has_text(R"({"reasoning_content":"hm","content":""})"));
  CHECK(has_text(R"({"refusal":"No"})"));
  CHECK(has_text(
      R"({"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]})"));
  CHECK(has_text(R"({"tool_calls":[{"index":0,"function":{"arguments":""}},{"function":{"arguments":"{\""}}]})"));
  CHECK(has_text(R"({"function_call":{"arguments":"1"}})"));
  CHECK(has_text(R"({"cont\u0065nt":"Hi"})"));

  CHECK_FALSE(has_text(R"({"role":"assistant","content":""})"));
  CHECK_FALSE(has_text(R"({"role":"assistant"})"));
  CHECK_FALSE(has_text(R"({"content":null})"));
  CHECK_FALSE(has_text(R"({})"));
  CHECK_FALSE(has_text("null"));
  CHECK_FALSE(has_text(R"({"tool_calls":[{"id":"call_1","type":"function","function":{"name":"","arguments":""}}]})"));
  CHECK_FALSE(has_text(R"({"tool_calls":null,"function_call":null})"));
  CHECK_FALSE(has_text(R"({"content":{"content":"nested"},"other":{"content":"deep"}})"));
  CHECK_FALSE(has_text(R"({"name":"content","arguments":"\"content\":\"x\""})"));
}

TEST_CASE("Text of a completion stands in the choice itself, and only there", "[loadgen][llm]") {
  AnswerReader completions{Api::completions};
  CHECK(completions.read(R"({"choices":[{"text":" tok","index":0,"finish_reason":null}]})").has_text);
  CHECK(completions.read(R"({"choices":[{"text":""},{"text":"second"}]})").has_text);
  CHECK_FALSE(completions.read(R"({"choices":[{"text":""}]})").has_text);
  CHECK_FALSE(completions.read(R"({"choices":[{"delta":{"content":"a chat's"}}]})").has_text);
  CHECK_FALSE(completions.read(R"({"text":"outside","choices":[]})").has_text);
  CHECK_FALSE(read_chat(R"({"choices":[{"text":"a completion's"}]})").has_text);
}

TEST_CASE("The end of an answer is its reason to finish, the end of a stream its mark", "[loadgen][llm]") {
  CHECK(read_chat(R"({"choices":[{"delta":{},"finish_reason":"length"}]})") == Piece{.finished = true});
  CHECK(read_chat(R"({"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]})") ==
        Piece{.has_text = true, .finished = true});
  CHECK(read_chat("[DONE]") == Piece{.done = true});
  CHECK(read_chat("[DONE] ") == Piece{.done = true});
  CHECK(read_chat("[DONE]]").error);
  CHECK(read_chat(R"({"finish_reason":"stop","choices":[]})") == Piece{});
}

TEST_CASE("Tokens are those of usage, with or without a choice beside it", "[loadgen][llm]") {
  const auto usage = [](const std::string& counts) {
    const Piece piece = read_chat(R"({"choices":[],"usage":)" + counts + "}");
    CHECK_FALSE(piece.error);
    return piece.usage;
  };
  CHECK(usage(R"({"prompt_tokens":7,"completion_tokens":64,"total_tokens":71})") == Usage{7, 64});
  CHECK(
      usage(
          R"({"completion_tokens":0,"completion_tokens_details":{"completion_tokens":5},"prompt_tokens":9000000000})") ==
      Usage{9'000'000'000, 0});
  CHECK(read_chat(R"({"usage":{"prompt_tokens":1,"completion_tokens":2},"choices":[{"delta":{"content":"x"}}]})") ==
        Piece{.has_text = true, .usage = Usage{1, 2}});
  CHECK(usage("null") == std::nullopt);
  CHECK(usage("{}") == std::nullopt);
  CHECK(usage("[]") == std::nullopt);
  CHECK(usage(R"({"prompt_tokens":7})") == std::nullopt);
  CHECK(usage(R"({"prompt_tokens":7,"completion_tokens":null})") == std::nullopt);
  CHECK(usage(R"({"prompt_tokens":7,"completion_tokens":"64"})") == std::nullopt);
  CHECK(usage(R"({"prompt_tokens":7,"completion_tokens":-1})") == std::nullopt);
  CHECK(usage(R"({"prompt_tokens":7,"completion_tokens":6.5})") == std::nullopt);
  CHECK(usage(R"({"prompt_tokens":7,"completion_tokens":99999999999999999999})") == std::nullopt);
}

TEST_CASE("An error in a stream is told in the server's words", "[loadgen][llm]") {
  CHECK(flaw_of(R"({"error":{"type":"x","message":"Rate limit reached","code":429}})") ==
        "an error: 'Rate limit reached'");
  CHECK(flaw_of(R"({"error":"overloaded"})") == "an error: 'overloaded'");
  CHECK(flaw_of(R"({"error":true})") == "an error: 'true'");
  CHECK(flaw_of(R"({"error":{}})") == "an error: ''");
  CHECK(flaw_of("{\"error\":\"" + std::string(300, 'x') + "\"}") == "an error: '" + std::string(200, 'x') + "...'");
  CHECK_FALSE(read_chat(R"({"error":null,"choices":[]})").error);
  CHECK_FALSE(read_chat(R"({"choices":[{"error":"of a choice"}]})").error);
}

TEST_CASE("An event that is no JSON object is malformed", "[loadgen][llm]") {
  for (const char* data : {"",
                           " ",
                           "null",
                           "[]",
                           "\"text\"",
                           "12",
                           "[DONE",
                           "{",
                           "{}}",
                           "{} x",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":[1,]}",
                           "{\"a\":[1 2]}",
                           "{\"a\":[1}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":.5}",
                           "{\"a\":-}",
                           "{\"a\":+1}",
                           "{\"a\":1e}",
                           "{\"a\":1e+}",
                           "{\"a\":NaN}",
                           "{\"a\":tru}",
                           "{\"a\":nul}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12g4\"}",
                           "{\"a\":\"\\u123\"}",
                           "{\"a\":\"\n\"}",
                           "{\"a\":\"open}",
                           "{\"a\":\"\\",
                           "{\"choices\":[{\"finish_reason\":nil}]}",
                           "{\"error\":nil}",
                           "{/**/}",
                           "\xEF\xBB\xBF{}"}) {
    CAPTURE(data);
    const std::string flaw = flaw_of(data);
    CHECK(flaw.find("an event that is no JSON object: '") == 0);
    CHECK(test_support::read_slowly(data, Api::chat, "delta") == Piece{.error = true});
  }
  for (const char* data :
       {"{}", " \t\r\n{ \"a\" : [ ] , \"b\" : { } } \n", R"({"a":[0,-0,1.5,2e9,1E-7,true,false,null]})",
        R"({"a":"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00"})", "{\"\x7F\":\"\x7F\"}"}) {
    CAPTURE(data);
    CHECK(read_chat(data) == Piece{});
  }
}

TEST_CASE("Broken characters do not hide that a token arrived", "[loadgen][llm]") {
  // A server that cuts its text by tokens sends halves of characters.
  CHECK(has_text("{\"content\":\"\xF0\x9F\"}"));
  CHECK(has_text("{\"content\":\"\xFF\"}"));
  CHECK(has_text(R"({"content":"\ud83d"})"));
  CHECK(read_chat("{\"a\":\xFF}").error);  // outside a string
}

TEST_CASE("Objects and arrays are read 64 deep, deeper ones are malformed", "[loadgen][llm]") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  CHECK(read_chat(nested(64)) == Piece{});
  CHECK(read_chat(nested(65)).error);
  CHECK(read_chat("{\"a\":" + std::string(1'000'000, '[')).error);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) { objects += "{\"a\":"; }
  CHECK(read_chat(objects).error);
}

TEST_CASE("A whole answer holds a message where a stream's event holds a delta", "[loadgen][llm]") {
  AnswerReader chat{Api::chat};
  const std::string_view whole =
      R"({"object":"chat.completion","choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],
          "usage":{"prompt_tokens":3,"completion_tokens":1}})";
  CHECK(chat.read_whole(whole) == Piece{.has_text = true, .finished = true, .usage = Usage{3, 1}});
  CHECK_FALSE(chat.read(whole).has_text);
  CHECK_FALSE(chat.read_whole(R"({"choices":[{"delta":{"content":"Hi"}}]})").has_text);
  CHECK(chat.read_whole("<html>") == Piece{.error = true});
  CHECK(chat.flaw() == "an answer that is no JSON object: '<html>'");
  CHECK(chat.read_whole(R"({"error":{"message":"no"}})").error);
  chat.reset();
  CHECK(chat.flaw().empty());
  CHECK(AnswerReader{Api::completions}.read_whole(R"({"choices":[{"text":"Hi"}]})").has_text);
}

TEST_CASE("An event like the last one says what it would say to a reader that never saw the last", "[loadgen][llm]") {
  const std::string head = R"({"id":"1","choices":[{"index":0,"delta":{"content":")";
  const std::string tail = R"("},"finish_reason":null}]})";
  AnswerReader answer{Api::chat};
  CHECK(answer.read(head + " tok" + tail) == Piece{.has_text = true});
  for (const char* text : {"a", "", "longer text", "", R"(\")", R"(\u00e9)", "\xC3\xA9", R"(\\)"}) {
    CAPTURE(text);
    CHECK(answer.read(head + text + tail) == read_chat(head + text + tail));
    CHECK(answer.read(head + text + tail).has_text == (*text != '\0'));
  }
  // What would end the string, or cut an escape, is no text.
  for (const char* text : {"\"", "\\", "a\\", R"(\u00e)", R"(\x)", "\n", R"(","content":"x)", R"("}}]} )"}) {
    CAPTURE(text);
    CHECK(answer.read(head + text + tail) == read_chat(head + text + tail));
  }
  CHECK(answer.read(head + R"(","role":")" + tail) == Piece{});
  // Begin and end overlap in a shorter one.
  CHECK(answer.read(head + " tok" + tail) == Piece{.has_text = true});
  CHECK(answer.read(head.substr(0, head.size() - 1) + tail).error);
  CHECK(answer.read(head + tail.substr(1)).error);
}

TEST_CASE("Text beside the one that changes counts, and so does what the last event said of its end",
          "[loadgen][llm]") {
  AnswerReader answer{Api::chat};
  const std::string two = R"({"choices":[{"delta":{"reasoning":"a","content":"b"},"finish_reason":"stop"}]})";
  CHECK(answer.read(two) == Piece{.has_text = true, .finished = true});
  CHECK(answer.read(R"({"choices":[{"delta":{"reasoning":"a","content":""},"finish_reason":"stop"}]})") ==
        Piece{.has_text = true, .finished = true});
  CHECK(answer.read(R"({"choices":[{"delta":{"reasoning":"","content":"b"},"finish_reason":"stop"}]})") ==
        Piece{.has_text = true, .finished = true});
  CHECK(answer.read(R"({"choices":[{"delta":{"reasoning":"","content":""},"finish_reason":"stop"}]})") ==
        Piece{.finished = true});
  const std::string counted =
      R"({"choices":[{"delta":{"content":"b"}}],"usage":{"prompt_tokens":1,"completion_tokens":2}})";
  CHECK(answer.read(counted).usage == Usage{1, 2});
  CHECK(answer.read(counted).usage == Usage{1, 2});
}

TEST_CASE("Mutated streams are read as Boost.JSON reads them", "[loadgen][llm]") {
  const std::vector<std::string> seeds{
      R"({"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})",
      R"({"id":"c","choices":[{"index":0,"delta":{"content":" tok"},"finish_reason":null}]})",
      R"({"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":"{\"a\":1}"}}]}}],"error":null})",
      R"({"choices":[{"text":"a\u00e9"}],"usage":{"prompt_tokens":7,"completion_tokens":64}})",
      R"({"error":{"message":"no"},"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]})"};
  const std::string bytes = "{}[]\",:\\u0n1-.eE \ntrue\x80";
  core::Stream stream{7};
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(stream.next() % n); };
  AnswerReader chat{Api::chat};
  AnswerReader completions{Api::completions};
  int valid = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string data = seeds[below(seeds.size())];
    for (std::size_t changes = below(4); changes > 0; --changes) {
      const std::size_t at = below(data.size());
      const std::string piece =
          below(2) == 0 ? std::string(1, bytes[below(bytes.size())]) : data.substr(below(data.size()), 6);
      data = data.substr(0, at) + piece + data.substr(at + below(3) <= data.size() ? at + below(2) : at);
    }
    CAPTURE(i, data);
    const auto expected = test_support::read_slowly(data, Api::chat, "delta");
    if (!expected) { continue; }
    valid += expected->error ? 0 : 1;
    if (chat.read(data) != *expected ||
        completions.read(data) != *test_support::read_slowly(data, Api::completions, "") ||
        chat.read_whole(data) != *test_support::read_slowly(data, Api::chat, "message")) {
      CHECK(chat.read(data) == *expected);
      FAIL("differs from Boost.JSON");
    }
  }
  CHECK(valid > 10'000);  // else it would compare refusals only
}
