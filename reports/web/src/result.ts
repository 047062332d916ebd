// The data of the page: what reports/json.cpp writes, and the sentences of reports/html.cpp.
//
// Money and quantities are texts with all their digits (exact.ts reads them), times are whole nanoseconds, and a member
// that a later release adds is simply not named here.

export interface Distribution {
  count: number;
  mean_ns: number;
  p50_ns: number;
  p90_ns: number;
  p95_ns: number;
  p99_ns: number;
  p99_9_ns: number;
  max_ns: number;
  bucket_values_ns: number[];
  bucket_counts: number[];
}

export type Measure = "latency" | "time_to_first_token" | "time_per_output_token" | "availability";

export interface Target {
  measure: Measure;
  per_ten_thousand: number;
  limit: number;
  traffic_class?: string; // whose requests; none: all
}

export interface SloCheck {
  target: Target;
  value: number | null;
  held: "yes" | "no" | "unknown";
  why: string;
}

export interface PriceSource {
  table: string;
  sku: string;
  offer: string;
  url: string;
  retrieved: string;
  confidence: string;
  hash: string;
}

export interface BillLine {
  category: string;
  item: string;
  quantity: string;
  unit: string;
  unit_price: string | null;
  amount: string | null;
  frequency: "recurring" | "one_time";
  driver: string;
  source: PriceSource | null;
  note: string;
}

export interface Bill {
  period: string;
  currency: string;
  lines: BillLine[];
}

export interface Hours {
  arrivals: number[];
  cache_hits: number[];
  served: number[];
  instance_starts: number[];
  billed_instance_seconds: number[];
  spot_billed_seconds: number[];
  spot_interruptions: number[];
  peak_instances: number[];
}

export interface ClassTimes {
  name: string;
  latency: Distribution;
  time_to_first_token: Distribution;
  outcomes: Record<string, number>;
}

export interface Measured {
  name: string; // "recordings/monday"
  times: Distribution;
}

// One limit of a managed API beside what the traffic needs of it.
export interface LimitCheck {
  dimension: string; // "requests a minute"
  limit: number;
  mean_need: number;
  peak_need: number;
}

export interface OptionReport {
  name: string;
  kind: string;
  monthly: { amount: string; projected: boolean };
  unit_costs: {
    per_thousand_answered_requests: string | null;
    per_million_output_tokens: string | null;
    per_daily_user_month: string | null;
  };
  budget: { budget: string; monthly: string } | null;
  slo_checks: SloCheck[];
  latency: Distribution;
  time_to_first_token: Distribution | null;
  time_per_output_token: Distribution | null;
  classes: ClassTimes[];
  wait: Distribution;
  fleet: { peak_replicas: number; mean_replicas: number; utilisation: number };
  api: { feasibility: LimitCheck[] } | null;
  checks: Record<string, boolean | number>; // identities that were checked, and the figures they were checked with
  bills: Bill[];
  one_time: Bill;
  usage: { outcomes: Record<string, number>; hours: Hours };
  parts: OptionReport[]; // of a mixture
  measured: { latency: Measured | null; time_to_first_token: Measured | null } | null;
}

export interface DrillReport {
  name: string;
  options: { name: string; verdict: { checks: unknown[]; held: boolean; held_without: boolean } }[];
}

export interface Gate {
  key: string;
  percentile: string;
  threshold: string;
  cmp: ">=" | ">" | "<=" | "<";
  hard: boolean;
}

export interface GateVerdict {
  approve: boolean;
  deciding: string; // a key
  reason: string;
  results: { gate: Gate; value: unknown; outcome: "pass" | "fail" | "ambiguous" | "unknown"; margin: string }[];
}

export interface MatrixTable {
  criteria: { name: string; unit: string; better: "lower" | "higher"; weight: number; target: number | null; ideal: number | null }[];
  weights: number[]; // none: nothing is ranked
  options: { name: string; values: (number | null)[]; scores: number[]; score: number; topsis: number; regret: number }[];
  winners: string[];
}

export interface Frontier {
  axes: { name: string; better: "lower" | "higher"; unit: string }[];
  options: { name: string; place: "front" | "dominated" | "unknown"; dominators: string[]; ties: string[]; values: (number | null)[] }[];
}

export interface Series {
  name: string;
  x: number[];
  y: number[];
}

export interface Curve {
  title: string;
  shape: "line" | "points" | "bars" | "ring";
  x: string; // with its unit: "latency, ms"
  y: string;
  axes: string[]; // of a ring
  series: Series[];
}

export interface Answers {
  gates: { option: string; verdict: GateVerdict }[];
  matrix: MatrixTable | null;
  frontier: Frontier | null;
  sections: { section: string; curves: Curve[] }[]; // what they say stands in the words
}

export interface PriceRow {
  item: string;
  unit: string;
  unit_price: string | null;
  source: PriceSource;
}

export interface Result {
  about: {
    version: string;
    scenario: string;
    scenario_file: string;
    scenario_sha256: string;
    settings: string[];
    inputs: { name: string; sha256: string }[];
    seed: number;
    horizon: { start: string; periods: { name: string; first_hour: number; end_hour: number }[] };
    planned_hours: number;
    interrupted: boolean;
    daily_users: number | null;
    currency: string;
    slo: { targets: Target[] };
    decision: { budget: { per_month: string } | null };
    assumptions: { key: string; value: string; why: string }[];
    warnings: string[];
  };
  verdict: { winners: string[]; headline: string; reasons: string[] };
  drills: DrillReport[];
  answers: Answers | null;
  options: OptionReport[];
  prices: PriceRow[];
  notes: string[];
}

// Gates, matrix, frontier or an answered section as every report prints it.
export interface AnswerWords {
  heading: string;
  of: string; // the option that it is about
  alignment: string; // "l" or "r" for each column
  rows: string[][]; // the head first
  lines: string[];
  figures: string[][]; // name, value
}

// Sentences that the terminal says as well.
export interface Words {
  title: string;
  state: string;
  reproduce: string;
  assumptions: string;
  limits: string[]; // that do not carry the busiest minute
  drills_headline: string;
  step_hours: number;
  options: {
    name: string;
    targets: string;
    checks: string[];
    budget: string;
    outcomes: string;
    fleet: string;
    engine: string;
    calls: string;
    parts: { requests: string }[]; // of a mixture
    overhead: string;
    cache: string[]; // for a target that is missed behind a cache: what the cache would have to do
  }[];
  drills: { what: string; options: { cells: string[] }[]; misses: string[] }[];
  decided: string; // the headline of the decision sections
  approves: boolean;
  answers: AnswerWords[]; // gates, matrix, frontier, sections
}

// The words of each part of the answers.
export function answerWords({ result: { answers }, words }: Report): Record<"gates" | "matrix" | "frontier" | "sections", AnswerWords[]> {
  const left = [...words.answers];
  return {
    gates: left.splice(0, answers?.gates.length ?? 0),
    matrix: left.splice(0, answers?.matrix ? 1 : 0),
    frontier: left.splice(0, answers?.frontier ? 1 : 0),
    sections: left,
  };
}

export function isSimulated({ result }: Report): boolean {
  return result.about.horizon.periods.length > 0;
}

export interface Report {
  result: Result;
  words: Words;
}

export function readReport(): Report {
  return JSON.parse(document.getElementById("report")?.textContent ?? "null") as Report;
}

export const measureNames: Record<Measure, string> = {
  latency: "Whole answer",
  time_to_first_token: "First token",
  time_per_output_token: "Time per output token",
  availability: "Availability",
};
