// What every report prints alike of an answer (reports/answers.hpp): sentences, figures, a table.
import { type Cell, element, list, table } from "./elements";
import type { AnswerWords } from "./result";

const long = 24; // letters, beyond which a column may wrap

export function blockTable(caption: string, { rows, alignment }: AnswerWords): HTMLElement | null {
  const [head, ...body] = rows;
  if (!head || body.length === 0) return null;
  return table({
    caption,
    columns: head.map((name, i) => ({
      name,
      number: alignment[i] === "r",
      wide: alignment[i] !== "r" && body.some((cells) => (cells[i]?.length ?? 0) > long),
    })),
    rows: body.map((cells): Cell[] => cells),
  });
}

// A few figures side by side; many as a table, which stays closed where the answer has a table of its own to say them.
export function figures(caption: string, { figures: all, rows }: AnswerWords): HTMLElement | null {
  if (all.length === 0) return null;
  const most = 6;
  if (all.length > most || all.some(([name = ""]) => name.length > 40)) {
    const many = table({
      caption,
      columns: [{ name: "Figure", wide: true }, { name: "Value", number: true }],
      rows: all.map(([name = "", value = ""]): Cell[] => [name, value]),
      shown: 12,
    });
    return rows.length === 0 ? many : element("details", { class: "data" }, element("summary", {}, caption), many);
  }
  return element(
    "dl",
    { class: "tiles", "aria-label": caption },
    ...all.map(([name = "", value = ""]) =>
      element("div", { class: "tile" }, element("dt", {}, name), element("dd", {}, element("span", { class: "figure" }, value))),
    ),
  );
}

export function sentences(lines: readonly string[]): HTMLElement | null {
  return lines.length === 1 ? element("p", {}, lines[0] as string) : list(lines);
}
