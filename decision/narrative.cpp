#include "decision/narrative.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace decision {
namespace {

// Words that claim a change or a size, by their beginnings: "improv" is improve, improves, improved, improvement.
constexpr std::array<std::string_view, 26> claims{
    "better",      "worse",    "faster", "slower",  "quick",      "cheap",  "expensive", "improv", "reduc",
    "increas",     "decreas",  "lower",  "higher",  "boost",      "save",   "cut",       "grow",   "significant",
    "substantial", "dramatic", "huge",   "minimal", "negligible", "scalab", "efficient", "optimi"};

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lowered(std::string_view text) {
  std::string low{text};
  std::transform(low.begin(), low.end(), low.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return low;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\t')) text.remove_suffix(1);
  return std::string{text};
}

// A point ends a sentence when a blank follows, so that 1.5 stays whole.
std::vector<std::string> sentences_of(std::string_view text) {
  std::vector<std::string> sentences;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends = text[i] == '.' || text[i] == '!' || text[i] == '?' || text[i] == ';' || text[i] == '\n';
    if (!ends || (i + 1 < text.size() && text[i] != '\n' && text[i + 1] != ' ' && text[i + 1] != '\n')) continue;
    if (std::string one = trimmed(text.substr(begin, i + 1 - begin)); !one.empty()) sentences.push_back(std::move(one));
    begin = i + 1;
  }
  if (std::string rest = trimmed(text.substr(begin)); !rest.empty()) sentences.push_back(std::move(rest));
  return sentences;
}

std::optional<std::string> claim_in(std::string_view sentence) {
  const std::string low = lowered(sentence);
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (!is_letter(low[i]) || (i > 0 && is_letter(low[i - 1]))) continue;
    std::size_t end = i;
    while (end < low.size() && is_letter(low[end])) ++end;
    const std::string_view word = std::string_view{low}.substr(i, end - i);
    if (std::any_of(claims.begin(), claims.end(), [&](std::string_view c) { return word.starts_with(c); })) {
      return std::string{word};
    }
  }
  return std::nullopt;
}

bool has_number(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

using Part = std::pair<std::string_view, const std::string*>;

Written written(std::string_view title, const std::vector<Part>& parts) {
  Written result;
  std::string text = fmt::format("# {}\n", trimmed(title));
  std::string all;
  for (const auto& [name, content] : parts) {
    const std::string body = trimmed(*content);
    if (body.empty()) result.missing.emplace_back(name);
    text += fmt::format("\n## {}\n\n{}\n", name, body);
    all += body + "\n";
  }
  result.vague = vague_claims(all);
  if (result.missing.empty()) result.markdown = std::move(text);
  return result;
}

std::string read_part(const core::Section& section, std::string_view key) {
  return section.has(key) ? section.text(key) : std::string{};
}

}  // namespace

std::string VagueClaim::advice() const { return fmt::format("'{}' has no number: {}", word, sentence); }

std::vector<VagueClaim> vague_claims(std::string_view text) {
  std::vector<VagueClaim> vague;
  for (const std::string& sentence : sentences_of(text)) {
    if (has_number(sentence)) continue;
    if (const std::optional<std::string> word = claim_in(sentence)) vague.push_back({sentence, *word});
  }
  return vague;
}

Written OnePagePlan::write() const {
  Written page = written(title, {{"Decision", &decision},
                                 {"Data", &data},
                                 {"Failure modes", &failure_modes},
                                 {"Monitoring", &monitoring},
                                 {"Timeline", &timeline},
                                 {"Resources", &resources}});
  if (trimmed(title).empty()) {
    page.missing.insert(page.missing.begin(), "Title");
    page.markdown.reset();
  }
  return page;
}

Written StarStory::write() const {
  Written story = written(
      "STAR",
      {{"Situation", &situation}, {"Task", &task}, {"Action", &action}, {"Result", &result}, {"What it cost", &cost}});
  if (!trimmed(result).empty() && !has_number(result)) story.missing.emplace_back("a number in Result");
  if (!trimmed(cost).empty() && !has_number(cost)) story.missing.emplace_back("a number in What it cost");
  if (!story.missing.empty()) story.markdown.reset();
  return story;
}

std::optional<OnePagePlan> read_plan(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("plan");
  if (!section) return std::nullopt;
  return OnePagePlan{read_part(*section, "title"),         read_part(*section, "data"),
                     read_part(*section, "failure_modes"), read_part(*section, "monitoring"),
                     read_part(*section, "timeline"),      read_part(*section, "resources"),
                     read_part(*section, "decision")};
}

std::optional<StarStory> read_star(const core::Section& root) {
  const std::optional<core::Section> section = root.optional_section("star");
  if (!section) return std::nullopt;
  return StarStory{read_part(*section, "situation"), read_part(*section, "task"), read_part(*section, "action"),
                   read_part(*section, "result"), read_part(*section, "cost")};
}

}  // namespace decision
