// packet.md: what a pull request or a review board needs to sign, short enough for a comment.
//
//  * `wants_packet`  whether there is something to sign: gates, a review of capacity, governance
//  * `to_packet`     verdict, costs, gates with their sources, reviews, what failed and decides nothing, a checklist,
//  the
//                    command and the hashes that give it again
//
// Everything comes from the result, as in report.md, which holds the whole. Never more than `packet_limit` bytes, the
// most characters that GitHub takes in a comment less some room: what does not fit is cut from the middle, and said.
#pragma once

#include <cstddef>
#include <string>

#include "reports/result.hpp"

namespace reports {

inline constexpr std::size_t packet_limit = 65'000;

bool wants_packet(const Result& result);
std::string to_packet(const Result& result);

}  // namespace reports
