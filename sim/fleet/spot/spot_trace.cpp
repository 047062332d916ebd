#include "sim/fleet/spot/spot_trace.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/text_lines.hpp"
#include "core/time.hpp"
#include "core/yaml_reader.hpp"

namespace sim {

namespace {

using core::ConfigError;

constexpr std::string_view form = R"({"metadata": {"gap_seconds": …}, "data": [0, 1, …]})";
constexpr std::string_view blanks = " \t\r\n";
constexpr std::int64_t most_ticks = 10'000'000;
constexpr core::Duration longest = std::chrono::hours{24 * 3653};
constexpr core::Duration longest_gap = std::chrono::hours{24};

// One object of three known keys: far less than JSON, and all else is refused.
class Reader {
 public:
  Reader(std::string_view name, std::string_view text) : name_{name}, text_{text} {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text_.starts_with(byte_order_mark)) { at_ = byte_order_mark.size(); }
  }

  SpotTrace read() {
    take('{', form);
    do {
      const std::string_view key = take_key();
      if (key == "metadata" && !gap_) {
        take_metadata();
      } else if (key == "data" && !ticks_) {
        take_data();
      } else if (key == "prices" && !prices_) {
        take_prices();
      } else {
        const bool is_known = key == "metadata" || key == "data" || key == "prices";
        throw error(key_at_, fmt::format("the key {}{}", core::quoted(key), is_known ? " a second time" : ""), form);
      }
    } while (took(','));
    take('}', "',' or '}'");
    skip_blanks();
    if (at_ < text_.size()) { throw unexpected("the end of the file"); }
    return finished();
  }

 private:
  // A run of ticks that are alike, and whether it is up.
  struct Run {
    std::int64_t ticks;
    bool up;
  };

  SpotTrace finished() const {
    if (!gap_) { throw error(at_, "no metadata", form); }
    if (!ticks_) { throw error(at_, "no data", form); }
    if (prices_ && *prices_ != *ticks_) {
      throw error(at_, fmt::format("{} prices beside {} values of data", *prices_, *ticks_), "as many of both");
    }
    if (*ticks_ > longest / *gap_) {
      throw error(at_, fmt::format("{} ticks of {} s", *ticks_, core::to_seconds(*gap_)), "ten years at most");
    }
    SpotTrace trace;
    for (const Run& run : runs_) {
      const std::int64_t end_ns = trace.length_ns + run.ticks * core::to_ns(*gap_);
      if (run.up) { trace.up.push_back({trace.length_ns, end_ns}); }
      trace.length_ns = end_ns;
    }
    return trace;
  }

  void take_metadata() {
    take('{', R"({"gap_seconds": …})");
    const std::string_view key = take_key();
    if (key != "gap_seconds") { throw error(key_at_, fmt::format("the key {}", core::quoted(key)), "gap_seconds"); }
    const std::size_t at = start();
    const std::string_view text = take_number();
    gap_ = core::parse_seconds(text);
    if (!gap_ || *gap_ < std::chrono::milliseconds{1} || *gap_ > longest_gap) {
      throw error(at, core::quoted(text), "seconds between two ticks, from 0.001 to 86400");
    }
    take('}', "'}', for there is nothing but gap_seconds");
  }

  void take_data() {
    constexpr std::string_view expected = "1 (up) or 0 (preempted, or none to be had) at every tick";
    std::int64_t ticks = 0;
    take('[', "a list of 0 and 1");
    do {
      const std::size_t at = start();
      const std::string_view text = take_number();
      if (text != "0" && text != "1") {
        throw error(at, fmt::format("{} at data[{}]", text.empty() ? what_stands_here() : core::quoted(text), ticks),
                    expected);
      }
      if (++ticks > most_ticks) { throw error(at, "more", fmt::format("{} ticks at most", most_ticks)); }
      const bool up = text == "1";
      if (runs_.empty() || runs_.back().up != up) { runs_.push_back({0, up}); }
      ++runs_.back().ticks;
    } while (took(','));
    take(']', "',' or ']'");
    ticks_ = ticks;
  }

  void take_prices() {
    std::int64_t count = 0;
    take('[', "a list of prices");
    do {
      const std::size_t at = start();
      const std::string_view text = take_number();
      if (!core::parse_decimal(text)) {
        throw error(at, fmt::format("{} at prices[{}]", text.empty() ? what_stands_here() : core::quoted(text), count),
                    "a price as a plain decimal number");
      }
      ++count;
    } while (took(','));
    take(']', "',' or ']'");
    prices_ = count;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }
  std::size_t start() {
    skip_blanks();
    return at_;
  }

  bool took(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) { return false; }
    ++at_;
    return true;
  }
  void take(char c, std::string_view expected) {
    if (!took(c)) { throw unexpected(expected); }
  }

  // Without escapes: no key that is known has any.
  std::string_view take_key() {
    key_at_ = start();
    take('"', "a key in quotation marks");
    const std::size_t end = text_.find_first_of("\"\\\n", at_);
    if (end == std::string_view::npos || text_[end] != '"') { throw error(key_at_, "a key without an end", form); }
    const std::string_view key = text_.substr(at_, end - at_);
    at_ = end + 1;
    take(':', "':'");
    return key;
  }

  // Up to whatever ends a value; empty where there is none.
  std::string_view take_number() {
    skip_blanks();
    const std::string_view text = text_.substr(at_, text_.find_first_of(", \t\r\n]}", at_) - at_);
    at_ += text.size();
    return text;
  }

  std::string what_stands_here() const {
    return at_ < text_.size() ? core::quoted(text_.substr(at_, 1)) : std::string{"the end of the file"};
  }
  ConfigError unexpected(std::string_view expected) const { return error(at_, what_stands_here(), expected); }
  ConfigError error(std::size_t at, std::string_view found, std::string_view expected) const {
    const std::string_view before = text_.substr(0, at);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    return ConfigError{
        fmt::format("{}:{}:{}: found {}, expected {}", name_, line, at - line_begin + 1, found, expected)};
  }

  std::string_view name_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t key_at_ = 0;  // where the last key stands
  std::optional<core::Duration> gap_;
  std::optional<std::int64_t> ticks_;
  std::optional<std::int64_t> prices_;
  std::vector<Run> runs_;
};

}  // namespace

SpotTrace read_spot_trace(std::string_view name, std::string_view text) { return Reader{name, text}.read(); }

}  // namespace sim
