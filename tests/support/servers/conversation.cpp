#include "tests/support/servers/conversation.hpp"

#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fault_server {
namespace {

std::map<std::string, std::string, std::less<>> read_query(std::string_view text) {
  std::map<std::string, std::string, std::less<>> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    query[std::string{pair.substr(0, equals)}] =
        equals == std::string_view::npos ? "1" : std::string{pair.substr(equals + 1)};
  }
  return query;
}

// The tests send lengths, never chunks.
std::size_t content_length(std::string_view head) {
  std::string lower{head};
  for (char& c : lower) { c = static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
  const std::size_t at = lower.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::strtoull(lower.c_str() + at + 17, nullptr, 10);
}

}  // namespace

double Request::number(std::string_view name, double otherwise) const {
  const auto found = query.find(name);
  if (found == query.end()) { return otherwise; }
  char* end = nullptr;
  const double value = std::strtod(found->second.c_str(), &end);
  if (end == found->second.c_str() || *end != '\0') {
    fmt::print(stderr, "fault_server: {}: '{}' is no number\n", target, found->second);
    std::_Exit(2);
  }
  return value;
}

std::string Request::text(std::string_view name, std::string_view otherwise) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string{otherwise} : found->second;
}

std::optional<Request> Conversation::next() {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) { return std::nullopt; }
  }
  head_end += 4;
  Request request;
  request.arrived = Clock::now();
  request.head = received_.substr(0, head_end);
  const std::size_t size = head_end + content_length(request.head);
  while (received_.size() < size) {
    if (!receive()) { return std::nullopt; }
  }
  request.body = received_.substr(head_end, size - head_end);
  received_.erase(0, size);

  const std::size_t first_space = request.head.find(' ');
  const std::size_t second_space = request.head.find(' ', first_space + 1);
  request.method = request.head.substr(0, first_space);
  request.target = request.head.substr(first_space + 1, second_space - first_space - 1);
  const std::size_t mark = request.target.find('?');
  request.path = request.target.substr(0, mark);
  if (mark != std::string::npos) { request.query = read_query(std::string_view{request.target}.substr(mark + 1)); }
  return request;
}

bool Conversation::receive() {
  if (file_descriptor_ < 0) { return false; }
  std::array<char, 16384> buffer{};
  const ssize_t count = ::recv(file_descriptor_, buffer.data(), buffer.size(), 0);
  if (count <= 0) { return false; }
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

void Conversation::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(file_descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) { throw PeerGone{}; }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Conversation::send_in_pieces(std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) { send(bytes.substr(0, piece)); }
}

void Conversation::send_chunk(std::string_view bytes) { send(fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes)); }

void Conversation::close() {
  if (file_descriptor_ >= 0) { ::close(file_descriptor_); }
  file_descriptor_ = -1;
}

void Conversation::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(file_descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

std::string response(int status, std::string_view type, std::string_view body) {
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", status,
                     status == 200 ? "OK" : "As asked", type, body.size(), body);
}

void sleep_until(Clock::time_point when) { std::this_thread::sleep_until(when); }

Clock::duration milliseconds(double count) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>{count});
}

}  // namespace fault_server
