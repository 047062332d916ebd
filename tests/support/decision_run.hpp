// Runs a scenario of configs/ and looks into its answers.
//
//  * `run`       what `billcast run configs/NAME.yaml MORE` prints and writes; result.json reads back to the same bytes
//  * `says`      whether it printed some words, wherever its lines were broken
//  * `figure`, `curve`, `answer`, `gates`, `gate`  of its result; a test fails where there is none
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/program.hpp"
#include "core/money.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "tests/support/billcast.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

namespace test_support {

inline const std::string configs = std::string{PROJECT_SOURCE} + "/configs/";

struct Run {
  int exit_code = 0;
  std::string said;
  reports::Result result;
  std::map<std::string, std::string> documents;  // plan.md, star.md, packet.md
};

inline Run run(const std::string& name, std::vector<std::string> more = {}) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments{"run", configs + name + ".yaml", "--out", folder / "result"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Run run;
  run.exit_code = billcast(arguments, run.said);
  CAPTURE(run.said);
  REQUIRE(std::filesystem::exists(folder / "result/result.json"));
  const std::string text = text_of(folder / "result/result.json");
  run.result = reports::from_json("result.json", text);
  CHECK(reports::to_json(run.result) == text);
  CHECK(text_of(folder / "result/report.md").find("\n## ") != std::string::npos);
  if (const auto page = reports::to_html(run.result)) CHECK(text_of(folder / "result/report.html") == *page);
  for (const char* document : {"plan.md", "star.md", "packet.md"}) {
    const std::string path = folder / ("result/" + std::string{document});
    if (std::filesystem::exists(path)) run.documents[document] = text_of(path);
  }
  return run;
}

inline bool says(const Run& run, std::string_view words) {
  // Paragraphs are wrapped at 100 columns.
  std::string flat;
  for (const char c : run.said) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!flat.empty() && flat.back() != ' ')) flat += blank ? ' ' : c;
  }
  return flat.find(words) != std::string::npos;
}

inline const decision::Answer& answer(const Run& run, std::string_view section) {
  REQUIRE(run.result.answers.has_value());
  const std::vector<decision::Answer>& all = run.result.answers->sections;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const decision::Answer& one) { return one.section == section; });
  CAPTURE(std::string{section});
  REQUIRE(found != all.end());
  return *found;
}

inline core::Quantity figure(const Run& run, std::string_view section, std::string_view name) {
  for (const decision::Figure& one : answer(run, section).figures) {
    if (one.name == name) return one.value;
  }
  FAIL("no figure " << name << " in " << section);
  return {};
}

// The series of that name in the curve of that number.
inline const decision::Series& curve(const Run& run, std::string_view section, std::string_view series,
                                     std::size_t number = 0) {
  REQUIRE(answer(run, section).curves.size() > number);
  const std::vector<decision::Series>& all = answer(run, section).curves[number].series;
  const auto found = std::find_if(all.begin(), all.end(), [&](const decision::Series& s) { return s.name == series; });
  REQUIRE(found != all.end());
  REQUIRE(found->x.size() == found->y.size());
  return *found;
}

inline const decision::GateVerdict& gates(const Run& run, std::size_t index = 0) {
  REQUIRE(run.result.answers.has_value());
  REQUIRE(run.result.answers->gates.size() > index);
  return run.result.answers->gates[index].verdict;
}

inline const decision::GateResult& gate(const decision::GateVerdict& verdict, std::string_view key) {
  const auto found = std::find_if(verdict.results.begin(), verdict.results.end(),
                                  [&](const decision::GateResult& r) { return r.gate.key == key; });
  REQUIRE(found != verdict.results.end());
  return *found;
}

}  // namespace test_support
