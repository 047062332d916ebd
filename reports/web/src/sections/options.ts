// All options side by side: what they cost and which targets they hold.
import * as Plot from "@observablehq/plot";
import { axisRoom, chart, endFor, fitting, label, optionColour } from "../chart";
import { type Cell, badge, element, list, table } from "../elements";
import { approximate, exact } from "../exact";
import { duration, exactDuration, money, percentile, shortMoney, smallMoney } from "../numbers";
import { type OptionReport, type Report, type SloCheck, type Target, measureNames } from "../result";

function optional(amount: string | null, currency: string): string {
  return amount === null ? "-" : smallMoney(exact(amount), currency);
}

function monthly({ monthly: { amount, projected } }: OptionReport, currency: string): string {
  return (projected ? "~" : "") + money(exact(amount), currency);
}

function isWinner(report: Report, option: OptionReport): boolean {
  return report.result.verdict.winners.includes(option.name);
}

function overview(report: Report): HTMLElement {
  const { options, about } = report.result;
  const rows = options.map((option, i): Cell[] => {
    const held = option.slo_checks.filter((check) => check.held === "yes").length;
    const targets = report.words.options[i]?.targets ?? "";
    const once = option.one_time.lines.reduce((total, { amount }) => total + exact(amount ?? "0"), 0n);
    const name = element("span", { class: "option" }, element("i", { class: "dot", style: `--dot: ${optionColour(i)}` }), option.name);
    if (isWinner(report, option)) name.append(" ", badge("chosen", "good"));
    return [
      name,
      option.kind.replace(/_/g, " "),
      monthly(option, about.currency),
      money(once, about.currency),
      optional(option.unit_costs.per_thousand_answered_requests, about.currency),
      optional(option.unit_costs.per_million_output_tokens, about.currency),
      optional(option.unit_costs.per_daily_user_month, about.currency),
      option.latency.count === 0 ? "-" : duration(option.latency.p95_ns),
      option.slo_checks.length === 0 ? targets : badge(targets, held === option.slo_checks.length ? "good" : "bad"),
    ];
  });
  return table({
    caption: `Costs in ${about.currency}, and latency`,
    columns: [
      { name: "Option" },
      { name: "Kind" },
      { name: "A month", number: true },
      { name: "Once", number: true },
      { name: "1,000 answers", number: true },
      { name: "1M output tokens", number: true },
      { name: "Daily user a month", number: true },
      { name: "p95 latency", number: true },
      { name: "Targets" },
    ],
    rows,
  });
}

function costs(report: Report): HTMLElement {
  const { options, about } = report.result;
  const budget = about.decision.budget ? exact(about.decision.budget.per_month) : null;
  const bars = options.map((option, i) => ({
    name: option.name,
    amount: approximate(exact(option.monthly.amount)),
    colour: optionColour(i),
    label: monthly(option, about.currency) + (isWinner(report, option) ? "  ✓ chosen" : ""),
  }));
  const most = Math.max(...bars.map(({ amount }) => amount), 1e-9);
  const gist =
    bars.map(({ name, label }) => `${name}: ${label}`).join("; ") +
    (budget === null ? "" : `; the budget is ${money(budget, about.currency)}`);
  return chart({
    title: "Cost a month",
    gist,
    draw: (width) => {
      const left = Math.min(150, width / 3);
      const end = Math.max(endFor(most, bars.map((bar) => bar.label), width - left - 16), budget === null ? 0 : 1.05 * approximate(budget));
      return Plot.plot({
        width,
        height: 34 * bars.length + 70,
        marginBottom: axisRoom.marginBottom,
        marginLeft: left,
        marginRight: 16,
        x: { labelOffset: axisRoom.labelOffset, domain: [0, end], label: `${about.currency} a month →`, tickFormat: (x: number) => shortMoney(x, about.currency), ticks: width / 110, grid: true },
        y: { label: null, domain: bars.map(({ name }) => name), tickSize: 0, tickFormat: fitting(left) },
        marks: [
          Plot.barX(bars, { y: "name", x: "amount", fill: "colour", insetTop: 3, insetBottom: 3 }),
          Plot.text(bars, { y: "name", x: "amount", text: "label", ...label }),
          Plot.ruleX([0]),
          ...(budget === null
            ? []
            : [
                Plot.ruleX([approximate(budget)], { stroke: "var(--target)", strokeWidth: 2, strokeDasharray: "5 3" }),
                Plot.text([approximate(budget)], { x: (x: number) => x, frameAnchor: "top", dy: -10, text: () => `budget ${money(budget, about.currency)}`, fill: "var(--target)", textAnchor: approximate(budget) > 0.7 * end ? "end" : "middle" }),
              ]),
        ],
        marginTop: budget === null ? 8 : 26,
      });
    },
    data: table({
      caption: "Cost a month",
      columns: [{ name: "Option" }, { name: "A month", number: true }, ...(budget === null ? [] : [{ name: "Budget" }])],
      rows: options.map((option, i): Cell[] => [
        option.name,
        monthly(option, about.currency),
        ...(budget === null ? [] : [report.words.options[i]?.budget ?? ""]),
      ]),
    }),
  });
}

function targetName({ measure, per_ten_thousand: p, traffic_class: name }: Target): string {
  return (name ? `${name}: ` : "") + measureNames[measure] + (measure === "availability" ? "" : ` ${percentile(p)}`);
}

function say(target: Target, value: number): string {
  return target.measure === "availability" ? `${Math.floor(value / 10_000) / 1000} %` : duration(value);
}

function checkCell(check: SloCheck | undefined): Cell {
  if (!check) return "-";
  const words = { yes: "held", no: "missed", unknown: "not shown" }[check.held];
  const kind = ({ yes: "good", no: "bad", unknown: "unsure" } as const)[check.held];
  const value = check.value === null ? check.why : say(check.target, check.value);
  return element("span", {}, value, " ", badge(words, kind));
}

function targets(report: Report): HTMLElement | null {
  const { options, about } = report.result;
  if (about.slo.targets.length === 0) return null;
  return table({
    caption: "Targets",
    columns: [{ name: "Target" }, { name: "Limit", number: true }, ...options.map(({ name }) => ({ name, number: true }))],
    rows: about.slo.targets.map((target, i): Cell[] => [
      targetName(target),
      target.measure === "availability" ? `≥ ${say(target, target.limit)}` : `≤ ${exactDuration(target.limit)}`,
      ...options.map((option) => checkCell(option.slo_checks[i])),
    ]),
  });
}

export function options(report: Report): HTMLElement | null {
  if (report.result.options.length === 0) return null;
  const projected = report.result.options.some((option) => option.monthly.projected);
  return element(
    "div",
    {},
    overview(report),
    projected ? element("p", { class: "remark" }, "~ A part of a month was simulated; the amount is carried over to 730 hours.") : null,
    targets(report),
    list([...new Set(report.words.options.flatMap(({ name, cache }) => cache.map((words) => `${name}: ${words}`)))]),
    costs(report),
  );
}
