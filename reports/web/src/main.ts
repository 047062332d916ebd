// Draws the page of the report that stands in it.
import { element } from "./elements";
import { count } from "./numbers";
import { type Report, isSimulated, readReport } from "./result";
import { sections } from "./sections";

// Follows the system until the reader says otherwise; nothing is stored.
function themeButton(): HTMLElement {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen: boolean | null = null;
  const button = element("button", { type: "button", id: "theme" }, "Dark mode");
  const show = () => {
    const dark = chosen ?? system.matches;
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    button.setAttribute("aria-pressed", String(dark));
  };
  button.addEventListener("click", () => {
    chosen = !(chosen ?? system.matches);
    show();
  });
  system.addEventListener("change", show);
  show();
  return button;
}

// Paper has no toggles: what is folded is printed open, and folded again afterwards. Tables stay cut.
function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

function facts(report: Report): string {
  const { result, words } = report;
  const { about } = result;
  if (!isSimulated(report)) return `from stated figures, nothing was simulated · billcast ${about.version}`;
  const hours = about.horizon.periods[about.horizon.periods.length - 1]?.end_hour ?? 0;
  return [
    `${count(hours)} ${hours === 1 ? "hour" : "hours"} from ${about.horizon.start}`,
    about.daily_users === null ? "" : `${count(about.daily_users)} daily users`,
    `${count(result.options.length)} ${result.options.length === 1 ? "option" : "options"}`,
    `amounts in ${about.currency}`,
    `seed ${about.seed}`,
    `billcast ${about.version}`,
    words.step_hours > 1 ? `series in steps of ${words.step_hours} hours` : "",
  ]
    .filter((fact) => fact !== "")
    .join(" · ");
}

function draw(report: Report): void {
  const { about } = report.result;
  document.title = `${about.scenario}: billcast report`;
  const drawn = sections.flatMap(({ id, title, draw }) => {
    const body = draw(report);
    if (!body) return [];
    const heading = element("h2", { id: `${id}-title` }, title);
    return [{ id, title, body: element("section", { id, "aria-labelledby": `${id}-title` }, heading, body) }];
  });
  const links = drawn.map(({ id, title }) => element("li", {}, element("a", { href: `#${id}` }, title)));
  document.body.append(
    element("a", { class: "skip", href: "#main" }, "Skip to the report"),
    element(
      "header",
      {},
      element(
        "div",
        {},
        element("p", { class: "kind" }, isSimulated(report) ? "Cost simulation" : "Decision"),
        element("h1", {}, about.scenario),
        element("p", { class: "facts" }, facts(report)),
      ),
      themeButton(),
    ),
    element("nav", { "aria-label": "Sections" }, element("ul", {}, ...links)),
    element(
      "main",
      { id: "main", tabindex: "-1" },
      report.words.state ? element("p", { class: "alarm", role: "note" }, report.words.state) : null,
      ...drawn.map(({ body }) => body),
    ),
    element("footer", {}, element("p", {}, report.words.title)),
  );
  openForPrint();
}

draw(readReport());
