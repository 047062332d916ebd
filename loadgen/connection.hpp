// One connection to the server, and the pool they live in.
//
//  * `Connection`      socket, TLS session, and the exchange that is on
//  * `DeadlineList`    connections in the order in which their time runs out
//  * `ConnectionPool`  all of them; the idle ones last in, first out, so that few are kept warm
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/exchange.hpp"
#include "loadgen/fd.hpp"
#include "loadgen/tls.hpp"

namespace loadgen {

struct Connection {
  enum class State : std::uint8_t { free, connecting, shaking_hands, idle, busy };
  static constexpr std::uint32_t none = UINT32_MAX;

  explicit Connection(const ExchangeRules& rules) : exchange{rules} {}

  State state = State::free;
  std::uint32_t generation = 0;  // of the place: an event of a connection that was here before is not this one's
  bool is_retry = false;         // of its request
  bool served_before = false;    // it has answered at least once
  bool peer_closed = false;      // nothing more will come than what lies there
  bool reads_again = false;      // it is in the list of those with bytes left to read
  Fd fd;
  std::unique_ptr<TlsSession> tls;
  Exchange exchange;
  std::string unsent;  // what the socket did not take of the request
  std::int64_t opened_ns = 0;
  std::uint32_t older = none;  // in its DeadlineList
  std::uint32_t newer = none;
};

class ConnectionPool {
 public:
  ConnectionPool(std::size_t most, const ExchangeRules& rules) : most_{most}, rules_{rules} {}

  Connection& operator[](std::uint32_t number) { return *connections_[number]; }
  bool is_full() const { return open_count_ == most_; }
  std::size_t open_count() const { return open_count_; }

  // A free place; the pool is not full.
  std::uint32_t take_free() {
    ++open_count_;
    if (free_.empty()) {
      connections_.push_back(std::make_unique<Connection>(rules_));
      return static_cast<std::uint32_t>(connections_.size() - 1);
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  // Closes it.
  void release(std::uint32_t number) {
    Connection& connection = *connections_[number];
    connection.tls.reset();
    connection.fd.reset();
    connection.unsent.clear();
    connection.served_before = connection.peer_closed = connection.is_retry = false;
    connection.state = Connection::State::free;
    ++connection.generation;
    free_.push_back(number);
    --open_count_;
  }

  bool has_idle() const { return !idle_.empty(); }
  void push_idle(std::uint32_t number) { idle_.push_back(number); }
  std::uint32_t pop_idle() {
    const std::uint32_t number = idle_.back();
    idle_.pop_back();
    return number;
  }
  // An idle connection went away. O(idle), and rare.
  void remove_idle(std::uint32_t number) { std::erase(idle_, number); }

 private:
  std::size_t most_;
  std::size_t open_count_ = 0;
  ExchangeRules rules_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> idle_;
};

// All deadlines of a list are as long, so that who came first goes first: a linked list through the connections.
class DeadlineList {
 public:
  explicit DeadlineList(ConnectionPool& pool) : pool_{pool} {}

  bool empty() const { return oldest_ == Connection::none; }
  std::uint32_t oldest() const { return oldest_; }
  std::size_t size() const { return size_; }

  void add(std::uint32_t number) {
    Connection& connection = pool_[number];
    connection.older = newest_;
    connection.newer = Connection::none;
    (newest_ == Connection::none ? oldest_ : pool_[newest_].newer) = number;
    newest_ = number;
    ++size_;
  }
  void remove(std::uint32_t number) {
    const Connection& connection = pool_[number];
    (connection.older == Connection::none ? oldest_ : pool_[connection.older].newer) = connection.newer;
    (connection.newer == Connection::none ? newest_ : pool_[connection.newer].older) = connection.older;
    --size_;
  }

 private:
  ConnectionPool& pool_;
  std::uint32_t oldest_ = Connection::none;
  std::uint32_t newest_ = Connection::none;
  std::size_t size_ = 0;
};

}  // namespace loadgen
