// Gathers what a capacity review asks for from a finished run, and adds the review to its answers.
//
//  * `add_capacity_review`  nothing when the scenario has no `capacity_review`
//  * `capacity_of`          what was gathered of one option, in plain numbers (decision/capacity_review.hpp)
//
// Where the numbers come from:
//
//   instances, load, tokens   the usage by the hour of what was simulated
//   places of a replica       slots; of an engine the lesser of the places in its batches and of the requests of mean
//                             length that its KV memory holds
//   cold start                4,096 draws of each part with fixed luck, for a node and a replica on it
//   reaction of the scaler    HPA, KEDA: a load comes at any time between two looks (sync_period), is late by
//                             metric_delay and waits for the stabilisation; target tracking: its datapoints, and any
//                             part of a period; Knative: up to its stable window, and a tick; then the nodes' batching.
//                             Schedules and forecasts do not react: not known by this arithmetic
//   what it aims at           the target, as requests at once of a replica; of requests/s × the time that a request
//                             held its place in the run; with the tolerance of an HPA on top
//   busiest minute of an API  as counted in the run; of one without limits and failures the mean minute of its busiest
//                             hour
//   growth by the minute      the demand of the scenario; a trace is known by the hour alone
#pragma once

#include <vector>

#include "decision/capacity_review.hpp"
#include "decision/questions.hpp"
#include "pricing/catalog.hpp"
#include "pricing/cost_plan.hpp"
#include "reports/result.hpp"
#include "sim/scenario.hpp"

namespace reports {

decision::OptionCapacity capacity_of(const OptionReport& option, const sim::OptionConfig& config,
                                     const pricing::CostPlan& costs, const pricing::Catalog& catalog,
                                     const Result& result);

// After the drills, for it judges them. `costs`: of the scenario's options, in their order.
void add_capacity_review(Result& result, const decision::Questions& questions, const sim::Scenario& scenario,
                         const std::vector<pricing::CostPlan>& costs, const pricing::Catalog& catalog);

}  // namespace reports
