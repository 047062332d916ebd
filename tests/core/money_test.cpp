#include "core/money.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.hpp"

namespace core {
namespace {

__extension__ using UInt128 = unsigned __int128;

// Deterministic figures for the properties; SplitMix64's finaliser of a counter. Money's tests lean on no
// other part.
class Figures {
 public:
  explicit Figures(std::uint64_t seed) : state_{seed} {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(limit));
  }
  Int128 wide() { return static_cast<Int128>(UInt128{next()} << 64 | next()) >> (next() % 128); }

 private:
  std::uint64_t state_;
};

const Int128 largest = static_cast<Int128>(~UInt128{0} >> 1);

std::string error_of(std::string_view text) {
  try {
    (void)Money::parse(text);
  } catch (const std::invalid_argument& error) { return error.what(); } catch (const std::overflow_error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("Money is read exactly, to 1e-18", "[money]") {
  CHECK(Money::parse("0.15").count() == Int128{150'000'000'000'000'000});
  CHECK(Money::parse("8.056640625e-09").count() == 8'056'640'625);
  CHECK(Money::parse("8.056640625e-09").to_string() == "0.000000008056640625");
  CHECK(Money::parse("$150_000").to_string() == "150000");
  CHECK(Money::parse("-$1_000.5").to_string() == "-1000.5");
  CHECK(Money::parse("1e3") == Money::parse("1000"));
  CHECK(Money::parse("1E+3") == Money::parse("1000.000"));
  CHECK(Money::parse("1.5e-07").to_string() == "0.00000015");
  CHECK(Money::parse("0.000000000000000001").count() == 1);
  CHECK(Money::parse("0.1000000000000000000000000000") == Money::parse("0.1"));
  CHECK(Money::parse("0e999999999999999999999").count() == 0);
  CHECK(Money::parse("-0").to_string() == "0");
  CHECK(Money::parse("0000000000000000000000000000000000000000000000000003").to_string() == "3");
  CHECK(Money::parse("100000000000000000000000000000000000000000e-41").to_string() == "1");
}

TEST_CASE("What is no amount of money is refused, and the message quotes it", "[money][errors]") {
  for (const char* text :
       {"",    "-",  "$",  "abc", "NaN", "nan", "inf", "-inf",  ".5",   "5.",    "1_",  "_1",  "1__0", "1._5",
        "1,5", " 1", "1 ", "+1",  "--1", "1e",  "1e+", "1e1.5", "0x10", "1.2.3", "$$1", "$-1", "€1",   "1$"}) {
    CAPTURE(text);
    CHECK(error_of(text) == "'" + std::string{text} + "' is not a decimal number");
  }
  CHECK(error_of("1e-19") == "'1e-19' has digits beyond 1e-18");
  CHECK(error_of("0.1234567890123456789") == "'0.1234567890123456789' has digits beyond 1e-18");
  CHECK(error_of("1e-99999999999999999999") == "'1e-99999999999999999999' has digits beyond 1e-18");
  CHECK(error_of("1e99999999999999999999") == "overflow: amount of money");
  CHECK(error_of("1e21") == "overflow: amount of money");
}

TEST_CASE("The ends of the range are read and printed, one step further overflows", "[money]") {
  const std::string top = "170141183460469231731.687303715884105727";
  const std::string bottom = "-170141183460469231731.687303715884105728";
  CHECK(Money::parse(top).count() == largest);
  CHECK(Money::parse(top).to_string() == top);
  CHECK(Money::parse(bottom).count() == -largest - 1);
  CHECK(Money::parse(bottom).to_string() == bottom);
  CHECK(error_of("170141183460469231731.687303715884105728") == "overflow: amount of money");
  CHECK(error_of("-170141183460469231731.687303715884105729") == "overflow: amount of money");
}

TEST_CASE("A table with float noise is rounded half to even and says so", "[money]") {
  const auto noisy = Money::parse_noisy("7.999999999999999e-07");  // 21 decimals: a price of 8e-7 after a division
  CHECK(noisy.amount == Money::parse("0.0000008"));
  CHECK(noisy.was_rounded);
  CHECK_FALSE(Money::parse_noisy("8e-07").was_rounded);
  CHECK(Money::parse_noisy("0.5e-18").amount.count() == 0);
  CHECK(Money::parse_noisy("1.5e-18").amount.count() == 2);
  CHECK(Money::parse_noisy("2.5e-18").amount.count() == 2);
  CHECK(Money::parse_noisy("2.5000000001e-18").amount.count() == 3);
  CHECK(Money::parse_noisy("-1.5e-18").amount.count() == -2);
  CHECK(Money::parse_noisy("9e-20").amount.count() == 0);  // the 9 is not the first digit cut off
  CHECK(Money::parse_noisy("9e-19").amount.count() == 1);
}

TEST_CASE("Printing to a fixed number of decimals rounds half to even", "[money]") {
  CHECK(Money::parse("0.1875").to_fixed(2) == "0.19");
  CHECK(Money::parse("0.125").to_fixed(2) == "0.12");
  CHECK(Money::parse("0.135").to_fixed(2) == "0.14");
  CHECK(Money::parse("-0.125").to_fixed(2) == "-0.12");
  CHECK(Money::parse("-0.001").to_fixed(2) == "0.00");
  CHECK(Money::parse("2.5").to_fixed(0) == "2");
  CHECK(Money::parse("3").to_fixed(2) == "3.00");
  CHECK(Money::parse("0.000000008056640625").to_fixed(18) == "0.000000008056640625");
  CHECK(Money::parse("0.125").rounded(2) == Money::parse("0.12"));
  CHECK_THROWS_WITH(Money{}.to_fixed(19), "19 decimals asked for, 0 to 18 are possible");
  CHECK_THROWS_WITH(Money{}.to_fixed(-1), "-1 decimals asked for, 0 to 18 are possible");
  CHECK_THROWS_AS(Money::atto(largest).rounded(0), std::overflow_error);
}

TEST_CASE("Sums, differences and multiples are exact or throw", "[money]") {
  const Money most = Money::atto(largest);
  const Money least = Money::atto(-largest - 1);
  CHECK(Money::parse("0.1") + Money::parse("0.2") == Money::parse("0.3"));
  CHECK(Money::parse("1") - Money::parse("1.000000000000000001") == Money::atto(-1));
  CHECK(Money::parse("0.05") * 3 == Money::parse("0.15"));
  CHECK(Money::parse("-0.05") * -3 == Money::parse("0.15"));
  CHECK(-Money::parse("2") == Money::parse("-2"));
  CHECK(most + least == Money::atto(-1));
  CHECK_THROWS_AS(most + Money::atto(1), std::overflow_error);
  CHECK_THROWS_AS(least + Money::atto(-1), std::overflow_error);
  CHECK_THROWS_AS(least - Money::atto(1), std::overflow_error);
  CHECK_THROWS_AS(most - Money::atto(-1), std::overflow_error);
  CHECK_THROWS_AS(-least, std::overflow_error);
  CHECK_THROWS_AS(most * 2, std::overflow_error);
  CHECK_THROWS_AS(least * -1, std::overflow_error);
  CHECK(Money::atto(largest / 2 + 1) * -2 == least);
}

TEST_CASE("A quantity is rounded once, when it is metered", "[money][quantity]") {
  CHECK(Quantity::ratio(4711, 3600).to_string() == "1.308611111");
  CHECK(Quantity::ratio(1'250'000, 1'000'000).to_string() == "1.25");
  CHECK(Quantity::ratio(-4711, 3600).to_string() == "-1.308611111");
  CHECK(Quantity::ratio(1, 2'000'000'000).count() == 0);  // half of a step, to even
  CHECK(Quantity::ratio(3, 2'000'000'000).count() == 2);
  CHECK(Quantity::ratio(2, 3).to_string() == "0.666666667");
  CHECK(Quantity::ratio(0, 7).to_string() == "0");
  CHECK(Quantity::ratio(largest / 20, largest / 10).to_fixed(3) == "0.500");
  CHECK_THROWS_AS(Quantity::ratio(largest / 2, largest), std::overflow_error);  // a divisor beyond 3.4e37
  CHECK(Quantity::whole(730) == Quantity::parse("730"));
  CHECK(Quantity::parse("1.5e-3").to_string() == "0.0015");
  CHECK(Quantity::parse("10_240").to_fixed(1) == "10240.0");
  CHECK(Quantity::parse("0.25").to_fixed(1) == "0.2");
  CHECK(Quantity::whole(2) - Quantity::parse("0.5") + Quantity::nano(1) == Quantity::parse("1.500000001"));
  CHECK_THROWS_WITH(Quantity::ratio(1, 0), "a quantity per nothing: the denominator must be above 0");
  CHECK_THROWS_AS(Quantity::ratio(largest, 1), std::overflow_error);
  CHECK_THROWS_WITH(Quantity::parse("1e-10"), "'1e-10' has digits beyond 1e-9");
  CHECK_THROWS_WITH(Quantity::parse("$5"), "'$5' is not a decimal number");
  CHECK_THROWS_WITH(Quantity::parse("1e40"), "overflow: quantity");
  CHECK_THROWS_AS(Quantity::nano(largest) + Quantity::nano(1), std::overflow_error);
  CHECK_THROWS_AS(Quantity::nano(-largest) - Quantity::nano(2), std::overflow_error);
}

TEST_CASE("A cost is quantity times price, rounded once half to even", "[money]") {
  CHECK(cost(Quantity::ratio(1'250'000, 1'000'000), Money::parse("0.15")) == Money::parse("0.1875"));
  CHECK(cost(Quantity::parse("1.308611111"), Money::parse("0.8048")) == Money::parse("1.0531702221328"));
  CHECK(cost(Quantity::nano(500'000'000), Money::atto(1)).count() == 0);
  CHECK(cost(Quantity::nano(1'500'000'000), Money::atto(1)).count() == 2);
  CHECK(cost(Quantity::nano(2'500'000'000), Money::atto(1)).count() == 2);
  CHECK(cost(Quantity::nano(2'500'000'001), Money::atto(1)).count() == 3);
  CHECK(cost(Quantity::nano(-1'500'000'000), Money::atto(1)).count() == -2);
  CHECK(cost(Quantity::nano(-1'500'000'000), Money::atto(-1)).count() == 2);
  // 1e12 units at USD 1e7: the product needs 153 bits before it is brought back to 1e-18.
  CHECK(cost(Quantity::whole(1'000'000'000'000), Money::parse("10_000_000")) == Money::parse("1e19"));
  CHECK_THROWS_WITH(cost(Quantity::whole(1'000'000'000'000), Money::parse("1e9")), "overflow: quantity times price");
  CHECK(cost(Quantity::whole(1), Money::atto(largest)).count() == largest);
  CHECK(cost(Quantity::whole(1), Money::atto(-largest - 1)).count() == -largest - 1);
  CHECK_THROWS_AS(cost(Quantity::whole(-1), Money::atto(-largest - 1)), std::overflow_error);
}

TEST_CASE("Print, then parse, gives the same value", "[money][property]") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    Figures figures{seed};
    const Money money = Money::atto(figures.wide());
    CHECK(Money::parse(money.to_string()) == money);
    CHECK(Money::parse(money.to_fixed(18)) == money);
    const Quantity quantity = Quantity::nano(figures.wide());
    CHECK(Quantity::parse(quantity.to_string()) == quantity);
    CHECK(Quantity::parse(quantity.to_fixed(9)) == quantity);
  }
}

// Each cost is off the exact product by at most half of 1e-18, so a reading cut into n parts is off the whole
// by at most (n + 1) / 2 steps; with prices of at most 9 decimals no rounding takes place and both are equal.
TEST_CASE("Splitting a meter reading moves its cost by at most (parts + 1) / 2 steps of 1e-18", "[money][property]") {
  bool some_differ = false;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Figures figures{seed};
    const Money fine = Money::atto(figures.below(1'000'000'000'000'000'000));
    const Money listed = Money::atto(Int128{figures.below(100'000'000'000)} * 1'000'000'000);
    const std::int64_t parts = 1 + figures.below(20);
    Quantity whole;
    Money split_fine, split_listed;
    for (std::int64_t part = 0; part < parts; ++part) {
      const Quantity reading = Quantity::nano(figures.below(1'000'000'000'000));
      whole += reading;
      split_fine += cost(reading, fine);
      split_listed += cost(reading, listed);
    }
    const Int128 off = (split_fine - cost(whole, fine)).count();
    CHECK((off < 0 ? -off : off) * 2 <= parts + 1);
    some_differ = some_differ || off != 0;
    CHECK(split_listed == cost(whole, listed));
  }
  CHECK(some_differ);  // else the bound above was never put to the test
}

TEST_CASE("Money summed in any order is the same to the last digit", "[money][property]") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Figures figures{seed};
    std::vector<Money> amounts;
    for (int i = 0; i < 50; ++i) amounts.push_back(Money::atto(figures.wide() >> 8));
    Money forward, backward, sorted;
    for (const Money amount : amounts) forward += amount;
    std::reverse(amounts.begin(), amounts.end());
    for (const Money amount : amounts) backward += amount;
    std::sort(amounts.begin(), amounts.end(),
              [](Money a, Money b) { return (a.count() & 0xffff) < (b.count() & 0xffff); });
    for (const Money amount : amounts) sorted += amount;
    CHECK(forward == backward);
    CHECK(forward == sorted);
  }
}

}  // namespace core
