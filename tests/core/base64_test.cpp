#include "core/base64.hpp"

#include <string>

#include "core/random.hpp"
#include "tests/support/catch.hpp"

TEST_CASE("Base64 gives the examples of RFC 4648", "[core][base64]") {
  // Section 10 of the RFC.
  for (const auto& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    CHECK(core::to_base64(bytes) == text);
    CHECK(core::from_base64(text) == bytes);
  }
}

TEST_CASE("Base64 brings any bytes back", "[core][base64][property]") {
  core::Stream stream{4};
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) { bytes += static_cast<char>(stream.next() & 0xff); }
    REQUIRE(core::from_base64(core::to_base64(bytes)) == bytes);
  }
}

TEST_CASE("Base64 refuses what it would not have written", "[core][base64]") {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "====", "=", "Zm9v\n", "Zm 9", "Zm9-", "Z=g=", "Zh==", "Zm9=", "Zg==Zg=="}) {
    CAPTURE(text);
    CHECK(!core::from_base64(text));
  }
}
