// Faults that were tried out, and what became of each option.
import { type Cell, badge, element, list, table } from "../elements";
import type { Report } from "../result";

export function drills({ result, words }: Report): HTMLElement | null {
  if (result.drills.length === 0) return null;
  const rows = result.drills.flatMap((drill, i) =>
    drill.options.map((option, k): Cell[] => {
      const said = words.drills[i];
      const [name = "", objectives = "", ...others] = said?.options[k]?.cells ?? [];
      const { held, checks } = option.verdict;
      return [
        drill.name,
        said?.what ?? "",
        name,
        badge(objectives, checks.length === 0 ? "plain" : held ? "good" : "bad"),
        ...others,
      ];
    }),
  );
  return element(
    "div",
    {},
    element("p", { class: "headline" }, words.drills_headline),
    table({
      caption: "Drills",
      columns: [
        { name: "Drill" },
        { name: "What happens", wide: true },
        { name: "Option" },
        { name: "Objectives" },
        { name: "Recovered", number: true },
        { name: "Lost more", number: true },
        { name: "Extra cost", number: true },
      ],
      rows,
      shown: 30,
    }),
    list(words.drills.flatMap(({ misses }) => misses)),
    element("p", { class: "remark" }, "Each drill is judged against the same hours without its fault: lost requests and cost are what the fault added."),
  );
}
