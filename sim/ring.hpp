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
  bool full() const { return tail_ - head_ > mask_; }  // the next push_back takes more memory
  std::int64_t size() const { return static_cast<std::int64_t>(tail_ - head_); }
  const T& front() const { return slots_[head_ & mask_]; }
  const T& back() const { return slots_[(tail_ - 1) & mask_]; }
  void pop_front() { ++head_; }
  void pop_back() { --tail_; }
  // The i-th from the front and from the back, i < size().
  const T& operator[](std::int64_t i) const { return slots_[(head_ + static_cast<std::size_t>(i)) & mask_]; }
  const T& from_back(std::int64_t i) const { return slots_[(tail_ - 1 - static_cast<std::size_t>(i)) & mask_]; }
  void push_back(const T& value) {
    if (full()) grow();
    slots_[tail_++ & mask_] = value;
  }
  void push_front(const T& value) {
    if (full()) grow();
    slots_[--head_ & mask_] = value;
  }
  // Takes out the i-th from the front; those behind it move up. O(size).
  void erase(std::int64_t i) {
    for (std::size_t at = head_ + static_cast<std::size_t>(i); at + 1 != tail_; ++at)
      slots_[at & mask_] = slots_[(at + 1) & mask_];
    --tail_;
  }

 private:
  void grow() {
    std::vector<T> larger(slots_.size() * 2);
    for (std::size_t i = head_; i != tail_; ++i) larger[i & (larger.size() - 1)] = slots_[i & mask_];
    slots_ = std::move(larger);
    mask_ = slots_.size() - 1;
  }
  std::vector<T> slots_ = std::vector<T>(64);  // a power of two
  std::size_t mask_ = 63;                      // kept beside it: a size would be a division by sizeof(T)
  std::size_t head_ = 0;                       // both count on and wrap around; the mask folds them
  std::size_t tail_ = 0;
};

}  // namespace sim
