#include "loadgen/request_template.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/compile.h>
#include <fmt/format.h>

#include "core/text_lines.hpp"
#include "core/yaml_reader.hpp"

namespace loadgen {
namespace {

constexpr std::array<std::string_view, 6> variables{"index", "input_tokens", "output_tokens",
                                                    "key",   "prompt",       "messages"};
constexpr std::array<std::string_view, 4> our_headers{"host", "content-length", "transfer-encoding", "connection"};
constexpr std::array<std::string_view, 7> secret_headers{
    "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key", "x-auth-token"};

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), lower(name)) != names.end();
}

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != marks.npos;
  });
}

// What would end a header line early could smuggle a second request in.
void demand_one_line(std::string_view where, std::string_view text) {
  const bool has_control = std::any_of(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 127; });
  if (has_control)
    throw core::ConfigError{fmt::format("{}: found a line end or control character, expected one line", where)};
}

// Adds the values to `used`.
std::string with_environment(std::string_view where, std::string_view text, const Environment& environment,
                             std::vector<std::string>& used) {
  std::string out;
  for (;;) {
    const std::size_t begin = text.find("${");
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    const std::size_t end = text.find('}', begin);
    if (end == std::string_view::npos)
      throw core::ConfigError{fmt::format("{}: found '${{' without '}}', expected ${{NAME}}", where)};
    const std::string name{text.substr(begin + 2, end - begin - 2)};
    const auto value = environment(name);
    if (!value) {
      throw core::ConfigError{
          fmt::format("{}: found ${{{}}}, which the environment does not have; set it before the run", where, name)};
    }
    demand_one_line(fmt::format("{}: the value of ${{{}}}", where, name), *value);
    out += *value;
    used.push_back(*value);
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::pair<std::string, std::string> parse_header(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, std::min(colon, text.size()));
  if (colon == std::string_view::npos || !is_token(name))
    throw core::ConfigError{"--header: found no name before a ':', expected 'Name: value'"};
  const std::string_view value = core::trim(text.substr(colon + 1));
  if (is_among(secret_headers, name) && value.find("${") == std::string_view::npos) {
    // Not quoted: the message may end up in a log.
    throw core::ConfigError{fmt::format(
        "--header '{}: …': found a key in full, expected it from the environment, as in '{}: Bearer ${{API_KEY}}'",
        name, name)};
  }
  return {std::string{name}, std::string{value}};
}

void ask_api(RequestConfig& request, const ApiConfig& api) {
  const boost::json::string model{api.model};
  std::string body = fmt::format(R"({{"model":{},)", boost::json::serialize(model));
  body += api.api == llm::Api::chat ? R"("messages":{{messages}})" : R"("prompt":"{{prompt}}")";
  if (api.max_tokens) body += fmt::format(R"(,"max_tokens":{})", *api.max_tokens);
  else if (api.plan_has_tokens) body += R"(,"max_tokens":{{output_tokens}})";
  if (api.stream) body += R"(,"stream":true,"stream_options":{"include_usage":true})";
  if (api.ignore_eos) body += R"(,"ignore_eos":true)";
  request.body = body + "}";
  request.method = "POST";
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Accept", api.stream ? "text/event-stream" : "application/json");
}

RequestTemplate::RequestTemplate(const RequestConfig& config, const Environment& environment, Prompts prompts)
    : method_{config.method}, has_body_{!config.body.empty()}, prompts_{std::move(prompts)} {
  if (method_.empty()) method_ = has_body_ ? "POST" : "GET";
  if (!is_token(method_))
    throw core::ConfigError{fmt::format("--method: found {}, expected a method such as POST", core::quoted(method_))};
  if (config.path.find(' ') != std::string::npos)
    throw core::ConfigError{"URL: found a blank in the path, expected it written as %20"};
  demand_one_line("URL", config.path);
  std::string head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", method_, config.path, config.host);
  bool has_agent = false;
  for (const auto& [name, value] : config.headers) {
    const std::string where = fmt::format("--header '{}'", name);
    if (is_among(our_headers, name))
      throw core::ConfigError{where + ": found a header that billcast writes itself, expected another"};
    demand_one_line(where, value);
    has_agent = has_agent || lower(name) == "user-agent";
    head += fmt::format("{}: {}\r\n", name, value);
  }
  if (!has_agent) head += "User-Agent: billcast\r\n";
  head += has_body_ ? "Content-Length: " : "\r\n";
  // Variables first: what the environment holds is nobody's template, and never stands in a message.
  head_ = compile("URL or --header", head);
  for (Piece& piece : head_) piece.text = with_environment("URL or --header", piece.text, environment, secrets_);
  body_ = compile("--body", config.body);
  if (uses(Variable::prompt) &&
      std::any_of(prompts_.texts.begin(), prompts_.texts.end(), [](const auto& t) { return t.empty(); }))
    throw core::ConfigError{"--prompts: found a line with messages, expected {\"prompt\": …} for {{prompt}}"};
  if (head_.size() + body_.size() <= 2 && head_.back().variable == Variable::none &&
      (body_.empty() || body_.back().variable == Variable::none)) {
    std::string scratch;
    constant_ = render({}, scratch);
  }
}

RequestTemplate::Pieces RequestTemplate::compile(std::string_view where, std::string_view text) {
  Pieces pieces;
  while (!text.empty()) {
    const std::size_t begin = text.find("{{");
    Piece& piece = pieces.emplace_back();
    piece.text = text.substr(0, begin);
    if (begin == std::string_view::npos) break;
    const std::size_t end = text.find("}}", begin);
    const std::string name{core::trim(text.substr(begin + 2, end == std::string_view::npos ? 40 : end - begin - 2))};
    const auto found = std::find(variables.begin(), variables.end(), name);
    if (end == std::string_view::npos || found == variables.end()) {
      const auto near = core::nearest(name, {variables.begin(), variables.end()});
      throw core::ConfigError{fmt::format("{}: found '{{{{{}}}}}', expected one of {{{{{}}}}}{}", where, name,
                                          fmt::join(variables, "}}, {{"),
                                          near ? fmt::format("; did you mean {{{{{}}}}}?", *near) : "")};
    }
    piece.variable = static_cast<Variable>(1 + (found - variables.begin()));
    text.remove_prefix(end + 2);
  }
  return pieces;
}

bool RequestTemplate::uses(Variable variable) const {
  const auto is_it = [&](const Piece& piece) { return piece.variable == variable; };
  return std::any_of(head_.begin(), head_.end(), is_it) || std::any_of(body_.begin(), body_.end(), is_it);
}

void RequestTemplate::append(std::string& out, const Pieces& pieces, const PlannedRequest& request) const {
  const auto number = [&](auto value) { fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), value); };
  for (const Piece& piece : pieces) {
    out += piece.text;
    switch (piece.variable) {
      case Variable::none:
        break;
      case Variable::index:
        number(request.index);
        break;
      case Variable::input_tokens:
        number(request.input_tokens);
        break;
      case Variable::output_tokens:
        number(std::max(request.output_tokens, std::uint32_t{1}));  // no server is asked for an answer of none
        break;
      case Variable::key:
        number(request.content_key);
        break;
      case Variable::prompt:
        if (prompts_.empty()) append_made_up_prompt(out, request);
        else out += prompts_.texts[prompts_.index_for(request)];
        break;
      case Variable::messages:
        if (!prompts_.empty()) {
          out += prompts_.messages[prompts_.index_for(request)];
        } else {
          out += R"([{"role":"user","content":")";
          append_made_up_prompt(out, request);
          out += "\"}]";
        }
        break;
    }
  }
}

std::string RequestTemplate::without_secrets(std::string_view text) const {
  constexpr std::size_t telling = 6;
  std::string out;
  while (!text.empty()) {
    std::size_t repeated = 0;
    for (const std::string& secret : secrets_) {
      std::size_t length = std::min(telling, secret.size());
      if (length == 0) continue;
      while (length <= text.size() && secret.find(text.substr(0, length)) != std::string::npos)
        repeated = std::max(repeated, length++);
    }
    out += repeated > 0 ? std::string_view{"…"} : text.substr(0, 1);
    text.remove_prefix(std::max<std::size_t>(repeated, 1));
  }
  return out;
}

std::string_view RequestTemplate::render(const PlannedRequest& request, std::string& scratch) const {
  if (!constant_.empty()) return constant_;
  scratch.clear();
  append(scratch, head_, request);
  if (has_body_) {
    // The length stands before the body: the body is written behind a gap as wide as any length, and the gap closed.
    constexpr std::size_t gap = 24;
    const std::size_t length_at = scratch.size();
    scratch.append(gap, ' ');
    append(scratch, body_, request);
    const std::string length = fmt::format(FMT_COMPILE("{}\r\n\r\n"), scratch.size() - length_at - gap);
    scratch.replace(length_at, gap, length);
  }
  return scratch;
}

}  // namespace loadgen
