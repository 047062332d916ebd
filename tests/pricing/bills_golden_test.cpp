// Whole bills: each folder of tests/golden/bills holds a scenario's options, a usage and the bill that they must
// give. BILLCAST_UPDATE_GOLDEN=1 writes the bills anew, for a reader to review.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/calendar.hpp"
#include "core/random.hpp"
#include "core/usage.hpp"
#include "core/yaml_reader.hpp"
#include "pricing/billing.hpp"
#include "pricing/catalog.hpp"
#include "pricing/cost_plan.hpp"
#include "tests/pricing/support/tables.hpp"
#include "tests/support/catch.hpp"

namespace pricing {
namespace {

namespace fs = std::filesystem;

const core::Stream chance = core::Stream{1}.child("prices");

struct Metered {
  core::Usage usage;
  core::Horizon horizon;
};

Metered read_usage(const fs::path& path) {
  core::Document document{path.filename().string(), test::read_text(path)};
  const core::Section root = document.root();
  Metered metered;
  metered.horizon = core::Horizon::months(root.date("start"), static_cast<int>(root.integer("months")));
  for (const core::Section& item : root.sections("hours")) {
    const auto read = [&item](const char* key) { return item.has(key) ? item.integer(key) : std::int64_t{0}; };
    core::HourUsage hour;
    hour.arrivals = read("arrivals");
    hour.cache_hits = read("cache_hits");
    hour.served = read("served");
    hour.input_tokens = read("input_tokens");
    hour.output_tokens = read("output_tokens");
    hour.cache_hit_output_tokens = read("cache_hit_output_tokens");
    hour.billed_instance_seconds = read("billed_instance_seconds");
    hour.spot_billed_seconds = read("spot_billed_seconds");
    hour.spot_starts = read("spot_starts");
    hour.spot_interruptions = read("spot_interruptions");
    metered.usage.hours.insert(metered.usage.hours.end(), static_cast<std::size_t>(item.integer("count")), hour);
  }
  document.finish();
  REQUIRE(metered.horizon.hour_count() == static_cast<std::int32_t>(metered.usage.hours.size()));
  return metered;
}

std::string quoted(const std::string& cell) { return cell.find(',') == std::string::npos ? cell : "\"" + cell + "\""; }

void append(std::string& csv, const std::string& option, const Bill& bill) {
  for (const BillLine& line : bill.lines) {
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", option, bill.period, line.category, quoted(line.item),
                       line.quantity.to_string(), line.unit, line.unit_price ? line.unit_price->to_string() : "unknown",
                       line.amount ? line.amount->to_string() : "unpriced", quoted(line.driver),
                       line.source ? line.source->table + ":" + line.source->sku : "scenario",
                       line.source ? line.source->offer : "", quoted(line.note));
  }
  csv += fmt::format("{},{},total,{},,,,{},,,,\n", option, bill.period, bill.complete() ? "complete" : "incomplete",
                     bill.total().to_string());
}

std::string bills_of(const fs::path& folder) {
  Catalog catalog = test::catalog();
  const Metered metered = read_usage(folder / "usage.yaml");
  core::Document document{"scenario.yaml", test::read_text(folder / "scenario.yaml")};
  const core::Section root = document.root();
  if (root.has("prices")) {
    const std::string file = root.text("prices");
    catalog.add(read_price_table(file, test::read_text(folder / file)));
  }
  const SharedCosts shared = read_shared_costs(root, catalog);
  std::string csv = "option,period,category,item,quantity,unit,unit_price,amount,driver,price row,offer,note\n";
  for (const core::Section& option : root.sections("options")) {
    const std::string name = option.text("name");
    const CostPlan plan = read_cost_plan(option, shared, catalog);
    for (const core::BillingPeriod& period : metered.horizon.periods) {
      append(csv, name, bill(plan, catalog, metered.usage, period, chance));
    }
    const Bill once = one_time(plan, catalog);
    if (!once.lines.empty()) append(csv, name, once);
  }
  document.finish();
  return csv;
}

}  // namespace

TEST_CASE("Each golden case gives its bill, to the last digit", "[billing][golden]") {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator{fs::path{PROJECT_SOURCE} / "tests" / "golden" / "bills"}) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  CHECK(folders.size() >= 5);
  for (const fs::path& folder : folders) {
    CAPTURE(folder.filename().string());
    const std::string csv = bills_of(folder);
    const fs::path expected = folder / "expected.csv";
    if (std::getenv("BILLCAST_UPDATE_GOLDEN") != nullptr) {
      std::ofstream{expected, std::ios::binary} << csv;
      continue;
    }
    CHECK(csv == test::read_text(expected));
  }
}

}  // namespace pricing
