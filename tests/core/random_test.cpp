#include "core/random.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "tests/support/catch.hpp"

using core::Stream;

TEST_CASE("A stream gives the same numbers for a seed, today and in ten years", "[random][golden]") {
  Stream stream{1};
  CHECK(stream.next() == 0x5e41ab087439611eU);
  CHECK(stream.next() == 0xf18d6ce93d6cf1eeU);
  Stream child = Stream{1}.child("traffic.arrivals");
  CHECK(child.next() == 0xecdb77f7660e7cbfU);
}

TEST_CASE("A child depends on the seed and the name alone", "[random]") {
  Stream parent{7};
  const std::uint64_t before = parent.child("a").next();
  for (int i = 0; i < 100; ++i) { parent.next(); }
  CHECK(parent.child("a").next() == before);
  CHECK(Stream{8}.child("a").next() != before);
  CHECK(parent.child("b").next() != before);
  CHECK(parent.child("").next() != Stream{7}.next());
  CHECK(parent.child("a").child("b").next() != parent.child("ab").next());
  CHECK(parent.child("a").child("b").next() != parent.child("b").child("a").next());
}

TEST_CASE("Streams of one root are independent of each other", "[random]") {
  // Two independent numbers differ in 32 of 64 bits; over n pairs the mean has a standard error of 4/√n.
  const Stream root{9};
  std::array<Stream, 4> streams{root, root.child("traffic.arrivals"), root.child("traffic.sizes"),
                                root.child("traffic.arrivals").child("x")};
  constexpr int n = 100'000;
  std::array<std::array<double, 4>, 4> differing{};
  for (int i = 0; i < n; ++i) {
    std::array<std::uint64_t, 4> drawn{};
    for (std::size_t s = 0; s < 4; ++s) { drawn[s] = streams[s].next(); }
    for (std::size_t a = 0; a < 4; ++a) {
      for (std::size_t b = a + 1; b < 4; ++b) { differing[a][b] += std::popcount(drawn[a] ^ drawn[b]); }
    }
  }
  for (std::size_t a = 0; a < 4; ++a) {
    for (std::size_t b = a + 1; b < 4; ++b) {
      CAPTURE(a, b);
      CHECK(std::fabs(differing[a][b] / n - 32) < 5 * 4 / std::sqrt(double{n}));
    }
  }
}

TEST_CASE("Filling an array is drawing one by one", "[random]") {
  Stream one{3};
  Stream many{3};
  std::array<std::uint64_t, 37> bits{};
  many.fill(bits);
  for (const std::uint64_t expected : bits) { CHECK(one.next() == expected); }
  CHECK(one.next() == many.next());
}

TEST_CASE("Units keep off the ends they must keep off", "[random]") {
  constexpr auto all = std::numeric_limits<std::uint64_t>::max();
  CHECK(core::unit_open_closed(0) == 0x1p-53);
  CHECK(core::unit_open_closed(all) == 1);
  CHECK(core::unit_closed_open(0) == 0);
  CHECK(core::unit_closed_open(all) == 1 - 0x1p-53);
  CHECK(core::unit_by_bits(0) == 1);
  CHECK(core::unit_by_bits(all) == 0x1p-52);
}
