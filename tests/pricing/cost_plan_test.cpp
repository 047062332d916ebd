#include "pricing/cost_plan.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml_reader.hpp"
#include "tests/pricing/support/tables.hpp"
#include "tests/support/catch.hpp"

namespace pricing {
namespace {

using core::Money;
using core::Quantity;

struct Read {
  CostPlan plan;
  std::vector<core::Assumption> assumptions;
};

// `yaml` is a whole scenario with one option.
Read read(std::string_view yaml) {
  core::Document document{"s.yaml", yaml};
  const core::Section root = document.root();
  const SharedCosts shared = read_shared_costs(root, test::catalog());
  const core::Section option = root.sections("options").at(0);
  (void)option.text("name");
  CostPlan plan = read_cost_plan(option, shared, test::catalog());
  document.finish();
  return {plan, document.assumptions()};
}

std::string error_of(std::string_view yaml) {
  try {
    (void)read(yaml);
  } catch (const core::ConfigError& error) { return error.what(); }
  return "no error";
}

std::string option(std::string_view rest) {
  return "options:\n  - name: a\n    kind: self_hosted\n    instance: aws/g6.xlarge\n    " + std::string{rest} + "\n";
}

}  // namespace

TEST_CASE("A managed API buys a model", "[cost_plan]") {
  const Read got = read("options:\n  - {name: a, kind: managed_api, model: gpt-4o-mini}\n");
  CHECK(got.plan.model == "gpt-4o-mini");
  CHECK(got.plan.instance.empty());
  CHECK_FALSE(got.plan.egress.has_value());
}

TEST_CASE("Each part of a mixture buys for itself, and the mixture buys what is bought once for all", "[cost_plan]") {
  const Read got = read(R"(
cache_tier: {node: aws/cache.m6g.large, count: 2}
options:
  - name: a
    kind: mixture
    egress: {per_request: 1kB, per_output_token: 5B}
    engineering: {days: 3}
    parts:
      - {kind: managed_api, model: gpt-4o-mini}
      - {kind: self_hosted, instance: aws/g6.xlarge, purchase: {committed: 30%}}
)");
  CHECK(got.plan.model.empty());
  CHECK(got.plan.instance.empty());
  CHECK(got.plan.cache_tier.has_value());
  CHECK(got.plan.egress.has_value());
  CHECK(got.plan.engineering.has_value());
  REQUIRE(got.plan.parts.size() == 2);
  CHECK(got.plan.parts[0].model == "gpt-4o-mini");
  CHECK(got.plan.parts[1].instance == "aws/g6.xlarge");
  CHECK(got.plan.parts[1].purchase.committed_share == Quantity::parse("0.3"));
  // The cache stands before the whole, and is paid once.
  CHECK_FALSE(got.plan.parts[0].cache_tier.has_value());
  CHECK_FALSE(got.plan.parts[0].egress.has_value());
  // What a mixture keeps is kept by its parts.
  CHECK(error_of("options:\n  - {name: a, kind: mixture, weights: {size: 1GB}, parts: [{kind: managed_api, model: "
                 "gpt-4o-mini}]}\n") ==
        "s.yaml:2:30: options.a: unknown key 'weights' (known: name, cache, kind, egress, load_balancer, "
        "engineering, parts)");
}

TEST_CASE("Provisioned throughput has a price of its own or a row, and not both", "[cost_plan]") {
  const std::string head = "options:\n  - {name: a, kind: managed_api, model: gpt-4.1, ";
  const std::string units = "provisioned: {units: 50, tokens_per_minute_per_unit: 3000, output_weight: 4";
  const Read agreed = read(head + units + ", price: $1.5}}\n");
  CHECK(agreed.plan.provisioned->units == 50);
  CHECK(agreed.plan.provisioned->price == Money::parse("1.5"));
  CHECK(read(head + units + ", row: azure/openai-ptu}}\n").plan.provisioned->sku == "azure/openai-ptu");
  for (const std::string slip : {"", ", price: $1, row: azure/openai-ptu"}) {
    CHECK(error_of(head + units + slip + "}}\n").find("provisioned.price: found ") != std::string::npos);
  }
  CHECK(error_of(head + units + ", row: azure/openai-pt}}\n").find("did you mean 'azure/openai-ptu'?") !=
        std::string::npos);
  CHECK(error_of(head + units + ", row: gpt-4.1}}\n").find("which is counted in tokens") != std::string::npos);
  CHECK(error_of(head + units + ", price: -1}}\n").find("an amount of 0 or more") != std::string::npos);
}

TEST_CASE("Everything an option can buy is read, exactly", "[cost_plan]") {
  const Read got = read(R"(
cache_tier: {node: aws/cache.m6g.large, count: 2}
options:
  - name: a
    kind: custom_model
    instance: aws/c7i.2xlarge
    purchase: {committed: 33.3%, term: 1y}
    weights: {size: 16GB, copies: 3}
    egress: {per_request: 1kB, per_output_token: 5B}
    load_balancer: {requests_per_connection: 10, connection_lifetime: 90s, in_per_request: 2kB, in_per_input_token: 6B}
    training: {gpu_hours: 340, instance: aws/p5.48xlarge, retrain_every: 30d,
               labels: {count: 100_000, each: $0.08}, engineer_days: 120, day_rate: $1_000}
    engineering: {days: 2.5, day_rate: 900}
)");
  CHECK(got.plan.purchase == PurchasePlan{Quantity::parse("0.333"), "committed_1y"});
  CHECK(got.plan.weights == WeightsPlan{16'000'000'000, 3, "aws/storage.object"});
  CHECK(got.plan.egress == EgressPlan{1000, 5, "aws/egress.internet"});
  CHECK(got.plan.load_balancer == LoadBalancerPlan{"aws/lb", 10, 90, 2000, 6});
  const TrainingPlan& training = got.plan.training.value();
  CHECK(training.gpu_hours == Quantity::whole(340));
  CHECK(training.instance == "aws/p5.48xlarge");
  CHECK(training.retrain_every == std::chrono::days{30});
  CHECK(training.labels == LabelsPlan{100'000, Money::parse("0.08")});
  CHECK(training.engineer_days == Quantity::whole(120));
  CHECK(training.day_rate == Money::parse("1000"));
  CHECK(got.plan.engineering == EngineeringPlan{Quantity::parse("2.5"), Money::parse("900")});
  CHECK(got.plan.cache_tier == CacheTierPlan{"aws/cache.m6g.large", 2});
}

TEST_CASE("A cache tier that is too small for the entries is said with its arithmetic", "[cost_plan]") {
  const auto says = [](std::string_view cache) {
    const Read got = read("cache_tier: {node: aws/cache.m6g.large, count: 2}\n" + std::string{cache} +
                          option("weights: {size: 1GB}"));
    for (const core::Assumption& assumption : got.assumptions) {
      if (assumption.key == "cache_tier") return assumption.value + ": " + assumption.why;
    }
    return std::string{"nothing"};
  };
  // Two nodes of 6.38 GiB, 6.85 GB each.
  CHECK(says("cache: {entries: 13_700_000, bytes_per_entry: 1kB}\n") == "nothing");
  CHECK(says("cache: {entries: 20_000_000, bytes_per_entry: 1kB}\n") ==
        "large enough: aws/cache.m6g.large × 2 hold 13.7 GB, the cache's entries take 20.0 GB: the run goes on as if "
        "they "
        "fitted");
  CHECK(says("cache: {memory: 14GB}\n").starts_with("large enough"));
  CHECK(says("cache: {entries: 20_000_000}\n") == "nothing");
}

TEST_CASE("A semantic cache names the model that reads the questions, or an assumption says that none is billed",
          "[cost_plan]") {
  const Read named =
      read("cache: {kind: semantic, embedding: {model: text-embedding-3-small}}\n" + option("weights: {size: 1GB}"));
  CHECK(named.plan.embedding_model == "text-embedding-3-small");
  const Read silent = read("cache: {kind: semantic}\n" + option("weights: {size: 1GB}"));
  CHECK(silent.plan.embedding_model.empty());
  CHECK(std::any_of(silent.assumptions.begin(), silent.assumptions.end(),
                    [](const core::Assumption& a) { return a.key == "cache.embedding" && a.value == "not billed"; }));
  CHECK(error_of("cache: {kind: semantic, embedding: {model: text-embedding-3-smal}}\n" +
                 option("weights: {size: 1GB}")) ==
        "s.yaml:1:44: cache.embedding.model: found 'text-embedding-3-smal', expected an embedding model of the price "
        "tables; did you mean 'text-embedding-3-small'?");
}

TEST_CASE("A share is read from its text", "[cost_plan]") {
  const auto share = [](std::string_view text) {
    return read(option("purchase: {committed: " + std::string{text} + "}")).plan.purchase.committed_share;
  };
  CHECK(share("30%") == Quantity::parse("0.3"));
  CHECK(share("0.3") == Quantity::parse("0.3"));
  CHECK(share("33.3333333%") == Quantity::parse("0.333333333"));
  CHECK(share("100%") == Quantity::whole(1));
  CHECK(share("0") == Quantity{});
}

TEST_CASE("Spot costs what the price row says, or what the scenario says instead", "[cost_plan][spot]") {
  using std::chrono::hours;
  const auto spot = [](std::string_view text) {
    const PurchasePlan plan = read(option("purchase: {spot: " + std::string{text} + "}")).plan.purchase;
    CHECK(plan.committed_share == Quantity{});
    return plan.spot.value();
  };
  CHECK(spot("60%") == SpotPricePlan{});
  CHECK(spot("{}") == SpotPricePlan{});
  CHECK(spot("{price: $0.31}").price == Money::parse("0.31"));
  CHECK(spot("{price: {kind: constant, base: $0.31}}") == spot("{price: $0.31}"));
  CHECK(spot("{price: {kind: process}}").process == SpotPriceProcess{0.31, hours{2160}, hours{1}, true});
  const SpotPricePlan process =
      spot("{price: {kind: process, base: $0.4, sigma: 0.5, half_life: 2d, step: 6h, cap: none}}");
  CHECK(process.price == Money::parse("0.4"));
  CHECK(process.process == SpotPriceProcess{0.5, hours{48}, hours{6}, false});
  CHECK(spot("{price: {kind: trace, prices: [$0.31, 0.29], step: 2h}}").trace ==
        SpotPriceTrace{{Money::parse("0.31"), Money::parse("0.29")}, hours{2}});
  CHECK_FALSE(read(option("purchase: {committed: 30%}")).plan.purchase.spot.has_value());
  const PurchasePlan both = read(option("purchase: {spot: 60%, committed: 30%, term: 1y}")).plan.purchase;
  CHECK(both.spot.has_value());
  CHECK(both.committed_share == Quantity::parse("0.3"));
}

TEST_CASE("Where a spot price comes from is an assumption, a missing one too", "[cost_plan][spot]") {
  const auto says = [](std::string_view instance, std::string_view spot) {
    const Read got = read("options:\n  - {name: a, kind: self_hosted, instance: " + std::string{instance} +
                          ", purchase: {spot: " + std::string{spot} + "}}\n");
    for (const core::Assumption& assumption : got.assumptions) {
      if (assumption.key.starts_with("options.a.purchase.spot.price")) {
        return assumption.key.substr(19) + "=" + assumption.value + ": " + assumption.why;
      }
    }
    return std::string{"nothing"};
  };
  CHECK(says("aws/g6.xlarge", "60%") == "spot.price=0.410448: the price row's");
  CHECK(says("aws/g6.xlarge", "{}") == "spot.price=0.410448: the price row's");
  CHECK(says("azure/NC24ads_A100_v4", "{}") ==
        "spot.price=unpriced: azure/NC24ads_A100_v4 has no offer spot: say its price in purchase.spot.price");
  CHECK(says("aws/g6.xlarge", "{price: $1}") == "nothing");
  CHECK(says("aws/g6.xlarge", "{price: {kind: process}}") == "spot.price.base=0.410448: the price row's");
}

TEST_CASE("What a scenario leaves out is an assumption, with its reason", "[cost_plan]") {
  const Read got = read(option("load_balancer: {}") + "cache: {}\n");
  const auto says = [&got](std::string_view key) {
    for (const core::Assumption& assumption : got.assumptions) {
      if (assumption.key == key) return assumption.value + ": " + assumption.why;
    }
    return std::string{"nothing"};
  };
  CHECK(says("cache_tier") == "not billed: the scenario does not say on which nodes its cache runs");
  CHECK(says("options.a.purchase") == "on demand: the option does not say how its instances are bought");
  CHECK(says("options.a.weights") == "not billed: the option does not say how large its stored weights are");
  CHECK(says("options.a.egress") == "not billed: the option does not say how many bytes leave its cloud");
  CHECK(says("options.a.load_balancer.sku") == "aws/lb: the cloud of the instance");
  CHECK(says("options.a.load_balancer.requests_per_connection") ==
        "1: every request on a connection of its own, the dearest case");
  CHECK(says("options.a.load_balancer.connection_lifetime") ==
        "1m: the idle timeout of AWS application load balancers");
  CHECK(says("options.a.load_balancer.in_per_request") == "1kB: the headers and the envelope of a request");
  CHECK(says("options.a.load_balancer.in_per_input_token") == "4B: about four letters of English a token");

  const Read trained = read(option("training: {gpu_hours: 8, instance: aws/g6.xlarge, engineer_days: 3}"));
  CHECK(trained.plan.training->day_rate == Money::parse("1167"));
  CHECK(trained.assumptions.back() ==
        core::Assumption{"options.a.training.day_rate", "1167",
                         "a sprint of two engineers, 24 engineer-days, loaded cost USD 28,000"});

  const Read api = read(
      "options:\n  - {name: a, kind: managed_api, model: gpt-4o, egress: {per_request: 1kB, per_output_token: 5B}}\n");
  CHECK(api.assumptions.front() == core::Assumption{"options.a.egress.sku", "aws/egress.internet",
                                                    "the application that calls the API is taken to run in AWS"});
}

TEST_CASE("Network rows follow the cloud of the instance", "[cost_plan]") {
  const Read got = read(
      "options:\n  - {name: a, kind: self_hosted, instance: gcp/g2-standard-4, weights: {size: 1GB}, "
      "egress: {per_request: 1kB, per_output_token: 5B}, load_balancer: {}}\n");
  CHECK(got.plan.weights->sku == "gcp/storage.object");
  CHECK(got.plan.egress->sku == "gcp/egress.internet");
  CHECK(got.plan.load_balancer->sku == "gcp/lb");
}

TEST_CASE("Each slip in the price side of an option is an error that names its place", "[cost_plan][errors]") {
  struct Slip {
    std::string yaml;
    std::string says;
  };
  for (const Slip& slip : {
           Slip{"options:\n  - {name: a, kind: managed_api, model: gpt4o-mini}\n",
                "s.yaml:2:41: options.a.model: found 'gpt4o-mini', expected a managed model of the price tables; did "
                "you mean 'gpt-4o-mini'?"},
           Slip{"options:\n  - {name: a, kind: managed_api, model: aws/g6.xlarge}\n",
                "s.yaml:2:41: options.a.model: found 'aws/g6.xlarge', which is counted in instance_time, expected a "
                "managed model of the price tables (`billcast prices list` shows them)"},
           Slip{"options:\n  - {name: a, kind: self_hosted, instance: aws/g6.xlage}\n",
                "s.yaml:2:44: options.a.instance: found 'aws/g6.xlage', expected an instance type of the price tables; "
                "did you mean 'aws/g6.xlarge'?"},
           Slip{"options:\n  - {name: a, kind: self_hosted}\n",
                "s.yaml:2:5: options.a.instance: found nothing, expected an instance type"},
           Slip{"options:\n  - {name: a, kind: rented, instance: aws/g6.xlarge}\n",
                "s.yaml:2:21: options.a.kind: found 'rented', expected managed_api, self_hosted, custom_model or "
                "mixture"},
           Slip{option("purchase: {spot: {price: 0}}"),
                "s.yaml:5:30: options.a.purchase.spot.price: found '0', expected an amount above 0"},
           Slip{option("purchase: {spot: {price: cheap}}"),
                "s.yaml:5:30: options.a.purchase.spot.price: found 'cheap'"},
           Slip{option("purchase: {spot: {price: {kind: proces}}}"),
                "s.yaml:5:37: options.a.purchase.spot.price.kind: found 'proces', expected constant, process or trace; "
                "did you mean 'process'?"},
           Slip{option("purchase: {spot: {price: {kind: process, step: 90m}}}"),
                "s.yaml:5:52: options.a.purchase.spot.price.step: found '90m', expected whole hours"},
           Slip{option("purchase: {spot: {price: {kind: process, sigma: 3}}}"),
                "s.yaml:5:53: options.a.purchase.spot.price.sigma: found '3', expected a number from 0 to 2"},
           Slip{option("purchase: {spot: {price: {kind: process, base: -1}}}"),
                "s.yaml:5:52: options.a.purchase.spot.price.base: found '-1', expected an amount above 0"},
           Slip{option("purchase: {spot: {price: {kind: trace, prices: [$0.31, 1e-10]}}}"),
                "s.yaml:5:52: options.a.purchase.spot.price.prices: found '1e-10', expected prices of an hour above 0, "
                "of at most 9 decimals, as [$0.31, $0.29]"},
           Slip{option("purchase: {spot: {price: {kind: constant, sigma: 1}}}"),
                "s.yaml:5:47: options.a.purchase.spot.price: unknown key 'sigma'"},
           Slip{option("purchase: {committed: 130%}"),
                "s.yaml:5:27: options.a.purchase.committed: found '130%', expected a share from 0% to 100% (such as "
                "60% or 0.6)"},
           Slip{option("purchase: {committed: 0.12345678901}"),
                "s.yaml:5:27: options.a.purchase.committed: found '0.12345678901', expected a share with at most 9 "
                "decimals, as 30% or 0.3"},
           Slip{option("purchase: {committed: 30%, term: 3y}"),
                "s.yaml:5:38: options.a.purchase.term: found '3y', expected a term that the price row aws/g6.xlarge "
                "offers (it has: on_demand, spot, committed_1y)"},
           Slip{option("purchase: {comitted: 30%}"),
                "s.yaml:5:5: options.a.purchase.committed: found nothing (is 'comitted' in line 5 meant?), expected a "
                "share from 0% to 100% (such as 60% or 0.6)"},
           Slip{option("egress: {per_request: 1kB, per_output_token: 5B, sku: aws/lb.hour}"),
                "s.yaml:5:59: options.a.egress.sku: found 'aws/lb.hour', which is counted in load_balancer_time, "
                "expected an internet egress of the price tables (`billcast prices list` shows them)"},
           Slip{option("load_balancer: {sku: aws/bl}"),
                "s.yaml:5:26: options.a.load_balancer.sku: found 'aws/bl', expected a load balancer of the price "
                "tables, with rows NAME.hour and NAME.capacity; did you mean 'aws/lb'?"},
           Slip{option("training: {gpu_hours: 340, instance: aws/c7i.xlarge}"),
                "s.yaml:5:42: options.a.training.instance: found 'aws/c7i.xlarge', which has no GPU, expected an "
                "instance type with GPUs, for gpu_hours are divided among them"},
           Slip{option("training: {gpu_hours: -1, instance: aws/g6.xlarge}"),
                "s.yaml:5:27: options.a.training.gpu_hours: found '-1', expected a number of 0 or more"},
           Slip{option("training: {gpu_hours: 1, instance: aws/g6.xlarge, labels: {count: 1, each: -$1}}"),
                "s.yaml:5:80: options.a.training.labels.each: found '-1', expected an amount of 0 or more"},
           Slip{option("weights: {size: big}"), "s.yaml:5:21: options.a.weights.size: found 'big'"},
           Slip{"cache_tier: {node: aws/cache.m6g.larg, count: 2}\n" + option("weights: {size: 1GB}"),
                "s.yaml:1:20: cache_tier.node: found 'aws/cache.m6g.larg', expected a cache node of the price tables; "
                "did you mean 'aws/cache.m6g.large'?"},
       }) {
    const std::string message = error_of(slip.yaml);
    INFO(slip.yaml);
    INFO(message);
    INFO(slip.says);
    CHECK(message.starts_with(slip.says));
    CHECK(message.find('\n') == std::string::npos);
  }
}

}  // namespace pricing
