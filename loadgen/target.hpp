// Where the requests go, and whether they may.
//
//  * `Target`         a URL taken apart and its host looked up
//  * `parse_target`   "http://127.0.0.1:8080/v1/chat/completions?x=1"
//  * `resolve`        looks up the host
//  * `demand_allowed` refuses whoever is not this machine, unless the user named him
//
// A load test against a stranger is an attack: anything but loopback must be allowed by name, on the command line or in
// a file. The check looks at the addresses that the name leads to, not at the name.
//
// Example:
//   Target target = parse_target("https://api.example.com/v1/chat/completions");
//   resolve(target);
//   demand_allowed(target, {"api.example.com"});
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

namespace loadgen {

struct Address {
  sockaddr_storage bytes{};
  socklen_t length = 0;

  bool is_loopback() const;
  std::string text() const;  // "127.0.0.1:8080", "[::1]:8080"
};

struct Target {
  std::string url;  // as typed
  bool is_tls = false;
  std::string host;         // without port and brackets: whose certificate it must be
  std::string port;         // "8080"
  std::string host_header;  // "127.0.0.1:8080"; without the port when it is the scheme's own
  std::string path;         // with the query; may hold ${NAME} and {{variables}}; at least "/"
  std::vector<Address> addresses{};
};

// Throws core::ConfigError: no http(s), a password in it, a fragment, a port that is none.
Target parse_target(std::string_view url);

// Fills `addresses`. Of several, the first that accepts a connection within `patience_ms` comes to stand first (a name
// may lead to [::1] where a server listens on 127.0.0.1 only). Throws core::ConfigError when the name leads nowhere.
void resolve(Target& target, int patience_ms = 1000);

// Throws core::ConfigError unless all addresses are loopback or the host is among `allowed_hosts`.
void demand_allowed(const Target& target, const std::vector<std::string>& allowed_hosts);

// The hosts of an allow file: a name a line, # begins a comment.
std::vector<std::string> read_allowed_hosts(std::string_view text);

}  // namespace loadgen
