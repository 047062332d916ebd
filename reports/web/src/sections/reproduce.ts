// The command that gives the very same result, and the hashes of everything it read.
import { type Cell, element, table } from "../elements";
import { type Report, isSimulated } from "../result";

function copyButton(source: HTMLElement): HTMLElement {
  const button = element("button", { type: "button" }, "Copy");
  const said = element("span", { role: "status" });
  button.addEventListener("click", () => {
    // Not every browser lets a page from a file write to the clipboard; then the command is selected instead.
    const selected = () => {
      getSelection()?.selectAllChildren(source);
      said.textContent = " Selected";
    };
    const copied = () => {
      said.textContent = " Copied";
    };
    if (!navigator.clipboard) selected();
    else navigator.clipboard.writeText(source.textContent ?? "").then(copied, selected);
  });
  return element("p", { class: "copy" }, button, said);
}

export function reproduce(report: Report): HTMLElement {
  const { result, words } = report;
  const { about } = result;
  const command = element("code", {}, words.reproduce);
  const tables = new Map(result.prices.map(({ source }) => [source.table, source.hash]));
  const hash = (text: string) => element("code", {}, text);
  const rows: Cell[][] = [
    [about.scenario_file, "scenario", hash(about.scenario_sha256)],
    ...about.inputs.map(({ name, sha256 }): Cell[] => [name, "input", hash(sha256)]),
    ...[...tables].map(([name, sha256]): Cell[] => [name, "price table", hash(sha256)]),
  ];
  return element(
    "div",
    {},
    element("p", {}, `The same files${isSimulated(report) ? `, seed ${about.seed}` : ""} and billcast ${about.version} give the same result, byte for byte.`),
    element("pre", { tabindex: "0" }, command),
    copyButton(command),
    table({ caption: "What went in", columns: [{ name: "Name" }, { name: "Kind" }, { name: "SHA-256" }], rows, shown: 30 }),
  );
}
