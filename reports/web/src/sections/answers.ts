// Every answered question of the scenario, as it comes: sentences, figures, curves, a table.
import { blockTable, figures, sentences } from "../block";
import { drawCurves } from "../curves";
import { element } from "../elements";
import { type Report, answerWords } from "../result";

export function answers(report: Report): HTMLElement | null {
  const { result } = report;
  const said = answerWords(report).sections;
  if (!result.answers || said.length === 0) return null;
  const options = result.options.map(({ name }) => name);
  return element(
    "div",
    {},
    ...said.flatMap((block, i) => [
      element("h3", {}, block.heading),
      sentences(block.lines),
      figures(`${block.heading}: figures`, block),
      drawCurves(result.answers?.sections[i]?.curves ?? [], options),
      blockTable(block.heading, block),
    ]),
  );
}
