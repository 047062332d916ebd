// The figures of the page: exact digits, grouping, units. Bundled as the page is, without a browser.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "../../reports/web");
if (!existsSync(join(web, "node_modules/.package-lock.json"))) {
  console.log("skipped: no Node packages; scripts/install_page_packages");
  process.exit(77);
}
const { build } = createRequire(join(web, "package.json"))("esbuild");

async function bundled(contents) {
  const { outputFiles } = await build({ stdin: { contents, resolveDir: join(web, "src") }, bundle: true, write: false, format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}
const page = await bundled('export * from "./exact"; export * from "./numbers"; export { curve } from "./sections/latency"; export { merged } from "./sections/bill"; export { placeNames } from "./sections/frontier";');
const { exact } = page;

test("a decimal keeps all of its digits", () => {
  for (const text of ["0", "1", "-3", "0.1875", "27344.5", "-0.000000008056640625", "170141183460469231731.687303715884105727"]) {
    assert.equal(page.digits(exact(text), 0, 18), text);
  }
  for (const text of ["", "1.", ".5", "1e3", "0x10", "1.0000000000000000001", "NaN"]) assert.throws(() => exact(text));
});

test("halves are rounded to even, whatever the sign", () => {
  const cents = { "0.005": "0.00", "0.015": "0.02", "0.025": "0.02", "-0.015": "-0.02", "-0.005": "0.00", "0.0150000001": "0.02", "9.995": "10.00" };
  for (const [text, shown] of Object.entries(cents)) assert.equal(page.digits(exact(text), 2, 2), shown, text);
});

test("thirds of a cent add up to what the total shows", () => {
  const third = exact("0.003333333333333333");
  const shown = page.inCents([third, null, third, third]).map((value) => (value === null ? null : page.digits(value, 2, 2)));
  assert.deepEqual(shown, ["0.00", null, "0.01", "0.00"]);
});

test("money is grouped by thousands, rupees by lakhs and crores", () => {
  assert.equal(page.money(exact("1234567.891"), "USD"), "$1,234,567.89");
  assert.equal(page.money(exact("-0.5"), "USD"), "-$0.50");
  assert.equal(page.money(exact("1234567.891"), "EUR"), "1,234,567.89 EUR");
  assert.equal(page.money(exact("123"), "INR"), "123.00 INR");
  assert.equal(page.money(exact("1234"), "INR"), "1,234.00 INR");
  assert.equal(page.money(exact("-123456789"), "INR"), "-12,34,56,789.00 INR");
  assert.equal(page.shortMoney(1_234_567, "INR"), "12.3 lakh");
  assert.equal(page.shortMoney(40_000, "USD"), "$40k");
});

test("a double has at most three decimals, below one three digits, and the unit of its label", () => {
  assert.equal(page.unitOf("latency, ms"), "ms");
  assert.equal(page.unitOf("$/month"), "$/month");
  assert.equal(page.unitOf("ms"), "ms");
  assert.equal(page.unitOf("week"), "");
  assert.equal(page.unitOf("a, b, %"), "%");
  const said = [[1234567.89123, "ms", "1,234,567.891 ms"], [0.0123456, "", "0.0123"], [100, "%", "100 %"], [0, "", "0"], [-0.5, "GB", "-0.5 GB"], [1e-9, "", "1.00e-9"]];
  for (const [value, unit, words] of said) assert.equal(page.measure(value, unit), words);
  assert.equal(page.measure(20000, "$/month"), "$20,000.00 a month");
  assert.equal(page.measure(-5.5, "$"), "-$5.50");
  assert.equal(page.measure(0.00123, "$"), "$0.00123");
  assert.equal(page.measure(NaN, "ms"), "-");
  assert.equal(page.shortMeasure("$/month", 30_000)(30_000), "$30k");
  assert.equal(page.shortMeasure("ms", 20_000)(5000), "5k"); // as its neighbours, 10k and 20k
  assert.equal(page.shortMeasure("ms", 9000)(1234), "1,234");
  assert.equal(page.shortMeasure("", 1)(0.05), "0.05");
});

test("names of points that lie close are put where they hide nothing", () => {
  const frame = { left: 0, right: 400, top: 0, bottom: 300 };
  const size = (name) => 7.2 * name.length;
  const box = ({ name, dx, dy, anchor }, [x, y]) => {
    const left = x + dx - { start: 0, end: size(name), middle: size(name) / 2 }[anchor];
    return { left, right: left + size(name), top: y + dy - 7, bottom: y + dy + 7 };
  };
  const points = [[100, 100], [112, 104], [390, 150], [200, 5], [330, 200], [375, 200]].map((at, i) => ({ name: `option ${i}`, at }));
  const boxes = page.placeNames(points, frame).map((place, i) => box(place, points[i].at));
  boxes.forEach((a, i) => {
    assert.ok(a.left >= 0 && a.right <= 400 && a.top >= 0 && a.bottom <= 300, `${points[i].name} leaves the frame`);
    for (const b of boxes.slice(i + 1)) assert.ok(a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top, points[i].name);
  });
});

test("what one answer costs keeps three digits, a price all of them", () => {
  assert.equal(page.smallMoney(exact("0.186781037249973311"), "USD"), "$0.187");
  assert.equal(page.smallMoney(exact("0.000058"), "USD"), "$0.0000580");
  assert.equal(page.smallMoney(exact("1.430471789264819737"), "USD"), "$1.43");
  assert.equal(page.smallMoney(exact("0"), "USD"), "$0.00");
  assert.equal(page.price(exact("0.00000015"), "USD"), "$0.00000015");
  assert.equal(page.price(exact("55"), "USD"), "$55.00");
});

test("a duration has the unit that suits, a limit all of its digits", () => {
  const said = { 0: "0 s", 5: "5 ns", 999.6: "1 us", 12_345: "12.3 us", 999_960_000: "1 s", 16_064_184_319: "16.1 s", 60e9: "1 min 00 s", 3_725e9: "1 h 02 min", 90_000e9: "1 d 01 h" };
  for (const [ns, words] of Object.entries(said)) assert.equal(page.duration(Number(ns)), words);
  assert.equal(page.exactDuration(18_450_000_000), "18.45 s");
  assert.equal(page.exactDuration(800_000_000), "800 ms");
  assert.equal(page.exactDuration(3_600_000_000_000), "1 h");
  assert.equal(page.exactDuration(90_000_000_000), "90 s");
  assert.equal(page.exactDuration(120_000_000_000), "2 min");
});

test("a share that is nearly nothing or nearly all keeps the digits that say so", () => {
  assert.equal(page.share(1, 2), "50 %");
  assert.equal(page.share(7_954, 310_522_120), "0.0026 %");
  assert.equal(page.share(999_974, 1_000_000), "99.9974 %");
  assert.equal(page.share(3, 3), "100 %");
  assert.equal(page.share(0, 3), "0 %");
  assert.equal(page.share(0, 0), "-");
});

test("a percentile curve rises to the right, and the slowest of n stands at 1 - 1/n", () => {
  const points = page.curve({ count: 100, bucket_values_ns: [10, 20, 30, 40], bucket_counts: [50, 40, 9, 1] });
  assert.deepEqual(points.map(({ ns }) => ns), [10, 10, 20, 30, 40]);
  assert.deepEqual(points.map(({ x }) => Math.round(x)), [1, 2, 10, 100, 100]);
});

test("lines of several periods are added up, and one without a price leaves the sum without one", () => {
  const line = { category: "compute", item: "a", quantity: "1.5", unit: "Hours", unit_price: "2", amount: "3", frequency: "recurring", driver: "", source: null, note: "" };
  const bill = (...lines) => ({ period: "", currency: "USD", lines });
  const [both] = page.merged([bill(line), bill({ ...line, unit_price: "4", amount: "6.5" })], "recurring");
  assert.deepEqual([both.quantity, both.amount, both.samePrice], [exact("3"), exact("9.5"), false]);
  const [unpriced] = page.merged([bill(line), bill({ ...line, unit_price: null, amount: null })], "recurring");
  assert.equal(unpriced.amount, null);
  assert.equal(page.merged([bill(line, { ...line, item: "b" })], "recurring").length, 2);
  assert.equal(page.merged([bill(line)], "one_time").length, 0);
});
