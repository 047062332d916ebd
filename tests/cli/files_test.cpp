#include "cli/files.hpp"

#include <string>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/says.hpp"
#include "tests/support/temporary_folder.hpp"

using cli::read_file;
using cli::ResultFolder;
using test_support::check_says;
using test_support::TemporaryFolder;
using test_support::text_of;
namespace fs = std::filesystem;

namespace {

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

std::string folder_error(const fs::path& target) {
  return error_of([&] { ResultFolder{target}; });
}

}  // namespace

TEST_CASE("A file that cannot be read is named, with the reason", "[cli][files]") {
  const TemporaryFolder folder;
  CHECK(error_of([&] { read_file(folder / "none.yaml"); }) ==
        "cannot read '" + (folder / "none.yaml") + "': No such file or directory");
  CHECK(error_of([&] { read_file(folder.path()); }) == "cannot read '" + folder.path().string() + "': it is a folder");
  const std::string text(200'000, 'x');
  CHECK(read_file(folder.write("big", text)) == text);
}

TEST_CASE("Results appear together, and nothing else stays", "[cli][files]") {
  const TemporaryFolder temporary;
  ResultFolder folder{temporary / "a/b/result"};
  folder.write("result.json", "{}");
  folder.write("bill.csv", "x");
  CHECK_FALSE(fs::exists(temporary / "a/b/result"));
  folder.publish();
  CHECK(text_of(temporary / "a/b/result/result.json") == "{}");
  CHECK(std::distance(fs::directory_iterator{temporary / "a/b"}, {}) == 1);
}

TEST_CASE("A folder may be named relative to where one is, with or without a slash at its end", "[cli][files]") {
  const TemporaryFolder temporary;
  const fs::path before = fs::current_path();
  fs::current_path(temporary.path());
  for (const std::string name : {"plain", "slash/", "./dot", "deep/er/", "plain"}) {
    CAPTURE(name);
    ResultFolder folder{name};
    folder.write("result.json", "{}");
    folder.publish();
    CHECK(text_of(temporary.path() / name / "result.json") == "{}");
  }
  fs::current_path(before);
  CHECK(temporary.entries() == 4);  // and no drafts
}

TEST_CASE("What is not published leaves no trace", "[cli][files]") {
  const TemporaryFolder temporary;
  {
    ResultFolder folder{temporary / "result"};
    folder.write("result.json", "{}");
  }
  CHECK(temporary.entries() == 0);
}

TEST_CASE("An earlier result is replaced as a whole", "[cli][files]") {
  const TemporaryFolder temporary;
  temporary.write("result/result.json", "old");
  temporary.write("result/bill.csv", "old");
  ResultFolder folder{temporary / "result"};
  folder.write("result.json", "new");
  CHECK(text_of(temporary / "result/result.json") == "old");
  folder.publish();
  CHECK(text_of(temporary / "result/result.json") == "new");
  CHECK_FALSE(fs::exists(temporary / "result/bill.csv"));
  CHECK(temporary.entries() == 1);
}

TEST_CASE("A folder that holds anything else is not replaced", "[cli][files]") {
  const TemporaryFolder temporary;
  temporary.write("home/thesis.tex", "years of work");
  CHECK(folder_error(temporary / "home") == "cannot write to '" + (temporary / "home") +
                                                "': it holds 'thesis.tex', which is no part of a result; expected a "
                                                "new or empty folder or an earlier result");
  CHECK(text_of(temporary / "home/thesis.tex") == "years of work");
}

TEST_CASE("Something put there during a run is not replaced either", "[cli][files]") {
  const TemporaryFolder temporary;
  ResultFolder folder{temporary / "result"};
  folder.write("result.json", "{}");
  temporary.write("result/thesis.tex", "years of work");
  check_says(error_of([&] { folder.publish(); }), "it holds 'thesis.tex'");
  CHECK(text_of(temporary / "result/thesis.tex") == "years of work");
}

TEST_CASE("A place where no folder can be made is refused before anything is done", "[cli][files]") {
  const TemporaryFolder temporary;
  temporary.write("file", "text");
  check_says(folder_error(temporary / "file"), "it is a file, expected a folder");
  check_says(folder_error(temporary / "file/result"),
             "cannot write to '" + (temporary / "file/result") + "': Not a directory");
}

TEST_CASE("A link stays a link: what it leads to is replaced", "[cli][files]") {
  const TemporaryFolder temporary;
  temporary.write("real/result.json", "old");
  fs::create_directory_symlink(temporary / "real", temporary / "link");
  ResultFolder folder{temporary / "link"};
  folder.write("result.json", "new");
  folder.publish();
  CHECK(fs::is_symlink(temporary / "link"));
  CHECK(text_of(temporary / "real/result.json") == "new");
}
