// A chart is a figure: a title, a legend, the drawing with its gist as a text alternative, and the figures as a table.
import { element } from "./elements";

export interface Chart {
  title: string;
  gist: string; // what a reader who sees no chart must know of it
  legend?: LegendEntry[];
  draw: (width: number) => Element; // Plot.plot
  data: HTMLElement; // a table
}

export interface LegendEntry {
  name: string;
  colour: string;
  dash?: string;
  shape: "line" | "area" | "dot";
}

// Figures beside bars, readable on top of lines.
export const label = { textAnchor: "start", dx: 6, fill: "currentColor", stroke: "var(--page)", strokeWidth: 4 } as const;

const svg = "http://www.w3.org/2000/svg";

function swatch({ colour, dash, shape }: LegendEntry): Element {
  const made = document.createElementNS(svg, "svg");
  for (const [name, value] of Object.entries({ width: "28", height: "12", "aria-hidden": "true" })) {
    made.setAttribute(name, value);
  }
  const mark = document.createElementNS(svg, { line: "line", area: "rect", dot: "circle" }[shape]);
  const attributes: Record<string, string> = {
    line: { x1: "0", x2: "28", y1: "6", y2: "6", "stroke-width": "2.5", "stroke-dasharray": dash ?? "none" },
    area: { x: "8", y: "0", width: "12", height: "12" },
    dot: { cx: "14", cy: "6", r: "5.5" },
  }[shape];
  for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value);
  // A style, for a presentation attribute knows no var().
  (mark as SVGElement).style[shape === "line" ? "stroke" : "fill"] = colour;
  made.append(mark);
  return made;
}

export function chart({ title, gist, legend, draw, data }: Chart): HTMLElement {
  const room = element("div", { class: "plot" });
  let drawn = 0;
  const drawAt = (width: number) => {
    if (width === drawn || width < 100) return;
    drawn = width;
    const drawing = draw(width);
    // One picture for those who do not see it: the names that Plot gives to its parts would be noise.
    for (const part of drawing.querySelectorAll("[aria-label], [aria-description]")) {
      part.removeAttribute("aria-label");
      part.removeAttribute("aria-description");
    }
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", `${title}. ${gist}`);
    room.replaceChildren(drawing);
  };
  drawAt(720);
  new ResizeObserver(([entry]) => {
    if (entry) drawAt(Math.floor(entry.contentRect.width));
  }).observe(room);
  // A drawing of a wide window, shrunk to paper, has letters that nobody can read.
  addEventListener("beforeprint", () => drawAt(room.closest(".charts") ? 340 : 690));
  addEventListener("afterprint", () => drawAt(Math.floor(room.clientWidth)));

  const entries = legend?.map((entry) => {
    const item = element("li", {});
    item.append(swatch(entry), entry.name);
    return item;
  });
  return element(
    "figure",
    { class: "chart" },
    element("figcaption", {}, title),
    entries ? element("ul", { class: "legend" }, ...entries) : null,
    room,
    element("details", { class: "data" }, element("summary", {}, `Figures of “${title}”`), data),
  );
}

// The far end of an axis whose longest bar, `most`, still has room for the longest of the figures behind it.
export function endFor(most: number, words: readonly string[], plotWidth: number): number {
  const room = Math.min(0.7 * plotWidth, 16 + 7.2 * Math.max(0, ...words.map(({ length }) => length)));
  return (most || 1) * (plotWidth / (plotWidth - room));
}

// Room below a drawing for the figures of its axis and, on a line of its own, what they count.
export const axisRoom = { marginBottom: 44, labelOffset: 38 };

// A name beside a bar, cut to the room that it has; legends and tables say all of it.
export function fitting(room: number): (name: string) => string {
  const letters = Math.max(4, Math.floor(room / 7.5));
  return (name) => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name);
}

// Days, or hours where there are few of them; all times are UTC.
export function timeAxis(width: number, hours: number) {
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (n: number) => String(n).padStart(2, "0");
  const tickFormat = (at: Date) =>
    hours > 72 || at.getUTCHours() + at.getUTCMinutes() === 0
      ? `${at.getUTCDate()} ${months[at.getUTCMonth()] ?? ""}`
      : `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  return { type: "utc" as const, label: "UTC →", labelOffset: axisRoom.labelOffset, tickFormat, ticks: Math.max(2, Math.round(width / 110)) };
}

// Options are told apart by colour and by dashes (page.css has the colours for both modes).
const dashes = ["none", "7 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 2", "6 6"];

export function optionColour(index: number): string {
  return `var(--option-${(index % 8) + 1})`;
}

export function optionDash(index: number): string {
  return dashes[index % dashes.length] as string;
}

// Positions for the axis of a logarithmic scale: whole decades, and 2 and 5 of each where there is room.
export function logTicks(low: number, high: number): number[] {
  const decades = Math.log10(high / low);
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); ++power) {
    for (const digit of decades > 3.5 ? [1] : [1, 2, 5]) {
      const tick = digit * 10 ** power;
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(tick);
    }
  }
  return ticks;
}
