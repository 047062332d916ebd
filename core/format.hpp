// Numbers as people read them, and as they write them in a scenario. Integers or correctly rounded digits, no
// locale: the same text everywhere.
//
//  * for reports:    `format_duration` "1.53 s", `format_count` "300,123,456", `format_figure` "212.3",
//                    `format_share` "99.95 %"
//  * for scenarios:  `config_duration` "15s", `config_bytes` "16GB", `config_share` "60%", `config_number` "1_000_000";
//                    core/units.hpp reads them back to the very same value
#pragma once

#include <cstdint>
#include <string>

#include "core/time.hpp"

namespace core {

// Three significant digits under a minute ("812 ms", "1.53 s"); above, whole small units: "2 min 05 s", "3 h 07 min",
// "4 d 03 h". Rounded half away from zero.
std::string format_duration(Duration duration);
std::string format_count(std::int64_t count);
// Four significant digits without an exponent, whole from 1,000 on: "0.3127", "12.5", "212.3", "1,234,568".
std::string format_figure(double number);
// One decimal, and as many more as it takes to tell the share from 0 % and from 100 %: "63.4 %", "99.95 %",
// "0.012 %". Says "<0.000001 %" rather than 0, ">99.999999 %" rather than 100.
std::string format_share(double share);

// In the largest of d, h, m, s, ms, us, ns that divides it: "30d", "90m", "1500ms".
std::string config_duration(Duration duration);
// In the largest decimal or binary unit that divides it: "16GB", "512MiB", "1001B".
std::string config_bytes(std::int64_t bytes);
std::string config_share(double share);
// `_` between thousands from five digits on: "9999", "1_000_000", "0.01", "1e+300".
std::string config_number(double number);
std::string config_integer(std::int64_t number);

}  // namespace core
