#include "core/random.hpp"

namespace core {

Stream Stream::child(std::string_view purpose) const {
  // Each byte passes through the finaliser, so that names that differ in one letter are as far apart as any two.
  // The length goes in first: otherwise "a" + "b" and "ab" would be the same child of a child.
  std::uint64_t hash = mix(seed_ + purpose.size() * step);
  for (const char letter : purpose) { hash = mix(hash ^ (static_cast<unsigned char>(letter) + step)); }
  return Stream{hash};
}

}  // namespace core
