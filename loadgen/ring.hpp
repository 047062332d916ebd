// First in, first out, in a fixed array: what waits for its turn without ever asking for memory.
#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace loadgen {

template <class T>
class Ring {
 public:
  // `capacity` is a power of two.
  explicit Ring(std::size_t capacity) : slots_(capacity) { assert((capacity & (capacity - 1)) == 0); }

  bool empty() const { return head_ == tail_; }
  bool full() const { return tail_ - head_ == slots_.size(); }
  std::size_t size() const { return tail_ - head_; }
  const T& front() const { return slots_[head_ & (slots_.size() - 1)]; }
  void push(const T& value) {
    assert(!full());
    slots_[tail_++ & (slots_.size() - 1)] = value;
  }
  void pop() {
    assert(!empty());
    ++head_;
  }

 private:
  std::vector<T> slots_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

}  // namespace loadgen
