// The decision matrix: raw values beside their scores, what each criterion adds, and what it would take to lose.
import * as Plot from "@observablehq/plot";
import { sentences } from "../block";
import { axisRoom, chart, endFor, fitting, label, optionColour } from "../chart";
import { type Cell, badge, element, table } from "../elements";
import { measure, share } from "../numbers";
import { type MatrixTable, type Report, answerWords } from "../result";

function criterionName({ name, unit }: MatrixTable["criteria"][number]): string {
  return unit ? `${name}, ${unit}` : name;
}

function scores({ criteria, weights, options, winners }: MatrixTable): HTMLElement | null {
  if (weights.length === 0) return null;
  const pieces = options.flatMap(({ name, scores: parts }) => {
    let at = 0;
    return criteria.map((criterion, i) => {
      const from = at;
      at += (weights[i] ?? 0) * (parts[i] ?? 0);
      return { option: name, from, to: at, colour: optionColour(i), words: `${name}\n${criterion.name}: ${(at - from).toFixed(3)}` };
    });
  });
  const ends = options.map(({ name, score }) => ({ name, score, words: score.toFixed(3) + (winners.includes(name) ? (winners.length > 1 ? "  tie" : "  ✓ first") : "") }));
  return chart({
    title: "Score by criterion",
    gist: options.map(({ name, score, scores: parts }) => `${name}: ${score.toFixed(3)}, of which ${criteria.map((c, i) => `${c.name} ${((weights[i] ?? 0) * (parts[i] ?? 0)).toFixed(3)}`).join(", ")}`).join("; "),
    legend: criteria.flatMap(({ name }, i) => ((weights[i] ?? 0) > 0 ? [{ name: `${name} (${share(weights[i] ?? 0, 1)})`, colour: optionColour(i), shape: "area" as const }] : [])),
    draw: (width) => {
      const left = Math.min(170, width / 3);
      return Plot.plot({
        width,
        height: 34 * options.length + 50,
        marginTop: 6,
        marginBottom: axisRoom.marginBottom,
        marginLeft: left,
        x: { labelOffset: axisRoom.labelOffset, domain: [0, Math.max(1, endFor(Math.max(...ends.map(({ score }) => score)), ends.map(({ words }) => words), width - left - 20))], label: "score, 1 at most →", ticks: [0, 0.25, 0.5, 0.75, 1], tickFormat: String, grid: true },
        y: { domain: options.map(({ name }) => name), label: null, tickSize: 0, tickFormat: fitting(left) },
        marks: [
          Plot.barX(pieces, { y: "option", x1: "from", x2: "to", fill: "colour", stroke: "var(--page)", insetTop: 3, insetBottom: 3 }),
          Plot.text(ends, { y: "name", x: "score", text: "words", ...label }),
          Plot.ruleX([0]),
          Plot.tip(pieces, Plot.pointerY({ y: "option", x1: "from", x2: "to", title: "words" })),
        ],
      });
    },
    data: table({
      caption: "Score by criterion, weighted",
      columns: [{ name: "Option" }, ...criteria.map(({ name }) => ({ name, number: true })), { name: "Score", number: true }],
      rows: options.map(({ name, scores: parts, score }): Cell[] => [name, ...criteria.map((_, i) => ((weights[i] ?? 0) * (parts[i] ?? 0)).toFixed(3)), score.toFixed(3)]),
    }),
  });
}

function values({ criteria, weights, options, winners }: MatrixTable): HTMLElement {
  const ranked = weights.length > 0;
  const last = (name: string, of: (option: MatrixTable["options"][number]) => number): Cell[] => [name, "", "", ...options.map((option) => of(option).toFixed(3))];
  return table({
    caption: "Values, and their scores from 0 to 1 below",
    columns: [{ name: "Criterion" }, { name: "Better" }, { name: "Weight", number: true }, ...options.map(({ name }) => ({ name, number: true }))],
    rows: [
      ...criteria.map((criterion, i): Cell[] => {
        const anchors = criterion.target === null ? "" : `target ${measure(criterion.target)}, ideal ${measure(criterion.ideal ?? NaN)}`;
        return [
          element("span", {}, criterionName(criterion), anchors ? element("small", {}, anchors) : null),
          criterion.better === "lower" ? "less" : "more",
          share(weights[i] ?? criterion.weight, 1),
          ...options.map(({ values: raw, scores: parts }): Cell => {
            const value = raw[i];
            if (value === null || value === undefined) return "unknown";
            const score = parts[i];
            return element("span", {}, measure(value, criterion.unit.startsWith("$") ? "$" : ""), ranked && score !== undefined ? element("small", {}, score.toFixed(2)) : null);
          }),
        ];
      }),
      ...(ranked ? [last("TOPSIS (more is better)", ({ topsis }) => topsis), last("Regret (less is better)", ({ regret }) => regret)] : []),
    ],
    ...(ranked
      ? { total: ["Weighted score", "", "", ...options.map(({ name, score }): Cell => (winners.includes(name) ? element("span", {}, score.toFixed(3), " ", badge(winners.length > 1 ? "tie" : "first", "good")) : score.toFixed(3)))] }
      : {}),
    shown: 30,
  });
}

export function matrix(report: Report): HTMLElement | null {
  const made = report.result.answers?.matrix;
  const [said] = answerWords(report).matrix;
  if (!made || !said) return null;
  const [first, ...notes] = said.lines;
  return element(
    "div",
    {},
    first ? element("p", { class: "headline" }, first) : null,
    sentences(notes),
    scores(made),
    values(made),
  );
}
