// report.html: a whole Result as one page that needs no other file and no network.
//
//  * `to_html`       the page; nothing when the program was built without it
//  * `page_missing`  what to say then
//  * `page_of`       the same with a shell of one's own
//  * `for_a_page`    what a page shows of a result: as much as eyes can tell apart
//
// The page is the bundle of reports/web/ with the result's JSON in it, and with the sentences of reports/phrases.hpp,
// so that a page and a terminal never say different things. `<` is written as \u003c: no text of a result can end the
// element that holds it. The script then puts texts into the page as texts, never as markup.
//
// A page stays under 1 MB whatever the horizon, and so shows less than result.json holds:
//  * distributions in buckets of which each holds at least a twentieth of what was beyond the last one, about 45 for
//    each further nine of the percentile axis; counts and the values at the buckets' ends stay exact
//  * hours in steps of 2 to 168 where there are many; of the columns, those that the page draws, the others 0
//
// Example:
//   if (const auto page = to_html(result)) write_file("report.html", *page);
//   else say(page_missing);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reports/result.hpp"

namespace reports {

std::optional<std::string> to_html(const Result& result);

inline constexpr std::string_view page_missing =
    "the HTML page was not built: its Node packages were missing when billcast was; scripts/install_page_packages "
    "installs them, then build again";

// `shell` holds the word %RESULT% where the data goes. Throws std::invalid_argument when it does not.
std::string page_of(std::string_view shell, const Result& result);

struct PageResult {
  Result result;
  std::int32_t step_hours = 1;  // hours in one entry of usage.hours; the last entry may be shorter
};
PageResult for_a_page(const Result& result);

}  // namespace reports
