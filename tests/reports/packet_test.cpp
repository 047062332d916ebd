#include "reports/packet.hpp"

#include "tests/reports/sample_result.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"

using test_support::check_says;

namespace {

reports::Result judged() {
  reports::Result result = test_support::sample_result();
  const auto gate = [](const char* key, bool hard, const char* source) {
    decision::GateResult failed;
    failed.gate.key = key;
    failed.gate.hard = hard;
    failed.gate.source = source;
    failed.outcome = decision::GateOutcome::fail;
    return failed;
  };
  decision::OptionGates gates;
  gates.verdict.deciding = "max_latency";
  gates.verdict.reason = "REJECT, decided by max_latency.";
  gates.verdict.results = {gate("max_latency", true, "S1"), gate("roi_days", false, "S2")};
  gates.verdict.asks = {"data_size"};
  decision::Answers answers;
  answers.gates = {gates};
  answers.sections = {{.section = "levers", .sentences = {"not for signing"}},
                      {.section = "capacity_review", .sentences = {"NO-GO: quota decides."}, .of = "self-hosted"}};
  result.answers = answers;
  return result;
}

}  // namespace

TEST_CASE("A packet holds what is signed: verdict, costs, gates with sources, reviews, a checklist, the hashes",
          "[reports][packet]") {
  const std::string packet = reports::to_packet(judged());
  CAPTURE(packet);
  check_says(packet, "# Review packet: sample\n");
  check_says(packet, "**`run --gates` REJECTS it (exit code 3).**");
  check_says(packet, "## Costs\n\n| option | a month | once | latency p95 | targets |\n");
  check_says(packet, "| managed\\|api | $532.21 |");
  check_says(packet, "| max_latency \\* |");
  check_says(packet, "| S1 |");
  check_says(packet, "## Capacity review of self-hosted\n\n- NO-GO: quota decides.");
  check_says(packet, "## Failed, and decides nothing\n\n- roi_days:");
  check_says(packet, "- [ ] Find out: data_size\n");
  check_says(packet, "- [ ] Confirm: ");
  check_says(packet, "billcast run 'configs/sample scenario.yaml'");
  check_says(packet, "sha256 " + std::string(64, 'c'));
  check_says(packet, "- prices aws-us-east-1 of 2026-07-20: sha256 " + std::string(64, 'b'));
  CHECK(packet.find("not for signing") == std::string::npos);
}

TEST_CASE("There is a packet where something is judged", "[reports][packet]") {
  reports::Result result = judged();
  CHECK(reports::wants_packet(result));
  result.answers->gates.clear();
  CHECK(reports::wants_packet(result));
  result.answers->sections.pop_back();
  CHECK_FALSE(reports::wants_packet(result));
  result.answers.reset();
  CHECK_FALSE(reports::wants_packet(result));
}

TEST_CASE("A packet fits into a comment however much there is to say, and keeps its end", "[reports][packet]") {
  reports::Result result = judged();
  for (int i = 0; i < 200; ++i) {
    decision::Answer review{.section = "capacity_review"};
    for (int k = 0; k < 50; ++k) review.sentences.push_back(std::string(100, 'x'));
    result.answers->sections.push_back(review);
  }
  const std::string packet = reports::to_packet(result);
  CHECK(packet.size() <= reports::packet_limit);
  CHECK(packet.size() > reports::packet_limit - 2000);
  check_says(packet, "30 more lines in report.md.");
  check_says(packet, "This packet is cut here");
  check_says(packet, "## Reproduce");
}
