// Each option's bill as a waterfall: what each category adds, line by line, until the total.
import * as Plot from "@observablehq/plot";
import { axisRoom, chart, endFor, fitting, label, optionColour, optionDash } from "../chart";
import { type Cell, element, table } from "../elements";
import { type Exact, approximate, exact, inCents, sum } from "../exact";
import { money, price, quantity, shortMoney } from "../numbers";
import type { Bill, BillLine, OptionReport, Report } from "../result";

interface Line {
  line: BillLine;
  quantity: Exact;
  amount: Exact | null; // null: unpriced
  samePrice: boolean;
}

// The lines of several periods, equal ones added up; as reports/bill_view.cpp does.
export function merged(bills: readonly Bill[], frequency: BillLine["frequency"]): Line[] {
  const lines = new Map<string, Line>();
  for (const line of bills.flatMap((bill) => bill.lines)) {
    if (line.frequency !== frequency) continue;
    const key = JSON.stringify([line.category, line.item, line.unit, line.driver, line.source, line.note]);
    const amount = line.amount === null ? null : exact(line.amount);
    const known = lines.get(key);
    if (!known) {
      lines.set(key, { line, quantity: exact(line.quantity), amount, samePrice: true });
    } else {
      known.quantity += exact(line.quantity);
      // One unpriced part makes the sum unknown: a partial amount would look like the whole.
      known.amount = known.amount === null || amount === null ? null : known.amount + amount;
      known.samePrice &&= known.line.unit_price === line.unit_price;
    }
  }
  return [...lines.values()];
}

function total(lines: readonly Line[]): Exact {
  return sum(lines.map(({ amount }) => amount ?? 0n));
}

function priceRow({ source, unit_price, amount }: BillLine): string {
  if (!source) return unit_price !== null || amount !== null ? "scenario" : "";
  return [source.table, source.sku, source.offer].filter((part) => part !== "").join("/");
}

function priceWords({ line, samePrice }: Line, currency: string): string {
  if (line.unit_price !== null && samePrice) return price(exact(line.unit_price), currency);
  return line.amount === null ? "unpriced" : "varies";
}

function linesTable(caption: string, lines: readonly Line[], currency: string): HTMLElement {
  const cents = inCents(lines.map(({ amount }) => amount));
  const complete = lines.every(({ amount }) => amount !== null);
  return table({
    caption,
    columns: [
      { name: "Category" },
      { name: "Item", wide: true },
      { name: "Quantity", number: true },
      { name: "Unit" },
      { name: "Unit price", number: true },
      { name: "Amount", number: true },
      { name: "Measured as", wide: true },
      { name: "Price row", wide: true },
      { name: "Note", wide: true },
    ],
    rows: lines.map((entry, i): Cell[] => [
      entry.line.category,
      entry.line.item,
      quantity(entry.quantity),
      entry.line.unit.replace(/^\d+/, (digits) => Number(digits).toLocaleString("en-US")),
      priceWords(entry, currency),
      cents[i] == null ? "unpriced" : money(cents[i], currency),
      entry.line.driver,
      priceRow(entry.line),
      entry.line.note,
    ]),
    total: ["Total", complete ? "" : "without what is unpriced", "", "", "", money(total(lines), currency), "", "", ""],
    shown: 30,
  });
}

interface Bar {
  row: string;
  from: number;
  to: number;
  kind: string;
  words: string;
}

// Lines of a category stand in one row, each where the one before ends. A credit goes back to the left.
function bars(lines: readonly Line[], currency: string): { bars: Bar[]; ends: { row: string; at: number; label: string }[]; rows: string[] } {
  const categories = [...new Set(lines.map(({ line }) => line.category))];
  const made: Bar[] = [];
  const ends: { row: string; at: number; label: string }[] = [];
  let at = 0n;
  for (const category of categories) {
    const start = at;
    let furthest = at;
    for (const { line, amount } of lines) {
      if (line.category !== category || amount === null || amount === 0n) continue;
      made.push({
        row: category,
        from: approximate(at),
        to: approximate(at + amount),
        kind: amount < 0n ? "credit" : "line",
        words: `${line.item}\n${money(amount, currency)}`,
      });
      at += amount;
      if (at > furthest) furthest = at;
    }
    ends.push({ row: category, at: approximate(furthest), label: money(at - start, currency) });
  }
  const all = total(lines);
  made.push({ row: "total", from: 0, to: approximate(all), kind: "total", words: `total\n${money(all, currency)}` });
  ends.push({ row: "total", at: approximate(all), label: money(all, currency) });
  return { bars: made, ends, rows: [...categories, "total"] };
}

// What charts of one kind share: the largest total, and the figures behind their bars.
interface Shared {
  most: number;
  labels: string[];
}

function sharedBy(lists: readonly Line[][], currency: string): Shared {
  return {
    most: Math.max(...lists.map((lines) => approximate(total(lines))), 1e-9),
    labels: lists.flatMap((lines) => bars(lines, currency).ends.map((end) => end.label)),
  };
}

function waterfall(title: string, lines: readonly Line[], { most, labels }: Shared, index: number, currency: string): HTMLElement {
  const { bars: made, ends, rows } = bars(lines, currency);
  const colour = optionColour(index);
  // Where a category begins, the total so far.
  const steps = ends.slice(0, -1).map(({ row, at }, i) => ({
    at: made.filter((bar) => bar.row === row).pop()?.to ?? at,
    from: row,
    to: rows[i + 1] as string,
  }));
  return chart({
    title,
    gist: ends.map(({ row, label }) => `${row}: ${label}`).join("; "),
    draw: (width) =>
      Plot.plot({
        width,
        height: 28 * rows.length + 50,
        marginTop: 6,
        marginBottom: axisRoom.marginBottom,
        marginLeft: 84,
        x: { labelOffset: axisRoom.labelOffset, domain: [Math.min(0, ...made.map(({ to }) => to)), endFor(most, labels, width - 104)], label: `${currency} →`, tickFormat: (x: number) => shortMoney(x, currency), ticks: width / 110, grid: true },
        y: { domain: rows, label: null, tickSize: 0, tickFormat: fitting(84) },
        marks: [
          Plot.barX(made, {
            y: "row",
            x1: "from",
            x2: "to",
            fill: ({ kind }: Bar) => (kind === "total" ? "var(--total)" : kind === "credit" ? "var(--credit)" : colour),
            // A gap between the lines of a category, where they are wide enough to have one.
            stroke: ({ from, to }: Bar) => (Math.abs(to - from) > most / 200 ? "var(--page)" : "none"),
            insetTop: 3,
            insetBottom: 3,
          }),
          Plot.link(steps, { x1: "at", x2: "at", y1: "from", y2: "to", stroke: "currentColor", strokeOpacity: 0.35 }),
          Plot.text(ends, { y: "row", x: "at", text: "label", ...label }),
          Plot.ruleX([0]),
          Plot.tip(made, Plot.pointerY({ y: "row", x1: "from", x2: "to", title: "words" })),
        ],
      }),
    data: linesTable(title, lines, currency),
  });
}

function span(bills: readonly Bill[]): string {
  const first = bills[0]?.period ?? "";
  const last = bills[bills.length - 1]?.period ?? "";
  return first === last ? first : `${first} to ${last}`;
}

function byPeriod({ options, about }: { options: OptionReport[]; about: Report["result"]["about"] }): HTMLElement | null {
  const periods = options[0]?.bills.map(({ period }) => period) ?? [];
  if (periods.length < 2) return null;
  const totals = options.map((option) => option.bills.map((bill) => total(merged([bill], "recurring"))));
  const points = options.flatMap(({ name }, i) =>
    periods.map((period, k) => ({ name, i, period, amount: approximate(totals[i]?.[k] ?? 0n) })),
  );
  return chart({
    title: "Recurring cost by period",
    gist: options.map(({ name }, i) => `${name}: from ${money(totals[i]?.[0] ?? 0n, about.currency)} to ${money(totals[i]?.[periods.length - 1] ?? 0n, about.currency)}`).join("; "),
    legend: options.map(({ name }, i) => ({ name, colour: optionColour(i), dash: optionDash(i), shape: "line" })),
    draw: (width) =>
      Plot.plot({
        width,
        height: 300,
        marginLeft: 60,
        x: { type: "point", domain: periods, label: null, ...(periods.length > width / 60 ? { ticks: periods.filter((_, k) => k % Math.ceil(periods.length / (width / 60)) === 0) } : {}) },
        y: { zero: true, label: `↑ ${about.currency}`, tickFormat: (y: number) => shortMoney(y, about.currency), grid: true },
        marks: [
          ...options.map((_, i) => Plot.line(points.filter((p) => p.i === i), { x: "period", y: "amount", stroke: optionColour(i), strokeWidth: 2, strokeDasharray: optionDash(i), marker: "dot" })),
          Plot.ruleY([0]),
        ],
      }),
    data: table({
      caption: "Recurring cost by period",
      columns: [{ name: "Period" }, ...options.map(({ name }) => ({ name, number: true }))],
      rows: periods.map((period, k): Cell[] => [period, ...totals.map((list) => money(list[k] ?? 0n, about.currency))]),
    }),
  });
}

export function bill(report: Report): HTMLElement | null {
  const { options, about } = report.result;
  const drawn = options.map((option) => ({
    option,
    recurring: merged(option.bills, "recurring"),
    once: merged([option.one_time], "one_time"),
  }));
  const allRecurring = sharedBy(drawn.map(({ recurring }) => recurring), about.currency);
  const allOnce = sharedBy(drawn.map(({ once }) => once), about.currency);
  if (drawn.every(({ recurring, once }) => recurring.length + once.length === 0)) return null;
  const unpriced = (lines: Line[]) => lines.filter(({ amount }) => amount === null).map(({ line }) => line.item);
  return element(
    "div",
    {},
    element("p", { class: "remark" }, "Charts of one kind share a scale. Each piece of a bar is a line of the bill; the table below a chart has them all, with the metered quantity and the price row of each."),
    byPeriod(report.result),
    ...drawn.map(({ option, recurring, once }, i) => {
      const missing = [...unpriced(recurring), ...unpriced(once)];
      return element(
        "div",
        { class: "one-option" },
        missing.length > 0 ? element("p", { class: "alarm" }, `Unpriced, and in no total: ${missing.join(", ")}`) : null,
        recurring.length > 0 ? waterfall(`${option.name}: recurring, ${span(option.bills)}`, recurring, allRecurring, i, about.currency) : null,
        once.length > 0 ? waterfall(`${option.name}: paid once`, once, allOnce, i, about.currency) : null,
      );
    }),
  );
}
