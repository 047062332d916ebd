// A FIFO queue in one circular array: no allocation once it has reached its longest length, front and back in one
// cache line each. (std::deque allocates a node every few elements.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sim {

template <class T>
class Ring {
 public:
  bool empty() const { return head_ == tail_; }
  std::int64_t size() const { return static_cast<std::int64_t>(tail_ - head_); }
  const T& front() const { return slots_[head_ & mask()]; }
  void pop_front() { ++head_; }
  // The i-th from the front, i < size().
  T& operator[](std::int64_t i) { return slots_[(head_ + static_cast<std::size_t>(i)) & mask()]; }
  void push_back(const T& value) {
    if (tail_ - head_ == slots_.size()) grow();
    slots_[tail_++ & mask()] = value;
  }

 private:
  std::size_t mask() const { return slots_.size() - 1; }
  void grow() {
    std::vector<T> larger(slots_.size() * 2);
    for (std::size_t i = head_; i != tail_; ++i) larger[i & (larger.size() - 1)] = slots_[i & mask()];
    slots_ = std::move(larger);
  }
  std::vector<T> slots_ = std::vector<T>(64);  // a power of two
  std::size_t head_ = 0;                       // both only grow; the mask folds them
  std::size_t tail_ = 0;
};

}  // namespace sim
