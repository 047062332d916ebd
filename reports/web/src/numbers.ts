// Figures with their units, as the other formats of the report write them.
import { type Exact, digits, grouped } from "./exact";

// "$1,234.50", "-$0.50", "12,34,567.00 INR"
function withCurrency(text: string, currency: string): string {
  const negative = text.startsWith("-");
  const figure = grouped(negative ? text.slice(1) : text, currency === "INR");
  return (negative ? "-" : "") + (currency === "USD" ? `$${figure}` : `${figure} ${currency}`);
}

// To the cent.
export function money(value: Exact, currency: string): string {
  return withCurrency(digits(value, 2, 2), currency);
}

// To the cent, and below one with three significant digits: what a request or a user costs.
export function smallMoney(value: Exact, currency: string): string {
  const size = value < 0n ? -value : value;
  let decimals = 2;
  for (let bound = 10n ** 18n; size !== 0n && size < bound && decimals < 18; bound /= 10n) ++decimals;
  return withCurrency(digits(value, decimals, decimals), currency);
}

// All digits: unit prices.
export function price(value: Exact, currency: string): string {
  return withCurrency(digits(value, 2, 18), currency);
}

// For an axis: "$40k". The currency stands in the axis' name.
export function shortMoney(value: number, currency: string): string {
  const indian: [number, string][] = [[1e7, " cr"], [1e5, " lakh"], [1e3, "k"]];
  const western: [number, string][] = [[1e9, "bn"], [1e6, "M"], [1e3, "k"]];
  const [size, name] = (currency === "INR" ? indian : western).find(([s]) => Math.abs(value) >= s) ?? [1, ""];
  const figure = `${trimmed(Math.abs(value) / size)}${name}`;
  return (value < 0 ? "-" : "") + (currency === "USD" ? `$${figure}` : figure);
}

export function count(value: number): string {
  return grouped(String(Math.round(value)));
}

// "1.2M"
export function shortCount(value: number): string {
  const [size, name] = ([[1e9, "bn"], [1e6, "M"], [1e3, "k"]] as const).find(([s]) => Math.abs(value) >= s) ?? [1, ""];
  return `${trimmed(value / size)}${name}`;
}

export function quantity(value: Exact): string {
  return grouped(digits(value, 0, 3));
}

function trimmed(value: number, significant = 3): string {
  return String(Number(value.toPrecision(significant)));
}

// Three significant digits, in the unit that suits: "812 ms", "16.1 s", "2 min 05 s".
export function duration(ns: number): string {
  const size = Number(Math.abs(ns).toPrecision(3));
  const sign = ns < 0 ? "-" : "";
  if (size === 0) return "0 s";
  if (size < 1e3) return `${sign}${size} ns`;
  if (size < 1e6) return `${sign}${trimmed(size / 1e3)} us`;
  if (size < 1e9) return `${sign}${trimmed(size / 1e6)} ms`;
  if (size < 60e9) return `${sign}${trimmed(size / 1e9)} s`;
  const seconds = Math.round(Math.abs(ns) / 1e9);
  const two = (n: number) => String(n).padStart(2, "0");
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${sign}${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${sign}${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

// All digits: a limit is what somebody wrote down, and 18.45 s must not read as 18.5 s.
export function exactDuration(ns: number): string {
  for (const [size, name] of [[3600e9, "h"], [60e9, "min"]] as const) {
    if (ns > 0 && ns % size === 0) return `${ns / size} ${name}`;
  }
  const [size, name] = ([[1e9, "s"], [1e6, "ms"], [1e3, "us"]] as const).find(([s]) => ns >= s) ?? [1, "ns"];
  return `${ns / size} ${name}`;
}

// "62.6 %", "0.0026 %"; what is nearly nothing or nearly all keeps the digits that say so.
export function share(part: number, whole: number): string {
  if (whole === 0) return "-";
  const percent = (100 * part) / whole;
  const distance = Math.min(percent, 100 - percent);
  if (distance <= 0) return `${trimmed(percent)} %`;
  const decimals = Math.min(6, Math.max(1, 1 - Math.floor(Math.log10(distance))));
  return `${String(Number(percent.toFixed(decimals)))} %`;
}

// "p95", "p99.9"
export function percentile(perTenThousand: number): string {
  return `p${perTenThousand / 100}`;
}

// "2026-12-07 18:00"; all times are UTC.
export function hourName(start: string, hour: number): string {
  const moment = new Date(Date.parse(`${start}T00:00:00Z`) + hour * 3_600_000);
  return moment.toISOString().slice(0, 16).replace("T", " ");
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

// What a curve is counted in: "ms" of "latency, ms"; "$/month" and "ms" of themselves.
export function unitOf(label: string): string {
  const alone = label.startsWith("$") || ["ms", "s", "%", "×", "GB", "days", "hours"].includes(label);
  return alone ? label : (/, ([^,]+)$/.exec(label)?.[1] ?? "");
}

// A double as a sentence says it, with the unit it has: "$1,234.50", "0.0123", "1,234.568 ms". Money in a double is for
// drawing only; what decides is exact and stands in words.
export function measure(value: number, unit = ""): string {
  if (!Number.isFinite(value)) return "-";
  const digits = Math.abs(value) >= 1 || value === 0 ? value.toFixed(3) : value.toPrecision(3);
  const plain = digits.includes("e") ? digits : grouped(digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits);
  if (unit.startsWith("$")) {
    const cents = grouped(Math.abs(value).toFixed(2));
    const amount = `${value < 0 ? "-" : ""}$${Math.abs(value) > 0 && Math.abs(value) < 0.01 ? plain.replace("-", "") : cents}`;
    return unit.startsWith("$/") ? `${amount} a ${unit.slice(2)}` : amount;
  }
  return unit ? `${plain} ${unit}` : plain;
}

// For an axis up to `most` whose name says the unit: "$40k", "1.2M", "0.05"; all its figures are cut alike.
export function shortMeasure(unit: string, most: number): (value: number) => string {
  if (unit.startsWith("$")) return (value) => shortMoney(value, "USD");
  return (value) => (Math.abs(most) >= 1e4 ? shortCount(value) : grouped(trimmed(value, 4)));
}
