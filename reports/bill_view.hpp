// Bills as eyes read them.
//
//  * `in_cents`      amounts to the cent whose sum is the total to the cent (cascade rounding)
//  * `merged_lines`  the lines of several periods, equal ones added up
//  * `price_row`     "aws-us-east-1/ec2.g6.xlarge/on_demand", the row that a line's price stands in
//
// Rounding each line by itself would print columns that do not add up. So line k shows
// round(sum up to k) − round(sum up to k−1): every line is within a cent of the truth, and their sum is the total.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.hpp"
#include "pricing/bill.hpp"

namespace reports {

// Nothing stays nothing: an unpriced line is no zero.
std::vector<std::optional<core::Money>> in_cents(const std::vector<pricing::BillLine>& lines);

std::vector<pricing::BillLine> merged_lines(const std::vector<pricing::Bill>& bills, pricing::Frequency frequency);

std::string price_row(const pricing::BillLine& line);  // "scenario" when the price stands in the scenario itself

}  // namespace reports
