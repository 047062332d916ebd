// The tables in which options stand beside each other, for every report on a terminal.
#pragma once

#include "reports/result.hpp"
#include "reports/table.hpp"

namespace reports {

// A row for each option: cost a month and once, cost of a unit, p95, targets.
Table options_table(const Result& result);
// A row for each drill and option.
Table drills_table(const Result& result);
// A row for each category of the recurring bill, over the whole horizon; the columns add up to the cent.
Table categories_table(const Result& result);
// A row for each gate that asks something of every option, and a column for each option.
Table gates_table(const decision::Answers& answers);

}  // namespace reports
