// What a mixture is made of: how many requests reach each part, what it costs, how fast it answers, class by class.
import * as Plot from "@observablehq/plot";
import { axisRoom, chart, fitting, optionColour } from "../chart";
import { type Cell, element, table } from "../elements";
import { approximate, exact } from "../exact";
import { count, duration, money, share } from "../numbers";
import type { ClassTimes, Distribution, OptionReport, Report } from "../result";
import { type Series, curves } from "./latency";

function times({ count: answered, p50_ns, p95_ns, p99_ns }: Distribution): Cell[] {
  return [p50_ns, p95_ns, p99_ns].map((ns) => (answered === 0 ? "-" : duration(ns)));
}

function arrived({ outcomes }: ClassTimes): number {
  return Object.values(outcomes).reduce((a, b) => a + b, 0);
}

function partsTable(option: OptionReport, requests: readonly string[], currency: string): HTMLElement {
  return table({
    caption: `${option.name}: parts`,
    columns: [
      { name: "Part" },
      { name: "Kind" },
      { name: "Requests", number: true },
      { name: "A month", number: true },
      { name: "p50", number: true },
      { name: "p95", number: true },
      { name: "p99", number: true },
    ],
    rows: option.parts.flatMap((part, i): Cell[][] => [
      [part.name, part.kind.replace(/_/g, " "), requests[i] ?? "", (part.monthly.projected ? "~" : "") + money(exact(part.monthly.amount), currency), ...times(part.latency)],
      ...part.classes
        .filter((one) => arrived(one) > 0)
        .map((one): Cell[] => [`${part.name}: ${one.name}`, "class", count(arrived(one)), "", ...times(one.latency)]),
    ]),
    shown: 40,
  });
}

// Whether the part that answers most is also the one that costs most.
function shares(option: OptionReport): HTMLElement | null {
  const measures = [
    { row: "requests", of: (part: OptionReport) => part.usage.hours.arrivals.reduce((a, b) => a + b, 0) },
    { row: "cost a month", of: (part: OptionReport) => approximate(exact(part.monthly.amount)) },
  ];
  const pieces = measures.flatMap(({ row, of }) => {
    const all = option.parts.reduce((sum, part) => sum + of(part), 0);
    let at = 0;
    return option.parts.map((part, i) => {
      const from = at;
      at += all > 0 ? of(part) / all : 0;
      return { row, part: part.name, from, to: at, colour: optionColour(i), words: `${part.name}\n${share(at - from, 1)} of ${row}` };
    });
  });
  if (pieces.every(({ from, to }) => from === to)) return null;
  const title = `${option.name}: requests and cost by part`;
  return chart({
    title,
    gist: pieces.map(({ row, part, from, to }) => `${part} ${share(to - from, 1)} of ${row}`).join("; "),
    legend: option.parts.map(({ name }, i) => ({ name, colour: optionColour(i), shape: "area" as const })),
    draw: (width) =>
      Plot.plot({
        width,
        height: 34 * measures.length + 50,
        marginTop: 6,
        marginBottom: axisRoom.marginBottom,
        marginLeft: 100,
        marginRight: 24,
        x: { labelOffset: axisRoom.labelOffset, domain: [0, 1], label: "share →", tickFormat: (x: number) => `${Math.round(100 * x)} %`, ticks: width < 500 ? 3 : 6 },
        y: { domain: measures.map(({ row }) => row), label: null, tickSize: 0, tickFormat: fitting(100) },
        marks: [
          Plot.barX(pieces, { y: "row", x1: "from", x2: "to", fill: "colour", stroke: "var(--page)", insetTop: 3, insetBottom: 3 }),
          Plot.tip(pieces, Plot.pointer({ y: "row", x1: "from", x2: "to", title: "words" })),
        ],
      }),
    data: table({
      caption: title,
      columns: [{ name: "Part" }, ...measures.map(({ row }) => ({ name: `Share of ${row}`, number: true }))],
      rows: option.parts.map(({ name }): Cell[] => [name, ...measures.map(({ row }) => { const piece = pieces.find((one) => one.row === row && one.part === name); return piece ? share(piece.to - piece.from, 1) : "-"; })]),
    }),
  });
}

export function parts(report: Report): HTMLElement | null {
  const { options, about } = report.result;
  if (options.every((option) => option.parts.length === 0)) return null;
  return element(
    "div",
    {},
    ...options.flatMap((option, i) => {
      if (option.parts.length === 0) return [];
      const said = report.words.options[i];
      const classes = [...new Set(option.parts.flatMap((part) => part.classes.map(({ name }) => name)))];
      // A class that meets one part alone is that part's own curve.
      const several = (all: readonly Series[]) => (all.filter(({ times: { count: n } }) => n > 0).length > 1 ? all : []);
      const series = (of: (part: OptionReport) => Distribution | undefined) =>
        option.parts.flatMap((part, index) => {
          const found = of(part);
          return found ? [{ name: part.name, index, times: found }] : [];
        });
      const measured = option.parts.flatMap((part, index) => (part.measured?.latency ? [{ name: `${part.name}, measured`, index, times: part.measured.latency.times, measured: true }] : []));
      const drawn = [
        curves(`${option.name}: whole answer by part`, [...series((part) => part.latency), ...measured], []),
        ...classes.map((name) => curves(`${option.name}, class ${name}: whole answer by part`, several(series((part) => part.classes.find((one) => one.name === name)?.latency)), [])),
      ].filter((one): one is HTMLElement => one !== null);
      return [
        element("h3", {}, option.name),
        said?.overhead ? element("p", {}, `${said.overhead}.`) : null,
        partsTable(option, said?.parts.map(({ requests }) => requests) ?? [], about.currency),
        shares(option),
        drawn.length > 0 ? element("div", { class: "charts" }, ...drawn) : null,
      ];
    }),
    element("p", { class: "remark" }, "Each part as an option of its own, behind the cache. A request that meets two parts counts in both."),
  );
}
