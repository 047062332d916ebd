#include "pricing/catalog.hpp"

#include <string>
#include <vector>

#include "core/calendar.hpp"
#include "core/yaml_reader.hpp"
#include "tests/pricing/support/tables.hpp"
#include "tests/support/catch.hpp"

namespace pricing {
namespace {

std::vector<std::string> names_of(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.push_back(Catalog::name_of(*row.sku));
  return names;
}

// Instances of one invented GPU, each as {name, GPUs, price}.
struct Rented {
  std::string name;
  int gpus;
  std::string price;
};
PriceTable rented(const std::vector<Rented>& instances) {
  std::string text =
      "schema: price-table/v1\nid: rented\nrevision: 1\ncurrency: USD\nas_of: 2026-11-01\nstale_after: 7d\n"
      "licence: own\nprovider: aws\nregion: us-east-1\n"
      "sources: [{id: contract, url: contract, retrieved: 2026-11-01, confidence: vendor}]\nskus:\n";
  for (const Rented& instance : instances) {
    text += "  - id: id." + instance.name + "\n    aliases: [" + instance.name +
            "]\n    service: {name: EC2, category: Compute, subcategory: Virtual Machines}\n"
            "    meter: instance_time\n    unit: Hours\n    spec: {vcpu: 4, memory_gib: 16, gpu: {model: Q1, count: " +
            std::to_string(instance.gpus) +
            ", memory_gib: 20}}\n    granularity: {step: 1s, minimum: 60s}\n    source: contract\n    offers: [{id: "
            "on_demand, price: " +
            instance.price + "}]\n";
  }
  return read_price_table("rented.yaml", text);
}

PriceTable one_row(const std::string& price, const std::string& currency = "USD") {
  return read_price_table("mine.yaml",
                          "schema: price-table/v1\nid: mine\nrevision: 1\ncurrency: " + currency +
                              "\nas_of: 2026-11-01\nstale_after: 7d\nlicence: own\nprovider: aws\nregion: us-east-1\n"
                              "skus:\n  - id: negotiated.g6.xlarge\n    aliases: [aws/g6.xlarge]\n"
                              "    service: {name: EC2, category: Compute, subcategory: Virtual Machines}\n"
                              "    meter: instance_time\n    unit: Hours\n    spec: {vcpu: 4, memory_gib: 16}\n"
                              "    granularity: {step: 1s, minimum: 60s}\n"
                              "    source: {url: contract, retrieved: 2026-11-01, confidence: vendor}\n"
                              "    offers: [{id: on_demand, price: \"" +
                              price + "\"}]\n");
}

}  // namespace

TEST_CASE("Rows are found by the words of a scenario", "[catalog]") {
  const Catalog& catalog = test::catalog();
  CHECK(catalog.find("gpt-4o-mini").value()->tokens->base.input == core::Money::parse("0.15"));
  CHECK(catalog.find("aws/g6.xlarge").value()->id == "ec2.g6.xlarge");
  CHECK(catalog.find("ec2.g6.xlarge").value()->id == "ec2.g6.xlarge");
  CHECK(catalog.find("gcp/g2-standard-4").value().table->id == "gcp-us-central1");
  CHECK(catalog.find("azure/NC24ads_A100_v4").value().sku ==
        catalog.find("azure/Standard_NC24ads_A100_v4").value().sku);
  CHECK_FALSE(catalog.find("g6.xlarge").has_value());
}

TEST_CASE("A name that is not there is answered by the nearest", "[catalog][errors]") {
  const Catalog& catalog = test::catalog();
  CHECK(catalog.unknown("aws/g6.xlage") == "no price row 'aws/g6.xlage'; did you mean 'aws/g6.xlarge'?");
  CHECK(catalog.unknown("gpt4o-mini") == "no price row 'gpt4o-mini'; did you mean 'gpt-4o-mini'?");
  CHECK(catalog.unknown("quantum-annealer-9000") ==
        "no price row 'quantum-annealer-9000'; `billcast prices list` shows the " +
            std::to_string(catalog.rows().size()) + " there are");
  CHECK(catalog.nearest("aws/g5.xlage", Meter::instance_time) == "aws/g5.xlarge");
  CHECK(catalog.nearest("gpt4o-mini", Meter::instance_time) == std::nullopt);
}

TEST_CASE("A table added later overrides the shipped row of the same name, and no other", "[catalog]") {
  Catalog catalog = test::catalog();
  const std::size_t rows = catalog.rows().size();
  catalog.add(one_row("0.5"));
  CHECK(catalog.find("aws/g6.xlarge").value()->offers[0].price == core::Money::parse("0.5"));
  CHECK(catalog.find("aws/g6.xlarge").value().table->id == "mine");
  CHECK(catalog.find("aws/g5.xlarge").value().table->id == "aws-us-east-1");
  CHECK(catalog.rows().size() == rows + 1);  // the shipped row is still there under its own id
}

TEST_CASE("Tables in two currencies are refused: nothing here converts", "[catalog][errors]") {
  Catalog catalog = test::catalog();
  CHECK(catalog.currency() == "USD");
  CHECK_THROWS_AS(catalog.add(one_row("0.5", "EUR")), core::ConfigError);
  CHECK_THROWS_WITH(catalog.add(one_row("0.5", "EUR")),
                    "price table mine: found prices in EUR, expected USD as in the tables before it (currencies are "
                    "not converted)");
}

TEST_CASE("Instances are found by their GPU, the cheapest GPU first", "[catalog]") {
  Catalog catalog;
  catalog.add(rented({{"eight", 8, "\"7.2\""},
                      {"unknown", 1, "unknown"},
                      {"three", 3, "\"3\""},
                      {"b-one", 1, "\"1\""},
                      {"a-one", 1, "\"1\""},
                      {"dear", 1, "\"1.000000001\""}}));
  const std::vector<std::string> in_order{"eight", "a-one", "b-one", "three", "dear", "unknown"};
  CHECK(names_of(catalog.instances_with(read_gpu_name("Q1"))) == in_order);
  CHECK(names_of(catalog.instances_with(read_gpu_name("q1-20gb"))) == in_order);
  CHECK(catalog.instances_with(read_gpu_name("Q1-24GB")).empty());
  CHECK(catalog.instances_with(read_gpu_name("Q")).empty());
}

TEST_CASE("An A100 has two memories, and a name without one means both", "[catalog]") {
  const Catalog& catalog = test::catalog();
  const auto small = catalog.instances_with(read_gpu_name("A100-40GB"));
  const auto large = catalog.instances_with(read_gpu_name("A100-80GB"));
  CHECK(Catalog::name_of(*small.front().sku) == "aws/p4d.24xlarge");
  CHECK(Catalog::name_of(*large.front().sku) == "aws/p4de.24xlarge");
  CHECK(catalog.instances_with(read_gpu_name("a100")).size() == small.size() + large.size());
}

TEST_CASE("A user's price for an instance is the one that its GPU is found at", "[catalog]") {
  Catalog catalog;
  catalog.add(rented({{"one", 1, "\"1\""}, {"two", 2, "\"1.5\""}}));
  catalog.add(rented({{"one", 1, "\"0.5\""}}));
  const auto rows = catalog.instances_with(read_gpu_name("Q1"));
  REQUIRE(names_of(rows) == std::vector<std::string>{"one", "two"});
  CHECK(rows[0]->offers[0].price == core::Money::parse("0.5"));
}

TEST_CASE("The simulator asks how the life of an instance is rounded", "[catalog]") {
  const Catalog& catalog = test::catalog();
  CHECK(catalog.metering_rule("aws/g6.xlarge")->billed_seconds(std::chrono::seconds{7}) == 60);
  CHECK(catalog.metering_rule("azure/D4s_v5")->billed_seconds(std::chrono::seconds{7}) == 7);
  CHECK_FALSE(catalog.metering_rule("gpt-4o").has_value());
  CHECK_FALSE(catalog.metering_rule("nothing").has_value());
}

TEST_CASE("A table warns from the day after it has grown stale", "[catalog]") {
  Catalog catalog;
  catalog.add(one_row("0.5"));
  CHECK(catalog.stale_warnings(core::parse_date("2026-11-08")).empty());
  const auto warnings = catalog.stale_warnings(core::parse_date("2026-11-09"));
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == "mine: prices of 2026-11-01 are 8 days old on 2026-11-09 (older than 7 days)");
}

}  // namespace pricing
