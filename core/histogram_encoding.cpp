// One histogram as bytes. All numbers are big-endian.
//
//   compressed:  cookie 4, length 4, then a zlib stream of `length` bytes that holds
//   V1, V2:      cookie 4, payload length 4, index offset 4, digits 4, lowest 8, highest 8, ratio 8, payload
//   V0:          cookie 4, digits 4, lowest 8, highest 8, total count 8, payload to the end of the stream
//
// The payload is the counts from bucket 0 on, as far as anything follows. V0 and V1: words of 2, 4 or 8
// bytes; bits 4 to 7 of the cookie tell. V2: each count as a ZigZag LEB128 number of at most 9 bytes (the
// ninth has 8 bits of value), a negative one standing for so many zeros. Offset and ratio belong to
// HdrHistogram's DoubleHistogram and do not move counts (the writers of some ports put arbitrary numbers
// there), so they are ignored.
#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/core.h>
#include <zlib.h>

#include "core/base64.hpp"
#include "core/histogram_log.hpp"

namespace core {
namespace {

constexpr std::uint32_t cookie_base_mask = ~std::uint32_t{0xf0};
// The word-size field of V2 holds 1: "variable".
constexpr std::uint32_t v2_cookie = 0x1c849313;
constexpr std::uint32_t v2_compressed_cookie = 0x1c849314;

struct Version {
  std::string_view name;
  std::uint32_t compressed_cookie_base;
  std::uint32_t cookie_base;
  std::size_t header_bytes;
};
constexpr Version versions[] = {
    {"V0", 0x1c849309, 0x1c849308, 32}, {"V1", 0x1c849302, 0x1c849301, 40}, {"V2", 0x1c849304, 0x1c849303, 40}};
constexpr std::size_t longest_number = 9;

// Raised within, turned into a ConfigError at the one place that knows where the text stands.
struct Fault {
  std::string found;
  std::string expected;
};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) { value = value << 8 | static_cast<unsigned char>(byte); }
  return value;
}

void put(std::string& bytes, std::uint64_t value, int count) {
  for (int i = count; i-- > 0;) { bytes += static_cast<char>(value >> (8 * i) & 0xff); }
}

// Inflates step by step, so that a stream cannot take more memory than was asked for.
class Inflater {
 public:
  explicit Inflater(std::string_view input) {
    // zlib does not write to its input; its older interface merely lacks the const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    if (inflateInit(&stream_) != Z_OK) { throw std::bad_alloc{}; }
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // At most `count` further bytes; fewer only at the end of the stream.
  std::string read(std::size_t count) {
    std::string bytes;
    while (bytes.size() < count && !ended_) {
      // A claim of megabytes is believed only as far as bytes come.
      const std::size_t before = bytes.size();
      const std::size_t wanted = std::min(count - before, std::size_t{64} << 10);
      bytes.resize(before + wanted);
      stream_.next_out = reinterpret_cast<Bytef*>(bytes.data() + before);
      stream_.avail_out = static_cast<uInt>(wanted);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      bytes.resize(before + wanted - stream_.avail_out);
      if (status == Z_STREAM_END) {
        ended_ = true;
      } else if (status == Z_MEM_ERROR) {
        throw std::bad_alloc{};
      } else if (status != Z_OK) {
        // Z_BUF_ERROR: all input is used up before the stream's own end.
        throw Fault{
            status == Z_BUF_ERROR ? "a compressed histogram that is cut short" : "a damaged compressed histogram",
            "a whole zlib stream"};
      }
    }
    return bytes;
  }

 private:
  z_stream stream_{};
  bool ended_ = false;
};

// Fills a histogram from bucket 0 on.
class Filler {
 public:
  explicit Filler(Histogram& histogram) : histogram_{histogram} {}
  void skip(std::uint64_t buckets) {
    if (buckets > histogram_.counts().size() - next_) { throw too_many(); }
    next_ += buckets;
  }
  void add(std::int64_t count) {
    if (count < 0) { throw Fault{fmt::format("a count of {}", count), "counts of at least 0"}; }
    if (__builtin_add_overflow(total_, count, &total_)) {
      throw Fault{"more than 2^63 - 1 values in one histogram", "fewer"};
    }
    if (next_ == histogram_.counts().size()) { throw too_many(); }
    histogram_.record_n(histogram_.lowest_at(next_), count);
    ++next_;
  }

 private:
  Fault too_many() const {
    return {fmt::format("counts beyond the last of {} buckets", histogram_.counts().size()),
            fmt::format("those of values up to {}", histogram_.highest_trackable())};
  }
  Histogram& histogram_;
  std::size_t next_ = 0;
  std::int64_t total_ = 0;
};

void read_words(std::string_view payload, std::size_t word_bytes, Histogram& histogram) {
  Filler filler{histogram};
  const auto shift = static_cast<int>(64 - 8 * word_bytes);
  for (; payload.size() >= word_bytes; payload.remove_prefix(word_bytes)) {
    // Shifted up and down again, which extends the sign of a short word.
    filler.add(static_cast<std::int64_t>(big_endian(payload.substr(0, word_bytes)) << shift) >> shift);
  }
  if (!payload.empty()) {
    throw Fault{fmt::format("{} bytes after the last count", payload.size()),
                fmt::format("counts of {} bytes each", word_bytes)};
  }
}

void read_numbers(std::string_view payload, Histogram& histogram) {
  Filler filler{histogram};
  for (std::size_t at = 0; at < payload.size();) {
    std::uint64_t zigzag = 0;
    for (std::size_t i = 0;; ++i, ++at) {
      if (at == payload.size()) { throw Fault{"a count that is cut short", "its remaining bytes"}; }
      const auto byte = static_cast<unsigned char>(payload[at]);
      const bool last = i == longest_number - 1;
      zigzag |= std::uint64_t{last ? byte : byte & 0x7fU} << (7 * i);
      if (last || byte < 0x80) { break; }
    }
    ++at;
    // ZigZag: even is n/2, odd is -(n+1)/2, the number of zeros.
    if (zigzag % 2 == 0) {
      filler.add(static_cast<std::int64_t>(zigzag / 2));
    } else {
      filler.skip(zigzag / 2 + 1);
    }
  }
}

void put_number(std::string& bytes, std::int64_t value) {
  std::uint64_t zigzag =
      value >= 0 ? static_cast<std::uint64_t>(value) * 2 : static_cast<std::uint64_t>(-value) * 2 - 1;
  for (std::size_t i = 1; zigzag >= 0x80 && i < longest_number; ++i, zigzag >>= 7) {
    bytes += static_cast<char>((zigzag & 0x7f) | 0x80);
  }
  bytes += static_cast<char>(zigzag);
}

Histogram empty_histogram(std::int64_t highest, int digits, std::int64_t lowest, const HistogramLogLimits& limits) {
  try {
    const std::int64_t bytes = Histogram::bytes_needed(highest, digits, lowest);
    if (bytes > limits.histogram_bytes) {
      throw Fault{fmt::format("a histogram of {} digits up to {}, which needs {} MiB", digits, highest, bytes >> 20),
                  fmt::format("at most {} MiB", limits.histogram_bytes >> 20)};
    }
    return Histogram{highest, digits, lowest};
  } catch (const std::invalid_argument& error) {
    throw Fault{fmt::format("an impossible layout: {}", error.what()), "a histogram that can be"};
  }
}

Histogram decode_bytes(std::string_view bytes, const HistogramLogLimits& limits) {
  if (bytes.size() < 8) { throw Fault{fmt::format("{} bytes", bytes.size()), "a compressed histogram"}; }
  const auto outer_cookie = static_cast<std::uint32_t>(big_endian(bytes.substr(0, 4)));
  const auto* const version = std::find_if(std::begin(versions), std::end(versions), [&](const Version& v) {
    return v.compressed_cookie_base == (outer_cookie & cookie_base_mask);
  });
  if (version == std::end(versions)) {
    throw Fault{fmt::format("bytes that begin with {:08x}", outer_cookie),
                "a compressed histogram of whole numbers in HdrHistogram's format V0, V1 or V2"};
  }
  const auto compressed_bytes = static_cast<std::size_t>(big_endian(bytes.substr(4, 4)));
  if (compressed_bytes > bytes.size() - 8) {
    throw Fault{fmt::format("{} bytes of compressed histogram", bytes.size() - 8),
                fmt::format("the {} that it claims", compressed_bytes)};
  }
  Inflater inflater{bytes.substr(8, compressed_bytes)};

  const std::string header = inflater.read(version->header_bytes);
  if (header.size() < version->header_bytes) {
    throw Fault{fmt::format("a header of {} bytes", header.size()), fmt::format("{}", version->header_bytes)};
  }
  const auto field = [&](std::size_t from, std::size_t count) {
    return big_endian(std::string_view{header}.substr(from, count));
  };
  const auto cookie = static_cast<std::uint32_t>(field(0, 4));
  if ((cookie & cookie_base_mask) != version->cookie_base) {
    throw Fault{fmt::format("a header that begins with {:08x}", cookie),
                fmt::format("a {} histogram inside a {} stream", version->name, version->name)};
  }
  const bool v0 = version->header_bytes == 32;
  const bool v2 = version->cookie_base == (v2_cookie & cookie_base_mask);
  const std::size_t word_bytes = v2 ? longest_number : cookie >> 4 & 0xf;
  if (!v2 && word_bytes != 2 && word_bytes != 4 && word_bytes != 8) {
    throw Fault{fmt::format("counts of {} bytes each", word_bytes), "2, 4 or 8"};
  }

  const auto digits = static_cast<std::int32_t>(field(v0 ? 4 : 12, 4));
  const auto lowest = static_cast<std::int64_t>(field(v0 ? 8 : 16, 8));
  const auto highest = static_cast<std::int64_t>(field(v0 ? 16 : 24, 8));
  Histogram histogram = empty_histogram(highest, digits, lowest, limits);

  // A whole payload is never longer; whatever a header claims, and however far a stream would inflate.
  const std::size_t longest_payload = histogram.counts().size() * word_bytes;
  const std::size_t claimed = v0 ? longest_payload : static_cast<std::size_t>(field(4, 4));
  if (claimed > longest_payload) {
    throw Fault{fmt::format("a payload of {} bytes", claimed),
                fmt::format("at most {} for {} buckets", longest_payload, histogram.counts().size())};
  }
  const std::string payload = inflater.read(claimed);
  if (!v0 && payload.size() < claimed) {
    throw Fault{fmt::format("a payload of {} bytes", payload.size()), fmt::format("the {} that it claims", claimed)};
  }
  // Also makes zlib read the checksum at the end.
  if (!inflater.read(1).empty()) { throw Fault{"bytes after the payload", "its end"}; }

  if (v2) {
    read_numbers(payload, histogram);
  } else {
    read_words(payload, word_bytes, histogram);
  }
  return histogram;
}

}  // namespace

std::string encode_histogram(const Histogram& histogram) {
  const auto counts = histogram.counts();
  std::size_t used = counts.size();
  while (used > 1 && counts[used - 1] == 0) { --used; }

  std::string payload;
  for (std::size_t i = 0; i < used;) {
    std::size_t zeros = 0;
    while (i + zeros < used && counts[i + zeros] == 0) { ++zeros; }
    if (zeros > 1) {
      put_number(payload, -static_cast<std::int64_t>(zeros));
      i += zeros;
    } else {
      put_number(payload, counts[i]);
      ++i;
    }
  }

  std::string plain;
  put(plain, v2_cookie, 4);
  put(plain, payload.size(), 4);
  put(plain, 0, 4);
  put(plain, static_cast<std::uint64_t>(histogram.digits()), 4);
  put(plain, static_cast<std::uint64_t>(histogram.lowest_discernible()), 8);
  put(plain, static_cast<std::uint64_t>(histogram.highest_trackable()), 8);
  put(plain, std::bit_cast<std::uint64_t>(1.0), 8);
  plain += payload;

  uLongf size = compressBound(static_cast<uLong>(plain.size()));
  std::string compressed(size, '\0');
  const int status = compress(reinterpret_cast<Bytef*>(compressed.data()), &size,
                              reinterpret_cast<const Bytef*>(plain.data()), static_cast<uLong>(plain.size()));
  if (status != Z_OK) { throw std::bad_alloc{}; }  // the only way to fail, for the room suffices
  compressed.resize(size);

  std::string bytes;
  put(bytes, v2_compressed_cookie, 4);
  put(bytes, compressed.size(), 4);
  return to_base64(bytes + compressed);
}

Histogram decode_histogram(std::string_view text, std::string_view where, HistogramLogLimits limits) {
  try {
    const auto bytes = from_base64(text);
    if (!bytes) { throw Fault{quoted(text), "a histogram in base64"}; }
    return decode_bytes(*bytes, limits);
  } catch (const Fault& fault) {
    throw ConfigError{fmt::format("{}: found {}, expected {}", where, fault.found, fault.expected)};
  }
}

}  // namespace core
