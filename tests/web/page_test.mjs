// The HTML report as browsers and readers meet it, in headless Chromium.
//
//   node page_test.mjs BILLCAST
//
// Exit code 77, with a reason, where something is missing to look with.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const billcast = process.argv[2];

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

const chromiumProgram = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => process.env.PATH.split(":").map((folder) => join(folder, name)))
  .find((path) => existsSync(path));
if (!chromiumProgram) skip("no chromium; scripts/install_dependencies web installs it");
if (!existsSync(join(here, "node_modules/.package-lock.json"))) skip("no Node packages; scripts/install_page_packages");
const { chromium } = await import("playwright-core");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const scriptName = "<script>alert(1)</script>";
const markupName = "<img src=x onerror=alert(2)> & </script>";
const folder = mkdtempSync(join(tmpdir(), "billcast-page-"));
const out = join(folder, "out");
const run = (scenario, name) => execFileSync(billcast, ["run", join(here, scenario), "--out", join(folder, name), "--quiet"]);
run("everything.yaml", "out");
if (!existsSync(join(out, "report.html"))) {
  rmSync(folder, { recursive: true });
  skip("billcast was built without its page; scripts/install_page_packages, then build again");
}

let browser;
before(async () => {
  // As root, in a container, Chromium has no sandbox to go into; it opens our own file only.
  browser = await chromium.launch({ executablePath: chromiumProgram, args: ["--no-sandbox"] });
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

// A page that was opened and has drawn itself; `troubles` collects what must not happen.
async function open({ file = join(out, "report.html"), width = 1280, dark = false } = {}) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: dark ? "dark" : "light" });
  page.setDefaultTimeout(120_000); // a machine that compiles beside it is slow, not wrong
  const troubles = [];
  page.on("console", (message) => troubles.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) troubles.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("footer");
  await page.waitForTimeout(200); // the charts take the width of the window
  return { page, troubles };
}

// The page of a result.json that was changed by hand.
function rendered(name, change) {
  const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8"));
  change(result);
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "result.json"), JSON.stringify(result));
  const file = join(folder, `${name}.html`);
  writeFileSync(file, execFileSync(billcast, ["report", join(folder, name), "--format", "html"], { maxBuffer: 1e8 }));
  return file;
}

async function expectSoundCharts(page) {
  const charts = await page.$$eval("figure.chart", (figures) =>
    figures.map((figure) => {
      const svg = figure.querySelector("svg[role=img]");
      return {
        title: figure.querySelector("figcaption").textContent,
        gist: svg?.getAttribute("aria-label") ?? "",
        marks: svg?.querySelectorAll("path, rect, line").length ?? 0,
        broken: /NaN|undefined|Infinity/.test(svg?.outerHTML ?? ""),
        rows: figure.querySelectorAll("details table tbody tr").length,
      };
    }),
  );
  for (const { title, gist, marks, broken, rows } of charts) {
    assert.ok(gist.length > title.length + 10, `${title}: the gist is '${gist}'`);
    assert.ok(marks > 3, `${title}: ${marks} marks`);
    assert.ok(!broken, `${title}: an attribute is no number`);
    assert.ok(rows > 0, `${title}: no figures`);
  }
  return charts.map(({ title }) => title);
}

test("opens without an error, a dialog or a request", async () => {
  const { page, troubles } = await open();
  assert.deepEqual(troubles, []);
  await page.close();
});

test("shows what a file says as text, whatever it says", async () => {
  const { page, troubles } = await open();
  assert.equal(await page.textContent("h1"), scriptName);
  assert.equal(await page.title(), `${scriptName}: billcast report`);
  assert.ok((await page.textContent("#options table")).includes(markupName));
  assert.ok((await page.textContent("#parts table")).includes("<b>light</b>"));
  for (const id of ["matrix", "frontier"]) {
    assert.ok((await page.textContent(`#${id}`)).includes("<script>alert(4)</script>"), id); // a criterion, an axis
    assert.ok((await page.textContent(`#${id}`)).includes(markupName), id);
  }
  assert.ok((await page.textContent("#gates")).includes("<script>alert(5)</script>")); // a source
  assert.ok((await page.textContent("#gates")).includes("<script>alert(6)</script>")); // a gate
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.locator("script").count(), 2); // the data, and our own
  assert.deepEqual(troubles, []);
  await page.close();
});

test("draws every section that the result has, verdict first", async () => {
  const { page } = await open();
  const ids = await page.$$eval("main > section", (sections) => sections.map(({ id }) => id));
  const expected = ["verdict", "options", "bill", "parts", "matrix", "frontier", "answers", "latency", "capacity", "outcomes", "drills", "gates", "assumptions", "prices"];
  assert.deepEqual(ids.filter((id) => id !== "remarks"), [...expected, "reproduce"]);
  const links = await page.$$eval("nav a", (all) => all.map((link) => link.getAttribute("href").slice(1)));
  assert.deepEqual(links, ids);
  for (const id of ids) assert.ok((await page.textContent(`#${id}`)).length > 60, `${id} says next to nothing`);
  await page.close();
});

test("draws every chart, with its gist in words and its figures in a table", async () => {
  const { page } = await open();
  const titles = await expectSoundCharts(page);
  const drawn = [
    ...["Cost a month", "Whole answer", "First token", "Class batch: whole answer", "Requests an hour", "engine: instances", "Requests by outcome"],
    ...["mixed: requests and cost by part", "mixed: whole answer by part", "halves, class batch: whole answer by part"],
    ...["Score by criterion", "engine: margins", "Cost, performance and complexity"],
    // The first axis by each of the others.
    ...["latency", "cost", "size"].map((axis) => `<script>alert(4)</script> by ${axis}`),
  ];
  for (const title of drawn) assert.ok(titles.includes(title), `no chart '${title}' among ${titles.join(", ")}`);
  assert.equal(titles.filter((title) => title.includes(": recurring, 2026-12")).length, 7);
  await page.close();
});

test("draws what was measured beside what is simulated", async () => {
  const { page } = await open();
  const legend = await page.$$eval("#latency figure", (figures) => figures[0].querySelector(".legend").textContent);
  assert.ok(legend.includes("recorded, measured"), legend);
  const rows = await page.$$eval("#latency figure", (figures) => [...figures[0].querySelectorAll("details tr")].map((row) => [...row.children].map((cell) => cell.textContent)));
  const column = rows[0].indexOf("recorded, measured");
  assert.equal(rows.find(([name]) => name === "requests")[column], "100,000"); // of measured.hgrm
  assert.ok((await page.textContent("#latency")).includes("recorded is served from measured.hgrm"));
  await page.close();
});

test("says the amounts of report.md to the cent", async () => {
  const { page } = await open();
  const markdown = readFileSync(join(out, "report.md"), "utf8");
  const amounts = new Set(markdown.match(/\$[\d,]+\.\d+/g));
  assert.ok(amounts.size > 30);
  const text = await page.textContent("main");
  for (const amount of amounts) assert.ok(text.includes(amount), `${amount} stands in report.md, not in the page`);
  await page.close();
});

test("takes the keyboard to everything that can be pressed, and shows where it is", async () => {
  const { page } = await open();
  const all = await page.$$eval("a[href], button, summary, [tabindex='0']", (elements) => {
    const visible = elements.filter((element) => element.getClientRects().length > 0 && element.checkVisibility());
    visible.forEach((element, i) => element.setAttribute("data-stop", String(i)));
    return visible.length;
  });
  assert.ok(all > 30);
  const order = [];
  for (let i = 0; i < all; ++i) {
    await page.keyboard.press("Tab");
    order.push(
      await page.evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        const shown = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        return shown ? Number(document.activeElement.getAttribute("data-stop") ?? NaN) : `no outline: ${document.activeElement.outerHTML.slice(0, 80)}`;
      }),
    );
  }
  assert.deepEqual(order, Array.from({ length: all }, (_, i) => i)); // the order of the page, the skip link first
  assert.equal(await page.getAttribute("[data-stop='0']", "href"), "#main");

  await page.focus("#theme");
  await page.keyboard.press("Enter");
  assert.equal(await page.getAttribute("#theme", "aria-pressed"), "true");
  await page.focus("figure.chart summary");
  await page.keyboard.press("Space");
  assert.ok(await page.isVisible("figure.chart details table"));
  await page.close();
});

test("is dark where the system is, and at the press of a button", async () => {
  const colours = (page) => page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
  const light = await open();
  const dark = await open({ dark: true });
  const day = await colours(light.page);
  const night = await colours(dark.page);
  assert.notDeepEqual(day, night);
  await light.page.click("#theme");
  await dark.page.click("#theme");
  assert.deepEqual(await colours(light.page), night);
  assert.deepEqual(await colours(dark.page), day);
  await light.page.close();
  await dark.page.close();
});

test("cuts a long table with a count, and shows all of it when asked", async () => {
  const { page } = await open();
  const rows = () => page.locator("#assumptions tbody tr").count();
  const [, shown, all] = /(\d+) of (\d+) rows/.exec(await page.textContent("#assumptions .cut"));
  assert.equal(await rows(), Number(shown));
  await page.click("#assumptions .cut button");
  assert.equal(await rows(), Number(all));
  assert.equal(await page.locator("#assumptions .cut").count(), 0);
  await page.close();
});

test("prints with everything open and nothing to press", async () => {
  const { page } = await open({ dark: true });
  await page.evaluate(() => {
    addEventListener("beforeprint", () => (window.folded = document.querySelectorAll("details:not([open])").length));
  });
  const pdf = await page.pdf({ format: "A4" });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  assert.ok(pdf.length > 50_000, `${pdf.length} bytes`);
  assert.equal(await page.evaluate(() => window.folded), 0);
  assert.ok((await page.locator("details:not([open])").count()) > 10); // folded again
  await page.emulateMedia({ media: "print" });
  for (const hidden of ["nav", "#theme", "summary"]) assert.ok(!(await page.isVisible(hidden)), `${hidden} is printed`);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await page.close();
});

test("fits a window of 400 pixels", async () => {
  const { page, troubles } = await open({ width: 400 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 400);
  await expectSoundCharts(page);
  assert.deepEqual(troubles, []);
  await page.close();
});

for (const mode of [{ dark: false }, { dark: true }, { width: 400 }]) {
  test(`has no serious finding of axe: ${JSON.stringify(mode)}`, async () => {
    const { page } = await open(mode);
    assert.deepEqual(await seriousFindings(page), []);
    await page.close();
  });
}

test("stays under a megabyte, and draws a year of twelve options", async () => {
  assert.ok(readFileSync(join(out, "report.html")).length < 1_000_000);
  const file = rendered("year", (result) => {
    const months = Array.from({ length: 12 }, (_, i) => ({ name: `month ${i + 1}`, first_hour: 730 * i, end_hour: 730 * (i + 1) }));
    result.about.horizon.periods = months;
    const [first] = result.options;
    for (const [name, column] of Object.entries(first.usage.hours)) {
      const isText = typeof column[0] === "string";
      first.usage.hours[name] = Array.from({ length: 8760 }, (_, i) => (isText ? "123456789012345" : 123_456 + (i % 24) * 20_011));
    }
    first.bills = months.map(({ name }) => ({ ...first.bills[0], period: name }));
    first.classes = result.options[1].classes;
    result.options = Array.from({ length: 12 }, (_, i) => ({ ...first, name: `option ${i + 1}` }));
  });
  const size = readFileSync(file).length;
  assert.ok(size < 1_000_000, `${size} bytes`);
  const { page, troubles } = await open({ file });
  const titles = await expectSoundCharts(page);
  assert.ok(titles.includes("Recurring cost by period"));
  assert.ok((await page.textContent("header")).includes("series in steps of "));
  assert.deepEqual(troubles, []);
  await page.close();
});

test("groups rupees as India does, and keeps all digits", async () => {
  const file = rendered("rupees", (result) => {
    result.about.currency = "INR";
    const [line] = result.options[0].bills[0].lines;
    line.amount = "12345678901234567.885"; // more digits than a binary fraction has; half a cent, to even
    result.options[0].bills[0].lines = [line];
  });
  const { page } = await open({ file });
  assert.ok((await page.textContent("#bill")).includes("12,34,56,78,90,12,34,567.88 INR"));
  await page.close();
});

test("leaves out what a result does not have", async () => {
  const file = rendered("bare", (result) => {
    result.drills = [];
    result.prices = [];
    result.about.assumptions = [];
    result.about.slo.targets = [];
    result.answers = null;
    for (const option of result.options) {
      option.parts = [];
      option.slo_checks = [];
      option.bills[0].lines = [];
      option.one_time.lines = [];
      option.classes = [];
      option.time_to_first_token = null;
      option.time_per_output_token = null;
    }
  });
  const { page, troubles } = await open({ file });
  const ids = await page.$$eval("main > section", (sections) => sections.map(({ id }) => id));
  assert.deepEqual(ids.filter((id) => id !== "remarks"), ["verdict", "options", "latency", "capacity", "outcomes", "reproduce"]);
  await expectSoundCharts(page);
  assert.deepEqual(troubles, []);
  await page.close();
});

test("draws the curves of any answer, with their figures below, and cuts what is long", async () => {
  const name = "<script>alert(3)</script>";
  const line = (title, x, y, series) => ({ title, shape: "line", x, y, axes: [], series });
  const hundred = Array.from({ length: 100 }, (_, i) => i);
  const file = rendered("curves", (result) => {
    const [first] = result.answers.sections;
    const curves = [
      line(`${name} ramp`, "week", "$/month", [{ name, x: [1, 2, 3], y: [10, 2000.5, 30000] }, { name: "cap", x: [1, 2, 3], y: [2e4, 2e4, 2e4] }]),
      line("Decades", "requests", "latency, ms", [{ name: "a", x: [1, 1000, 1e6], y: [0.001, 1, 500] }]),
      line("Flat", "hit ratio, %", "$/month", [{ name: "a", x: [5], y: [0] }]),
      line("Long", "day", "accuracy, %", [{ name: "a", x: hundred, y: hundred.map((i) => 90 - i / 50) }]),
      { title: "Points", shape: "points", x: "size, GB", y: "accuracy, %", axes: [], series: [{ name, x: [1], y: [90] }, { name: "b", x: [2], y: [91] }] },
      { title: "Bars", shape: "bars", x: "", y: "$", axes: [], series: [{ name, x: [], y: [-5.5] }, { name: "b", x: [], y: [12.25] }] },
      { title: "Empty", shape: "bars", x: "", y: "$", axes: [], series: [] },
    ];
    result.answers.sections.push({
      ...first,
      section: "ramp_and_cap",
      sentences: [name],
      figures: [{ name, value: "1234567.5", unit: "$/month" }, { name: "in_rupees", value: "1234567.5", unit: "INR" }, { name: "share", value: "29.166666666", unit: "%" }],
      table: { alignment: "lr", rows: [["row", name], ...hundred.map((i) => [name, String(i)])] },
      curves,
    });
  });
  const { page, troubles } = await open({ file });
  const titles = await expectSoundCharts(page);
  for (const title of [`${name} ramp`, "Decades", "Flat", "Long", "Points", "Bars"]) assert.ok(titles.includes(title), title);
  assert.ok(!titles.includes("Empty"));
  const text = await page.textContent("#answers");
  for (const words of ["Ramp and cap", "$1,234,567.50 a month", "12,34,567.50 INR", "29.167 %", "$2,000.50 a month", "-$5.50", "15 of 100 rows"]) {
    assert.ok(text.includes(words), words);
  }
  assert.equal(await page.locator("script").count(), 2);
  assert.deepEqual(troubles, []);
  await page.close();
});

async function seriousFindings(page) {
  await page.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
  await page.evaluate(axe); // the page's own policy refuses any script, but not the debugger's
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3).join("\n")}`);
}

test("shows a decision without a simulation, with the sections that have something to say", async () => {
  run("decision.yaml", "decision");
  const file = join(folder, "decision/report.html");
  for (const mode of [{}, { dark: true, width: 400 }]) {
    const { page, troubles } = await open({ file, ...mode });
    const ids = await page.$$eval("main > section", (sections) => sections.map(({ id }) => id));
    assert.deepEqual(ids, ["verdict", "matrix", "frontier", "answers", "gates", "assumptions", "reproduce"]);
    assert.equal(await page.textContent("h1"), scriptName);
    assert.ok((await page.textContent("header")).includes("nothing was simulated"));
    const titles = await expectSoundCharts(page);
    for (const title of ["Score by criterion", "accuracy by latency", "accuracy by effort", "new: margins"]) assert.ok(titles.includes(title), title);
    const gates = await page.textContent("#gates");
    for (const words of ["approved", "rejected", "decided"]) assert.ok(gates.includes(words), words);
    assert.ok((await page.textContent("#frontier")).includes("old is dominated by"));
    assert.ok((await page.textContent("#answers")).includes("6.061 ×"));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), mode.width ?? 1280);
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(troubles, []);
    await page.close();
  }
  assert.ok(readFileSync(file).length < 1_000_000);
  const pdf = await open({ file });
  assert.ok((await pdf.page.pdf({ format: "A4" })).length > 20_000);
  await pdf.page.close();
});

test("shows the choice of a vendor: matrix, frontier, gates, and whether the API suffices", async () => {
  run("../../configs/fraud-vendor-selection.yaml", "fraud");
  const file = join(folder, "fraud/report.html");
  const { page, troubles } = await open({ file });
  const titles = await expectSoundCharts(page);
  for (const title of ["Score by criterion", "accuracy by latency", "accuracy by cost", "managed-api: margins", "Cost a month", "Whole answer"]) {
    assert.ok(titles.includes(title), `no chart '${title}' among ${titles.join(", ")}`);
  }
  assert.ok((await page.textContent("#verdict")).includes("ranks first"));
  assert.ok((await page.textContent("#capacity")).includes("Quotas of managed APIs"));
  assert.deepEqual(await seriousFindings(page), []);
  assert.deepEqual(troubles, []);
  assert.ok(readFileSync(file).length < 1_000_000);
  await page.close();
});
