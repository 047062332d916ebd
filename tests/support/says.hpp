// Checks that a text says something, and shows the whole text when it does not. (Catch2 spells its own matcher
// differently in versions 2 and 3.)
#pragma once

#include <string>
#include <string_view>

#include "tests/support/catch.hpp"

namespace test_support {

inline void check_says(const std::string& text, std::string_view part) {
  INFO("searched for: " << std::string{part} << "\nin: " << text);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace test_support
