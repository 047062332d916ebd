// Elements of the page. Texts go in as texts, so nothing that a result says can become markup.

type Child = Node | string | null;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child): child is Node | string => child !== null));
  return made;
}

export function list(items: readonly string[]): HTMLElement | null {
  return items.length === 0 ? null : element("ul", {}, ...items.map((item) => element("li", {}, item)));
}

// "yes" and "no" are never said by colour alone.
export function badge(text: string, kind: "good" | "bad" | "unsure" | "plain"): HTMLElement {
  const sign = { good: "✓ ", bad: "✗ ", unsure: "! ", plain: "" }[kind];
  return element("span", { class: `badge ${kind}` }, sign + text);
}

export interface Column {
  name: string;
  number?: boolean; // to the right, digits below digits
  wide?: boolean; // long texts: may wrap
}

export type Cell = string | Node;

export interface TableOptions {
  caption: string;
  columns: Column[];
  rows: Cell[][];
  total?: Cell[];
  shown?: number; // rows before the cut
}

// A table with a caption, cut with a count when it is long, in a box that scrolls where a window is narrow.
export function table({ caption, columns, rows, total, shown = 15 }: TableOptions): HTMLElement {
  const cellsOf = (cells: Cell[]) =>
    cells.map((cell, i) => {
      const column = columns[i];
      const kind = [column?.number ? "number" : "", column?.wide ? "wide" : ""].join(" ").trim();
      const attributes: Record<string, string> = kind ? { class: kind } : {};
      return i === 0 ? element("th", { scope: "row", ...attributes }, cell) : element("td", attributes, cell);
    });
  const rowsOf = (list: Cell[][]) => list.map((cells) => element("tr", {}, ...cellsOf(cells)));
  const body = element("tbody");
  // A table that is longer by a row or two is not worth a cut.
  const cut = rows.length > shown + 3;
  body.append(...rowsOf(cut ? rows.slice(0, shown) : rows));
  const head = columns.map(({ name, number }) =>
    name ? element("th", { scope: "col", ...(number ? { class: "number" } : {}) }, name) : element("td"),
  );
  const made = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head)),
    body,
    total ? element("tfoot", {}, element("tr", {}, ...cellsOf(total))) : null,
  );
  const box = element("div", { class: "scrolls", role: "region", tabindex: "0", "aria-label": caption }, made);
  if (!cut) return box;

  const words = element("span", {}, `${shown} of ${rows.length.toLocaleString("en-US")} rows. `);
  const button = element("button", { type: "button", class: "all" }, `Show all ${rows.length.toLocaleString("en-US")}`);
  const rest = element("p", { class: "cut" }, words, button);
  button.addEventListener("click", () => {
    body.append(...rowsOf(rows.slice(shown)));
    rest.remove();
    box.focus(); // the button is gone; the keyboard stays where the rows are
  });
  return element("div", {}, box, rest);
}
