// What a reader must be warned of, and what this release leaves out.
import { element, list } from "../elements";
import type { Report } from "../result";

export function remarks({ result }: Report): HTMLElement | null {
  const { warnings } = result.about;
  if (warnings.length + result.notes.length === 0) return null;
  return element(
    "div",
    {},
    warnings.length > 0 ? element("h3", {}, "Warnings") : null,
    list(warnings),
    result.notes.length > 0 ? element("h3", {}, "Notes") : null,
    list(result.notes),
  );
}
