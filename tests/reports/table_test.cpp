#include "reports/table.hpp"

#include "tests/support/catch.hpp"

using reports::plain;
using reports::Table;
using reports::wrapped;

TEST_CASE("Columns are as wide as their widest cell and aligned as asked", "[reports][table]") {
  Table table{"lr", 0};
  table.row({"a", "1"});
  table.row({"bcd", "1,000"});
  CHECK(table.text(2, 100) == "  a        1\n  bcd  1,000\n");
}

TEST_CASE("The flexible column gives way, by code points and not by bytes", "[reports][table]") {
  Table table{"lr", 0};
  table.row({"ééééééééééééééééééé", "1"});
  CHECK(table.text(0, 15) == "ééééééééééé…  1\n");
}

TEST_CASE("A paragraph breaks at words, and a word that is too long stands alone", "[reports][table]") {
  CHECK(wrapped("one two three", 0, 7) == "one two\nthree\n");
  CHECK(wrapped("one two", 2, 8, "- ") == "  - one\n    two\n");
  CHECK(wrapped("aaaaaaaaaaaa b", 0, 5) == "aaaaaaaaaaaa\nb\n");
  CHECK(wrapped("  spaced   out ", 0, 80) == "spaced out\n");
}

TEST_CASE("Control characters become question marks, other letters stay", "[reports][table]") {
  CHECK(plain("a\nb\x1b[0m\x7f é €") == "a?b?[0m? é €");
  CHECK(plain("\xC2\x9B\xC2\xA0") == "?\xC2\xA0");
}

TEST_CASE("Texts give way where the flexible column is not enough, figures never", "[reports][table]") {
  Table table{"llr", 0};
  table.row({"first", std::string(60, 'x'), "123,456"});
  const std::string line = table.text(2, 40);
  CHECK(line == "  first  " + std::string(21, 'x') + "…  123,456\n");
}
