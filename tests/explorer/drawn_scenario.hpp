// A whole scenario drawn from one seed, with faults, for looking where nobody thought of looking.
//
//  * `DrawnScenario`  the YAML text that a seed stands for, and the features it consists of
//
// Whatever is optional is a feature with a name: "cache", "api.limits", "fleet.spot". Each draws from a stream of its
// own, so a feature that is left out changes no other: that is how a failing scenario is made smaller.
//
// Example:
//   const DrawnScenario whole{17, {}};
//   const DrawnScenario smaller{17, {"cache"}};   // the same without a cache
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"

namespace explorer {

class DrawnScenario {
 public:
  DrawnScenario(std::uint64_t seed, std::set<std::string, std::less<>> left_out);

  const std::string& text() const { return text_; }
  // What it has and could do without, in the order of the text.
  const std::vector<std::string>& features() const { return features_; }

 private:
  bool has(const std::string& feature, double chance);
  double number(const std::string& what, double least, double most);  // evenly in the logarithm
  std::int64_t whole(const std::string& what, std::int64_t least, std::int64_t most);
  std::string_view one_of(const std::string& what, std::initializer_list<std::string_view> words);
  std::string milliseconds(const std::string& what, double least, double most);
  std::string seconds(const std::string& what, double least, double most);

  void line(int indent, const std::string& words);
  std::string latency(const std::string& what, double least_ms, double most_ms);
  void horizon_and_traffic();
  void cache();
  void managed_api(const std::string& name);
  void api_policies(const std::string& name);
  void slot_fleet(const std::string& name);
  void engines(const std::string& name);
  void autoscaler(const std::string& name, double per_replica);
  void begin(const std::string& name, const std::string& kind, const std::string& buys);
  void fleet(const std::string& name, bool clients);
  void batches(const std::string& name);
  void mixture();
  void drills();

  core::Stream chance_;
  std::set<std::string, std::less<>> left_out_;
  std::vector<std::string> features_;
  std::string text_;
  double requests_per_s_ = 0;
  bool has_cache_ = false;
  bool has_api_ = false;
  bool has_classes_ = false;
  bool has_fleet_ = false;
  bool has_spot_ = false;
  int indent_ = 2;  // of an option, or of a part of one
};

}  // namespace explorer
