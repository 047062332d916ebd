// One connection of the fault server, read and written the way a person would type it: what is sent is what stands
// there, right or wrong.
//
//  * `Request`       what the client asked
//  * `Conversation`  one connection, in a thread of its own
//  * `PeerGone`      the client closed or reset the connection; thrown by what reads and writes
//
// Example:
//   Conversation peer{file_descriptor};
//   while (const std::optional<Request> request = peer.next()) { peer.send(response(200, "text/plain", "hello")); }
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fault_server {

using Clock = std::chrono::steady_clock;

struct Request {
  std::string method;
  std::string target;  // as it stands in the request line
  std::string path;    // the target up to '?'
  std::map<std::string, std::string, std::less<>> query;
  std::string head;  // request line and headers, with their line ends
  std::string body;
  Clock::time_point arrived;

  // The query's value, or `otherwise`. A value that is no number ends the program: a test is wrong then.
  double number(std::string_view name, double otherwise) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  bool flag(std::string_view name) const { return number(name, 0) != 0; }
};

class PeerGone : public std::runtime_error {
 public:
  PeerGone() : std::runtime_error{"the client closed the connection"} {}
};

class Conversation {
 public:
  explicit Conversation(int file_descriptor) : file_descriptor_{file_descriptor} {}
  ~Conversation() { close(); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // The next request with its body; nothing when the connection ended, whoever ended it.
  std::optional<Request> next();

  void send(std::string_view bytes);
  // The same in writes of `piece` bytes, each a packet of its own.
  void send_in_pieces(std::string_view bytes, std::size_t piece);
  // One chunk of a chunked body; an empty one ends the body.
  void send_chunk(std::string_view bytes);
  void close();  // FIN
  void reset();  // RST: what the client has not read yet is lost to it

  std::int64_t answered = 0;  // requests before this one

 private:
  bool receive();  // more bytes into received_

  int file_descriptor_;
  std::string received_;  // and not yet taken
};

// A whole response; the length is right.
std::string response(int status, std::string_view type, std::string_view body);

void sleep_until(Clock::time_point when);
Clock::duration milliseconds(double count);

}  // namespace fault_server
