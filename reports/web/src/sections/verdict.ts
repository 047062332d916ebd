// Which option to take and why, before everything else.
import { badge, element, list } from "../elements";
import { exact } from "../exact";
import { duration, money, smallMoney } from "../numbers";
import { type OptionReport, type Report, isSimulated } from "../result";

function tile(name: string, figure: string, remark: string): HTMLElement {
  return element(
    "div",
    { class: "tile" },
    element("dt", {}, name),
    element("dd", {}, element("span", { class: "figure" }, figure), remark ? element("span", {}, remark) : null),
  );
}

function tiles(option: OptionReport, { result, words }: Report): HTMLElement {
  const { currency } = result.about;
  const said = words.options.find(({ name }) => name === option.name);
  const once = option.one_time.lines.reduce((total, { amount }) => total + exact(amount ?? "0"), 0n);
  const thousand = option.unit_costs.per_thousand_answered_requests;
  const user = option.unit_costs.per_daily_user_month;
  const made = [
    tile(
      "A month",
      money(exact(option.monthly.amount), currency),
      option.monthly.projected ? "carried over to a month of 730 hours" : (said?.budget ?? ""),
    ),
  ];
  if (once !== 0n) made.push(tile("Once", money(once, currency), "before the first month"));
  if (thousand !== null) made.push(tile("1,000 answers", smallMoney(exact(thousand), currency), "of the recurring cost"));
  if (user !== null) made.push(tile("A daily user", smallMoney(exact(user), currency), "a month"));
  if (option.latency.count > 0) {
    made.push(tile("95 % of answers within", duration(option.latency.p95_ns), `targets: ${said?.targets ?? ""}`));
  }
  return element("dl", { class: "tiles", "aria-label": option.name }, ...made);
}

// Green when something is chosen or approved, red when not; grey where nothing had to be approved.
function look({ result, words }: Report, chosen: boolean): string {
  if (result.options.length > 0) return chosen ? "verdict" : "verdict none";
  if (!words.approves) return "verdict none";
  const decides = (result.answers?.gates.length ?? 0) > 0 || (result.answers?.matrix?.winners.length ?? 0) > 0;
  return decides ? "verdict" : "verdict plain";
}

export function verdict(report: Report): HTMLElement {
  const { verdict: said, options, answers } = report.result;
  const { words } = report;
  const winners = options.filter(({ name }) => said.winners.includes(name));
  return element(
    "div",
    { class: look(report, winners.length > 0) },
    element("p", { class: "headline" }, said.headline),
    isSimulated(report) && words.decided !== ""
      ? element("p", { class: "decided" }, (answers?.gates.length ?? 0) > 0 ? badge(words.approves ? "gates pass" : "gates reject", words.approves ? "good" : "bad") : null, ` ${words.decided}`)
      : null,
    ...winners.slice(0, 1).map((winner) => tiles(winner, report)),
    list(said.reasons),
    report.words.limits.length > 0 ? element("p", { class: "lead" }, "Limits that do not carry the busiest minute:") : null,
    list(report.words.limits),
  );
}
