// What the program says.
//
//  * `check_says`  checks that a text says something, and shows the whole text when it does not (Catch2 spells its own
//                  matcher differently in versions 2 and 3)
//  * `complaint`   what the user is told of his input
#pragma once

#include <string>
#include <string_view>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"

namespace test_support {

inline void check_says(const std::string& text, std::string_view part) {
  INFO("searched for: " << std::string{part} << "\nin: " << text);
  CHECK(text.find(part) != std::string::npos);
}

// What the user is told; empty when nothing is wrong.
template <class Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (const core::ConfigError& error) { return error.what(); }
  return {};
}

}  // namespace test_support
