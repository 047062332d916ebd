#include "reports/load_preface.hpp"

#include "tests/reports/sample_load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using namespace std::chrono_literals;
using reports::load_preface;
using test_support::check_says;

TEST_CASE("Before a load test it is said who will be hit, how hard and for how long", "[reports][load]") {
  CHECK(load_preface(test_support::open_plan()) ==
        "Sending 10,000 requests to http://127.0.0.1:8080/v1/ask (127.0.0.1:8080): POST, constant, 1000/s.\n"
        "That is 1,000/s on average and 1,000.5/s in the busiest second, for 10 s, over at most 256\n"
        "connections.\n"
        "A request may take 30 s; after the last one, answers are waited for up to 10 s. Ctrl-C ends it with\n"
        "a complete recording.\n");
}

TEST_CASE("A closed loop says how many ask at a time, and that the server sets the pace", "[reports][load]") {
  loadgen::LoadPlanFacts plan = test_support::streaming_load().plan;
  const std::string text = load_preface(plan);
  check_says(text, "Sending requests to http");
  check_says(text, "That is 8 at a time, each asking again 1 s after it is answered, for 10 s, over at most 256");
  CHECK(text.find('\x1b') == std::string::npos);
  plan.think_time = 0s;
  plan.requests = 500;
  check_says(load_preface(plan), "Sending up to 500 requests to http");
  check_says(load_preface(plan), "each asking again as soon as it is answered");
}
