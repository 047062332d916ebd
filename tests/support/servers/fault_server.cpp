// A server whose every fault is known, to hold the load generator against. A thread for each connection: it is not
// fast, but each behaviour reads from top to bottom.
//
//   fault_server      listens on a free port of loopback, prints "port N", ends when its standard input does
//
//   /ok                                  200 and a small JSON body
//   /delay?ms=20                         the same after that time
//   /exp?mean_ms=10                      after an exponential time
//   /slots?n=4&ms=10                     n slots of that service time, first come first served: n/ms requests a second
//   /freeze?every_ms=&length_ms=&from_ms=  answers at once, but not from from_ms after the first request for length_ms,
//                                        and so again every every_ms
//   /close-after?n=100                   closes the connection after n responses without saying so before
//   /reset-before, /reset-mid-body       RST instead of a byte, and after some
//   /truncated                           closes before the length it promised
//   /slow-loris?ms=1000, /never-ending   a byte of the header a second; chunks for ever
//   /huge?mb=1000                        a body of that size
//   /garbage, /wrong-length[?say=12abc], /bad-chunk, /invalid-utf8      what no client should trust
//   /leak                                the request's Authorization header for a status line
//   /status?code=503
//   /echo                                request in, request out; kept for /seen
//   /seen                                all requests of /echo and the streams, as JSON
//   /count                               how many requests there were, this one included
//   /sse, /v1/chat/completions, /v1/completions
//        ?ttft_ms=&itl_ms=&tokens=16&per_event=1&nasty=1&fail=error|leak|truncate|no-done|no-end|no-usage
//                                        OpenAI-shaped; `stream`, `max_tokens`, `stream_options` are read from the body
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/servers/behaviours.hpp"

namespace {

using namespace fault_server;

void converse(int file_descriptor, Shared& shared) {
  // The system rounds sleeps up by 50 us unless told not to; the times of a stream are to be exact.
  ::prctl(PR_SET_TIMERSLACK, 1000UL);
  const int one = 1;
  ::setsockopt(file_descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  try {
    Conversation peer{file_descriptor};
    while (const std::optional<Request> request = peer.next()) {
      shared.count_request();
      if (const Behaviour respond = behaviour(request->path)) {
        respond(peer, *request, shared);
      } else {
        peer.send(response(404, "text/plain", fmt::format("fault_server knows no {}\n", request->path)));
      }
      ++peer.answered;
    }
  } catch (const PeerGone&) {
    // A client that gives up is part of many tests.
  }
}

void accept_for_ever(int listener, Shared& shared) {
  for (;;) {
    const int file_descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (file_descriptor >= 0) { std::thread{converse, file_descriptor, std::ref(shared)}.detach(); }
  }
}

int complain(const char* what) {
  std::perror(what);
  return 1;
}

}  // namespace

int main() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) { return complain("fault_server: socket"); }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  // The socket interface takes every family's address by the type of none.
  auto* const any_address = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, any_address, size) != 0) { return complain("fault_server: bind"); }
  if (::listen(listener, SOMAXCONN) != 0) { return complain("fault_server: listen"); }
  if (::getsockname(listener, any_address, &size) != 0) { return complain("fault_server: getsockname"); }

  // Never freed: connections use it until the process is gone.
  auto& shared = *new Shared;
  std::thread{accept_for_ever, listener, std::ref(shared)}.detach();
  fmt::print("port {}\n", ntohs(address.sin_port));
  std::fflush(stdout);
  // Whoever started it holds the other end; when that one dies, however it dies, this read returns.
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {}
  std::_Exit(0);
}
