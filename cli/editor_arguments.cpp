#include "cli/editor_arguments.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/grammar.hpp"

namespace cli {
namespace {

// The place of the word among `words`; an error in the name of `what` where it is none of them.
template <std::size_t n>
std::size_t one_of(const Given& given, std::string_view what, const std::string& word,
                   const std::array<std::string_view, n>& words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) given.fail(what, fmt::format("'{}'", word), fmt::format("{}", fmt::join(words, ", ")));
  return static_cast<std::size_t>(found - words.begin());
}

std::string only_word(const Given& given, std::string_view what, std::string_view expected) {
  const Words words = given.positional();
  if (words.empty()) given.fail(what, "nothing", expected);
  return words.front();
}

}  // namespace

std::optional<SchemaArguments> parse_schema(const Words& words, const Out& out) {
  Grammar grammar{"schema",
                  "Prints a JSON Schema, for editors and checkers (docs/editor.md).\n\n"
                  "  billcast schema scenario      of the files that run, check and load read\n"
                  "  billcast schema prices        of price tables\n"
                  "  billcast schema result        of the result.json that run writes\n"};
  grammar.words({"scenario", "prices", "result"});
  grammar.value("out", "FILE", "write it there instead");
  const auto given = grammar.parse(words, out, 1);
  if (!given) return std::nullopt;
  constexpr std::array<std::string_view, 3> kinds{"scenario", "prices", "result"};
  const std::string word = only_word(*given, "SCHEMA", "scenario, prices or result");
  return SchemaArguments{static_cast<SchemaKind>(one_of(*given, "SCHEMA", word, kinds)), given->text("out")};
}

std::optional<CompletionArguments> parse_completion(const Words& words, const Out& out) {
  Grammar grammar{"completion",
                  "Prints what makes a shell complete the command's words.\n\n"
                  "  bash   eval \"$(billcast completion bash)\"          in ~/.bashrc\n"
                  "  zsh    eval \"$(billcast completion zsh)\"           in ~/.zshrc, after compinit\n"
                  "  fish   billcast completion fish | source           in ~/.config/fish/config.fish\n"};
  grammar.words({"bash", "zsh", "fish"});
  const auto given = grammar.parse(words, out, 1);
  if (!given) return std::nullopt;
  constexpr std::array<std::string_view, 3> shells{"bash", "zsh", "fish"};
  const std::string word = only_word(*given, "SHELL", "bash, zsh or fish");
  return CompletionArguments{static_cast<Shell>(one_of(*given, "SHELL", word, shells))};
}

std::optional<InitArguments> parse_init(const Words& words, const Out& out) {
  Grammar grammar{
      "init",
      "Writes a scenario to begin with, which runs as it is and says what to put in place of its figures.\n\n"
      "  billcast init [FILE] [OPTIONS]      without a file: scenario.yaml; - prints it\n"};
  grammar.value("kind", "KIND", "which options: both (default), api or self-hosted");
  const auto given = grammar.parse(words, out, 1);
  if (!given) return std::nullopt;
  constexpr std::array<std::string_view, 3> kinds{"both", "api", "self-hosted"};
  const Words names = given->positional();
  InitArguments init{names.empty() ? std::string{"scenario.yaml"} : names.front(), StarterKind::both};
  if (init.file.empty()) given->fail("FILE", "''", "a file to write, or -");
  const std::string kind = given->text("kind").value_or("both");
  init.kind = static_cast<StarterKind>(one_of(*given, "--kind", kind, kinds));
  return init;
}

}  // namespace cli
