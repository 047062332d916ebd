#include "core/traffic/arrivals.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "core/distributions.hpp"
#include "core/distributions/gamma_table.hpp"
#include "core/math.hpp"

namespace core::traffic {

namespace {

constexpr std::int64_t ns_per_minute = 60 * ns_per_second;

// Gaps of mean 1, made some thousand at a time so that the making is a loop over an array.
class Gaps {
 public:
  static constexpr std::size_t batch = 1024;
  explicit Gaps(Stream chance) : chance_{chance} {}
  virtual ~Gaps() = default;
  virtual void fill(std::span<double, batch> gaps) = 0;

 protected:
  Stream chance_;
};

class ExponentialGaps final : public Gaps {
 public:
  using Gaps::Gaps;
  void fill(std::span<double, batch> gaps) override {
    chance_.fill(bits_);
    fill_exponential(bits_, 1, gaps);
  }

 private:
  std::array<std::uint64_t, batch> bits_;
};

class EvenGaps final : public Gaps {
 public:
  using Gaps::Gaps;
  void fill(std::span<double, batch> gaps) override { std::fill(gaps.begin(), gaps.end(), 1.0); }
};

class GammaGaps final : public Gaps {
 public:
  GammaGaps(Stream chance, double cv) : Gaps{chance}, gamma_{1 / (cv * cv), 1} {}
  void fill(std::span<double, batch> gaps) override {
    for (double& gap : gaps) { gap = gamma_(chance_); }
  }

 private:
  GammaTable gamma_;
};

class WeibullGaps final : public Gaps {
 public:
  WeibullGaps(Stream chance, double cv) : Gaps{chance}, weibull_{Weibull::with_cv(cv, 1)} {}
  void fill(std::span<double, batch> gaps) override {
    chance_.fill(bits_);
    for (std::size_t i = 0; i < batch; ++i) { gaps[i] = weibull_.from_bits(bits_[i]); }
  }

 private:
  Weibull weibull_;
  std::array<std::uint64_t, batch> bits_;
};

// A stretch of time in which the rate does not change.
struct Cell {
  std::int64_t start_ns = 0;
  std::int64_t length_ns = 0;
  double expected = 0;  // arrivals
};

// The demand's minutes, one after another; with bursts, cut where these begin and end.
class Cells {
 public:
  explicit Cells(const Demand& demand, double scale = 1) : demand_{demand}, scale_{scale} {}
  Cells(const Demand& demand, const ArrivalsConfig& config, Stream chance) : Cells{demand, config.calm_factor()} {
    chance_ = chance;
    has_bursts_ = true;
    burst_factor_ = config.burst_factor;
    mean_ns_ = {static_cast<double>(to_ns(config.mean_calm)), static_cast<double>(to_ns(config.mean_burst))};
    bursting_ = unit_closed_open(chance_.next()) < config.burst_share();
    switch_ns_ = stay_ns();
  }

  // False at the end of the horizon.
  bool next(Cell& cell) {
    std::int64_t start_ns = end_ns_;
    while (start_ns < demand_.minute_count() * ns_per_minute) {
      const std::int64_t minute = start_ns / ns_per_minute;
      end_ns_ = (minute + 1) * ns_per_minute;
      double factor = scale_;
      if (has_bursts_) {
        if (bursting_) { factor *= burst_factor_; }
        if (switch_ns_ <= end_ns_) {
          end_ns_ = switch_ns_;
          bursting_ = !bursting_;
          switch_ns_ += stay_ns();
        }
      }
      cell.start_ns = start_ns;
      cell.length_ns = end_ns_ - start_ns;
      cell.expected =
          demand_.minute(minute) * factor * (static_cast<double>(cell.length_ns) / static_cast<double>(ns_per_minute));
      if (cell.expected > 0) { return true; }
      start_ns = end_ns_;
    }
    return false;
  }

 private:
  // At least a nanosecond, so that every switch moves on.
  std::int64_t stay_ns() { return 1 + static_cast<std::int64_t>(Exponential{mean_ns_[bursting_ ? 1 : 0]}(chance_)); }

  Demand demand_;
  double scale_;
  std::int64_t end_ns_ = 0;
  bool has_bursts_ = false;
  bool bursting_ = false;
  double burst_factor_ = 1;
  std::array<double, 2> mean_ns_{};  // of a calm, of a burst
  std::int64_t switch_ns_ = 0;
  Stream chance_{0};
};

class Renewal final : public ArrivalProcess {
 public:
  // The first arrival comes after a gap of its own, or where it is said: in expected arrivals from the start.
  Renewal(Cells cells, std::unique_ptr<Gaps> gaps, std::optional<double> first = std::nullopt)
      : cells_{std::move(cells)}, source_{std::move(gaps)} {
    next_ = first ? *first : take_gap();
    is_open_ = cells_.next(cell_);
  }

  void take(Block& block, std::int64_t until_ns) override { block.count = take(block.arrival_ns, until_ns); }

  std::size_t take(std::span<std::int64_t> arrivals_ns, std::int64_t until_ns) {
    std::size_t count = 0;
    while (is_open_ && cell_.start_ns < until_ns && count < arrivals_ns.size()) {
      // In this loop: one addition that waits for the one before (4 cycles) and, beside it, a multiplication, a
      // conversion and two loads and stores: 1.5 ns a request.
      const double ns_per_arrival = static_cast<double>(cell_.length_ns) / cell_.expected;
      const std::int64_t last_ns = cell_.length_ns - 1;
      const double expected = cell_.expected;
      double next = next_;
      while (next < expected && count < arrivals_ns.size()) {
        const std::size_t room = std::min(arrivals_ns.size() - count, Gaps::batch - used_);
        const double* gap = &gaps_[used_];
        std::int64_t* out_ns = &arrivals_ns[count];
        std::size_t i = 0;
        for (; i < room && next < expected; ++i) {
          out_ns[i] = cell_.start_ns + std::min(static_cast<std::int64_t>(next * ns_per_arrival), last_ns);
          next += gap[i];
        }
        count += i;
        used_ += i;
        if (used_ == Gaps::batch) { refill(); }
      }
      next_ = next;
      if (next < expected) { break; }
      next_ -= expected;
      is_open_ = cells_.next(cell_);
    }
    return count;
  }

 private:
  void refill() {
    source_->fill(gaps_);
    used_ = 0;
  }
  double take_gap() {
    if (used_ == Gaps::batch) { refill(); }
    return gaps_[used_++];
  }

  Cells cells_;
  Cell cell_;
  bool is_open_ = false;
  double next_ = 0;  // of the next arrival: expected arrivals after the start of the cell
  std::unique_ptr<Gaps> source_;
  std::array<double, Gaps::batch> gaps_;
  std::size_t used_ = Gaps::batch;
};

class Sessions final : public ArrivalProcess {
 public:
  Sessions(const ArrivalsConfig& config, const Demand& demand, const Stream& root)
      : starts_{Cells{demand, 1 / config.requests_per_session},
                std::make_unique<ExponentialGaps>(root.child("traffic.arrivals"))},
        chance_{root.child("traffic.sessions")},
        continues_{1 - 1 / config.requests_per_session},
        think_time_ns_{static_cast<double>(to_ns(config.mean_think_time))} {}

  void take(Block& block, std::int64_t until_ns) override {
    block.count = 0;
    while (block.count < Block::capacity) {
      if (next_start_ == start_count_) {
        start_count_ = starts_.take(start_ns_, until_ns);
        next_start_ = 0;
      }
      const bool has_start = next_start_ < start_count_;
      const std::int64_t start_ns = has_start ? start_ns_[next_start_] : never_ns;
      Turn turn{start_ns, sessions_};
      if (!turns_.empty() && turns_.top().at_ns < start_ns) {
        turn = turns_.top();
        if (turn.at_ns >= until_ns) { return; }
        turns_.pop();
      } else {
        if (!has_start) { return; }
        ++next_start_;
        ++sessions_;
      }
      block.arrival_ns[block.count++] = turn.at_ns;
      if (unit_closed_open(chance_.next()) < continues_) {
        turns_.push({turn.at_ns + static_cast<std::int64_t>(Exponential{think_time_ns_}(chance_)), turn.session});
      }
    }
  }

 private:
  struct Turn {
    std::int64_t at_ns;
    std::uint64_t session;  // breaks ties: the older session first, everywhere
    bool operator>(const Turn& other) const {
      return at_ns != other.at_ns ? at_ns > other.at_ns : session > other.session;
    }
  };

  Renewal starts_;
  std::array<std::int64_t, 512> start_ns_;
  std::size_t next_start_ = 0;
  std::size_t start_count_ = 0;
  std::uint64_t sessions_ = 0;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_;
  Stream chance_;
  double continues_;
  double think_time_ns_;
};

// Rows of a trace and, with a scale other than 1, their copies.
class Replay final : public ArrivalProcess {
 public:
  Replay(const TraceReplay& replay, Stream chance)
      : replay_{replay}, trace_{*replay.trace}, chance_{chance}, half_gap_ns_{replay.mean_gap_ns() / 2} {}

  void take(Block& block, std::int64_t until_ns) override {
    block.count = 0;
    block.has_prefixes = trace_.has_prefixes();
    while (block.count < Block::capacity) {
      // No copy of a row to come can fall before the row less half a gap: until there the queue is complete.
      while (!is_done_ && row_ns() - half_gap_ns_ < until_ns &&
             (copies_.empty() || copies_.top().at_ns > row_ns() - half_gap_ns_)) {
        read_row();
      }
      if (copies_.empty() || copies_.top().at_ns >= until_ns) { return; }
      const Copy& copy = copies_.top();
      const std::size_t i = block.count++;
      block.arrival_ns[i] = copy.at_ns;
      block.input_tokens[i] = trace_.input_tokens[copy.row];
      block.output_tokens[i] = trace_.output_tokens[copy.row];
      if (trace_.has_prefixes()) {
        block.prefix_row[i] = copy.row;
        block.prefix_round[i] = copy.prefix_round;
      }
      copies_.pop();
    }
  }

 private:
  struct Copy {
    std::int64_t at_ns;
    std::uint64_t order;  // breaks ties: as in the trace
    std::uint32_t row;    // a text of 2^32 rows would not fit into memory
    std::uint32_t prefix_round;
    bool operator>(const Copy& other) const { return at_ns != other.at_ns ? at_ns > other.at_ns : order > other.order; }
  };

  std::int64_t row_ns() const { return replay_.at_ns(round_, row_); }

  void read_row() {
    const std::int64_t at_ns = row_ns();
    // Each row stands for `scale` requests: the whole ones, and one more with the probability of the rest.
    const auto whole = static_cast<std::int64_t>(replay_.scale);
    const double rest = replay_.scale - static_cast<double>(whole);
    const std::int64_t count = whole + (rest > 0 && unit_closed_open(chance_.next()) < rest ? 1 : 0);
    // A number for each copy of each playing. Modulo 2^32: what was asked four billion requests ago is no longer
    // cached.
    const auto most_copies = static_cast<std::uint32_t>(whole + (rest > 0 ? 1 : 0));
    const std::uint32_t first_round = static_cast<std::uint32_t>(round_) * most_copies;
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t copy_ns = at_ns;
      if (i > 0) {
        const double place = 2 * unit_closed_open(chance_.next()) - 1;
        copy_ns += static_cast<std::int64_t>(place * static_cast<double>(half_gap_ns_));
        if (copy_ns < 0) { copy_ns = -copy_ns; }  // before the horizon: folded back into it
      }
      copies_.push({copy_ns, order_++, static_cast<std::uint32_t>(row_), first_round + static_cast<std::uint32_t>(i)});
    }
    if (++row_ == trace_.at_ns.size()) {
      row_ = 0;
      ++round_;
      is_done_ = !replay_.repeat;
    }
  }

  TraceReplay replay_;
  const Trace& trace_;
  Stream chance_;
  std::int64_t half_gap_ns_;
  std::size_t row_ = 0;
  std::int64_t round_ = 0;
  bool is_done_ = false;
  std::uint64_t order_ = 0;
  std::priority_queue<Copy, std::vector<Copy>, std::greater<>> copies_;
};

}  // namespace

std::unique_ptr<ArrivalProcess> make_arrivals(const ArrivalsConfig& config, const Demand& demand, const Stream& root) {
  const Stream chance = root.child("traffic.arrivals");
  switch (config.process) {
    case ArrivalsConfig::Process::poisson:
      break;
    case ArrivalsConfig::Process::constant:
      return std::make_unique<Renewal>(Cells{demand}, std::make_unique<EvenGaps>(chance), 0.5);
    case ArrivalsConfig::Process::gamma:
      return std::make_unique<Renewal>(Cells{demand}, std::make_unique<GammaGaps>(chance, config.cv));
    case ArrivalsConfig::Process::weibull:
      return std::make_unique<Renewal>(Cells{demand}, std::make_unique<WeibullGaps>(chance, config.cv));
    case ArrivalsConfig::Process::mmpp:
      return std::make_unique<Renewal>(Cells{demand, config, root.child("traffic.bursts")},
                                       std::make_unique<ExponentialGaps>(chance));
    case ArrivalsConfig::Process::sessions:
      return std::make_unique<Sessions>(config, demand, root);
    case ArrivalsConfig::Process::trace:
      return std::make_unique<Replay>(config.trace, root.child("traffic.copies"));
  }
  return std::make_unique<Renewal>(Cells{demand}, std::make_unique<ExponentialGaps>(chance));
}

}  // namespace core::traffic
