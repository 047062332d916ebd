#include "cli/program.hpp"

#include <exception>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/diff_arguments.hpp"
#include "cli/histogram_arguments.hpp"
#include "cli/plan.hpp"
#include "core/yaml_reader.hpp"

namespace cli {
namespace {

// Nothing was left to do when help was printed.
template <class Arguments>
int call(std::optional<Arguments> arguments, int (*command)(const Arguments&, const Console&), const Console& console) {
  return arguments ? command(*arguments, console) : int{exit_done};
}

int dispatch(const std::vector<std::string>& arguments, const Console& console) {
  if (arguments.empty())
    throw core::ConfigError{fmt::format("billcast: found no subcommand, expected one of {}; see billcast --help",
                                        fmt::join(subcommands, ", "))};
  const std::string& name = arguments.front();
  const Words words{arguments.begin() + 1, arguments.end()};
  if (name == "--help" || name == "-h" || name == "help") {
    console.out(program_help());
    return exit_done;
  }
  if (name == "--version") {
    console.out(fmt::format("billcast {}\n", version()));
    return exit_done;
  }
  if (name == "run") return call(parse_run(words, console.out), run, console);
  if (name == "load") return call(parse_load(words, console.out), load, console);
  if (name == "size") return call(parse_size(words, console.out), size, console);
  if (name == "check") return call(parse_check(words, console.out), check, console);
  if (name == "prices") return call(parse_prices(words, console.out), prices, console);
  if (name == "report") return call(parse_report(words, console.out), report, console);
  if (name == "diff") return call(parse_diff(words, console.out), diff, console);
  if (name == "histogram") return call(parse_histogram(words, console.out), histogram, console);
  if (name == "init") return call(parse_init(words, console.out), init, console);
  if (name == "schema") return call(parse_schema(words, console.out), schema, console);
  if (name == "completion") return call(parse_completion(words, console.out), completion, console);
  std::vector<std::string> known{"help"};
  known.insert(known.end(), subcommands.begin(), subcommands.end());
  const std::optional<std::string> near = core::nearest(name, known);
  throw core::ConfigError{fmt::format("billcast: unknown subcommand '{}'; {}", name,
                                      near ? fmt::format("did you mean '{}'?", *near) : "see billcast --help")};
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, const Console& console) {
  try {
    return dispatch(arguments, console);
  } catch (const core::ConfigError& error) {
    console.error(fmt::format("{}\n", error.what()));
    return exit_users_input;
  } catch (const std::overflow_error& error) {
    // Money holds 1.7e20 units: only figures of the user's get there.
    console.error(fmt::format("billcast: a figure is too large: {}\n", error.what()));
    return exit_users_input;
  } catch (const std::exception& error) {
    console.error(fmt::format("billcast {}: our fault: {}\n", version(), error.what()));
    return exit_our_fault;
  }
}

}  // namespace cli
