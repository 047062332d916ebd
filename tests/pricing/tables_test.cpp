// The shipped tables: complete, on the grids that keep bills exact, and equal to what they were read from.
#include "tests/pricing/support/tables.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "pricing/catalog.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/reference_data.hpp"

namespace pricing {
namespace {

using core::Money;
using core::Quantity;

bool is_multiple_of(const std::optional<Money>& price, const Money& grid) {
  return !price || price->count() % grid.count() == 0;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(by);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// The column `value` of the lines of a comma-separated file whose columns `keys` hold `words`, by the next column.
std::map<std::string, std::string> column(std::string_view text, std::size_t key, std::size_t value,
                                          std::string_view region = "") {
  std::map<std::string, std::string> values;
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto cells = split(line, ',');
    if (cells.size() <= std::max(key, value) || (!region.empty() && cells[0] != region)) continue;
    values.emplace(cells[key], cells[value]);
  }
  return values;
}

// "aws/g6.xlarge" → "g6.xlarge"
std::string without_cloud(const Sku& sku) {
  const std::string& name = Catalog::name_of(sku);
  return name.substr(name.find('/') + 1);
}

std::vector<Row> instances_of(std::string_view table) {
  std::vector<Row> result;
  for (const Row& row : test::catalog().rows()) {
    if (row->meter == Meter::instance_time && row.table->id == table) result.push_back(row);
  }
  return result;
}

// The text of one figure of one model in the LiteLLM table, which is a JSON object with one member a line. A JSON
// library would turn the figure into a double.
std::optional<std::string> figure(const std::string& json, const std::string& model, const std::string& key) {
  const std::size_t begin = json.find("\n \"" + model + "\": {");
  if (begin == std::string::npos) return std::nullopt;
  const std::string entry = json.substr(begin, json.find("\n }", begin) - begin);
  const std::string member = "\n  \"" + key + "\": ";
  const std::size_t at = entry.find(member);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t from = at + member.size();
  return entry.substr(from, entry.find_first_of(",\n", from) - from);
}

}  // namespace

TEST_CASE("The shipped tables hold what the first release needs", "[tables]") {
  const Catalog& catalog = test::catalog();
  std::size_t models = 0;
  std::set<std::string> providers;
  std::set<std::string> gpus;
  for (const Row& row : catalog.rows()) {
    if (row->meter == Meter::tokens) {
      ++models;
      providers.insert(row->provider);
      CHECK(row->limits.has_value() == (row->tokens->base.output != core::Money{}));  // embeddings write nothing
    }
    if (row->spec && row->spec->gpu) gpus.insert(row->spec->gpu->model);
  }
  CHECK(models >= 16);
  CHECK(providers == std::set<std::string>{"amazon", "anthropic", "google", "mistral", "openai"});
  for (const char* gpu : {"T4", "L4", "A10G", "A10", "A100", "H100"}) {
    CAPTURE(gpu);
    CHECK(gpus.contains(gpu));
  }
  CHECK(instances_of("aws-us-east-1").size() + instances_of("gcp-us-central1").size() +
            instances_of("azure-eastus").size() >=
        30);
  for (const char* name : {"aws/g6.xlarge", "aws/g5.xlarge", "aws/g4dn.xlarge", "aws/p4d.24xlarge", "aws/p5.48xlarge",
                           "aws/c7i.xlarge", "aws/c7i.2xlarge", "aws/c7i.4xlarge", "aws/c8i.2xlarge", "aws/m7i.xlarge",
                           "aws/inf2.xlarge", "gcp/a2-highgpu-1g", "gcp/a2-ultragpu-1g", "gcp/a3-highgpu-8g",
                           "gcp/g2-standard-4", "gcp/g2-standard-8", "gcp/n2-standard-8", "gcp/c3-standard-8"}) {
    CAPTURE(name);
    CHECK(catalog.find(name).has_value());
  }
  for (const std::string cloud : {"aws", "gcp", "azure"}) {
    CAPTURE(cloud);
    for (const char* row : {"/egress.internet", "/lb.hour", "/lb.capacity", "/storage.object"}) {
      CHECK(catalog.find(cloud + row).has_value());
    }
  }
}

TEST_CASE("Every GPU that people size a fleet with can be rented somewhere at a known price", "[tables]") {
  for (const char* gpu : {"T4", "L4", "A10G", "L40S", "A100-40GB", "A100-80GB", "H100-80GB", "H200-141GB", "B200-180GB",
                          "MI300X-192GB"}) {
    CAPTURE(gpu);
    const auto rows = test::catalog().instances_with(read_gpu_name(gpu));
    REQUIRE_FALSE(rows.empty());
    const Offer* on_demand = rows.front()->find_offer("on_demand");
    REQUIRE(on_demand != nullptr);
    CHECK(on_demand->price.has_value());
  }
}

// What no provider's list states must not look as if one did.
TEST_CASE("Only the MI300X is priced by an assumption among the GPUs", "[tables]") {
  for (const Row& row : test::catalog().rows()) {
    if (row->meter != Meter::instance_time || !row->spec->gpu) continue;
    CAPTURE(row->id);
    CHECK((row->source.confidence == "assumption") == (row->spec->gpu->model == "MI300X"));
  }
}

TEST_CASE("Every row says where its figure was read, when, and how sure it is", "[tables]") {
  for (const Row& row : test::catalog().rows()) {
    CAPTURE(row->id);
    CHECK_FALSE(row->source.url.empty());
    CHECK_FALSE(row->source.retrieved.empty());
    CHECK_FALSE(row->service.name.empty());
    CHECK_FALSE(row->region.empty());
    for (const Offer& offer : row->offers) {
      CAPTURE(offer.id);
      // A share that nobody published as a figure must not look like one.
      if (offer.discount) CHECK(offer.confidence == "assumption");
      if (offer.discount) CHECK(offer.note.starts_with("assumed: "));
    }
  }
}

// Hours, GB and GB-months are metered in 1e-9 and tokens in 1e-6 of their unit, so with prices in whole 1e-9 (1e-12
// for tokens) every product is a whole number of 1e-18 and no bill line is ever rounded.
TEST_CASE("Shipped prices lie on the grid on which no bill line needs rounding", "[tables]") {
  const Money nano = Money::parse("1e-9");
  const Money pico = Money::parse("1e-12");
  for (const Row& row : test::catalog().rows()) {
    CAPTURE(row->id);
    for (const Offer& offer : row->offers) CHECK(is_multiple_of(offer.price, nano));
    if (row->tiers) {
      for (const TierStep& step : row->tiers->steps) CHECK(is_multiple_of(step.price, nano));
    }
    if (row->tokens) {
      std::vector<TokenPrices> all{row->tokens->base};
      for (const TokenBracket& bracket : row->tokens->brackets) all.push_back(bracket.prices);
      if (row->tokens->batch) all.push_back(*row->tokens->batch);
      for (const TokenPrices& prices : all) {
        CHECK(is_multiple_of(prices.input, pico));
        CHECK(is_multiple_of(prices.cached_input, pico));
        CHECK(is_multiple_of(prices.output, pico));
      }
    }
  }
}

TEST_CASE("AWS prices and sizes are those of the price list they were read from", "[tables][reference]") {
  const auto text = test_support::read_reference_data("prices/aws_ec2_ondemand_us-east-1_2026-07-20.csv");
  if (!text) return;
  const auto price = column(*text, 0, 5);
  const auto vcpu = column(*text, 0, 1);
  const auto mib = column(*text, 0, 2);
  const auto gpus = column(*text, 0, 3);
  for (const Row& row : instances_of("aws-us-east-1")) {
    const std::string type = without_cloud(*row.sku);
    CAPTURE(type);
    CHECK(row->offers[0].price == Money::parse(price.at(type)));
    CHECK(row->spec->vcpu == Quantity::parse(vcpu.at(type)));
    CHECK(row->spec->memory_gib == Quantity::ratio(Quantity::parse(mib.at(type)).count(), 1024 * 1'000'000'000LL));
    CHECK(std::to_string(row->spec->gpu ? row->spec->gpu->count : 0) == gpus.at(type));
  }
}

TEST_CASE("AWS spot offers are on demand less what the Spot Advisor says, where it says anything",
          "[tables][reference]") {
  const auto text = test_support::read_reference_data("prices/aws_spot_advisor_us_linux_2025-06-28.csv");
  if (!text) return;
  const auto savings = column(*text, 2, 3, "us-east-1");
  const auto bucket = column(*text, 2, 5, "us-east-1");
  std::size_t count = 0;
  for (const Row& row : instances_of("aws-us-east-1")) {
    const std::string type = without_cloud(*row.sku);
    CAPTURE(type);
    const Offer* const offer = row->find_offer("spot");
    REQUIRE((offer != nullptr) == savings.contains(type));
    if (offer == nullptr) continue;
    ++count;
    const Quantity off = Quantity::ratio(Quantity::parse(savings.at(type)).count(), 100 * 1'000'000'000LL);
    CHECK(off > Quantity{});
    CHECK(offer->discount == off);
    CHECK(offer->price == core::cost(Quantity::whole(1) - off, *row->offers[0].price).rounded(9));
    CHECK(offer->confidence == "assumption");
    CHECK(offer->note == fmt::format("assumed: on demand less the {} % that the Spot Advisor of 2025-06-28 shows; "
                                     "interrupted {} a month",
                                     savings.at(type), bucket.at(type)));
  }
  CHECK(count == 28);
}

TEST_CASE("Google's prices are those of the list they were read from, to 1e-9", "[tables][reference]") {
  const auto text = test_support::read_reference_data("prices/gcp_vm_ondemand_spot_us_2026-08-03.csv");
  if (!text) return;
  const auto on_demand = column(*text, 1, 2, "us-central1");
  const auto spot = column(*text, 1, 3, "us-central1");
  for (const Row& row : instances_of("gcp-us-central1")) {
    const std::string type = without_cloud(*row.sku);
    CAPTURE(type);
    CHECK(row->find_offer("on_demand")->price == Money::parse(on_demand.at(type)).rounded(9));
    CHECK(row->find_offer("spot")->price == Money::parse(spot.at(type)).rounded(9));
  }
}

TEST_CASE("Azure's prices are those of the list they were read from", "[tables][reference]") {
  const auto text = test_support::read_reference_data("prices/azure_vm_ondemand_eastus_westus2_2026-06-18.csv");
  if (!text) return;
  const auto price = column(*text, 1, 2, "eastus");
  for (const Row& row : instances_of("azure-eastus")) {
    const std::string size = "Standard_" + without_cloud(*row.sku);
    CAPTURE(size);
    if (row->source.confidence == "assumption") {
      CHECK_FALSE(price.contains(size));  // once the list has it, its price is the one to take
      continue;
    }
    CHECK(row->offers[0].price == Money::parse(price.at(size)));
  }
}

TEST_CASE("A million tokens cost exactly a million times the price per token of the list", "[tables][reference]") {
  const auto json = test_support::read_reference_data("prices/litellm_model_prices_2026-08-01.json");
  if (!json) return;
  for (const Row& row : test::catalog().rows()) {
    if (row->meter != Meter::tokens) continue;
    CAPTURE(row->id);
    std::string key = row->id;
    for (const char* prefix : {"gemini/", "mistral/"}) {
      if (row->provider == (std::string{prefix} == "gemini/" ? "google" : "mistral")) key = prefix + key;
    }
    const auto listed = [&](const std::string& name) -> std::optional<Money> {
      const auto text = figure(*json, key, name);
      if (!text || *text == "null") return std::nullopt;
      return Money::parse(*text) * 1'000'000;
    };
    const TokenTariff& tariff = *row->tokens;
    REQUIRE(listed("input_cost_per_token").has_value());  // else the entry was not found
    CHECK(tariff.base.input == listed("input_cost_per_token"));
    CHECK(tariff.base.cached_input == listed("cache_read_input_token_cost"));
    CHECK(tariff.base.output == listed("output_cost_per_token"));
    if (row->limits) {
      CHECK(std::to_string(row->limits->max_input_tokens) == figure(*json, key, "max_input_tokens"));
      CHECK(std::to_string(row->limits->max_output_tokens) == figure(*json, key, "max_output_tokens"));
    }
    if (tariff.batch) {
      CHECK(tariff.batch->input == listed("input_cost_per_token_batches"));
      CHECK(tariff.batch->output == listed("output_cost_per_token_batches"));
    } else {
      CHECK_FALSE(listed("input_cost_per_token_batches").has_value());
    }
    CHECK(tariff.brackets.empty() ==
          (!listed("input_cost_per_token_above_200k_tokens") && !listed("input_cost_per_token_above_272k_tokens")));
    for (const TokenBracket& bracket : tariff.brackets) {
      const std::string suffix = "_above_" + std::to_string(bracket.above / 1000) + "k_tokens";
      CHECK(bracket.prices.input == listed("input_cost_per_token" + suffix));
      CHECK(bracket.prices.cached_input == listed("cache_read_input_token_cost" + suffix));
      CHECK(bracket.prices.output == listed("output_cost_per_token" + suffix));
    }
  }
}

// The estimator's bills print cents and 730 hours a month (2,190 are three nodes).
TEST_CASE("Rows read from an estimator's bills give its amounts back", "[tables][reference]") {
  struct Line {
    const char* file;
    const char* row;
    const char* offer;
    std::int64_t hours;
    const char* amount;
  };
  for (const Line& line : {
           Line{"bills/infracost_aws_lb.txt", "aws/lb.hour", "on_demand", 730, "16.43"},
           Line{"bills/infracost_aws_lb.txt", "aws/lb.capacity", "on_demand", 730, "5.84"},
           Line{"bills/infracost_aws_lb.txt", "aws/nlb.capacity", "on_demand", 730, "4.38"},
           Line{"bills/infracost_aws_elasticache_cluster.txt", "aws/cache.m6g.12xlarge", "on_demand", 730, "2596.61"},
           Line{"bills/infracost_aws_elasticache_cluster.txt", "aws/cache.m6g.12xlarge", "committed_1y", 730,
                "1772.44"},
           Line{"bills/infracost_aws_elasticache_cluster.txt", "aws/cache.m4.large", "on_demand", 1460, "227.76"},
           Line{"bills/infracost_aws_elasticache_replication_group.txt", "aws/cache.r5.4xlarge", "on_demand", 2190,
                "3775.56"},
           Line{"bills/infracost_google_redis_instance.txt", "gcp/redis.basic-m2-5gb", "on_demand", 730, "98.55"},
           Line{"bills/infracost_google_redis_instance.txt", "gcp/redis.basic-m3-25gb", "on_demand", 730, "419.75"},
           Line{"bills/infracost_google_redis_instance.txt", "gcp/redis.standard-m3-25gb", "on_demand", 730, "839.50"},
       }) {
    CAPTURE(line.row, line.offer);
    const Offer* offer = test::catalog().find(line.row).value()->find_offer(line.offer);
    REQUIRE(offer != nullptr);
    const std::string amount = core::cost(Quantity::whole(line.hours), offer->price.value()).to_fixed(2);
    // 16.425 is printed as 16.43 there and as 16.42 here: half to even.
    CHECK((amount == line.amount || (amount == "16.42" && std::string{line.amount} == "16.43")));
    const auto bill = test_support::read_reference_data(line.file);
    if (!bill) return;
    std::string printed = fmt::format("${}", line.amount);
    if (printed.size() > 7) printed.insert(printed.size() - 6, 1, ',');
    CHECK(bill->find(printed) != std::string::npos);
  }
}

TEST_CASE("Egress gives the slices of an estimator's bill back", "[tables][reference]") {
  Tiers tiers = *test::catalog().find("aws/egress.internet").value()->tiers;
  tiers.free = {};  // the estimator leaves the free quantity out
  const auto parts = slices(tiers, Quantity::whole(57'000));
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].amount() == Money::parse("921.60"));
  CHECK(parts[1].amount() == Money::parse("3481.60"));
  CHECK(parts[2].amount() == Money::parse("406.00"));
  const auto bill = test_support::read_reference_data("bills/infracost_aws_data_transfer.txt");
  if (!bill) return;
  const std::string region = bill->substr(bill->find("aws_data_transfer.us-east-1"), 1000);
  for (const char* amount : {"$921.60", "$3,481.60", "$406.00"}) CHECK(region.find(amount) != std::string::npos);
}

}  // namespace pricing
