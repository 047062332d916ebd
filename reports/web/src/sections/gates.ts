// Every gate with its value, its threshold and where that comes from; the one that decided; how much room there is.
import * as Plot from "@observablehq/plot";
import { sentences } from "../block";
import { axisRoom, chart, endFor, fitting, label } from "../chart";
import { type Cell, badge, element, table } from "../elements";
import { approximate, exact } from "../exact";
import { type AnswerWords, type GateVerdict, type Report, answerWords } from "../result";

type Result = GateVerdict["results"][number];

const kinds = { pass: "good", fail: "bad", ambiguous: "unsure", unknown: "unsure" } as const;
const colours = { pass: "var(--good)", fail: "var(--bad)", ambiguous: "var(--unsure)", unknown: "var(--unsure)" };

function nameOf({ gate }: Result): string {
  return gate.percentile ? `${gate.key} (${gate.percentile})` : gate.key;
}

function gatesTable(caption: string, { results, deciding }: GateVerdict, { rows }: AnswerWords): HTMLElement | null {
  if (results.length === 0) return null;
  return table({
    caption,
    columns: [
      { name: "Gate" },
      { name: "Value", wide: true },
      { name: "Needed", wide: true },
      { name: "Margin", number: true },
      { name: "Kind" },
      { name: "Outcome" },
      { name: "Source of the threshold", wide: true },
    ],
    rows: results.map((result, i): Cell[] => {
      const [, value = "", needed = "", margin = "", kind = "", outcome = "", source = ""] = rows[i + 1] ?? [];
      const name = element("span", {}, nameOf(result));
      if (result.gate.key === deciding) name.append(" ", badge("decided", "plain"));
      return [name, value, needed, margin, kind, badge(outcome, kinds[result.outcome]), source];
    }),
    shown: 40,
  });
}

// Gates have units of their own; what they share is how much of the threshold is left.
function margins(title: string, { results, deciding }: GateVerdict, { rows }: AnswerWords): HTMLElement | null {
  const bars = results.flatMap((result, i) => {
    const threshold = Math.abs(approximate(exact(result.gate.threshold)));
    if (result.value === null || threshold === 0) return [];
    const room = (100 * approximate(exact(result.margin))) / threshold;
    const signed = `${room > 0 ? "+" : ""}${Number(room.toPrecision(3))} %`;
    return [{ row: nameOf(result), room, colour: colours[result.outcome], opacity: result.gate.hard ? 1 : 0.55, margin: rows[i + 1]?.[3] ?? "", words: signed + (result.gate.key === deciding ? ", decided" : "") }];
  });
  if (bars.length === 0) return null;
  // One gate that is passed by far would leave the others no length.
  const most = Math.min(200, Math.max(10, ...bars.map(({ room }) => Math.abs(room))));
  const shown = (room: number) => Math.max(-most, Math.min(most, room));
  const least = Math.min(0, ...bars.map(({ room }) => shown(room)));
  const right = Math.max(0, ...bars.map(({ room }) => shown(room)));
  return chart({
    title,
    gist: bars.map(({ row, words, margin }) => `${row}: ${words} of the threshold (${margin})`).join("; "),
    legend: [
      ...[
        { name: "passes", colour: colours.pass },
        { name: "fails", colour: colours.fail },
        { name: "ambiguous", colour: colours.ambiguous },
      ].flatMap((entry) => (bars.some(({ colour }) => colour === entry.colour) ? [{ ...entry, shape: "area" as const }] : [])),
    ],
    draw: (width) => {
      const left = Math.min(210, width / 2.6);
      return Plot.plot({
        width,
        height: 30 * bars.length + 50,
        marginTop: 6,
        marginBottom: axisRoom.marginBottom,
        marginLeft: left,
        x: {
          labelOffset: axisRoom.labelOffset,
          domain: [least, endFor(right - least, bars.map(({ words }) => words), width - left - 20) + least],
          label: "room left, of the threshold →",
          tickFormat: (x: number) => `${x} %`,
          ticks: width / 110,
          grid: true,
        },
        y: { domain: bars.map(({ row }) => row), label: null, tickSize: 0, tickFormat: fitting(left) },
        marks: [
          Plot.barX(bars, { y: "row", x1: () => 0, x2: ({ room }: { room: number }) => shown(room), fill: "colour", fillOpacity: "opacity", insetTop: 4, insetBottom: 4 }),
          Plot.text(bars, { y: "row", x: ({ room }: { room: number }) => Math.max(0, shown(room)), text: "words", ...label }),
          Plot.ruleX([0]),
        ],
      });
    },
    data: table({
      caption: title,
      columns: [{ name: "Gate" }, { name: "Margin", number: true }, { name: "Of the threshold", number: true }],
      rows: bars.map(({ row, margin, words }): Cell[] => [row, margin, words]),
      shown: 40,
    }),
  });
}

export function gates(report: Report): HTMLElement | null {
  const { answers } = report.result;
  const said = answerWords(report).gates;
  if (!answers || said.length === 0) return null;
  return element(
    "div",
    {},
    ...answers.gates.flatMap(({ option, verdict }, i) => {
      const block = said[i] as AnswerWords;
      const notes = block.lines.slice(1).filter((line) => line !== "* decided");
      return [
        option ? element("h3", {}, option) : null,
        element("p", {}, badge(verdict.approve ? "approved" : "rejected", verdict.approve ? "good" : "bad"), ` ${verdict.reason}`),
        sentences(notes),
        gatesTable(option ? `${option}: gates` : "Gates", verdict, block),
        margins(option ? `${option}: margins` : "Margins", verdict, block),
      ];
    }),
    element("p", { class: "remark" }, "A plan is approved when every hard gate passes; soft gates warn, and their bars are paler. A margin is the room left in the gate's own unit; the chart shows it as a share of the threshold."),
  );
}
