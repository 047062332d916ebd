#include "loadgen/llm/event_parser.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.hpp"

namespace {

using loadgen::llm::EventParser;

using Events = std::vector<std::string>;  // "type=data"

// A failed comparison would print megabytes.
std::string shortened(std::string_view data) {
  return data.size() < 200 ? std::string{data} : std::to_string(data.size()) + " bytes";
}

Events read(EventParser& parser, std::string_view bytes, std::size_t step) {
  Events events;
  parser.reset();
  for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), step))) {
    parser.take(bytes.substr(0, step), [&](std::string_view data, std::string_view type) {
      events.push_back(std::string{type} + "=" + shortened(data));
    });
  }
  if (parser.failed()) { events.push_back(std::string{parser.flaw()}); }
  return events;
}

Events read(std::string_view bytes) {
  EventParser parser;
  const Events whole = read(parser, bytes, bytes.size() + 1);
  for (std::size_t step = 1; step <= std::min<std::size_t>(bytes.size(), 40); ++step) {
    CAPTURE(step, std::string{bytes.substr(0, 200)});
    CHECK(read(parser, bytes, step) == whole);
  }
  return whole;
}

}  // namespace

// The examples of the standard, section 9.2.6.
TEST_CASE("The standard's own examples give the events that it says", "[loadgen][sse]") {
  CHECK(read("data: YHOO\ndata: +2\ndata: 10\n\n") == Events{"message=YHOO\n+2\n10"});
  CHECK(read(": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n") ==
        Events{"message=first event", "message=second event", "message= third event"});
  CHECK(read("data\n\ndata\ndata\n\ndata:") == Events{"message=", "message=\n"});
  CHECK(read("data:test\n\ndata: test\n\n") == Events{"message=test", "message=test"});
}

TEST_CASE("Lines end in LF, CR LF or CR, in any mixture", "[loadgen][sse]") {
  CHECK(read("data: a\r\n\r\ndata: b\r\rdata: c\n\r\ndata: d\r\n\rdata: e\r\n\n") ==
        Events{"message=a", "message=b", "message=c", "message=d", "message=e"});
  CHECK(read("data: a\rdata: b\n\n") == Events{"message=a\nb"});
  CHECK(read("data: a\r\ndata: b\r\n\r\n") == Events{"message=a\nb"});  // CR and LF in two pieces end one line
  CHECK(read("\n\r\n\r\n\rdata: a\n\n") == Events{"message=a"});
}

TEST_CASE("An event has its type for itself alone", "[loadgen][sse]") {
  CHECK(read("event: error\ndata: a\n\ndata: b\n\n") == Events{"error=a", "message=b"});
  CHECK(read("event: error\n\ndata: b\n\n") == Events{"message=b"});  // without data there is no event
  CHECK(read("data: a\nevent:content_block_delta_of_some_length\ndata: b\n\n") ==
        Events{"content_block_delta_of_some_length=a\nb"});
  CHECK(read("event: one\nevent: two\ndata: a\n\n") == Events{"two=a"});
  CHECK(read("event\ndata: a\n\n") == Events{"message=a"});
}

TEST_CASE("What is not asked for is passed over", "[loadgen][sse]") {
  CHECK(read(": OPENROUTER PROCESSING\n\n:\n\ndata: a\n:between\ndata: b\n\n") == Events{"message=a\nb"});
  CHECK(read("id: 7\nretry: 10\nDATA: a\n data: b\ndatas: c\ndata : d\n\n").empty());
  CHECK(read("{\"no\": \"stream\"}\n\n").empty());
}

TEST_CASE("An event that the end of the stream cuts off is none", "[loadgen][sse]") {
  CHECK(read("data: a\n\ndata: b\n") == Events{"message=a"});
  CHECK(read("data: a").empty());
}

TEST_CASE("A byte order mark is passed over at the very start only", "[loadgen][sse]") {
  CHECK(read("\xEF\xBB\xBF"
             "data: a\n\n") == Events{"message=a"});
  CHECK(read("\xEF\xBB\xBF\n\ndata: a\n\n") == Events{"message=a"});
  CHECK(read("\n\xEF\xBB\xBF"
             "data: b\n\n")
            .empty());
  CHECK(read("data: a\n\n\xEF\xBB\xBF"
             "data: b\n\n") == Events{"message=a"});
  CHECK(read("\xEF\xBB\xBF\xEF\xBB\xBF"
             "data: b\n\n")
            .empty());
}

TEST_CASE("Bytes that are no text are handed on", "[loadgen][sse]") {
  CHECK(read(std::string{"data: \0\xFF\x01\n\n", 11}) == Events{std::string{"message=\0\xFF\x01", 11}});
}

TEST_CASE("An event lies in the piece that it came in when it can", "[loadgen][sse]") {
  const std::string piece = "data: one line of data\n\n";
  EventParser parser;
  parser.reset();
  bool called = false;
  parser.take(piece, [&](std::string_view data, std::string_view /*type*/) {
    called = true;
    CHECK(data.data() == piece.data() + 6);
  });
  CHECK(called);
}

TEST_CASE("An event of 1 MiB is read, a larger one makes the stream fail", "[loadgen][sse]") {
  constexpr std::size_t longest = EventParser::longest_event;
  const Events flaw{"an event of over 1 MiB"};
  const auto read_in = [](std::string_view bytes, std::size_t step) {
    EventParser parser;
    return read(parser, bytes, step);
  };
  for (const std::size_t step : {std::size_t{1000}, std::size_t{65'536}, 4 * longest}) {
    CAPTURE(step);
    const std::string value(longest - 6, 'x');
    CHECK(read_in("data: " + value + "\n\n", step) == Events{"message=" + shortened(value)});
    CHECK(read_in("data: " + value + "x\n\n", step) == flaw);
    CHECK(read_in(":" + std::string(longest, 'x'), step) == flaw);
    // Two lines and the LF between them.
    const std::string half(longest / 2, 'x');
    CHECK(read_in("data: " + half.substr(1) + "\ndata: " + half + "\n\n", step) ==
          Events{"message=" + shortened(half + half)});
    CHECK(read_in("data: " + half + "\ndata: " + half + "\n\n", step) == flaw);
    CHECK(read_in("data: before\n\ndata: " + half + "\ndata: " + half + "\n\ndata: behind\n\n", step) ==
          Events{"message=before", flaw.front()});
  }
}
