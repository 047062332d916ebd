#include <optional>

#include "cli/commands.hpp"
#include "cli/corpus.hpp"
#include "cli/files.hpp"
#include "cli/program.hpp"
#include "reports/config_schema.hpp"
#include "reports/json.hpp"

namespace cli {
namespace {

std::string schema_of(SchemaKind kind) {
  switch (kind) {
    case SchemaKind::scenario:
      return reports::config_schema(scenario_declarations(), "A scenario of billcast");
    case SchemaKind::prices:
      return reports::config_schema(price_declarations(), "A price table of billcast");
    case SchemaKind::result:
      return reports::result_schema();
  }
  return {};
}

}  // namespace

int schema(const SchemaArguments& arguments, const Console& console) {
  const std::string text = schema_of(arguments.of);
  if (arguments.out) write_file(*arguments.out, text, text.substr(0, text.find(',')));
  else console.out(text);
  return exit_done;
}

}  // namespace cli
