// The price rows that bills rest on, with their age and how far they can be trusted.
import { type Cell, badge, element, table } from "../elements";
import { exact } from "../exact";
import { daysBetween, price } from "../numbers";
import type { Report } from "../result";

const old = 90; // days, as the warnings of a run have it

export function prices({ result }: Report): HTMLElement | null {
  const { prices: rows, about } = result;
  if (rows.length === 0) return null;
  const { start } = about.horizon;
  const ages = rows.map(({ source }) => daysBetween(source.retrieved, start));
  const count = rows.filter((_, i) => (ages[i] ?? 0) > old).length;
  const assumed = rows.filter(({ source }) => source.confidence === "assumption").length;
  return element(
    "div",
    {},
    element(
      "p",
      {},
      `${rows.length} price rows carry the bills; ${count} of them were more than ${old} days old on ${start}, and ${assumed} are assumptions.`,
    ),
    table({
      caption: `Price rows, in ${about.currency}`,
      columns: [
        { name: "Item", wide: true },
        { name: "Price", number: true },
        { name: "Unit" },
        { name: "Row and source", wide: true },
        { name: "Retrieved" },
        { name: `Age on ${start}`, number: true },
        { name: "Confidence" },
      ],
      rows: rows.map(({ item, unit, unit_price, source }, i): Cell[] => {
        const age = ages[i] ?? NaN;
        const days = Number.isNaN(age) ? "unknown" : `${age} days`;
        return [
          item,
          unit_price === null ? "by tiers" : price(exact(unit_price), about.currency),
          unit.replace(/^\d+/, (digits) => Number(digits).toLocaleString("en-US")),
          element(
            "span",
            {},
            [source.table, source.sku, source.offer].filter((part) => part !== "").join("/"),
            element("small", {}, source.url),
          ),
          source.retrieved,
          age > old ? badge(`${days}, old`, "unsure") : days,
          source.confidence === "assumption" ? badge("assumption", "unsure") : source.confidence,
        ];
      }),
    }),
  );
}
