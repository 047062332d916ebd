// What reaches the server is what was asked for.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/server.hpp"

using load_tests::load;
using load_tests::LoadRun;
using load_tests::Recording;
using load_tests::refusal;
using load_tests::Words;
using test_support::check_says;
using test_support::Server;
using test_support::TemporaryFolder;

namespace {

struct Seen {
  std::string target;
  std::string head;
  std::string body;
};

std::vector<Seen> seen_by(const Server& server) {
  std::vector<Seen> all;
  const boost::json::value list = boost::json::parse(server.get("/seen"));
  for (const boost::json::value& request : list.as_array()) {
    const auto text = [&](const char* member) { return boost::json::value_to<std::string>(request.at(member)); };
    all.push_back({text("target"), text("head"), text("body")});
  }
  return all;
}

}  // namespace

TEST_CASE("Templates are filled in for every request: path, header and body", "[load][requests]") {
  const Server server = test_support::start_fault_server();
  load({server.url("/echo?i={{index}}"), "--rate", "200", "--requests", "30", "--header", "X-Which: no {{index}}",
        "--body", R"({"index":{{index}},"input":{{input_tokens}},"key":{{key}}})"});
  std::set<std::int64_t> indexes;
  for (const Seen& request : seen_by(server)) {
    const boost::json::value body = boost::json::parse(request.body);
    const auto index = boost::json::value_to<std::int64_t>(body.at("index"));
    indexes.insert(index);
    CHECK(request.target == "/echo?i=" + std::to_string(index));
    check_says(request.head, "POST /echo");
    check_says(request.head, "\r\nX-Which: no " + std::to_string(index) + "\r\n");
  }
  REQUIRE(indexes.size() == 30);
  CHECK(*indexes.begin() == 0);
  CHECK(*indexes.rbegin() == 29);
}

TEST_CASE("A body may come from a file, and methods are what they are called", "[load][requests]") {
  const TemporaryFolder folder;
  const std::string body = folder.write("body.txt", "first line\nsecond line");
  const Server server = test_support::start_fault_server();
  load({server.url("/echo"), "--rate", "100", "--requests", "3", "--method", "PUT", "--body", "@" + body});
  const auto put = seen_by(server);
  REQUIRE(put.size() == 3);
  CHECK(put.front().body == "first line\nsecond line");
  check_says(put.front().head, "PUT /echo HTTP/1.1\r\n");
  check_says(put.front().head, "Host: 127.0.0.1:" + std::to_string(server.port()));

  load({server.url("/echo"), "--rate", "100", "--requests", "3"});
  const auto get = seen_by(server);
  check_says(get.back().head, "GET /echo HTTP/1.1\r\n");
  CHECK(get.back().body.empty());
}

TEST_CASE("Prompts reach the model as they were written, in turn", "[load][requests]") {
  const TemporaryFolder folder;
  const std::vector<std::string> prompts{"plain", "a \"quote\", a \\ and\na line", "\xc3\xa4\xe2\x82\xac {{index}}"};
  std::string lines;
  for (const std::string& prompt : prompts) {
    lines += boost::json::serialize(boost::json::object{{"prompt", prompt}}) + "\n";
  }
  const std::string file = folder.write("prompts.jsonl", lines);
  const Server server = test_support::start_fault_server();
  load({server.url("/v1/chat/completions"), "--api", "chat", "--model", "the-model", "--prompts", file, "--max-tokens",
        "5", "--ignore-eos", "--rate", "100", "--requests", "6"});
  const auto seen = seen_by(server);
  REQUIRE(seen.size() == 6);
  std::multiset<std::string> received;
  for (const Seen& request : seen) {
    const boost::json::value body = boost::json::parse(request.body);
    CHECK(body.at("model").as_string() == "the-model");
    CHECK(body.at("max_tokens").as_int64() == 5);
    CHECK(body.at("stream").as_bool());
    CHECK(body.at("stream_options").at("include_usage").as_bool());
    CHECK(body.at("ignore_eos").as_bool());
    CHECK(body.at("messages").at(0).at("role").as_string() == "user");
    received.insert(boost::json::value_to<std::string>(body.at("messages").at(0).at("content")));
  }
  for (const std::string& prompt : prompts) { CHECK(received.count(prompt) == 2); }
}

TEST_CASE("Tokens are those that usage tells, whatever the events look like", "[load][requests]") {
  const Server server = test_support::start_fault_server();
  const auto asked = [&](const std::string& path, const std::string& api, const Words& more = {}) {
    Words words{server.url(path), "--api", api, "--model", "mock", "--rate", "100", "--requests", "10"};
    words.insert(words.end(), more.begin(), more.end());
    const LoadRun run = load(words);
    CAPTURE(path, api);
    CHECK(run.recording().outcome("answered") == 10);
    return run.recording();
  };
  // Ten tokens, four to an event: three events.
  for (const std::string nasty : {"0", "1"}) {
    const Recording chat = asked("/sse?tokens=10&per_event=4&nasty=" + nasty, "chat");
    CHECK(chat.sum("tokens") == 100);
    CHECK(chat.sum("token_events") == 30);
    CHECK(chat.summary("tokens_from_usage").as_bool());
  }
  const Recording completions = asked("/v1/completions?tokens=10&per_event=4&nasty=1", "completions");
  CHECK(completions.sum("tokens") == 100);
  CHECK(completions.sum("token_events") == 30);

  const Recording estimate = asked("/sse?tokens=10&per_event=4&fail=no-usage", "chat");
  CHECK(estimate.sum("tokens") == 30);
  CHECK_FALSE(estimate.summary("tokens_from_usage").as_bool());

  const Recording whole = asked("/v1/chat/completions?tokens=10", "chat", {"--no-stream"});
  CHECK(whole.sum("tokens") == 100);
}

TEST_CASE("A stream that ends after its finish reason is whole without [DONE]", "[load][requests]") {
  const Server server = test_support::start_fault_server();
  const LoadRun run =
      load({server.url("/sse?fail=no-done"), "--api", "chat", "--model", "mock", "--rate", "100", "--requests", "10"});
  const Recording recording = run.recording();
  CHECK(recording.outcome("answered") + recording.outcome("truncated") == 10);
}

TEST_CASE("A template that names nothing known is refused with the nearest name", "[load][requests]") {
  check_says(refusal({"http://127.0.0.1:9/", "--rate", "1", "--requests", "1", "--body", "{{indx}}"}), "{{index}}");
  check_says(refusal({"http://127.0.0.1:9/", "--rate", "1", "--requests", "1", "--header", "X: ${NO_SUCH_VARIABLE}"}),
             "NO_SUCH_VARIABLE");
}
