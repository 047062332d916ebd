// Arbitrary bytes as the responses of a connection. However they are cut, what is read is the same; a parser that has
// seen them before reads them as a new one does; and where Boost.Beast reads a whole response, too, it is the same one.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/utf8.hpp"
#include "loadgen/http/response_parser.hpp"

namespace {

using loadgen::http::ResponseParser;

void require(bool holds, const char* what, std::string_view text) {
  if (holds) { return; }
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

struct Response {
  std::string body{};
  std::size_t taken = 0;
  int status = 0;
  bool failed = false;
  bool done = false;
  bool whole = false;
  bool keep_alive = false;
  bool event_stream = false;
  bool operator==(const Response&) const = default;
};

// In pieces of these sizes, over and over; 0 is all the rest.
Response read(ResponseParser& parser, std::string_view bytes, bool head_request,
              const std::vector<std::uint8_t>& sizes) {
  Response response;
  parser.reset(head_request);
  for (std::size_t i = 0; response.taken < bytes.size(); ++i) {
    const std::size_t size = sizes.empty() || sizes[i % sizes.size()] == 0 ? bytes.size() : sizes[i % sizes.size()];
    const std::string_view piece = bytes.substr(response.taken, size);
    const std::size_t taken = parser.take(piece, [&](std::string_view part) {
      require(!part.empty(), "an empty piece of a body", bytes);
      response.body += part;
    });
    response.taken += taken;
    require(taken <= piece.size(), "more bytes taken than there were", bytes);
    require(parser.started(), "bytes that did not start a response", bytes);
    if (parser.done() || parser.failed()) { break; }
    require(taken == piece.size(), "a response that goes on without its bytes", bytes);
  }
  response.failed = parser.failed();
  response.done = parser.done();
  response.whole = parser.end_of_input();
  if (parser.head_done()) {
    response.status = parser.status();
    response.keep_alive = parser.keep_alive();
    response.event_stream = parser.is_event_stream();
  }
  require(response.failed == !parser.flaw().empty(), "a flaw without a failure, or a failure without a flaw", bytes);
  require(parser.flaw().size() < 500 && core::utf8::escape_unprintable(parser.flaw()) == parser.flaw(),
          "a flaw that is not one short printable line", parser.flaw());
  // Where a flaw shows depends on where the bytes were cut.
  if (response.failed) { response.taken = 0; }
  return response;
}

// Beast is stricter in some places and laxer in others, but what both read to the end must be the same.
void compare_with_beast(std::string_view bytes, bool head_request, const Response& response) {
  namespace http = boost::beast::http;
  http::response_parser<http::string_body> beast;
  beast.eager(true);
  beast.skip(head_request);
  // It makes room for a body as soon as it has read its length; one that is longer than the input never ends anyway.
  beast.body_limit(bytes.size());
  boost::system::error_code error;
  std::size_t taken = 0;
  while (!error && !beast.is_done() && taken < bytes.size()) {
    const std::size_t now = beast.put(boost::asio::buffer(bytes.data() + taken, bytes.size() - taken), error);
    if (now == 0) { break; }
    taken += now;
  }
  // Beast takes an interim response for the response, and a body that the end of the connection ends for none yet.
  if (error || !beast.is_done() || !response.done || beast.get().result_int() < 200) { return; }
  require(static_cast<int>(beast.get().result_int()) == response.status, "another status than Beast's", bytes);
  require(beast.get().body() == response.body, "another body than Beast's", bytes);
  require(taken == response.taken, "another end than Beast's", bytes);
  require(beast.keep_alive() == response.keep_alive, "another fate of the connection than Beast's", bytes);
}

}  // namespace

// The first byte: whether the requests are HEAD, and how many sizes of pieces follow it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) { return 0; }
  const bool head_request = (data[0] & 0x80) != 0;
  const std::size_t count = std::min<std::size_t>(data[0] % 8, size - 1);
  const std::vector<std::uint8_t> sizes(data + 1, data + 1 + count);
  std::string_view bytes{reinterpret_cast<const char*>(data) + 1 + count, size - 1 - count};

  ResponseParser used;
  ResponseParser cutting;
  for (int responses = 0; responses < 8 && !bytes.empty(); ++responses) {
    ResponseParser fresh;
    const Response whole = read(fresh, bytes, head_request, {});
    require(read(cutting, bytes, head_request, sizes) == whole, "another response when it is cut", bytes);
    require(read(cutting, bytes, head_request, {1}) == whole, "another response byte by byte", bytes);
    require(read(used, bytes, head_request, {}) == whole, "another response from a parser that was used", bytes);
    require(read(used, bytes, head_request, {}) == whole, "another response the second time", bytes);
    compare_with_beast(bytes, head_request, whole);
    if (!whole.done) { break; }
    bytes.remove_prefix(whole.taken);
  }
  return 0;
}
