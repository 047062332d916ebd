#include "tests/support/server.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace test_support {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto start_limit = 10s;
const std::string servers_folder = std::string{PROJECT_SOURCE} + "/tests/support/servers/";

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

// A socket of the test's own that is closed at the end of its scope.
class Socket {
 public:
  Socket() : file_descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {}
  ~Socket() { ::close(file_descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int get() const { return file_descriptor_; }
  bool connect(int port) const {
    const sockaddr_in address = loopback(port);
    // The socket interface takes every family's address by the type of none.
    return ::connect(file_descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  // A free port, which is ours for as long as the socket lives; a server that also says "reuseport" may listen there.
  int bind_any() const {
    const int one = 1;
    ::setsockopt(file_descriptor_, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const any_address = reinterpret_cast<sockaddr*>(&address);
    if (::bind(file_descriptor_, any_address, size) != 0 || ::getsockname(file_descriptor_, any_address, &size) != 0) {
      throw std::system_error{errno, std::generic_category(), "bind"};
    }
    return ntohs(address.sin_port);
  }

 private:
  int file_descriptor_;
};

// Programs of ours say "port N" once they listen.
Server announced(std::unique_ptr<Process> process, const std::string& what) {
  constexpr std::string_view prefix = "port ";
  const Clock::time_point deadline = Clock::now() + start_limit;
  while (const std::optional<std::string> line =
             process->read_line(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()))) {
    if (!line->starts_with(prefix)) { continue; }
    int port = 0;
    std::from_chars(line->data() + prefix.size(), line->data() + line->size(), port);
    return Server{std::move(process), port};
  }
  throw std::runtime_error{fmt::format("{} does not listen: {}", what, process->error())};
}

std::optional<std::string> node(std::string_view what) {
  std::optional<std::string> program = find_program("node");
  if (!program) { fmt::print(stderr, "skipped: Node is not installed, so there is no {}\n", what); }
  return program;
}

void run_openssl(const TemporaryFolder& folder, const std::vector<std::string>& arguments) {
  const std::optional<std::string> openssl = find_program("openssl");
  if (!openssl) { throw std::runtime_error{"openssl is not installed"}; }
  // Its own file of random bytes would lie in the user's home.
  Process process{*openssl, arguments, {.environment = {{"RANDFILE", folder / "random"}}}};
  const std::optional<Ended> ended = process.wait(30s);
  if (!ended || ended->exit_code != 0) { throw std::runtime_error{"openssl: " + process.error()}; }
}

}  // namespace

std::string Server::url(std::string_view path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

std::string Server::get(std::string_view path) const {
  const Socket socket;
  if (!socket.connect(port_)) { throw std::runtime_error{fmt::format("nobody listens at port {}", port_)}; }
  const std::string request = fmt::format("GET {} HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
  ::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
  // Servers that keep the connection are told that nothing more will come.
  ::shutdown(socket.get(), SHUT_WR);
  std::string text;
  std::array<char, 16384> buffer{};
  for (ssize_t count = 0; (count = ::recv(socket.get(), buffer.data(), buffer.size(), 0)) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  const std::size_t body = text.find("\r\n\r\n");
  if (body == std::string::npos) { throw std::runtime_error{fmt::format("no answer to GET {}", path)}; }
  return text.substr(body + 4);
}

Server start_fault_server() {
  return announced(std::make_unique<Process>(FAULT_SERVER_PROGRAM, std::vector<std::string>{}), "fault_server");
}

std::optional<Server> start_node_service() {
  const std::optional<std::string> program = node("node service");
  if (!program) { return std::nullopt; }
  return announced(std::make_unique<Process>(*program, std::vector{servers_folder + "node_service.mjs"}),
                   "node_service.mjs");
}

std::optional<Server> start_openai_mock(const std::string& config_file) {
  const std::string package = std::string{PROJECT_SOURCE} + "/tests/interop/node_modules/openai-mock-api";
  if (!std::filesystem::exists(package)) {
    fmt::print(stderr, "skipped: openai-mock-api is not installed (scripts/install_interop.sh)\n");
    return std::nullopt;
  }
  const std::optional<std::string> program = node("openai-mock-api");
  if (!program) { return std::nullopt; }
  return announced(std::make_unique<Process>(*program, std::vector<std::string>{servers_folder + "openai_mock.mjs",
                                                                                package, "--config", config_file}),
                   "openai-mock-api");
}

Certificates make_certificates(const TemporaryFolder& folder) {
  const auto make_key = [&](const std::string& name) {
    const std::string file = folder / (name + ".key");
    run_openssl(folder, {"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file});
    return file;
  };
  const std::string authority = folder / "authority.pem";
  const std::string authority_key = make_key("authority");
  run_openssl(folder, {"req", "-x509", "-new", "-key", authority_key, "-subj", "/CN=throw-away authority", "-days", "2",
                       "-out", authority});
  const auto sign = [&](const std::string& name, const std::string& alternative_names, const std::string& days) {
    const std::string key = make_key(name);
    const std::string request = folder / (name + ".csr");
    const std::string certificate = folder / (name + ".pem");
    const std::string extensions = folder.write(name + ".ext", "subjectAltName=" + alternative_names + "\n");
    run_openssl(folder, {"req", "-new", "-key", key, "-subj", "/CN=" + name, "-out", request});
    run_openssl(folder, {"x509", "-req", "-in", request, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial",
                         "-days", days, "-extfile", extensions, "-out", certificate});
    return std::pair{certificate, key};
  };
  const auto [good, good_key] = sign("good", "IP:127.0.0.1,DNS:localhost", "2");
  const auto [other_name, other_name_key] = sign("other-name", "DNS:another.example", "2");
  const auto [expired, expired_key] = sign("expired", "IP:127.0.0.1,DNS:localhost", "-1");
  return {authority, good, good_key, other_name, other_name_key, expired, expired_key};
}

std::string Nginx::tls_url(int port, std::string_view path) {
  return fmt::format("https://127.0.0.1:{}{}", port, path);
}

std::optional<Nginx> start_nginx(const TemporaryFolder& folder, const Certificates& certificates) {
  const std::optional<std::string> program = find_program("nginx");
  if (!program) {
    fmt::print(stderr, "skipped: nginx is not installed (scripts/install_dependencies tests)\n");
    return std::nullopt;
  }
  const std::array<Socket, 4> reserved;
  std::array<int, 4> ports{};
  for (std::size_t i = 0; i < ports.size(); ++i) { ports[i] = reserved[i].bind_any(); }

  const auto tls_server = [](int port, const std::string& certificate, const std::string& key) {
    return fmt::format(
        "  server {{ listen 127.0.0.1:{} ssl reuseport; ssl_certificate {}; ssl_certificate_key {}; include sites; "
        "}}\n",
        port, certificate, key);
  };
  std::string config = fmt::format(R"(worker_processes 1;
daemon off;
master_process off;
pid {0}/nginx.pid;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  keepalive_timeout 600s;
  client_body_temp_path {0}/t1; proxy_temp_path {0}/t2; fastcgi_temp_path {0}/t3; uwsgi_temp_path {0}/t4;
  scgi_temp_path {0}/t5;
  server {{ listen 127.0.0.1:{1} reuseport backlog=1024; include sites; }}
)",
                                   folder.path().string(), ports[0]);
  config += tls_server(ports[1], certificates.good, certificates.good_key);
  config += tls_server(ports[2], certificates.other_name, certificates.other_name_key);
  config += tls_server(ports[3], certificates.expired, certificates.expired_key);
  config += "}\n";
  folder.write("sites", fmt::format(R"(default_type application/json;
root {};
location = /ok {{ keepalive_requests 1000000000; return 200 '{{"ok":true}}'; }}
location = /hundred {{ keepalive_requests 100; return 200 '{{"ok":true}}'; }}
location = /kilobytes {{ keepalive_requests 1000000000; }}
)",
                                    folder.path().string()));
  folder.write("kilobytes", std::string(100'000, 'x'));
  const std::string config_file = folder.write("nginx.conf", config);

  auto process = std::make_unique<Process>(
      *program, std::vector<std::string>{"-p", folder.path().string(), "-c", config_file, "-e", folder / "nginx.log"});
  // All four sockets listen when the last does.
  const Clock::time_point deadline = Clock::now() + start_limit;
  while (!Socket{}.connect(ports[3])) {
    if (Clock::now() > deadline || process->wait(5ms)) {
      throw std::runtime_error{"nginx does not listen: " + process->error() + text_of(folder / "nginx.log")};
    }
  }
  return Nginx{Server{std::move(process), ports[0]}, ports[1], ports[2], ports[3]};
}

int free_port() { return Socket{}.bind_any(); }

}  // namespace test_support
