#include "reports/answers.hpp"

#include "tests/support/catch.hpp"

using core::Quantity;
using decision::Direction;
using decision::Place;
using reports::AnswerBlock;
using reports::figure_words;

namespace {

// What stands in the table of the frontier, the head first.
std::vector<std::vector<std::string>> rows(decision::Frontier frontier) {
  decision::Answers answers;
  answers.frontier = std::move(frontier);
  const std::vector<AnswerBlock> blocks = reports::answer_blocks(answers);
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].heading == "Frontier");
  return blocks[0].rows;
}

}  // namespace

TEST_CASE("The frontier is said with the values of every option, in the units of its axes", "[reports][answers]") {
  const std::vector<decision::Axis> axes{{"accuracy", Direction::higher, "%"}, {"cost", Direction::lower, "$/month"}};
  decision::Placed vit{.name = "vit", .place = Place::front, .dominators = {}, .ties = {}, .missing = {}};
  vit.values = {91.25, 12345.678};
  decision::Placed old{.name = "old", .place = Place::unknown, .dominators = {}, .ties = {}, .missing = {"cost"}};
  old.values = {83.0, std::nullopt};
  CHECK(rows({axes, {vit, old}}) ==
        std::vector<std::vector<std::string>>{{"option", "accuracy, % (max)", "cost, $/month (min)"},
                                              {"vit", "91.25", "$12,345.68"},
                                              {"old", "83", "unknown"}});
  // A result that was changed by hand may hold fewer values than axes.
  vit.values = {91.25};
  CHECK(rows({axes, {vit}})[1] == std::vector<std::string>{"vit", "91.25"});
}

TEST_CASE("A figure is said with its unit, and with the name that somebody gave an option", "[reports][answers]") {
  using Words = std::pair<std::string, std::string>;
  CHECK(figure_words({"head_room", Quantity::parse("26666.666666667"), "$"}) == Words{"head room", "$26,666.67"});
  CHECK(figure_words({"value_per_ms", Quantity::parse("0.00123"), "$/month"}) ==
        Words{"value per ms", "$0.00123 a month"});
  CHECK(figure_words({"fine_tuned: net_gain", Quantity::parse("-3"), "%"}) == Words{"fine_tuned: net gain", "-3 %"});
  CHECK(figure_words({"left after my_option", Quantity::whole(1), ""}) == Words{"left after my_option", "1"});
  CHECK(figure_words({"budget", Quantity::whole(10'000'000), "INR"}) == Words{"budget", "1,00,00,000.00 INR"});
}
