#include "loadgen/tls.hpp"

#include <algorithm>
#include <climits>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/yaml_reader.hpp"

namespace loadgen {
namespace {

std::string oldest_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "the connection broke";
}

bool is_address(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

int clamped(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void TlsSession::Free::operator()(SSL* ssl) const { SSL_free(ssl); }
void TlsContext::Free::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

TlsContext::TlsContext(const TlsConfig& config) : context_{SSL_CTX_new(TLS_client_method())}, config_{config} {
  if (!context_) throw std::runtime_error{"no TLS: " + oldest_error()};
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context_.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context_.get(), config.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (!config.ca_file) {
    SSL_CTX_set_default_verify_paths(context_.get());
  } else if (SSL_CTX_load_verify_locations(context_.get(), config.ca_file->c_str(), nullptr) != 1) {
    throw core::ConfigError{
        fmt::format("--ca-file: found '{}', expected a file of PEM certificates: {}", *config.ca_file, oldest_error())};
  }
}

std::unique_ptr<TlsSession> TlsContext::start(int fd) const {
  std::unique_ptr<TlsSession> session{new TlsSession{SSL_new(context_.get())}};
  SSL* ssl = session->ssl_.get();
  if (ssl == nullptr || SSL_set_fd(ssl, fd) != 1) throw std::runtime_error{"no TLS session: " + oldest_error()};
  SSL_set_connect_state(ssl);
  if (is_address(config_.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), config_.host.c_str());
  } else {
    // As SSL_set_tlsext_host_name does, which is a macro with a C cast. The library copies the name.
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(config_.host.c_str()));
    SSL_set1_host(ssl, config_.host.c_str());
  }
  return session;
}

IoResult TlsSession::after(int code) {
  switch (SSL_get_error(ssl_.get(), code)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {Io::again, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Io::closed, 0};
    default:
      break;
  }
  const long verdict = SSL_get_verify_result(ssl_.get());
  error_ = oldest_error();
  if (verdict != X509_V_OK) error_ += fmt::format(": {}", X509_verify_cert_error_string(verdict));
  return {Io::failed, 0};
}

IoResult TlsSession::shake_hands() {
  ERR_clear_error();
  const int code = SSL_do_handshake(ssl_.get());
  return code == 1 ? IoResult{} : after(code);
}

IoResult TlsSession::read(char* data, std::size_t size) {
  ERR_clear_error();
  const int code = SSL_read(ssl_.get(), data, clamped(size));
  return code > 0 ? IoResult{Io::done, static_cast<std::size_t>(code)} : after(code);
}

IoResult TlsSession::write(std::string_view data) {
  ERR_clear_error();
  const int code = SSL_write(ssl_.get(), data.data(), clamped(data.size()));
  return code > 0 ? IoResult{Io::done, static_cast<std::size_t>(code)} : after(code);
}

}  // namespace loadgen
