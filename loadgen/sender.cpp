#include "loadgen/sender.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "core/yaml_reader.hpp"
#include "loadgen/connection.hpp"
#include "loadgen/due_requests.hpp"
#include "loadgen/wall_clock.hpp"

namespace loadgen {
namespace {

constexpr std::size_t read_size = std::size_t{256} * 1024;  // one stream's worth of tokens, or a piece of a large body
constexpr int most_reads_at_once = 16;                      // then the others have their turn
constexpr int most_events_at_once = 128;                    // half a millisecond of work: a due request waits no longer
constexpr std::int64_t socket_pause_ns = 100'000'000;       // between attempts while this machine gives no sockets
constexpr std::int64_t shortest_wait_ns = 2'000;            // going to sleep and waking up take longer

class Sender {
 public:
  Sender(const SenderConfig& config, const Target& target, const TlsContext* tls, const RequestTemplate& request,
         Clerk& clerk)
      : config_{config},
        target_{target},
        tls_{tls},
        request_{request},
        clerk_{clerk},
        window_{clerk.first_window()},
        due_{{config.concurrency, config.think_time, config.requests, config.length}, clerk},
        pool_{static_cast<std::size_t>(config.most_connections), config.rules},
        busy_{pool_},
        connecting_{pool_} {}

  SenderEnd run(const std::atomic<bool>& interrupt);

 private:
  std::int64_t clock() const { return now_ns() - start_ns_; }
  bool is_closed_loop() const { return config_.concurrency > 0; }

  // What is due.
  void dispatch(std::int64_t now);
  void send_on(std::uint32_t number, const DueRequest& due);

  // Connections.
  void open_connections(std::int64_t now);
  void open_connection(std::int64_t now);
  void no_socket(int error, std::int64_t now);
  void go_on_connecting(std::uint32_t number, std::int64_t now);
  void connect_failed(std::uint32_t number, Outcome outcome, std::string_view why, std::int64_t now);
  void is_ready(std::uint32_t number, std::int64_t now);
  void close(std::uint32_t number);

  // What comes back.
  void wait(std::int64_t now);
  void on_event(std::uint32_t number, std::uint32_t flags);
  void go_on_writing(std::uint32_t number);
  void read(std::uint32_t number);
  IoResult read_some(Connection& connection);
  void connection_ended(std::uint32_t number, std::int64_t now);
  void ended(std::uint32_t number, Outcome outcome, std::string_view why, std::int64_t now);
  void charge(const PlannedRequest& request, Outcome outcome, std::string_view why, std::int64_t now);

  // Time.
  void expire(std::int64_t now);
  void turn_window(std::int64_t now);
  bool is_over(std::int64_t now);
  void settle(std::int64_t now);

  const SenderConfig& config_;
  const Target& target_;
  const TlsContext* tls_;
  const RequestTemplate& request_;
  Clerk& clerk_;
  Window* window_;
  DueRequests due_;
  ConnectionPool pool_;
  DeadlineList busy_;
  DeadlineList connecting_;
  Fd epoll_;
  std::int64_t start_ns_ = 0;
  std::int64_t next_second_ns_ = core::ns_per_second;
  std::int64_t no_socket_until_ns_ = 0;
  SenderEnd end_;

  std::vector<std::uint32_t> read_again_;
  std::string scratch_;
  std::vector<char> buffer_ = std::vector<char>(read_size);
};

// ---- what is due

void Sender::dispatch(std::int64_t now) {
  if (config_.drops_late)
    window_->counts.ended[Outcome::dropped] += due_.drop_before(now - core::to_ns(config_.late_after));
  while (pool_.has_idle()) {
    const std::optional<DueRequest> next = due_.pop();
    if (!next) return;
    send_on(pool_.pop_idle(), *next);
  }
  open_connections(now);
}

void Sender::send_on(std::uint32_t number, const DueRequest& due) {
  Connection& connection = pool_[number];
  const std::string_view bytes = request_.render(due.request, scratch_);
  const std::int64_t sent_ns = clock();
  if (due.is_retry) {
    ++window_->counts.retried;
  } else {
    const std::int64_t late_ns = sent_ns - due.request.at_ns;
    window_->record(Metric::schedule_error, late_ns);
    if (late_ns > core::to_ns(config_.late_after)) ++end_.sent_late;
    ++window_->counts.sent;
    end_.last_send = core::Duration{sent_ns};
  }
  connection.exchange.begin(due.request, sent_ns, request_.is_head());
  connection.is_retry = due.is_retry;
  connection.state = Connection::State::busy;
  connection.unsent.clear();
  busy_.add(number);

  std::size_t taken = 0;
  bool broke = false;
  if (connection.tls) {
    const IoResult written = connection.tls->write(bytes);
    taken = written.io == Io::done ? written.bytes : 0;
    broke = written.io == Io::failed || written.io == Io::closed;
  } else {
    const ssize_t written = ::send(connection.fd.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    taken = written > 0 ? static_cast<std::size_t>(written) : 0;
    broke = written < 0 && errno != EAGAIN;
  }
  window_->counts.bytes_sent += static_cast<std::int64_t>(taken);
  if (broke) return connection_ended(number, sent_ns);
  if (taken < bytes.size()) {
    connection.unsent = bytes.substr(taken);
    go_on_writing(number);
  }
}

// ---- connections

void Sender::open_connections(std::int64_t now) {
  while (connecting_.size() < due_.size() && !pool_.is_full() && now >= no_socket_until_ns_) {
    const std::size_t before = connecting_.size();
    open_connection(now);
    // One that failed at once took its request along.
    if (connecting_.size() == before && pool_.has_idle()) return;
  }
}

void Sender::open_connection(std::int64_t now) {
  const Address& address = target_.addresses.front();
  Fd fd{::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd) return no_socket(errno, now);
  const int on = 1;
  ::setsockopt(fd.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int code = ::connect(fd.number(), reinterpret_cast<const sockaddr*>(&address.bytes), address.length);
  const int error = code == 0 ? 0 : errno;
  if (error == EADDRNOTAVAIL || error == EAGAIN) return no_socket(error, now);

  const std::uint32_t number = pool_.take_free();
  Connection& connection = pool_[number];
  connection.fd = std::move(fd);
  connection.opened_ns = now;
  connection.state = Connection::State::connecting;
  connecting_.add(number);
  if (error != 0 && error != EINPROGRESS) return connect_failed(number, Outcome::refused, std::strerror(error), now);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = std::uint64_t{connection.generation} << 32 | number;
  if (::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, connection.fd.number(), &event) != 0) {
    const int why = errno;
    connecting_.remove(number);
    close(number);
    return no_socket(why, now);
  }
  if (error == 0) go_on_connecting(number, now);
}

// File descriptors or ports ran out. The connections that there are go on; without any, the request cannot be sent.
void Sender::no_socket(int error, std::int64_t now) {
  if (end_.local_limit.empty()) end_.local_limit = std::strerror(error);
  if (pool_.open_count() > 0) {
    no_socket_until_ns_ = now + socket_pause_ns;
  } else if (const auto due = due_.pop()) {
    charge(due->request, Outcome::local, std::strerror(error), now);
  }
}

void Sender::go_on_connecting(std::uint32_t number, std::int64_t now) {
  Connection& connection = pool_[number];
  if (connection.state == Connection::State::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(connection.fd.number(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error == ETIMEDOUT) return connect_failed(number, Outcome::timeout, std::strerror(error), now);
    if (error != 0) return connect_failed(number, Outcome::refused, std::strerror(error), now);
    if (tls_ == nullptr) return is_ready(number, now);
    connection.tls = tls_->start(connection.fd.number());
    connection.state = Connection::State::shaking_hands;
  }
  const IoResult step = connection.tls->shake_hands();
  if (step.io == Io::done) return is_ready(number, now);
  if (step.io != Io::again) {
    const std::string why = step.io == Io::closed ? "the server ended the handshake" : connection.tls->error();
    connect_failed(number, Outcome::tls, why, now);
  }
}

void Sender::is_ready(std::uint32_t number, std::int64_t now) {
  connecting_.remove(number);
  window_->record(Metric::connect_time, now - pool_[number].opened_ns);
  ++window_->counts.connects;
  pool_[number].state = Connection::State::idle;
  pool_.push_idle(number);
}

void Sender::connect_failed(std::uint32_t number, Outcome outcome, std::string_view why, std::int64_t now) {
  const std::string kept{why};  // it may be the connection's
  connecting_.remove(number);
  close(number);
  // The attempt was made for the request that has waited longest, unless another connection served it meanwhile.
  if (const auto due = due_.pop()) charge(due->request, outcome, kept, now);
}

void Sender::close(std::uint32_t number) { pool_.release(number); }

// ---- what comes back

void Sender::on_event(std::uint32_t number, std::uint32_t flags) {
  Connection& connection = pool_[number];
  if ((flags & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) connection.peer_closed = true;
  switch (connection.state) {
    case Connection::State::free:
      return;
    case Connection::State::connecting:
    case Connection::State::shaking_hands:
      return go_on_connecting(number, clock());
    case Connection::State::idle:
      if (!connection.peer_closed && (flags & EPOLLIN) == 0) return;
      // Closed by the server, or bytes that nobody asked for. (TLS has messages of its own: they are read later.)
      if (connection.tls && !connection.peer_closed) return;
      pool_.remove_idle(number);
      ++window_->counts.closed_by_server;
      return close(number);
    case Connection::State::busy:
      if (!connection.unsent.empty()) go_on_writing(number);
      if (pool_[number].state == Connection::State::busy && (flags & ~std::uint32_t{EPOLLOUT}) != 0) read(number);
      return;
  }
}

void Sender::go_on_writing(std::uint32_t number) {
  Connection& connection = pool_[number];
  while (!connection.unsent.empty()) {
    std::size_t taken = 0;
    if (connection.tls) {
      const IoResult written = connection.tls->write(connection.unsent);
      if (written.io == Io::again) return;
      if (written.io != Io::done) return;  // the read finds out why
      taken = written.bytes;
    } else {
      const ssize_t written =
          ::send(connection.fd.number(), connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
      if (written < 0) return;
      taken = static_cast<std::size_t>(written);
    }
    window_->counts.bytes_sent += static_cast<std::int64_t>(taken);
    connection.unsent.erase(0, taken);
  }
}

IoResult Sender::read_some(Connection& connection) {
  if (connection.tls) return connection.tls->read(buffer_.data(), buffer_.size());
  const ssize_t count = ::recv(connection.fd.number(), buffer_.data(), buffer_.size(), 0);
  if (count > 0) return {Io::done, static_cast<std::size_t>(count)};
  if (count == 0) return {Io::closed, 0};
  return {errno == EAGAIN || errno == EINTR ? Io::again : Io::failed, 0};
}

void Sender::read(std::uint32_t number) {
  Connection& connection = pool_[number];
  for (int reads = 0; reads < most_reads_at_once; ++reads) {
    const IoResult result = read_some(connection);
    if (result.io == Io::again) return;
    const std::int64_t now = clock();
    if (result.io != Io::done) return connection_ended(number, now);
    window_->counts.bytes_received += static_cast<std::int64_t>(result.bytes);
    const Exchange::State state = connection.exchange.take({buffer_.data(), result.bytes}, now, *window_);
    if (state == Exchange::State::ended)
      return ended(number, connection.exchange.outcome(), connection.exchange.said(), now);
    // Less than there was room for: the socket is empty, and the next bytes will tell of themselves.
    if (!connection.tls && result.bytes < buffer_.size() && !connection.peer_closed) return;
  }
  if (!connection.reads_again) {
    connection.reads_again = true;
    read_again_.push_back(number);
  }
}

void Sender::connection_ended(std::uint32_t number, std::int64_t now) {
  Connection& connection = pool_[number];
  if (!connection.exchange.started() && connection.served_before && !connection.is_retry) {
    // The server had closed it before the request reached it: not the request's fault.
    ++window_->counts.closed_by_server;
    due_.send_again(connection.exchange.request());
    busy_.remove(number);
    return close(number);
  }
  connection.exchange.connection_ended();
  connection.peer_closed = true;
  ended(number, connection.exchange.outcome(), connection.exchange.said(), now);
}

void Sender::ended(std::uint32_t number, Outcome outcome, std::string_view why, std::int64_t now) {
  Connection& connection = pool_[number];
  const Exchange& exchange = connection.exchange;
  busy_.remove(number);
  if (outcome == Outcome::answered) {
    window_->record(Metric::response_time, now - exchange.request().at_ns);
    window_->record(Metric::service_time, now - exchange.sent_ns());
    ++window_->counts.ended[Outcome::answered];
    if (config_.rules.api) {
      exchange.settle(*window_);
      ++end_.answers;
      end_.answers_with_usage += exchange.has_usage() ? 1 : 0;
    }
    due_.user_is_free(now);
  } else {
    window_->record_other(Metric::service_time, outcome, now - exchange.sent_ns());
    charge(exchange.request(), outcome, why, now);
  }
  const bool stays = exchange.keep_alive() && connection.unsent.empty();
  if (stays && !connection.peer_closed) {
    connection.served_before = true;
    connection.state = Connection::State::idle;
    pool_.push_idle(number);
    return;
  }
  // Closed right behind the answer, though it did not say that it would be.
  if (stays) ++window_->counts.closed_by_server;
  close(number);
}

void Sender::charge(const PlannedRequest& request, Outcome outcome, std::string_view why, std::int64_t now) {
  ++window_->counts.ended[outcome];
  window_->record_other(Metric::response_time, outcome, now - request.at_ns);
  std::string& said = end_.first_said[static_cast<std::size_t>(outcome)];
  if (said.empty()) said = request_.without_secrets(why);
  due_.user_is_free(now);
}

// ---- time

void Sender::wait(std::int64_t now) {
  std::int64_t until = std::min(next_second_ns_, core::to_ns(config_.length + config_.drain));
  if (!read_again_.empty() || (!due_.empty() && pool_.has_idle())) until = now;
  until = std::min(until, due_.next_look_ns(now));
  if (!busy_.empty()) {
    const std::int64_t sent_ns = pool_[busy_.oldest()].exchange.sent_ns();
    until = std::min(until, sent_ns + core::to_ns(config_.timeout));
  }
  if (!connecting_.empty())
    until = std::min(until, pool_[connecting_.oldest()].opened_ns + core::to_ns(config_.connect_timeout));
  if (due_.size() > connecting_.size() && no_socket_until_ns_ > now) until = std::min(until, no_socket_until_ns_);

  std::int64_t left = until - clock();
  if (left < shortest_wait_ns) left = 0;
  const timespec patience{left / core::ns_per_second, left % core::ns_per_second};
  std::array<epoll_event, most_events_at_once> events;
  const int count = ::epoll_pwait2(epoll_.number(), events.data(), most_events_at_once, &patience, nullptr);
  if (count < 0 && errno != EINTR)
    throw core::ConfigError{fmt::format("cannot wait for sockets to the nanosecond: {}; it takes Linux 5.11 or later",
                                        std::strerror(errno))};
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const auto number = static_cast<std::uint32_t>(event.data.u64);
    if (pool_[number].generation == event.data.u64 >> 32) on_event(number, event.events);
    // Whoever waits for a connection, or just stopped thinking, goes at once: the server has work sooner.
    if (is_closed_loop()) due_.notice(clock(), *window_);
    if (!due_.empty()) dispatch(clock());
  }
  for (std::size_t i = read_again_.size(); i > 0; --i) {
    const std::uint32_t number = read_again_.front();
    read_again_.erase(read_again_.begin());
    pool_[number].reads_again = false;
    if (pool_[number].state == Connection::State::busy) read(number);
  }
}

void Sender::expire(std::int64_t now) {
  while (!busy_.empty()) {
    const std::uint32_t number = busy_.oldest();
    if (now - pool_[number].exchange.sent_ns() < core::to_ns(config_.timeout)) break;
    pool_[number].peer_closed = true;  // what comes later would be taken for the next request's answer
    ended(number, Outcome::timeout, "no whole response in time", now);
  }
  while (!connecting_.empty()) {
    const std::uint32_t number = connecting_.oldest();
    if (now - pool_[number].opened_ns < core::to_ns(config_.connect_timeout)) break;
    connect_failed(number, Outcome::timeout, "no connection in time", now);
  }
}

void Sender::turn_window(std::int64_t now) {
  SecondCounts& counts = window_->counts;
  counts.length = core::Duration{now} - counts.start;
  counts.in_flight = static_cast<std::int64_t>(busy_.size());
  counts.connections = static_cast<std::int64_t>(pool_.open_count());
  if (Window* fresh = clerk_.exchange(window_)) {
    window_ = fresh;
    window_->counts.start = core::Duration{now};
  }
  next_second_ns_ = (now / core::ns_per_second + 1) * core::ns_per_second;
}

bool Sender::is_over(std::int64_t now) {
  if (clerk_.failed() || now >= core::to_ns(config_.length + config_.drain)) return true;
  return due_.empty() && busy_.empty() && due_.nothing_comes(now);
}

// Everybody who is still there when the run ends.
void Sender::settle(std::int64_t now) {
  while (!busy_.empty()) {
    const std::uint32_t number = busy_.oldest();
    const Exchange& exchange = pool_[number].exchange;
    window_->record_other(Metric::service_time, Outcome::open, now - exchange.sent_ns());
    charge(exchange.request(), Outcome::open, "no whole response when the run ended", now);
    busy_.remove(number);
    close(number);
  }
  const auto never_sent = [&] {
    while (const auto due = due_.pop()) charge(due->request, Outcome::unsent, "the run ended first", now);
  };
  never_sent();
  if (is_closed_loop() || clerk_.failed()) return;
  // What was due and still stood in the plan, and then what was not due yet.
  while (due_.more_is_due(now)) {
    due_.notice(now, *window_);
    never_sent();
  }
  window_->counts.ended[Outcome::unsent] += config_.requests - due_.noticed();
}

SenderEnd Sender::run(const std::atomic<bool>& interrupt) {
  epoll_ = Fd{::epoll_create1(EPOLL_CLOEXEC)};
  if (!epoll_) throw core::ConfigError{fmt::format("cannot watch sockets: {}", std::strerror(errno))};
  ::prctl(PR_SET_TIMERSLACK, 1000UL);
  due_.wait_for_plan();
  start_ns_ = now_ns();

  std::int64_t now = 0;
  for (;;) {
    now = clock();
    due_.notice(now, *window_);
    if (!due_.empty()) dispatch(now);
    expire(now);
    if (now >= next_second_ns_) turn_window(now);
    end_.interrupted = interrupt.load(std::memory_order_relaxed);
    if (end_.interrupted || is_over(now)) break;
    wait(now);
  }
  now = clock();  // something may have been sent since
  settle(now);
  end_.length = core::Duration{now};
  window_->counts.length = core::Duration{now} - window_->counts.start;
  clerk_.finish(window_);
  return std::move(end_);
}

}  // namespace

SenderEnd send_all(const SenderConfig& config, const Target& target, const TlsContext* tls,
                   const RequestTemplate& request, Clerk& clerk, const std::atomic<bool>& interrupt) {
  return Sender{config, target, tls, request, clerk}.run(interrupt);
}

}  // namespace loadgen
