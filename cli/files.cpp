#include "cli/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "core/yaml_reader.hpp"

namespace cli {
namespace {

namespace fs = std::filesystem;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

[[noreturn]] void fail(std::string_view what, const fs::path& path, const std::string& why) {
  throw core::ConfigError{fmt::format("cannot {} '{}': {}", what, path.string(), why)};
}

void check_replaceable(const fs::path& target) {
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (!fs::exists(status)) return;
  if (!fs::is_directory(status)) fail("write to", target, "it is a file, expected a folder");
  for (const fs::directory_entry& entry : fs::directory_iterator{target, error}) {
    const std::vector<std::string>& ours = ResultFolder::file_names();
    const std::string name = entry.path().filename().string();
    if (std::find(ours.begin(), ours.end(), name) == ours.end()) {
      fail("write to", target,
           fmt::format(
               "it holds '{}', which is no part of a result; expected a new or empty folder or an earlier result",
               name));
    }
  }
  if (error) fail("write to", target, error.message());
}

}  // namespace

std::string read_file(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) fail("read", path, "it is a folder");
  const File file{std::fopen(path.c_str(), "rb")};
  if (!file) fail("read", path, std::strerror(errno));
  std::string text;
  std::string buffer(1 << 16, '\0');
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get()))
    text.append(buffer, 0, count);
  if (std::ferror(file.get()) != 0) fail("read", path, std::strerror(errno));
  return text;
}

void write_file(const fs::path& path, std::string_view text, std::string_view kind) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path, error);  // a link stays a link
  if (error) fail("write", path, error.message());
  if (fs::exists(target, error) && !std::string_view{read_file(target)}.starts_with(kind)) {
    fail("replace", path, fmt::format("it does not begin with '{}', expected a new file or an earlier one", kind));
  }
  fs::path draft = target;
  draft += fmt::format(".draft-{}", ::getpid());
  File file{std::fopen(draft.c_str(), "wb")};
  if (!file) fail("write", path, std::strerror(errno));
  bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
  // A full disk may show only when the buffer is flushed.
  written = std::fflush(file.get()) == 0 && written;
  const std::string why = std::strerror(errno);
  file.reset();
  if (written) fs::rename(draft, target, error);
  if (written && !error) return;
  std::error_code ignored;
  fs::remove(draft, ignored);
  fail("write", path, written ? error.message() : why);
}

const std::vector<std::string>& ResultFolder::file_names() {
  static const std::vector<std::string> names{"result.json", "bill.csv",    "report.md", "packet.md",
                                              "report.html", "timing.json", "plan.md",   "star.md"};
  return names;
}

ResultFolder::ResultFolder(fs::path target) : target_{std::move(target)} {
  std::error_code error;
  // A link stays a link: the folder it leads to is what is replaced.
  const fs::path absolute = fs::absolute(target_, error);
  if (!error) target_ = fs::weakly_canonical(absolute, error);
  if (error) fail("write to", target_, error.message());
  if (!target_.has_filename()) target_ = target_.parent_path();  // "results/" is "results"
  check_replaceable(target_);
  fs::create_directories(target_.parent_path(), error);
  if (error) fail("write to", target_, error.message());
  draft_ = target_;
  draft_ += fmt::format(".draft-{}", ::getpid());
  fs::create_directory(draft_, error);
  if (error) fail("write to", target_, error.message());
}

ResultFolder::~ResultFolder() {
  std::error_code ignored;  // nothing can be done about it, and the user is told of something else already
  if (!draft_.empty()) fs::remove_all(draft_, ignored);
}

void ResultFolder::write(const std::string& name, std::string_view text) {
  const fs::path path = draft_ / name;
  File file{std::fopen(path.c_str(), "wb")};
  if (!file) fail("write", path, std::strerror(errno));
  const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
  // A full disk may show only when the buffer is flushed.
  if (!written || std::fflush(file.get()) != 0) fail("write", path, std::strerror(errno));
}

void ResultFolder::publish() {
  check_replaceable(target_);  // again: a long run is time enough to put something there
  std::error_code error;
  fs::path old;
  if (fs::exists(target_, error)) {
    old = target_;
    old += fmt::format(".old-{}", ::getpid());
    fs::rename(target_, old, error);
    if (error) fail("replace", target_, error.message());
  }
  fs::rename(draft_, target_, error);
  if (error) {
    const std::string why = error.message();
    if (!old.empty()) fs::rename(old, target_, error);
    fail("write to", target_, why);
  }
  draft_.clear();
  if (!old.empty()) fs::remove_all(old, error);
}

}  // namespace cli
