// Exact decimals: money and quantities as the result writes them, in whole 1e-18.
//
// Digits that a reader sees never pass through a binary fraction; `approximate` is for the length of a bar.

const places = 18;
const one = 10n ** BigInt(places);

export type Exact = bigint; // whole 1e-18

// "-1234.5", "0.000000008056640625"
export function exact(text: string): Exact {
  const match = /^(-?)(\d+)(?:\.(\d{1,18}))?$/.exec(text);
  if (!match) throw new Error(`not a decimal: ${text}`);
  const [, sign, whole, fraction = ""] = match;
  const size = BigInt(whole as string) * one + BigInt(fraction.padEnd(places, "0"));
  return sign ? -size : size;
}

export function approximate(value: Exact): number {
  return Number(value) / 1e18;
}

// Half to even, as the bill itself is rounded.
export function rounded(value: Exact, decimals: number): Exact {
  const step = 10n ** BigInt(places - decimals);
  const size = value < 0n ? -value : value;
  let steps = size / step;
  const rest = (size % step) * 2n;
  if (rest > step || (rest === step && steps % 2n === 1n)) steps += 1n;
  return (value < 0n ? -steps : steps) * step;
}

export function sum(values: readonly Exact[]): Exact {
  return values.reduce((a, b) => a + b, 0n);
}

// Digits after the point: at least `least`, at most `most`, no needless zeros between.
export function digits(value: Exact, least: number, most: number): string {
  const shown = rounded(value, most);
  const size = shown < 0n ? -shown : shown;
  let fraction = (size % one).toString().padStart(places, "0").slice(0, most);
  while (fraction.length > least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  return (shown < 0n ? "-" : "") + (size / one).toString() + (fraction ? `.${fraction}` : "");
}

// "1234567.5" → "1,234,567.5"; the Indian way, "12,34,567.5": a thousand, and then by hundreds.
export function grouped(text: string, indian = false): string {
  const [, sign = "", whole = "", rest = ""] = /^(-?)(\d+)(.*)$/.exec(text) ?? [];
  const last = whole.slice(-3);
  const before = whole.slice(0, -3).replace(indian ? /\B(?=(\d{2})+$)/g : /\B(?=(\d{3})+$)/g, ",");
  return sign + (before ? `${before},${last}` : last) + rest;
}

// Shares of a sum to the cent that add up to the sum to the cent: the k-th shows what the first k come to, less what the
// first k − 1 show.
export function inCents(values: readonly (Exact | null)[]): (Exact | null)[] {
  let total = 0n;
  let shown = 0n;
  return values.map((value) => {
    if (value === null) return null;
    total += value;
    const cents = rounded(total, 2) - shown;
    shown = rounded(total, 2);
    return cents;
  });
}
