#include "loadgen/target.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>

#include <arpa/inet.h>
#include <boost/url.hpp>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>

#include "core/text_lines.hpp"
#include "loadgen/fd.hpp"

namespace loadgen {
namespace {

core::ConfigError flaw(std::string_view url, std::string_view found, std::string_view expected) {
  return core::ConfigError{fmt::format("URL '{}': found {}, expected {}", url, found, expected)};
}

// The URL stands in every report: a parameter that usually carries a key must take it from the environment.
std::optional<std::string> secret_in_query(std::string_view path) {
  constexpr std::array<std::string_view, 9> secrets{"key",          "api_key", "apikey",   "api-key", "token",
                                                    "access_token", "secret",  "password", "sig"};
  const std::size_t query = path.find('?');
  if (query == std::string_view::npos) return std::nullopt;
  for (const std::string_view parameter : core::split(path.substr(query + 1), '&')) {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos || parameter.find("${", equals) != std::string_view::npos) continue;
    const std::string_view name = parameter.substr(0, equals);
    if (equals + 1 < parameter.size() && std::find(secrets.begin(), secrets.end(), name) != secrets.end())
      return std::string{name};
  }
  return std::nullopt;
}

bool accepts(const Address& address, int patience_ms) {
  const Fd fd{::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd) return false;
  if (::connect(fd.number(), reinterpret_cast<const sockaddr*>(&address.bytes), address.length) == 0) return true;
  pollfd wait{.fd = fd.number(), .events = POLLOUT, .revents = 0};
  if (::poll(&wait, 1, patience_ms) != 1) return false;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd.number(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

}  // namespace

bool Address::is_loopback() const {
  if (bytes.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &bytes, sizeof v4);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &bytes, sizeof v6);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return v6.sin6_addr.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
}

std::string Address::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (bytes.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &bytes, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(v4.sin_port));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &bytes, sizeof v6);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  return fmt::format("[{}]:{}", text, ntohs(v6.sin6_port));
}

Target parse_target(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) throw flaw(url, "no scheme", "http://HOST[:PORT]/PATH or https://…");
  // The path may hold variables, which no URL may: it is taken off before the rest is parsed.
  const std::size_t path_begin = std::min(url.find_first_of("/?#", scheme_end + 3), url.size());
  const std::string_view path = url.substr(path_begin);
  const auto parsed = boost::urls::parse_uri(url.substr(0, path_begin));
  if (!parsed) throw flaw(url, "no valid host and port", "http://HOST[:PORT]/PATH");
  const boost::urls::url_view& parts = *parsed;

  Target target;
  target.url = url;
  if (parts.scheme_id() == boost::urls::scheme::https) target.is_tls = true;
  else if (parts.scheme_id() != boost::urls::scheme::http)
    throw flaw(url, fmt::format("the scheme '{}'", std::string_view{parts.scheme().data(), parts.scheme().size()}),
               "http or https");
  if (parts.has_userinfo())
    throw flaw("…", "a user or password in it", "keys in the environment: --header 'Authorization: Bearer ${API_KEY}'");
  if (const auto name = secret_in_query(path))
    throw flaw("…", fmt::format("'{}=' with a key in full", *name),
               fmt::format("it from the environment, as in {}=${{API_KEY}}", *name));
  if (path.find('#') != std::string_view::npos) throw flaw(url, "a fragment (#)", "none: servers never see it");
  target.host = parts.host_address();
  if (target.host.empty()) throw flaw(url, "no host", "http://HOST[:PORT]/PATH");
  const std::string_view standard = target.is_tls ? "443" : "80";
  const std::string_view typed_port{parts.port().data(), parts.port().size()};
  const auto port = core::parse_count(typed_port);
  if (parts.has_port() && (!port || *port < 1 || *port > 65'535))
    throw flaw(url, fmt::format("the port '{}'", typed_port), "a port from 1 to 65535");
  target.port = parts.has_port() ? typed_port : standard;
  target.host_header = std::string{parts.encoded_host()};
  if (target.port != standard) target.host_header += ":" + target.port;
  target.path = path;
  if (target.path.empty() || target.path.front() != '/') target.path.insert(0, "/");
  return target;
}

void resolve(Target& target, int patience_ms) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &list);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{list, [](addrinfo* l) {
                                                               if (l != nullptr) ::freeaddrinfo(l);
                                                             }};
  if (code != 0) {
    throw core::ConfigError{
        fmt::format("URL '{}': the host '{}' leads nowhere: {}", target.url, target.host, ::gai_strerror(code))};
  }
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    Address& address = target.addresses.emplace_back();
    std::memcpy(&address.bytes, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
  }
  if (target.addresses.size() < 2) return;
  const auto open = std::find_if(target.addresses.begin(), target.addresses.end(),
                                 [&](const Address& address) { return accepts(address, patience_ms); });
  if (open != target.addresses.end()) std::rotate(target.addresses.begin(), open, open + 1);
}

void demand_allowed(const Target& target, const std::vector<std::string>& allowed_hosts) {
  const bool is_here =
      std::all_of(target.addresses.begin(), target.addresses.end(), [](const Address& a) { return a.is_loopback(); });
  if (is_here) return;
  if (std::find(allowed_hosts.begin(), allowed_hosts.end(), target.host) != allowed_hosts.end()) return;
  throw core::ConfigError{
      fmt::format("'{}' is not this machine: a load test against it needs its owner's consent; if you have it, add "
                  "--allow-host {}",
                  target.host, target.host)};
}

std::vector<std::string> read_allowed_hosts(std::string_view text) {
  std::vector<std::string> hosts;
  core::TextLines lines{"allowed hosts", text};
  while (const auto line = lines.next()) {
    const std::string_view host = core::trim(line->substr(0, line->find('#')));
    if (!host.empty()) hosts.emplace_back(host);
  }
  return hosts;
}

}  // namespace loadgen
