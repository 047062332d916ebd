#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/corpus.hpp"
#include "cli/grammar.hpp"
#include "cli/program.hpp"

namespace cli {
namespace {

// What Grammar::listed says of a subcommand.
struct Known {
  struct Option {
    std::string name;
    std::string placeholder;  // empty: takes no value
    std::string help;
  };
  std::string name;
  std::vector<Option> options;
  Words words;
  bool takes_files = true;
};

std::vector<std::string> split(std::string_view line, char at) {
  std::vector<std::string> cells{""};
  for (const char c : line) {
    if (c == at) cells.emplace_back();
    else cells.back() += c;
  }
  return cells;
}

Words scenario_names() {
  Words names;
  for (const Sample& sample : scenario_samples()) {
    if (sample.name.starts_with("configs/")) names.push_back(sample.name);
  }
  return names;
}

Known ask(std::string_view name) {
  std::string listed;
  const Console console{.out = [&](std::string_view text) { listed += text; }, .error = [](std::string_view) {}};
  run_program({std::string{name}, std::string{Grammar::list_options}}, console);
  Known known{.name = std::string{name}, .options = {}, .words = {}};
  for (const std::string& line : split(listed, '\n')) {
    const std::vector<std::string> cells = split(line, '\t');
    if (cells[0] == "option") known.options.push_back({"--" + cells[1], cells[2], cells[3]});
    if (cells[0] == "word") {
      known.words.push_back(cells[1]);
      known.takes_files = name == "histogram";
    }
    if (cells[0] == "scenarios") known.words = scenario_names();
  }
  return known;
}

std::vector<Known> all_known() {
  std::vector<Known> all;
  for (const std::string_view name : subcommands) all.push_back(ask(name));
  return all;
}

// "--seed --threads", of those that take a value if only they are meant.
std::string options_of(const Known& known, bool with_value) {
  std::string text;
  for (const Known::Option& option : known.options) {
    if (!with_value || !option.placeholder.empty()) text += (text.empty() ? "" : " ") + option.name;
  }
  return text;
}

// Both shells are told the same three lists and look them up alike.
std::string cases(const std::vector<Known>& all) {
  std::string text;
  for (const Known& known : all) {
    text +=
        fmt::format("    {}) options='{}' valued='{}' words='{}' files={} ;;\n", known.name, options_of(known, false),
                    options_of(known, true), fmt::join(known.words, " "), known.takes_files ? 1 : 0);
  }
  return text;
}

std::string bash_script(const std::vector<Known>& all) {
  return fmt::format(R"(# Made by `billcast completion bash`.
_billcast() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} options= valued= words= files=0
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$cur"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}    *) return ;;
  esac
  if [[ " $valued " == *" $prev "* ]]; then
    COMPREPLY=($(compgen -f -- "$cur"))
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    if ((files)); then COMPREPLY+=($(compgen -f -- "$cur")); fi
  fi
}}
complete -o filenames -F _billcast billcast
)",
                     fmt::join(subcommands, " "), cases(all));
}

std::string zsh_script(const std::vector<Known>& all) {
  return fmt::format(R"(#compdef billcast
# Made by `billcast completion zsh`.
_billcast() {{
  local options= valued= words_of= files=0
  if ((CURRENT == 2)); then
    compadd -- {} --help --version
    return
  fi
  case $words[2] in
{}    *) return ;;
  esac
  if [[ " $valued " == *" $words[CURRENT-1] "* ]]; then
    _files
  elif [[ $PREFIX == -* ]]; then
    compadd -- ${{=options}}
  else
    compadd -- ${{=words_of}}
    if ((files)); then _files; fi
  fi
}}
compdef _billcast billcast
)",
                     fmt::join(subcommands, " "), [&] {
                       // `words` is zsh's own.
                       std::string text = cases(all);
                       for (std::size_t at = 0; (at = text.find(" words=", at)) != std::string::npos; at += 10) {
                         text.replace(at, 7, " words_of=");
                       }
                       return text;
                     }());
}

std::string fish_quoted(std::string_view text) {
  std::string quoted{"'"};
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_script(const std::vector<Known>& all) {
  std::string text = "# Made by `billcast completion fish`.\n";
  for (const Known& known : all) {
    text += fmt::format("complete -c billcast -f -n __fish_use_subcommand -a {}\n", known.name);
    const std::string seen = fmt::format("complete -c billcast -n '__fish_seen_subcommand_from {}'", known.name);
    if (!known.takes_files) text += seen + " -f\n";
    if (!known.words.empty())
      text += fmt::format("{} -a {}\n", seen, fish_quoted(fmt::format("{}", fmt::join(known.words, " "))));
    for (const Known::Option& option : known.options) {
      text += fmt::format("{} -l {}{} -d {}\n", seen, option.name.substr(2), option.placeholder.empty() ? "" : " -r",
                          fish_quoted(option.help));
    }
  }
  return text;
}

}  // namespace

int completion(const CompletionArguments& arguments, const Console& console) {
  const std::vector<Known> all = all_known();
  switch (arguments.shell) {
    case Shell::bash:
      console.out(bash_script(all));
      break;
    case Shell::zsh:
      console.out(zsh_script(all));
      break;
    case Shell::fish:
      console.out(fish_script(all));
      break;
  }
  return exit_done;
}

}  // namespace cli
