#include <algorithm>
#include <numeric>

#include "core/yaml_reader.hpp"

namespace core {
namespace {

// "Daily-Users" and "daily_users" differ in taste only.
std::string folded(std::string_view word) {
  std::string out{word};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') { c = static_cast<char>(c - 'A' + 'a'); }
    if (c == '-' || c == ' ') { c = '_'; }
  }
  return out;
}

// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

// One slip in a word of three to five letters, two up to eight, three beyond: more, and it is another word.
std::size_t tolerated(std::size_t length) { return length < 3 ? 0 : length < 6 ? 1 : length < 9 ? 2 : 3; }

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 100;  // the distance costs the product of the lengths; names are short
  if (word.empty() || word.size() > longest) { return std::nullopt; }
  const std::string wanted = folded(word);
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > longest) { continue; }
    const std::size_t distance = edit_distance(wanted, folded(candidate));
    if (distance > tolerated(std::min(word.size(), candidate.size()))) { continue; }
    if (!best || distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace core
