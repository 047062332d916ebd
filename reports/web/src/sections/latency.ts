// How long users wait: percentile curves on an axis that gives each further nine the same room.
import * as Plot from "@observablehq/plot";
import { axisRoom, chart, logTicks, optionColour, optionDash } from "../chart";
import { type Cell, element, table } from "../elements";
import { count, duration, exactDuration, percentile } from "../numbers";
import { type Distribution, type Measure, type Report, type Target, measureNames } from "../result";

export interface Series {
  name: string;
  index: number; // of the option: its colour
  times: Distribution;
  measured?: boolean; // by somebody, not simulated
}

interface Point {
  x: number; // 1 / (1 − p)
  ns: number;
}

const mostNines = 1e6; // 99.9999 %
const log = Math.log10;

// The value of a bucket is reached where all of the bucket has been counted. The slowest request of n stands at
// 1 − 1/n: there is no place for 100 %.
export function curve({ count: all, bucket_values_ns: values, bucket_counts: counts }: Distribution): Point[] {
  const points: Point[] = [];
  let below = 0;
  values.forEach((ns, i) => {
    if (i === 0) points.push({ x: 1, ns });
    below += counts[i] ?? 0;
    const x = below < all ? all / (all - below) : all;
    const last = points[points.length - 1];
    if (!last || x >= last.x) points.push({ x, ns });
  });
  const within = points.filter(({ x }) => x <= mostNines);
  return within.length > 1 ? within : points;
}

// Where the axis says a share: as 1 / (1 − p), as many as have room.
function shares(width: number): number[] {
  if (width < 480) return [2, 100, 1e4, 1e6];
  return width < 700 ? [2, 10, 100, 1e3, 1e4, 1e5, 1e6] : [1, 2, 10, 20, 100, 1e3, 1e4, 1e5, 1e6];
}

function nines(x: number): string {
  const digits = Math.max(0, Math.ceil(log(x) - 1e-9) - 2);
  return `${(100 * (1 - 1 / x)).toFixed(digits)} %`;
}

// What was measured has the colour of the option that is served from it.
function dashOf({ index, measured }: Pick<Series, "index" | "measured">): string {
  return measured ? "1 4" : optionDash(index);
}

function percentilesTable(caption: string, series: readonly Series[]): HTMLElement {
  const rows: [string, (d: Distribution) => string][] = [
    ["p50", (d) => duration(d.p50_ns)],
    ["p90", (d) => duration(d.p90_ns)],
    ["p95", (d) => duration(d.p95_ns)],
    ["p99", (d) => duration(d.p99_ns)],
    ["p99.9", (d) => duration(d.p99_9_ns)],
    ["slowest", (d) => duration(d.max_ns)],
    ["mean", (d) => duration(d.mean_ns)],
    ["requests", (d) => count(d.count)],
  ];
  return table({
    caption,
    columns: [{ name: "" }, ...series.map(({ name }) => ({ name, number: true }))],
    rows: rows.map(([name, say]): Cell[] => [name, ...series.map(({ times }) => say(times))]),
  });
}

export function curves(title: string, all: readonly Series[], targets: readonly Target[]): HTMLElement | null {
  const series = all.filter(({ times }) => times.count > 0);
  if (series.length === 0) return null;
  const lines = series.map((one) => ({ ...one, points: curve(one.times) }));
  const corners = targets.map(({ per_ten_thousand: p, limit }, i) => ({
    x: log(1 / (1 - p / 1e4)),
    ns: limit,
    label: `${percentile(p)} ≤ ${exactDuration(limit)}`,
    line: i,
  }));
  const values = [...lines.flatMap(({ points }) => points.map(({ ns }) => ns)), ...corners.map(({ ns }) => ns)];
  const most = Math.max(...values, 1);
  // What takes less than a millisecond beside seconds is no time at all.
  const low = Math.max(most > 1e9 ? 1e6 : 1e3, Math.min(...values));
  const high = Math.max(most, low * 2) * 1.1;
  // The room between a millisecond and a minute is for a logarithm; a narrow span is read better from zero.
  const wide = high / low > 30;
  const height = wide ? (ns: number) => log(Math.max(ns, low)) : (ns: number) => ns;
  const right = log(Math.min(mostNines, Math.max(...lines.flatMap(({ points }) => points.map(({ x }) => x)), 10)));
  const gist = series
    .map(({ name, times }) => `${name}: median ${duration(times.p50_ns)}, p95 ${duration(times.p95_ns)}, p99.9 ${duration(times.p99_9_ns)}`)
    .concat(corners.map(({ label }) => label))
    .join("; ");
  return chart({
    title,
    gist,
    legend: [
      ...series.map((one) => ({ name: one.name, colour: optionColour(one.index), dash: dashOf(one), shape: "line" as const })),
      ...(corners.length > 0 ? [{ name: "target", colour: "var(--target)", dash: "5 3", shape: "line" as const }] : []),
    ],
    draw: (width) =>
      Plot.plot({
        width,
        height: Math.max(250, Math.min(390, width * 0.55)),
        marginLeft: 62,
        marginRight: 38,
        marginTop: 14 + 15 * corners.length,
        marginBottom: axisRoom.marginBottom,
        // Both logarithms are taken here: an axis of Plot's own would label whole decades alone.
        x: {
          domain: [0, right],
          label: "share of requests that take at most this long →",
          labelOffset: axisRoom.labelOffset,
          ticks: shares(width).map(log).filter((x) => x <= right),
          tickFormat: (x: number) => nines(10 ** x),
          grid: true,
        },
        y: {
          domain: wide ? [log(low), log(high)] : [0, high],
          ticks: wide ? logTicks(low, high).map(log) : 6,
          label: null,
          tickFormat: (y: number) => duration(wide ? 10 ** y : y),
          grid: true,
        },
        marks: [
          ...lines.map(({ index, points, ...one }) =>
            Plot.line(points, {
              x: ({ x }: Point) => log(x),
              y: ({ ns }: Point) => height(ns),
              stroke: optionColour(index),
              strokeWidth: one.measured ? 1.5 : 2.25,
              strokeOpacity: one.measured ? 0.85 : 1,
              strokeDasharray: dashOf({ index, ...one }),
              clip: true,
            }),
          ),
          // The curve passes below the corner when the target is held.
          ...corners.flatMap(({ x, ns, label, line }) => {
            const y = height(ns);
            const look = { stroke: "var(--target)", strokeWidth: 1.75, strokeDasharray: "5 3" };
            return [
              Plot.ruleY([y], { x1: 0, x2: x, ...look }),
              Plot.ruleX([x], { y1: y, y2: height(high), ...look }),
              Plot.dot([y], { x, y, r: 4, fill: "var(--target)" }),
              Plot.text([label], { x, y: height(high), text: [label], textAnchor: "middle", dy: -9 - 15 * line, fill: "var(--target)", fontWeight: 600 }),
            ];
          }),
          Plot.tip(
            lines.flatMap(({ name, points }) =>
              points.map(({ x, ns }) => ({ x: log(x), y: height(ns), words: `${name}\n${nines(x)} within ${duration(ns)}` })),
            ),
            Plot.pointer({ x: "x", y: "y", title: "words" }),
          ),
        ],
      }),
    data: percentilesTable(title, series),
  });
}

export function latency(report: Report): HTMLElement | null {
  const { options, about } = report.result;
  const targetsOf = (measure: Measure, name = "") =>
    about.slo.targets.filter((target) => target.measure === measure && (target.traffic_class ?? "") === name);
  const ofAll = (times: (option: (typeof options)[number]) => Distribution | null | undefined): Series[] =>
    options.flatMap((option, index) => {
      const found = times(option);
      return found ? [{ name: option.name, index, times: found }] : [];
    });
  const measured = (times: "latency" | "time_to_first_token"): Series[] =>
    options.flatMap(({ name, measured: made }, index) => {
      const found = made?.[times];
      return found ? [{ name: `${name}, measured`, index, times: found.times, measured: true }] : [];
    });
  const recordings = options.flatMap(({ name, measured: made }) =>
    [...new Set([made?.latency?.name, made?.time_to_first_token?.name])].flatMap((recording) => (recording ? [`${name} is served from ${recording}`] : [])),
  );
  const classes = [...new Set(options.flatMap((option) => option.classes.map(({ name }) => name)))];
  const charts = [
    curves(measureNames.latency, [...ofAll((o) => o.latency), ...measured("latency")], targetsOf("latency")),
    curves(measureNames.time_to_first_token, [...ofAll((o) => o.time_to_first_token), ...measured("time_to_first_token")], targetsOf("time_to_first_token")),
    curves(measureNames.time_per_output_token, ofAll((o) => o.time_per_output_token), targetsOf("time_per_output_token")),
    curves("Waiting for a free slot", ofAll((o) => (o.wait.max_ns > 0 ? o.wait : null)), []),
    ...classes.flatMap((name) => [
      curves(`Class ${name}: whole answer`, ofAll((o) => o.classes.find((c) => c.name === name)?.latency), targetsOf("latency", name)),
      curves(`Class ${name}: first token`, ofAll((o) => o.classes.find((c) => c.name === name)?.time_to_first_token), targetsOf("time_to_first_token", name)),
    ]),
  ].filter((one): one is HTMLElement => one !== null);
  if (charts.length === 0) return null;
  return element(
    "div",
    {},
    element(
      "p",
      { class: "remark" },
      "Of answered requests. Each step to the right is a tenth of the requests before it: the right half of a chart is the slowest one in a thousand. A target is a corner that a curve must pass below.",
      classes.length > 0 ? " Classes count what the option itself answered, without the cache; a target stands in the chart of the requests that it is set for." : null,
    ),
    recordings.length > 0
      ? element("p", { class: "remark" }, `${recordings.join("; ")}: the dotted curve is what was measured there, service without a queue; the simulated one beside it also waits, and hits caches.`)
      : null,
    element("div", { class: "charts" }, ...charts),
  );
}
