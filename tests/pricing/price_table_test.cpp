#include "pricing/price_table.hpp"

#include <string>
#include <string_view>

#include "core/yaml_reader.hpp"
#include "tests/support/catch.hpp"

namespace pricing {
namespace {

using core::Money;
using core::Quantity;

// One row of each kind; the tests of messages change one line of it.
constexpr std::string_view small_table = R"(schema: price-table/v1
id: test
revision: 2026-11-01
currency: USD
as_of: 2026-11-01
stale_after: 90d
licence: fixture
provider: aws
region: us-east-1
sources:
  - {id: list, url: "https://example.org/prices", retrieved: 2026-10-30, confidence: vendor}
skus:
  - id: ec2.g6.xlarge
    aliases: [aws/g6.xlarge]
    service: {name: Amazon EC2, category: Compute, subcategory: Virtual Machines}
    meter: instance_time
    unit: Hours
    spec: {vcpu: 4, memory_gib: 16, gpu: {model: L4, count: 1, memory_gib: 24}}
    granularity: {step: 1s, minimum: 60s}
    source: list
    offers:
      - {id: on_demand, price: "0.8048"}
      - {id: spot, price: unknown}
      - {id: committed_1y, discount: "0.28", confidence: assumption, note: by word of mouth}
  - id: egress
    service: {name: Transfer, category: Networking, subcategory: Egress}
    meter: bytes_out
    unit: GB
    unit_size: 1GiB
    source: {url: "leaflet, page 3", retrieved: 2026-10-31, confidence: mirror}
    tiers:
      mode: graduated
      free: {quantity: 100, placement: before}
      steps:
        - {upto: 10240, price: "0.09"}
        - {price: "0.05"}
  - id: lb.capacity
    service: {name: Balancer, category: Networking, subcategory: Balancing}
    meter: capacity_units
    unit: Hours
    unit_size: 1GB
    source: list
    dimensions: {new_connections_per_s: 25, active_connections: 3000, gb_per_hour: 2, rule_evaluations_per_s: 1000}
    offers:
      - {id: on_demand, price: "0.008"}
  - id: some-model
    provider: example
    region: global
    service: {name: Example API, category: AI and Machine Learning, subcategory: Generative AI}
    meter: tokens
    unit: 1000000 Tokens
    source: list
    limits: {max_input_tokens: 1000, max_output_tokens: 100}
    buckets: {input: "0.15", cached_input: unknown, output: 0.6}
    tiers:
      mode: per_request_bracket
      compare: greater_or_equal
      steps:
        - above: 200_000
          buckets: {input: "0.3", cached_input: "0.1", output: "1.2"}
    modes: {batch: {multiplier: "0.5"}}
)";

std::string changed(std::string_view from, std::string_view to) {
  std::string text{small_table};
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  try {
    (void)read_price_table("t.yaml", text);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

}  // namespace

TEST_CASE("A table is read with every figure exact", "[price_table]") {
  const PriceTable table = read_price_table("t.yaml", small_table);
  CHECK(table.id == "test");
  CHECK(table.currency == "USD");
  CHECK(table.hash == sha256(small_table));
  REQUIRE(table.skus.size() == 4);

  const Sku& instance = table.skus[0];
  CHECK(instance.provider == "aws");
  CHECK(instance.region == "us-east-1");
  CHECK(instance.spec->gpu->model == "L4");
  CHECK(instance.granularity.minimum_s == 60);
  CHECK(instance.find_offer("on_demand")->price == Money::parse("0.8048"));
  CHECK(instance.find_offer("on_demand")->confidence == "vendor");
  CHECK(instance.find_offer("spot")->price == std::nullopt);
  CHECK(instance.find_offer("committed_3y") == nullptr);
  CHECK(instance.offer_names() == "on_demand, spot, committed_1y");

  const Offer& committed = *instance.find_offer("committed_1y");
  CHECK(committed.price == Money::parse("0.579456"));  // 0.72 × 0.8048
  CHECK(committed.discount == Quantity::parse("0.28"));
  CHECK(committed.confidence == "assumption");

  const Sku& egress = table.skus[1];
  CHECK(egress.unit_bytes == 1'073'741'824);
  CHECK(egress.source.url == "leaflet, page 3");
  CHECK(egress.tiers->free == Quantity::whole(100));
  CHECK(egress.tiers->steps[0].upto == Quantity::whole(10'240));
  CHECK(egress.tiers->steps[1].upto == std::nullopt);

  CHECK(table.skus[2].capacity->bytes_per_hour == 2'000'000'000);

  const Sku& model = table.skus[3];
  CHECK(model.provider == "example");
  CHECK(model.tokens->base.cached_input == std::nullopt);
  CHECK(model.tokens->base.output == Money::parse("0.6"));  // a YAML float, read from its text
  CHECK(model.tokens->compare == BracketCompare::greater_or_equal);
  CHECK(model.tokens->brackets.at(0).above == 200'000);
  CHECK(model.tokens->batch_multiplier == Quantity::parse("0.5"));
}

TEST_CASE("A committed rate is rounded once, half to even, to nine decimals", "[price_table]") {
  const auto rate = [](const char* price, const char* discount) {
    std::string text = changed("price: \"0.8048\"", "price: \"" + std::string{price} + "\"");
    text.replace(text.find("discount: \"0.28\""), 16, "discount: \"" + std::string{discount} + "\"");
    return read_price_table("t.yaml", text).skus[0].find_offer("committed_1y")->price.value().to_string();
  };
  CHECK(rate("0.706832255", "0.37") == "0.445304321");  // 0.44530432065
  CHECK(rate("0.000000005", "0.5") == "0.000000002");   // 0.0000000025
  CHECK(rate("0.000000015", "0.5") == "0.000000008");   // 0.0000000075
  CHECK(rate("1", "0") == "1");
  CHECK(rate("1", "1") == "0");
}

TEST_CASE("A discount on an unknown price is unknown", "[price_table]") {
  const auto table = read_price_table("t.yaml", changed("price: \"0.8048\"", "price: unknown"));
  CHECK(table.skus[0].find_offer("committed_1y")->price == std::nullopt);
}

TEST_CASE("Digits that no binary fraction holds survive", "[price_table]") {
  const auto table = read_price_table("t.yaml", changed("price: \"0.8048\"", "price: 8.056640625e-09"));
  CHECK(table.skus[0].offers[0].price->to_string() == "0.000000008056640625");
}

TEST_CASE("Each slip in a price table is an error that names its place", "[price_table][errors]") {
  struct Slip {
    std::string_view from;
    std::string_view to;
    std::string_view says;
  };
  for (const Slip& slip : {
           Slip{"schema: price-table/v1", "schema: price-table/v2",
                "t.yaml:1:9: schema: found 'price-table/v2', expected price-table/v1; did you mean 'price-table/v1'?"},
           Slip{"currency: USD", "currency: dollars",
                "t.yaml:4:11: currency: found 'dollars', expected three capital letters, as USD"},
           Slip{"as_of: 2026-11-01", "as_of: 2026-13-01",
                "t.yaml:5:8: as_of: found '2026-13-01', expected a date such as 2026-12-01"},
           Slip{"stale_after: 90d", "stale_after: 90",
                "t.yaml:6:14: stale_after: found '90', which has no unit, expected a duration of at least 1d (such as "
                "15s; units: ns, us, ms, s, m, h, d, w)"},
           Slip{"price: \"0.8048\"", "price: \"-0.8048\"",
                "t.yaml:22:32: skus.0.offers.0.price: found '-0.8048', expected a price such as \"0.15\", 0 or more, "
                "of at most 18 decimals, or unknown"},
           Slip{"price: \"0.8048\"", "price: cheap",
                "t.yaml:22:32: skus.0.offers.0.price: found 'cheap', expected a price such as \"0.15\", 0 or more, of "
                "at most 18 decimals, or unknown"},
           Slip{"price: \"0.8048\"", "price: 1e-19",
                "t.yaml:22:32: skus.0.offers.0.price: found '1e-19', expected a price such as \"0.15\", 0 or more, of "
                "at most 18 decimals, or unknown"},
           Slip{", price: \"0.8048\"", "",
                "t.yaml:22:9: skus.0.offers.0.price: found nothing, expected a price such as \"0.15\", 0 or more, of "
                "at most 18 decimals, or unknown"},
           Slip{"id: spot", "id: on_demand",
                "t.yaml:23:14: skus.0.offers.1.id: found 'on_demand' a second time, expected an id of its own for each "
                "offer of a row"},
           Slip{"discount: \"0.28\"", "discount: \"28\"",
                "t.yaml:24:38: skus.0.offers.2.discount: found '28', expected a share from 0 to 1"},
           Slip{"id: on_demand, price: \"0.8048\"", "id: list, price: \"0.8048\"",
                "t.yaml:24:38: skus.0.offers.2.discount: found '0.28', expected an offer on_demand before it, of which "
                "this is the share taken off"},
           Slip{"      - {id: on_demand, price: \"0.8048\"}\n      - {id: spot, price: unknown}\n      - {id: "
                "committed_1y, discount: \"0.28\", confidence: assumption, note: by word of mouth}\n",
                "      - {id: spot, price: \"1\"}\n",
                "t.yaml:22:7: skus.0.offers: found 'spot' first, expected the offer on_demand first"},
           Slip{"confidence: vendor", "confidence: hearsay",
                "t.yaml:11:86: sources.0.confidence: found 'hearsay', expected vendor, mirror or assumption"},
           Slip{"    source: list\n    offers", "    source: lst\n    offers",
                "t.yaml:20:13: skus.0.source: found 'lst', expected an id of sources; did you mean 'list'?"},
           Slip{"    source: list\n    offers", "    source: elsewhere\n    offers",
                "t.yaml:20:13: skus.0.source: found 'elsewhere', expected an id of sources, or {url, retrieved, "
                "confidence}"},
           Slip{"meter: instance_time", "meter: instance_tine",
                "t.yaml:16:12: skus.0.meter: found 'instance_tine', expected instance_time, node_time, "
                "load_balancer_time, capacity_units, bytes_processed, bytes_out, storage_time, tokens or "
                "provisioned_time; did you mean "
                "'instance_time'?"},
           Slip{"unit: Hours", "unit: Seconds",
                "t.yaml:17:11: skus.0.unit: found 'Seconds', expected 'Hours', in which instance_time is counted"},
           Slip{"granularity: {step: 1s, minimum: 60s}", "granularity: {step: 1500ms, minimum: 60s}",
                "t.yaml:19:25: skus.0.granularity.step: found '1500ms', expected whole seconds"},
           Slip{"unit_size: 1GiB", "unit_size: 1MB",
                "t.yaml:29:16: skus.1.unit_size: found '1MB', expected a size from 1GB to 1GiB"},
           Slip{"{quantity: 100, placement: before}", "{quantity: -1, placement: before}",
                "t.yaml:33:24: skus.1.tiers.free.quantity: found '-1', expected a quantity of 0 or more"},
           Slip{"placement: before", "placement: after",
                "t.yaml:33:40: skus.1.tiers.free.placement: found 'after', expected before or inside"},
           Slip{"- {price: \"0.05\"}", "- {upto: 20000, price: \"0.05\"}",
                "t.yaml:36:18: skus.1.tiers.steps.1.upto: found an upper edge in the last step, expected no upper edge "
                "there: it holds for all that is left"},
           Slip{"{upto: 10240, price: \"0.09\"}", "{price: \"0.09\"}",
                "t.yaml:35:11: skus.1.tiers.steps.0.upto: found nothing, expected the upper edge of a step that is not "
                "the last"},
           Slip{"- {price: \"0.05\"}", "- {upto: 10240, price: \"0.05\"}\n        - {price: \"0.01\"}",
                "t.yaml:36:18: skus.1.tiers.steps.1.upto: found '10240', expected an edge above 10240"},
           Slip{"buckets: {input: \"0.15\", cached_input: unknown, ", "buckets: {input: \"0.15\", ",
                "skus.3.buckets.cached_input: found nothing, expected a price such as \"0.15\", 0 or more, of at most "
                "18 decimals, or unknown"},
           Slip{"multiplier: \"0.5\"", "multiplier: \"1.5\"",
                "skus.3.modes.batch.multiplier: found '1.5', expected a share from 0 to 1"},
           Slip{"id: egress", "id: aws/g6.xlarge",
                "t.yaml:25:9: skus.1.id: found 'aws/g6.xlarge' a second time, expected a name that no other row of the "
                "table has"},
           Slip{"licence: fixture", "licence: fixture\nlicense: fixture",
                "t.yaml:8:1: unknown key 'license'; did you mean 'licence'?"},
           Slip{"    spec: {vcpu: 4, ", "    spec: {cores: 4, ",
                "t.yaml:18:5: skus.0.spec.vcpu: found nothing, expected a quantity such as 1.5, of at most 9 decimals"},
       }) {
    CAPTURE(std::string{slip.to});
    const std::string message = error_of(changed(slip.from, slip.to));
    INFO(message);
    INFO(std::string{slip.says});
    CHECK(message.find(slip.says) != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("A price source says where a bill line's price stands", "[price_table]") {
  const PriceTable table = read_price_table("t.yaml", small_table);
  const PriceSource list = source_of(table, table.skus[0], "on_demand");
  CHECK(list == PriceSource{.table = "test",
                            .sku = "ec2.g6.xlarge",
                            .offer = "on_demand",
                            .url = "https://example.org/prices",
                            .retrieved = "2026-10-30",
                            .confidence = "vendor",
                            .hash = table.hash});
  CHECK(source_of(table, table.skus[0], "committed_1y").confidence == "assumption");
  CHECK(source_of(table, table.skus[1], "").confidence == "mirror");
}

TEST_CASE("The hash of a table is the SHA-256 of its bytes", "[price_table]") {
  // FIPS 180-4, the two published one-block and empty messages.
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace pricing
