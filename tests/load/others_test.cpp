// Servers that others wrote: nginx with and without TLS, a service on Node, and a mock of a model's API.
#include <string>
#include <string_view>

#include "tests/load/load_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/server.hpp"

using load_tests::load;
using load_tests::LoadRun;
using load_tests::Recording;
using load_tests::Words;
using test_support::check_says;
using test_support::Nginx;
using test_support::TemporaryFolder;

namespace {

LoadRun load_with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return load(words);
}

}  // namespace

TEST_CASE("nginx keeps connections, or closes them after a hundred requests: all are answered", "[load][nginx]") {
  const TemporaryFolder folder;
  const auto nginx = test_support::start_nginx(folder, test_support::make_certificates(folder));
  if (!nginx) { return; }
  const Words rate{"--rate", "1000", "--requests", "500"};
  const LoadRun kept = load_with({nginx->plain.url("/ok")}, rate);
  CHECK(kept.recording().outcome("answered") == 500);

  const LoadRun hundred = load_with({nginx->plain.url("/hundred")}, rate);
  CHECK(hundred.recording().outcome("answered") == 500);
  CHECK(hundred.recording().sum("connects") >= 5);

  const LoadRun large = load_with({nginx->plain.url("/kilobytes")}, {"--rate", "100", "--requests", "50"});
  CHECK(large.recording().outcome("answered") == 50);
  CHECK(large.recording().sum("bytes_received") > 5'000'000);

  const LoadRun head =
      load_with({nginx->plain.url("/kilobytes")}, {"--rate", "100", "--requests", "50", "--method", "HEAD"});
  CHECK(head.recording().outcome("answered") == 50);
  CHECK(head.recording().sum("bytes_received") < 50'000);

  const LoadRun missing = load_with({nginx->plain.url("/missing")}, {"--rate", "100", "--requests", "20"});
  CHECK(missing.recording().outcome("status") == 20);
}

TEST_CASE("A certificate is believed when its authority, its name and its dates are right", "[load][nginx]") {
  const TemporaryFolder folder;
  const auto certificates = test_support::make_certificates(folder);
  const auto nginx = test_support::start_nginx(folder, certificates);
  if (!nginx) { return; }
  const Words rate{"--rate", "100", "--requests", "20"};
  const auto outcome = [&](const std::string& url, const std::string& name, const Words& trust) {
    Words words{url};
    words.insert(words.end(), trust.begin(), trust.end());
    const LoadRun run = load_with(words, rate);
    CAPTURE(url, trust, run.out());
    CHECK(run.recording().outcome(name) == 20);
    return run.out();
  };
  const Words trust{"--ca-file", certificates.authority};
  outcome(Nginx::tls_url(nginx->tls_port, "/ok"), "answered", trust);
  outcome(Nginx::tls_url(nginx->tls_port, "/kilobytes"), "answered", trust);
  outcome(Nginx::tls_url(nginx->tls_port, "/hundred"), "answered", trust);
  outcome("https://localhost:" + std::to_string(nginx->tls_port) + "/ok", "answered", trust);
  outcome(Nginx::tls_url(nginx->tls_port, "/ok"), "answered", {"--insecure"});

  check_says(outcome(Nginx::tls_url(nginx->tls_port, "/ok"), "tls", {}), "certificate");
  check_says(outcome(Nginx::tls_url(nginx->other_name_port, "/ok"), "tls", trust), "mismatch");
  check_says(outcome(Nginx::tls_url(nginx->expired_port, "/ok"), "tls", trust), "expired");
  outcome(Nginx::tls_url(nginx->expired_port, "/ok"), "answered", {"--insecure"});
  // TLS to a port that speaks none, and the other way round: nginx then answers with status 400.
  outcome(Nginx::tls_url(nginx->plain.port(), "/ok"), "tls", trust);
  outcome("http://127.0.0.1:" + std::to_string(nginx->tls_port) + "/ok", "status", {});
}

TEST_CASE("A service on Node answers", "[load][node]") {
  const auto node = test_support::start_node_service();
  if (!node) { return; }
  const Words rate{"--rate", "400", "--requests", "100"};
  CHECK(load_with({node->url("/ok")}, rate).recording().outcome("answered") == 100);
  CHECK(load_with({node->url("/delay?ms=30")}, rate).recording().outcome("answered") == 100);
  CHECK(load_with({node->url("/chunked")}, rate).recording().outcome("answered") == 100);
  const LoadRun sums = load_with(
      {node->url("/sum"), "--header", "Content-Type: application/json", "--body", R"({"numbers":[{{index}},1]})"},
      rate);
  CHECK(sums.recording().outcome("answered") == 100);
  CHECK(load_with({node->url("/sum"), "--body", "no JSON"}, rate).recording().outcome("status") == 100);
}

namespace {

constexpr std::string_view mock_config = R"(apiKey: the-key
responses: [{id: any, messages: [{role: user, matcher: any}, {role: assistant, content: "one two three four five"}]}]
)";

LoadRun load_mock(const test_support::Server& mock, const Words& more) {
  Words words{
      mock.url("/v1/chat/completions"), "--api", "chat", "--model", "gpt-4", "--rate", "50", "--requests", "20"};
  words.insert(words.end(), more.begin(), more.end());
  return load(words, {.environment = {{"MOCK_KEY", "the-key"}}});
}

}  // namespace

TEST_CASE("A mock of a model's API answers, and its tokenizer counts", "[load][mock]") {
  const TemporaryFolder folder;
  const auto mock = test_support::start_openai_mock(folder.write("mock.yaml", mock_config));
  if (!mock) { return; }
  // Five words, five tokens.
  const Recording whole = load_mock(*mock, {"--api-key-env", "MOCK_KEY", "--no-stream"}).recording();
  CHECK(whole.outcome("answered") == 20);
  CHECK(whole.sum("tokens") == 100);
  CHECK(whole.summary("tokens_from_usage").as_bool());

  const LoadRun refused = load_mock(*mock, {});
  CHECK(refused.recording().outcome("status") == 20);
  check_says(refused.out(), "401");
}

TEST_CASE("A mock of a model's API streams, although it calls its events plain text", "[load][mock]") {
  const TemporaryFolder folder;
  const auto mock = test_support::start_openai_mock(folder.write("mock.yaml", mock_config));
  if (!mock) { return; }
  // It streams a word an event and tells no usage.
  const Recording stream = load_mock(*mock, {"--api-key-env", "MOCK_KEY"}).recording();
  CHECK(stream.outcome("answered") == 20);
  CHECK(stream.sum("token_events") == 100);
  CHECK(stream.histogram("time_to_first_token").total_count() == 20);
  CHECK(stream.histogram("inter_token").total_count() == 80);
}
