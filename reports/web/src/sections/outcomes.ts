// What became of every request. Each ends in exactly one bucket.
import * as Plot from "@observablehq/plot";
import { axisRoom, chart, fitting, label } from "../chart";
import { type Cell, badge, element, table } from "../elements";
import { count, share } from "../numbers";
import type { OptionReport, Report } from "../result";

const colours: Record<string, string> = {
  cache_hit: "var(--good-2)",
  served: "var(--good)",
  rejected: "var(--bad)",
  timed_out: "var(--late)",
  abandoned: "var(--left)",
  failed: "var(--failed)",
  in_flight: "var(--area-2)",
};

function words(bucket: string): string {
  return bucket.replace(/_/g, " ");
}

function arrivalsOf(option: OptionReport): number {
  return Object.values(option.usage.outcomes).reduce((a, b) => a + b, 0);
}

function unanswered(options: readonly OptionReport[], buckets: readonly string[]): HTMLElement | null {
  const bars = options.flatMap((option) =>
    buckets.map((bucket) => ({
      option: option.name,
      bucket: words(bucket),
      colour: colours[bucket] ?? "var(--bad)",
      value: arrivalsOf(option) === 0 ? 0 : (1e6 * (option.usage.outcomes[bucket] ?? 0)) / arrivalsOf(option),
    })),
  );
  if (bars.every(({ value }) => value === 0)) return null;
  const rows = bars.filter(({ value }) => value > 0).map((bar) => ({ ...bar, row: `${bar.option}: ${bar.bucket}` }));
  const most = Math.max(...rows.map(({ value }) => value));
  const say = (value: number) => (value < 10 ? value.toFixed(2) : count(value));
  return chart({
    title: "Without an answer, of a million requests",
    gist: rows.map(({ row, value }) => `${row} ${say(value)}`).join("; "),
    draw: (width) =>
      Plot.plot({
        width,
        height: 28 * rows.length + 50,
        marginTop: 6,
        marginBottom: axisRoom.marginBottom,
        marginLeft: Math.min(190, width / 2.6),
        x: { labelOffset: axisRoom.labelOffset, domain: [0, most * 1.2], label: "of a million requests →", grid: true, ticks: width / 110 },
        y: { domain: rows.map(({ row }) => row), label: null, tickSize: 0, tickFormat: fitting(Math.min(190, width / 2.6)) },
        marks: [
          Plot.barX(rows, { y: "row", x: "value", fill: "colour", insetTop: 3, insetBottom: 3 }),
          Plot.text(rows, { y: "row", x: "value", text: ({ value }: { value: number }) => say(value), ...label }),
          Plot.ruleX([0]),
        ],
      }),
    data: table({
      caption: "Without an answer, of a million requests",
      columns: [{ name: "Option" }, { name: "Outcome" }, { name: "Of a million", number: true }],
      rows: rows.map(({ option, bucket, value }): Cell[] => [option, bucket, say(value)]),
    }),
  });
}

export function outcomes(report: Report): HTMLElement | null {
  const { options } = report.result;
  const buckets = Object.keys(options[0]?.usage.outcomes ?? {});
  if (options.length === 0 || arrivalsOf(options[0] as OptionReport) === 0) return null;
  const used = buckets.filter((bucket) => options.some((option) => (option.usage.outcomes[bucket] ?? 0) > 0));
  const pieces = options.flatMap((option) => {
    let at = 0;
    return used.map((bucket) => {
      const from = at;
      at += (option.usage.outcomes[bucket] ?? 0) / arrivalsOf(option);
      return { option: option.name, bucket, from, to: at };
    });
  });
  const data = table({
    caption: "Requests by outcome",
    columns: [{ name: "Outcome" }, ...options.map(({ name }) => ({ name, number: true }))],
    rows: buckets.map((bucket): Cell[] => [
      words(bucket),
      ...options.map((option) => {
        const value = option.usage.outcomes[bucket] ?? 0;
        return value === 0 ? "0" : `${count(value)} (${share(value, arrivalsOf(option))})`;
      }),
    ]),
    total: ["All that arrived", ...options.map((option) => count(arrivalsOf(option)))],
  });
  const sound = options.every(({ checks }) => !Object.values(checks).includes(false));
  return element(
    "div",
    {},
    chart({
      title: "Requests by outcome",
      gist: report.words.options.map((option) => `${option.name}: ${option.outcomes}`).join("; "),
      legend: used.map((bucket) => ({ name: words(bucket), colour: colours[bucket] ?? "var(--bad)", shape: "area" })),
      draw: (width) =>
        Plot.plot({
          width,
          height: 34 * options.length + 50,
          marginTop: 6,
          marginBottom: axisRoom.marginBottom,
          marginLeft: Math.min(150, width / 3),
          marginRight: 24,
          x: { labelOffset: axisRoom.labelOffset, domain: [0, 1], label: "share of all requests →", tickFormat: (x: number) => `${Math.round(100 * x)} %`, ticks: width < 500 ? 3 : 6 },
          y: { domain: options.map(({ name }) => name), label: null, tickSize: 0, tickFormat: fitting(Math.min(150, width / 3)) },
          marks: [
            Plot.barX(pieces, { y: "option", x1: "from", x2: "to", fill: ({ bucket }: { bucket: string }) => colours[bucket] ?? "var(--bad)", stroke: "var(--page)", insetTop: 3, insetBottom: 3 }),
            Plot.tip(
              pieces.map((piece) => ({ ...piece, words: `${piece.option}\n${words(piece.bucket)} ${share(piece.to - piece.from, 1)}` })),
              Plot.pointer({ y: "option", x1: "from", x2: "to", title: "words" }),
            ),
          ],
        }),
      data,
    }),
    unanswered(options, used.filter((bucket) => !["cache_hit", "served", "in_flight"].includes(bucket))),
    element(
      "p",
      {},
      sound ? badge("checked", "good") : badge("check failed", "bad"),
      " Every request ended in exactly one bucket, Little's law holds to the nanosecond, and the time that slots were busy is the service that was given: checked at the end of the run, for each option.",
    ),
  );
}
