// The bytes of the requests.
//
//  * `RequestConfig`    method, headers and body, as typed
//  * `ApiConfig`        what an OpenAI-compatible endpoint is asked for
//  * `RequestTemplate`  renders a planned request
//
// `{{name}}` in the path, a header or the body stands for something of the request: {{index}}, {{input_tokens}},
// {{output_tokens}}, {{key}}, {{prompt}} (JSON without its quotes) and {{messages}} (a JSON list). `${NAME}` stands for
// a variable of the environment, in the path and in headers only; it is looked up once, its value stays in memory and
// reaches nothing but the socket. A header that carries keys (Authorization, Cookie, …) must take them from there.
//
// Example:
//   const RequestTemplate request{{.host = "localhost:8080", .body = R"({"n": {{index}}})"}, environment, {}};
//   std::string scratch;
//   send(request.render(planned, scratch));
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadgen/llm/answer_reader.hpp"
#include "loadgen/load_plan.hpp"
#include "loadgen/prompts.hpp"

namespace loadgen {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

struct RequestConfig {
  std::string method{};  // empty: GET, or POST when there is a body
  std::string path = "/";
  std::string host{};                                          // of the Host header
  std::vector<std::pair<std::string, std::string>> headers{};  // name and value
  std::string body{};
};

struct ApiConfig {
  llm::Api api = llm::Api::chat;
  std::string model{};
  std::optional<std::uint32_t> max_tokens{};  // none: the plan's output tokens where it has them, else the server's own
  bool plan_has_tokens = false;
  bool stream = true;
  bool ignore_eos = false;  // some servers then write as many tokens as they were asked for
};

// Path, headers and body of such a request; the other members of `request` stay.
void ask_api(RequestConfig& request, const ApiConfig& api);

// "Name: value" taken apart. Throws core::ConfigError for what is no header, and for a secret that stands there in
// full.
std::pair<std::string, std::string> parse_header(std::string_view text);

class RequestTemplate {
 public:
  // Throws core::ConfigError: an unknown variable, one of the environment that is not set, a line end in a header,
  // a header of ours (Host, Content-Length, Transfer-Encoding, Connection), no prompts for {{prompt}} with messages.
  RequestTemplate(const RequestConfig& config, const Environment& environment, Prompts prompts);

  // The request's bytes: a text of this template's when all requests are alike, else `scratch`, overwritten.
  std::string_view render(const PlannedRequest& request, std::string& scratch) const;
  // A server's words without what they repeat of the environment's values, in parts as well: six characters in a row.
  std::string without_secrets(std::string_view text) const;
  bool is_head() const { return method_ == "HEAD"; }
  const std::string& method() const { return method_; }

 private:
  enum class Variable { none, index, input_tokens, output_tokens, key, prompt, messages };
  struct Piece {
    std::string text;  // stands before the variable
    Variable variable = Variable::none;
  };
  using Pieces = std::vector<Piece>;

  static Pieces compile(std::string_view where, std::string_view text);
  void append(std::string& out, const Pieces& pieces, const PlannedRequest& request) const;
  bool uses(Variable variable) const;

  std::string method_;
  Pieces head_;  // up to "Content-Length: " when there is a body, else whole
  Pieces body_;
  bool has_body_;
  Prompts prompts_;
  std::vector<std::string> secrets_;  // the environment's values
  std::string constant_;              // not empty when no piece has a variable
};

}  // namespace loadgen
