#include "loadgen/request_template.hpp"

#include <map>

#include <boost/json.hpp>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace loadgen;
using test_support::complaint;

namespace {

const std::map<std::string, std::string> variables{
    {"API_KEY", "s3cret"}, {"LONG_KEY", "sk-abcdefghijklmnop"}, {"BROKEN", "a\r\nEvil: yes"}};

std::optional<std::string> environment(const std::string& name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional{found->second};
}

std::string rendered(const RequestConfig& config, const PlannedRequest& request = {}, Prompts prompts = {}) {
  const RequestTemplate made{config, environment, std::move(prompts)};
  std::string scratch;
  return std::string{made.render(request, scratch)};
}

std::string body_of(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

}  // namespace

TEST_CASE("A request without a body is its line and headers", "[request_template]") {
  CHECK(rendered({.path = "/a?b=1", .host = "localhost:8080"}) ==
        "GET /a?b=1 HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: billcast\r\n\r\n");
}

TEST_CASE("A body has its own length in front, whatever the variables make of it", "[request_template]") {
  const RequestConfig config{.host = "h", .body = R"({"n":{{index}},"in":{{ input_tokens }},"k":{{key}}})"};
  for (const std::int64_t index : {0, 9, 10, 123456789}) {
    const std::string text =
        rendered(config, {.index = index, .input_tokens = 5, .output_tokens = 6, .content_key = 7});
    const std::string body = "{\"n\":" + std::to_string(index) + ",\"in\":5,\"k\":7}";
    CHECK(text == "POST / HTTP/1.1\r\nHost: h\r\nUser-Agent: billcast\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n" + body);
  }
}

TEST_CASE("Keys come from the environment and stand in the request only", "[request_template]") {
  RequestConfig config{.path = "/?token=${API_KEY}", .host = "h"};
  config.headers = {parse_header("Authorization: Bearer ${API_KEY}"), parse_header("user-agent: mine")};
  CHECK(rendered(config) ==
        "GET /?token=s3cret HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer s3cret\r\nuser-agent: mine\r\n\r\n");
  CHECK(complaint([] { parse_header("Authorization: Bearer sk-123"); }) ==
        "--header 'Authorization: …': found a key in full, expected it from the environment, as in "
        "'Authorization: Bearer ${API_KEY}'");
  CHECK(complaint([] { parse_header("no colon"); }) == "--header: found no name before a ':', expected 'Name: value'");
  CHECK(complaint([] {
          rendered({.host = "h", .headers = {{"A", "${MISSING}"}}});
        }) ==
        "URL or --header: found ${MISSING}, which the environment does not have; set it before the "
        "run");
}

TEST_CASE("A server that repeats a key, or a part of it, is not quoted with it", "[request_template]") {
  const RequestTemplate made{{.host = "h", .headers = {{"Authorization", "Bearer ${LONG_KEY}"}}}, environment, {}};
  CHECK(made.without_secrets("wrong key: sk-abcdefghijklmnop!") == "wrong key: …!");
  CHECK(made.without_secrets("wrong key: sk-abc*****klmnop") == "wrong key: …*****…");
  CHECK(made.without_secrets("status 401") == "status 401");
  CHECK(made.without_secrets("cut off at sk-abcdefgh") == "cut off at …");
}

TEST_CASE("Nothing can smuggle a second request into a header", "[request_template]") {
  CHECK_THROWS_AS(rendered({.host = "h", .headers = {{"A", "${BROKEN}"}}}), core::ConfigError);
  CHECK_THROWS_AS(rendered({.host = "h", .headers = {{"A", "b\r\nC: d"}}}), core::ConfigError);
  CHECK_THROWS_AS(rendered({.path = "/a b", .host = "h"}), core::ConfigError);
  CHECK_THROWS_AS(rendered({.path = "/a\r\n", .host = "h"}), core::ConfigError);
  CHECK_THROWS_AS(rendered({.method = "GET /x", .host = "h"}), core::ConfigError);
  for (const char* ours : {"Host", "content-length", "Transfer-Encoding", "Connection"})
    CHECK_THROWS_AS(rendered({.host = "h", .headers = {{ours, "1"}}}), core::ConfigError);
}

TEST_CASE("An unknown variable names those that there are", "[request_template]") {
  CHECK(complaint([] { rendered({.host = "h", .body = "{{promt}}"}); }) ==
        "--body: found '{{promt}}', expected one of {{index}}, {{input_tokens}}, {{output_tokens}}, "
        "{{key}}, {{prompt}}, {{messages}}; did you mean {{prompt}}?");
}

TEST_CASE("A chat request is JSON with the prompt, the tokens wanted and usage asked for", "[request_template]") {
  RequestConfig config{.host = "h"};
  ask_api(config, {.model = "a \"model\"", .plan_has_tokens = true});
  const Prompts prompts = read_prompts("p.jsonl", "{\"prompt\": \"say \\\"hi\\\"\\n\"}\n\"second\"\n");
  const auto asked = boost::json::parse(body_of(rendered(config, {.index = 0, .output_tokens = 44}, prompts)));
  CHECK(asked.at("model").as_string() == "a \"model\"");
  CHECK(asked.at("messages").at(0).at("content").as_string() == "say \"hi\"\n");
  CHECK(asked.at("max_tokens").as_int64() == 44);
  CHECK(asked.at("stream").as_bool());
  CHECK(asked.at("stream_options").at("include_usage").as_bool());
  const auto next = boost::json::parse(body_of(rendered(config, {.index = 1}, prompts)));
  CHECK(next.at("messages").at(0).at("content").as_string() == "second");
  CHECK(next.at("max_tokens").as_int64() == 1);  // no server is asked for an answer of no tokens
}

TEST_CASE("The same content key asks the same prompt", "[request_template]") {
  const Prompts prompts = read_prompts("p.jsonl", "\"a\"\n\"b\"\n\"c\"\n");
  const RequestConfig config{.host = "h", .body = "{{prompt}}"};
  CHECK(body_of(rendered(config, {.index = 5, .content_key = 2}, prompts)) == "b");
  CHECK(body_of(rendered(config, {.index = 9, .content_key = 2}, prompts)) == "b");
  CHECK(body_of(rendered(config, {.index = 5}, prompts)) == "c");
}

TEST_CASE("Made-up prompts have about as many words as tokens are wanted, and differ", "[request_template]") {
  const RequestConfig config{.host = "h", .body = "{{prompt}}"};
  const std::string one = body_of(rendered(config, {.index = 1, .input_tokens = 200}));
  const std::string two = body_of(rendered(config, {.index = 2, .input_tokens = 200}));
  CHECK(std::count(one.begin(), one.end(), ' ') == 197);
  CHECK(one.substr(0, 10) != two.substr(0, 10));
}

TEST_CASE("Prompts of another shape are refused with their line", "[request_template]") {
  CHECK(complaint([] { read_prompts("p.jsonl", "\"a\"\n\n{\"text\": 1}\n"); }) ==
        "p.jsonl:3: found a line of another kind, expected \"text\", {\"prompt\": \"text\"} or "
        "{\"messages\": […]}");
  CHECK_THROWS_AS(read_prompts("p.jsonl", "{nonsense\n"), core::ConfigError);
  CHECK_THROWS_AS(read_prompts("p.jsonl", "\n\n"), core::ConfigError);
  const Prompts with_messages = read_prompts("p.jsonl", R"({"messages":[{"role":"user","content":"x"}]})");
  CHECK_THROWS_AS(rendered({.host = "h", .body = "{{prompt}}"}, {}, with_messages), core::ConfigError);
}
