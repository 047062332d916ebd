// The curves of an answer: lines, points, bars and rings, whatever they are about.
import * as Plot from "@observablehq/plot";
import { type LegendEntry, axisRoom, chart, endFor, fitting, label, logTicks, optionColour, optionDash } from "./chart";
import { type Cell, type Column, element, table } from "./elements";
import { measure, shortMeasure, unitOf } from "./numbers";
import type { Curve, Series } from "./result";

interface Look {
  colour: string;
  dash: string;
}

const target: Look = { colour: "var(--target)", dash: "5 3" };

// An option keeps its colour throughout the page; what is no option takes the colours that are left. A limit looks like
// the targets of other charts.
function looks(series: readonly Series[], options: readonly string[]): Look[] {
  let next = options.length;
  return series.map(({ name, y }) => {
    if (["limit", "cap", "target", "budget"].includes(name) && y.every((value) => value === y[0])) {
      return target;
    }
    const known = options.indexOf(name);
    const i = known >= 0 ? known : next++;
    return { colour: optionColour(i), dash: optionDash(i) };
  });
}

function finite({ x, y }: Series): { x: number; y: number }[] {
  return y.flatMap((value, i) => {
    const at = x[i];
    return at !== undefined && Number.isFinite(at) && Number.isFinite(value) ? [{ x: at, y: value }] : [];
  });
}

// Decades want a logarithm; where nothing is said of 0 an axis need not begin there.
function scale(values: readonly number[], unit: string, title: string, room: number) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const tickFormat = shortMeasure(unit, Math.max(high, -low));
  if (low > 0 && high / low >= 1000) return { type: "log" as const, domain: [low, high], ticks: logTicks(low, high), tickFormat, label: title, grid: true };
  const from = low > 0 && low < high * 0.6 ? 0 : low;
  const span = high - from || Math.abs(high) || 1;
  return { domain: [from === 0 ? 0 : from - 0.06 * span, high === 0 ? 0 : high + 0.06 * span], ticks: room, tickFormat, label: title, grid: true };
}

function xyTable({ title, x, y, series }: Curve): HTMLElement {
  const [xUnit, yUnit] = [unitOf(x), unitOf(y)];
  const [first] = series;
  const shared = first !== undefined && series.every((one) => one.x.length === first.x.length && one.x.every((at, i) => at === first.x[i]));
  if (first && shared) {
    return table({
      caption: title,
      columns: [{ name: x, number: true }, ...series.map(({ name }): Column => ({ name, number: true }))],
      rows: first.x.map((at, i): Cell[] => [measure(at, xUnit), ...series.map((one) => measure(one.y[i] ?? NaN, yUnit))]),
    });
  }
  return table({
    caption: title,
    columns: [{ name: "" }, { name: x, number: true }, { name: y, number: true }],
    rows: series.flatMap((one) => one.y.map((value, i): Cell[] => [one.name, measure(one.x[i] ?? NaN, xUnit), measure(value, yUnit)])),
  });
}

function xyChart(curve: Curve, options: readonly string[]): HTMLElement | null {
  const { title, shape, series } = curve;
  const [xUnit, yUnit] = [unitOf(curve.x), unitOf(curve.y)];
  const looked = looks(series, options);
  const lines = series.map((one, i) => ({ name: one.name, ...(looked[i] as Look), points: finite(one) })).filter(({ points }) => points.length > 0);
  const all = lines.flatMap(({ points }) => points);
  if (all.length === 0) return null;
  const say = (point: { x: number; y: number } | undefined) => (point ? `${measure(point.y, yUnit)} at ${measure(point.x, xUnit)}` : "");
  const gist = lines
    .map(({ name, points }) => (points.length === 1 ? `${name}: ${say(points[0])}` : `${name}: from ${say(points[0])} to ${say(points[points.length - 1])}`))
    .join("; ");
  return chart({
    title,
    gist,
    legend: lines.map(({ name, colour, dash }): LegendEntry => ({ name, colour, dash, shape: shape === "line" ? "line" : "dot" })),
    draw: (width) =>
      Plot.plot({
        width,
        height: Math.max(250, Math.min(360, width * 0.5)),
        marginLeft: 62,
        marginRight: 24,
        marginTop: 26,
        marginBottom: axisRoom.marginBottom,
        x: { ...scale(all.map(({ x }) => x), xUnit, `${curve.x} →`, width / 110), labelOffset: axisRoom.labelOffset },
        y: scale(all.map(({ y }) => y), yUnit, `↑ ${curve.y}`, 6),
        marks: [
          ...lines.map(({ points, colour, dash }) =>
            shape === "line" && points.length > 1
              ? Plot.line(points, { x: "x", y: "y", stroke: colour, strokeWidth: 2.25, strokeDasharray: dash, ...(points.length < 40 && colour !== target.colour ? { marker: "dot" as const } : {}) })
              : Plot.dot(points, { x: "x", y: "y", r: 5, fill: colour, stroke: "var(--page)" }),
          ),
          Plot.tip(
            lines.flatMap(({ name, points }) => points.map((point) => ({ ...point, words: `${name}\n${say(point)}` }))),
            Plot.pointer({ x: "x", y: "y", title: "words" }),
          ),
        ],
      }),
    data: xyTable(curve),
  });
}

function barChart({ title, y, series }: Curve, options: readonly string[]): HTMLElement | null {
  const unit = unitOf(y);
  const looked = looks(series, options);
  const bars = series.flatMap(({ name, y: values }, i) =>
    values.flatMap((value, k) =>
      Number.isFinite(value) ? [{ row: values.length > 1 ? `${name} ${k + 1}` : name, value, colour: (looked[i] as Look).colour, words: measure(value, unit) }] : [],
    ),
  );
  if (bars.length === 0) return null;
  const [low, high] = [Math.min(0, ...bars.map(({ value }) => value)), Math.max(0, ...bars.map(({ value }) => value))];
  return chart({
    title,
    gist: bars.map(({ row, words }) => `${row}: ${words}`).join("; "),
    draw: (width) => {
      const room = Math.min(190, width / 2.6);
      return Plot.plot({
        width,
        height: 30 * bars.length + 50,
        marginTop: 6,
        marginBottom: axisRoom.marginBottom,
        marginLeft: room,
        x: { labelOffset: axisRoom.labelOffset, domain: [low, endFor(high - low, bars.map(({ words }) => words), width - room - 20) + low], label: `${y} →`, tickFormat: shortMeasure(unit, Math.max(high, -low)), ticks: width / 130, grid: true },
        y: { domain: bars.map(({ row }) => row), label: null, tickSize: 0, tickFormat: fitting(room) },
        marks: [
          Plot.barX(bars, { y: "row", x: "value", fill: "colour", insetTop: 3, insetBottom: 3 }),
          Plot.text(bars, { y: "row", x: ({ value }: { value: number }) => Math.max(0, value), text: "words", ...label }),
          Plot.ruleX([0]),
        ],
      });
    },
    data: table({ caption: title, columns: [{ name: "", wide: true }, { name: y, number: true }], rows: bars.map(({ row, words }): Cell[] => [row, words]) }),
  });
}

// Axes from 0 in the middle to 1 at the rim, the first one upwards.
function ringChart({ title, axes, series }: Curve, options: readonly string[]): HTMLElement | null {
  if (axes.length < 3 || series.length === 0) return null;
  const looked = looks(series, options);
  const at = (k: number, value: number): [number, number] => {
    const angle = Math.PI / 2 - (2 * Math.PI * k) / axes.length;
    return [value * Math.cos(angle), value * Math.sin(angle)];
  };
  const closed = (values: readonly number[]) => [...axes.keys(), 0].map((k) => at(k, values[k] ?? 0));
  return chart({
    title,
    gist: series.map(({ name, y }) => `${name}: ${axes.map((axis, k) => `${axis} ${measure(y[k] ?? NaN)}`).join(", ")}`).join("; "),
    legend: series.map(({ name }, i): LegendEntry => ({ name, ...(looked[i] as Look), shape: "line" })),
    draw: (width) => {
      const size = Math.min(width, 420);
      return Plot.plot({
        width: size,
        aspectRatio: 1,
        margin: 8,
        x: { domain: [-1.45, 1.45], axis: null },
        y: { domain: [Math.min(...axes.map((_, k) => at(k, 1)[1])) - 0.25, 1.25], axis: null },
        marks: [
          ...[0.25, 0.5, 0.75, 1].map((level) => Plot.line(closed(axes.map(() => level)), { stroke: "var(--line)" })),
          Plot.link(axes.map((_, k) => at(k, 1)), { x1: () => 0, y1: () => 0, x2: "0", y2: "1", stroke: "var(--line)" }),
          ...series.map(({ y }, i) => {
            const { colour, dash } = looked[i] as Look;
            return Plot.line(closed(y), { stroke: colour, strokeWidth: 2.25, strokeDasharray: dash, fill: colour, fillOpacity: 0.08, marker: "dot" });
          }),
          Plot.text(axes.map((name, k) => ({ name, at: at(k, 1.14) })), { x: ({ at: [x] }: { at: [number, number] }) => x, y: ({ at: [, y] }: { at: [number, number] }) => y, text: "name", fontWeight: 600, fill: "currentColor", lineWidth: 9 }),
        ],
      });
    },
    data: table({
      caption: title,
      columns: [{ name: "" }, ...axes.map((name): Column => ({ name, number: true }))],
      rows: series.map(({ name, y }): Cell[] => [name, ...axes.map((_, k) => measure(y[k] ?? NaN))]),
    }),
  });
}

export function drawCurve(curve: Curve, options: readonly string[]): HTMLElement | null {
  if (curve.shape === "bars") return barChart(curve, options);
  if (curve.shape === "ring") return ringChart(curve, options);
  return xyChart(curve, options);
}

// Two beside each other where there is room.
export function drawCurves(curves: readonly Curve[], options: readonly string[]): HTMLElement | null {
  const drawn = curves.map((curve) => drawCurve(curve, options)).filter((one): one is HTMLElement => one !== null);
  return drawn.length === 0 ? null : element("div", { class: drawn.length > 1 ? "charts" : "" }, ...drawn);
}
