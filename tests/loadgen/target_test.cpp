#include "loadgen/target.hpp"

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace loadgen;
using test_support::complaint;

TEST_CASE("A URL is taken apart", "[target]") {
  const Target plain = parse_target("http://127.0.0.1:8080/v1/chat/completions?a=1");
  CHECK(plain.host == "127.0.0.1");
  CHECK(plain.port == "8080");
  CHECK(plain.host_header == "127.0.0.1:8080");
  CHECK(plain.path == "/v1/chat/completions?a=1");
  CHECK_FALSE(plain.is_tls);

  const Target tls = parse_target("https://Example.com");
  CHECK(tls.is_tls);
  CHECK(tls.port == "443");
  CHECK(tls.host_header == "Example.com");
  CHECK(tls.path == "/");

  const Target v6 = parse_target("http://[::1]:80?q={{index}}");
  CHECK(v6.host == "::1");
  CHECK(v6.host_header == "[::1]");
  CHECK(v6.path == "/?q={{index}}");
}

TEST_CASE("What is no URL for a load test says why", "[target]") {
  CHECK(complaint([] { parse_target("ftp://example.com/"); }) ==
        "URL 'ftp://example.com/': found the scheme 'ftp', expected http or https");
  CHECK(complaint([] { parse_target("http://:80/"); }) ==
        "URL 'http://:80/': found no host, expected http://HOST[:PORT]/PATH");
  CHECK(complaint([] { parse_target("http://a:99999/"); }) ==
        "URL 'http://a:99999/': found the port '99999', expected a port from 1 to 65535");
  CHECK(complaint([] { parse_target("http://a/#b"); }) ==
        "URL 'http://a/#b': found a fragment (#), expected none: servers never see it");
  CHECK_THROWS_AS(parse_target("http://a b/"), core::ConfigError);
}

TEST_CASE("A password in a URL is refused without being repeated", "[target]") {
  try {
    parse_target("http://me:s3cret@example.com/");
    FAIL("accepted");
  } catch (const core::ConfigError& error) {
    const std::string text = error.what();
    CHECK(text.find("s3cret") == std::string::npos);
    CHECK(text.find("keys in the environment") != std::string::npos);
  }
}

TEST_CASE("A key in a URL's query must come from the environment", "[target]") {
  CHECK(complaint([] { parse_target("http://a/?v=1&api_key=s3cret"); }) ==
        "URL '…': found 'api_key=' with a key in full, expected it from the environment, as in api_key=${API_KEY}");
  CHECK_NOTHROW(parse_target("http://a/?v=1&api_key=${API_KEY}&keyboard=qwerty"));
}

TEST_CASE("This machine is allowed under each of its names, others must be named", "[target]") {
  for (const char* url : {"http://127.0.0.1:1/", "http://127.9.8.7:1/", "http://[::1]:1/", "http://localhost:1/"}) {
    CAPTURE(url);
    Target target = parse_target(url);
    resolve(target, 10);
    CHECK_NOTHROW(demand_allowed(target, {}));
  }
  // An address for documentation (RFC 5737): it needs no look-up, and nothing is sent.
  Target other = parse_target("http://192.0.2.1/");
  resolve(other);
  CHECK(complaint([&] { demand_allowed(other, {"192.0.2.2"}); }) ==
        "'192.0.2.1' is not this machine: a load test against it needs its owner's consent; if you "
        "have it, add --allow-host 192.0.2.1");
  CHECK_NOTHROW(demand_allowed(other, {"192.0.2.1"}));
  CHECK(other.addresses.front().text() == "192.0.2.1:80");
}

TEST_CASE("A name that leads nowhere is said to", "[target]") {
  Target target = parse_target("http://no-such-host.invalid/");  // RFC 6761: never exists
  CHECK_THROWS_AS(resolve(target), core::ConfigError);
}

TEST_CASE("An allow file holds a name a line", "[target]") {
  CHECK(read_allowed_hosts("# ours\n a.example \n\nb.example # asked on Monday\n") ==
        std::vector<std::string>{"a.example", "b.example"});
}
