// Options that no other beats in every respect: the first axis by each of the others, and who dominates whom.
import * as Plot from "@observablehq/plot";
import { sentences } from "../block";
import { axisRoom, chart, fitting, optionColour } from "../chart";
import { type Cell, badge, element, table } from "../elements";
import { measure, shortMeasure } from "../numbers";
import { type Frontier, type Report, answerWords } from "../result";

type Axis = Frontier["axes"][number];

interface Point {
  name: string;
  x: number;
  y: number;
  front: boolean;
  colour: string;
}

function axisLabel({ name, unit, better }: Axis): string {
  return `${unit ? `${name}, ${unit}` : name} (${better === "lower" ? "less" : "more"} is better)`;
}

// The head of the column says the unit.
function inColumn(value: number, axis: Axis | undefined): string {
  return measure(value, axis?.unit.startsWith("$") ? "$" : "");
}

// A little room on both sides, so that no point stands on the edge.
function domain(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.12 * (high - low || Math.abs(high) || 1);
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

// Names beside their points: to the right, to the left, above or below, where nothing else is; `at` in pixels.
export function placeNames(points: readonly { name: string; at: [number, number] }[], frame: Box): { name: string; dx: number; dy: number; anchor: "start" | "end" | "middle" }[] {
  const apart = (a: Box, b: Box) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  const taken: Box[] = points.map(({ at: [x, y] }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  return points.map(({ name, at: [x, y] }, own) => {
    const width = 7.2 * name.length;
    const places = ([["start", 10, 0], ["end", -10, 0], ["middle", 0, -15], ["middle", 0, 15], ["start", 8, -15], ["start", 8, 15], ["end", -8, -15], ["end", -8, 15]] as const).map(([anchor, dx, dy]) => {
      const left = x + dx - (anchor === "start" ? 0 : anchor === "end" ? width : width / 2);
      return { anchor, dx, dy, box: { left, right: left + width, top: y + dy - 7, bottom: y + dy + 7 } };
    });
    const inside = ({ box }: { box: Box }) => box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
    // Where there is no free place, the one that hides least.
    const hides = ({ box }: { box: Box }) => taken.filter((other, i) => i !== own && !apart(box, other)).length + (inside({ box }) ? 0 : 100);
    const { anchor, dx, dy, box } = places.reduce((best, place) => (hides(place) < hides(best) ? place : best));
    taken.push(box);
    return { name, dx, dy, anchor };
  });
}

function scatter({ axes, options }: Frontier, k: number, colourOf: (name: string) => string): HTMLElement | null {
  const [y, x] = [axes[0] as Axis, axes[k] as Axis];
  const points = options.flatMap(({ name, place, values }): Point[] => {
    const [across, up] = [values[k], values[0]];
    return typeof across === "number" && typeof up === "number" ? [{ name, x: across, y: up, front: place === "front", colour: colourOf(name) }] : [];
  });
  if (points.length === 0) return null;
  const beaten = options.flatMap(({ name, dominators }) => {
    const from = points.find((point) => point.name === name);
    return dominators.flatMap((other) => {
      const to = points.find((point) => point.name === other);
      return from && to ? [{ x1: from.x, y1: from.y, x2: to.x, y2: to.y }] : [];
    });
  });
  const title = `${y.name} by ${x.name}`;
  const [across, up] = [domain(points.map((point) => point.x)), domain(points.map((point) => point.y))];
  const say = (point: Point) => `${measure(point.y, y.unit)} at ${measure(point.x, x.unit)}`;
  return chart({
    title,
    gist: points.map((point) => `${point.name}: ${say(point)}${point.front ? ", on the frontier" : ""}`).join("; "),
    legend: [
      { name: "on the frontier of all axes", colour: "var(--total)", shape: "dot" },
      ...(beaten.length > 0 ? [{ name: "is dominated by", colour: "var(--soft)", dash: "2 4", shape: "line" as const }] : []),
    ],
    draw: (width) => {
      const height = Math.max(270, Math.min(360, width * 0.6));
      const frame: Box = { left: 62, right: width - 16, top: 26, bottom: height - axisRoom.marginBottom };
      const at = (point: Point): [number, number] => [
        frame.left + ((point.x - across[0]) / (across[1] - across[0])) * (frame.right - frame.left),
        frame.bottom - ((point.y - up[0]) / (up[1] - up[0])) * (frame.bottom - frame.top),
      ];
      const cut = fitting(width * 0.45);
      const names = placeNames(points.map((point) => ({ name: cut(point.name), at: at(point) })), frame);
      return Plot.plot({
        width,
        height,
        marginLeft: frame.left,
        marginRight: 16,
        marginTop: frame.top,
        marginBottom: axisRoom.marginBottom,
        x: { domain: across, label: `${axisLabel(x)} →`, labelOffset: axisRoom.labelOffset, ticks: width / 120, tickFormat: shortMeasure(x.unit, across[1]), grid: true },
        y: { domain: up, label: `↑ ${axisLabel(y)}`, ticks: 6, tickFormat: shortMeasure(y.unit, up[1]), grid: true },
        marks: [
          Plot.link(beaten, { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: "var(--soft)", strokeDasharray: "2 4" }),
          Plot.dot(points, { x: "x", y: "y", r: 6, stroke: "colour", strokeWidth: 2, fill: ({ front, colour }: Point) => (front ? colour : "var(--page)") }),
          ...names.map(({ name, dx, dy, anchor }, i) => Plot.text([points[i] as Point], { x: "x", y: "y", text: () => name, dx, dy, textAnchor: anchor, fill: "currentColor", stroke: "var(--page)", strokeWidth: 4 })),
          Plot.tip(points.map((point) => ({ ...point, words: `${point.name}\n${say(point)}` })), Plot.pointer({ x: "x", y: "y", title: "words" })),
        ],
      });
    },
    data: table({
      caption: title,
      columns: [{ name: "Option" }, { name: axisLabel(x), number: true }, { name: axisLabel(y), number: true }],
      rows: points.map((point): Cell[] => [point.name, inColumn(point.x, x), inColumn(point.y, y)]),
    }),
  });
}

export function frontier(report: Report): HTMLElement | null {
  const made = report.result.answers?.frontier;
  const [said] = answerWords(report).frontier;
  if (!made || !said) return null;
  const names = report.result.options.length > 0 ? report.result.options.map(({ name }) => name) : made.options.map(({ name }) => name);
  const colourOf = (name: string) => optionColour(Math.max(0, names.indexOf(name)));
  const charts = made.axes.slice(1).map((_, i) => scatter(made, i + 1, colourOf)).filter((one): one is HTMLElement => one !== null);
  return element(
    "div",
    {},
    sentences(said.lines),
    charts.length > 0 ? element("div", { class: "charts" }, ...charts) : null,
    table({
      caption: "Frontier",
      columns: [{ name: "Option" }, ...made.axes.map((axis) => ({ name: axisLabel(axis), number: true })), { name: "Place" }],
      rows: made.options.map(({ name, place, values, dominators }): Cell[] => [
        name,
        ...values.map((value, i): Cell => (value === null ? "unknown" : inColumn(value, made.axes[i]))),
        place === "front" ? badge("frontier", "good") : place === "unknown" ? badge("not placed", "unsure") : element("span", {}, badge("dominated", "plain"), ` by ${dominators.join(", ")}`),
      ]),
    }),
  );
}
