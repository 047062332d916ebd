// Real servers on loopback for tests that send real requests: each on a port of its own that was free, and gone when
// its object is.
//
//  * `Server`               a running one
//  * `start_fault_server`   ours (servers/fault_server.cpp says what it can do)
//  * `start_node_service`   a small HTTP service on Node's own http module
//  * `start_openai_mock`    the npm package openai-mock-api
//  * `start_nginx`          nginx, plain and with TLS, after `make_certificates`
//
// What is not installed on this machine gives nothing and prints one line that says so: the test then returns.
//
// Example:
//   const Server fault = start_fault_server();
//   fault.url("/ok")              // "http://127.0.0.1:40123/ok"
//   fault.get("/count")           // "1"
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace test_support {

class Server {
 public:
  Server(std::unique_ptr<Process> process, int port) : process_{std::move(process)}, port_{port} {}

  int port() const { return port_; }
  std::string url(std::string_view path) const;
  // The body of a GET of the test's own; throws std::runtime_error when there is none.
  std::string get(std::string_view path) const;
  Process& process() { return *process_; }

 private:
  std::unique_ptr<Process> process_;
  int port_;
};

// Throws std::runtime_error when it does not listen within ten seconds.
Server start_fault_server();
std::optional<Server> start_node_service();
std::optional<Server> start_openai_mock(const std::string& config_file);

// Files of a throw-away authority and of what it signed.
struct Certificates {
  std::string authority;
  std::string good, good_key;              // for localhost and 127.0.0.1
  std::string other_name, other_name_key;  // for another.example
  std::string expired, expired_key;        // for localhost, until yesterday
};
// By the program openssl, which every build of ours needs anyway.
Certificates make_certificates(const TemporaryFolder& folder);

// /ok keeps connections for ever, /hundred closes them after a hundred requests, /kilobytes is a body of 100 kB.
struct Nginx {
  Server plain;
  int tls_port = 0;
  int other_name_port = 0;
  int expired_port = 0;

  static std::string tls_url(int port, std::string_view path);
};
std::optional<Nginx> start_nginx(const TemporaryFolder& folder, const Certificates& certificates);

// A loopback port that was free a moment ago, for tests of servers that are not there.
int free_port();

}  // namespace test_support
