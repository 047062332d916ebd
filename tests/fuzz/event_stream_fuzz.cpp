// Arbitrary bytes as a stream of server-sent events: however they are cut, the events are those of a slow reader that
// follows the standard's text word by word.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/llm/event_parser.hpp"

namespace {

struct Event {
  std::string data;
  std::string type;
  bool operator==(const Event&) const = default;
};
using Events = std::vector<Event>;

void require(bool holds, const char* what, std::string_view text) {
  if (holds) { return; }
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

// HTML standard, 9.2.6: "To interpret an event stream".
Events read_slowly(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) { bytes.remove_prefix(3); }
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\r' && bytes.substr(i + 1).starts_with('\n')) { continue; }
    text += bytes[i] == '\r' ? '\n' : bytes[i];
  }
  Events events;
  std::string data;
  std::string type;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
    const std::string line = text.substr(0, end);
    text.erase(0, end + 1);
    const std::size_t colon = line.find(':');
    const std::string name = line.substr(0, colon);
    std::string value = colon == std::string::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) { value.erase(0, 1); }
    if (line.empty()) {
      if (!data.empty()) {
        data.pop_back();
        events.push_back({data, type.empty() ? "message" : type});
      }
      data.clear();
      type.clear();
    } else if (name == "event") {
      type = value;
    } else if (name == "data") {
      data += value + "\n";
    }
  }
  return events;
}

// In pieces of these sizes, over and over; 0 is all the rest.
Events read(loadgen::llm::EventParser& parser, std::string_view bytes, const std::vector<std::uint8_t>& sizes) {
  Events events;
  parser.reset();
  for (std::size_t i = 0; !bytes.empty(); ++i) {
    const std::size_t size = sizes.empty() || sizes[i % sizes.size()] == 0 ? bytes.size() : sizes[i % sizes.size()];
    // A copy of its own, so that reading beyond the piece shows.
    const std::string piece{bytes.substr(0, size)};
    bytes.remove_prefix(piece.size());
    parser.take(piece, [&](std::string_view data, std::string_view type) {
      events.push_back({std::string{data}, std::string{type}});
    });
  }
  require(!parser.failed(), "a short stream that failed", parser.flaw());
  return events;
}

}  // namespace

// The first byte: how many sizes of pieces follow it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) { return 0; }
  const std::size_t count = std::min<std::size_t>(data[0] % 8, size - 1);
  const std::vector<std::uint8_t> sizes(data + 1, data + 1 + count);
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1 + count, size - 1 - count};

  const Events expected = read_slowly(bytes);
  loadgen::llm::EventParser parser;
  require(read(parser, bytes, {}) == expected, "other events", bytes);
  require(read(parser, bytes, sizes) == expected, "other events when the stream is cut", bytes);
  require(read(parser, bytes, {1}) == expected, "other events byte by byte", bytes);
  return 0;
}
