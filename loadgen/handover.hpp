// Hands pointers from one thread to one other without a lock, so that neither ever waits inside.
#pragma once

#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>

namespace loadgen {

// Holds up to `capacity` pointers. One thread gives, one takes.
template <class T, std::size_t capacity>
class Handover {
 public:
  void give(T* item) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    assert(tail - head_.load(std::memory_order_acquire) < capacity);
    slots_[tail % capacity] = item;
    tail_.store(tail + 1, std::memory_order_release);
  }
  // Null when there is none.
  T* take() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return nullptr;
    T* item = slots_[head % capacity];
    head_.store(head + 1, std::memory_order_release);
    return item;
  }

 private:
  std::array<T*, capacity> slots_{};
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
};

}  // namespace loadgen
