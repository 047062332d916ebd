// One figure of an answer by its name; a test fails where there is none.
#pragma once

#include <string_view>

#include "decision/answers.hpp"
#include "tests/support/catch.hpp"

namespace test_support {

inline core::Quantity figure(const decision::Answer& answer, std::string_view name) {
  for (const decision::Figure& one : answer.figures) {
    if (one.name == name) return one.value;
  }
  FAIL("no figure " << name << " in " << answer.section);
  return {};
}

}  // namespace test_support
