// What the numbers rest on: what the scenario states, and the defaults that nobody overrode.
import { type Cell, element, list, table } from "../elements";
import type { Report } from "../result";

export function assumptions({ result, words }: Report): HTMLElement | null {
  const { assumptions: all } = result.about;
  if (all.length === 0) return null;
  const isStated = ({ key }: { key: string }) => key.endsWith(".assumptions");
  const stated = all.filter(isStated).map(({ value }) => value);
  const defaults = all.filter((one) => !isStated(one));
  return element(
    "div",
    {},
    element("p", {}, `${words.assumptions} went into this.`),
    stated.length > 0 ? element("h3", {}, "Stated in the scenario") : null,
    list(stated),
    defaults.length > 0
      ? table({
          caption: "Defaults that were used",
          columns: [{ name: "Key", wide: true }, { name: "Value", wide: true }, { name: "Why", wide: true }],
          rows: defaults.map(({ key, value, why }): Cell[] => [key, value, why]),
          shown: 12,
        })
      : null,
  );
}
