// TLS for a client whose sockets never block.
//
//  * `TlsContext`  what all connections of a run share: whom to trust, and whose certificate it must be
//  * `TlsSession`  one connection's
//
// Certificates are verified against the system's authorities, or a file's, and must be made out to the host. Sessions
// are not resumed: every connection pays for its handshake, as a new user's would.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace loadgen {

struct TlsConfig {
  std::string host{};                    // a name, or an address
  std::optional<std::string> ca_file{};  // PEM; none: the system's
  bool verify = true;
};

// How a step of a non-blocking conversation ended.
enum class Io { done, again, closed, failed };

struct IoResult {
  Io io = Io::done;
  std::size_t bytes = 0;
};

class TlsSession {
 public:
  IoResult shake_hands();
  IoResult read(char* data, std::size_t size);
  IoResult write(std::string_view data);
  // Why the last step failed: "certificate verify failed: self-signed certificate".
  std::string error() const { return error_; }

 private:
  friend class TlsContext;
  struct Free {
    void operator()(SSL* ssl) const;
  };
  explicit TlsSession(SSL* ssl) : ssl_{ssl} {}
  IoResult after(int code);

  std::unique_ptr<SSL, Free> ssl_;
  std::string error_;
};

class TlsContext {
 public:
  // Throws core::ConfigError when the file holds no certificates.
  explicit TlsContext(const TlsConfig& config);
  std::unique_ptr<TlsSession> start(int fd) const;

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  TlsConfig config_;
};

}  // namespace loadgen
