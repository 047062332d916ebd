// The HTML report without a result in it: markup, style and script, bundled from reports/web/ when the program is built
// and carried by it. The source behind this header is generated (cmake/embed.cmake).
#pragma once

#include <string_view>

namespace reports {

// Empty when the program was built where the page's Node packages were not installed.
std::string_view page_shell();

}  // namespace reports
