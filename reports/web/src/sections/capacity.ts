// Load and instances over time, and how much of the fleet the peak asks for.
import * as Plot from "@observablehq/plot";
import { axisRoom, chart, optionColour, optionDash, timeAxis } from "../chart";
import { type Cell, badge, element, table } from "../elements";
import { count, hourName, share, shortCount } from "../numbers";
import type { OptionReport, Report } from "../result";

interface Step {
  at: Date;
  name: string;
  hours: number; // the last step may be shorter
}

function stepsOf({ result, words }: Report): Step[] {
  const { horizon } = result.about;
  const end = horizon.periods[horizon.periods.length - 1]?.end_hour ?? 0;
  const entries = result.options[0]?.usage.hours.arrivals.length ?? 0;
  return Array.from({ length: entries }, (_, i) => {
    const first = i * words.step_hours;
    return {
      at: new Date(Date.parse(`${horizon.start}T00:00:00Z`) + first * 3_600_000),
      name: hourName(horizon.start, first),
      hours: Math.max(1, Math.min(words.step_hours, end - first)),
    };
  });
}

function span(step: number): string {
  return step === 1 ? "hour" : `step of ${step} hours`;
}

// A series of steps needs an end for its last one.
function withEnd<T extends { at: Date }>(points: T[], stepHours: number): T[] {
  const last = points[points.length - 1];
  return last ? [...points, { ...last, at: new Date(last.at.getTime() + stepHours * 3_600_000) }] : points;
}

function requests(report: Report, steps: Step[]): HTMLElement | null {
  const { options } = report.result;
  const first = options[0];
  if (!first || steps.length === 0) return null;
  const { arrivals, cache_hits: hits } = first.usage.hours;
  const perHour = (values: number[]) => withEnd(steps.map((step, i) => ({ ...step, value: (values[i] ?? 0) / step.hours })), report.words.step_hours);
  const cached = hits.some((value) => value > 0);
  const busiest = arrivals.reduce((best, value, i) => (value / (steps[i]?.hours ?? 1) > (arrivals[best] ?? 0) / (steps[best]?.hours ?? 1) ? i : best), 0);
  const all = arrivals.reduce((a, b) => a + b, 0);
  const hours = steps.reduce((total, step) => total + step.hours, 0);
  const peak = (arrivals[busiest] ?? 0) / (steps[busiest]?.hours ?? 1);
  const gist = `${count(all / hours)} requests an hour on average; most at ${steps[busiest]?.name ?? ""} UTC, ${count(peak)} an hour, ${((peak * hours) / all).toFixed(2)} times the mean`;
  return chart({
    title: "Requests an hour",
    gist,
    legend: [
      { name: "arrived", colour: "var(--area)", shape: "area" },
      ...(cached ? [{ name: "of these answered by the cache", colour: "var(--area-2)", shape: "area" as const }] : []),
      ...options.map(({ name }, i) => ({ name: `served by ${name}`, colour: optionColour(i), dash: optionDash(i), shape: "line" as const })),
    ],
    draw: (width) =>
      Plot.plot({
        width,
        height: 296,
        marginLeft: 52,
        x: timeAxis(width, steps.length * report.words.step_hours),
        marginBottom: axisRoom.marginBottom,
        y: { label: "↑ requests an hour", grid: true, zero: true, tickFormat: shortCount },
        marks: [
          Plot.areaY(perHour(arrivals), { x: "at", y: "value", fill: "var(--area)", curve: "step-after" }),
          cached ? Plot.areaY(perHour(hits), { x: "at", y: "value", fill: "var(--area-2)", curve: "step-after" }) : null,
          ...options.map((option, i) =>
            Plot.lineY(perHour(option.usage.hours.served), { x: "at", y: "value", stroke: optionColour(i), strokeDasharray: optionDash(i), strokeWidth: 1.5, curve: "step-after" }),
          ),
          Plot.ruleY([0]),
          Plot.tip(
            steps.map((step, i) => ({ ...step, value: (arrivals[i] ?? 0) / step.hours, words: `${step.name} UTC\n${count((arrivals[i] ?? 0) / step.hours)} requests an hour` })),
            Plot.pointerX({ x: "at", y: "value", title: "words" }),
          ),
        ],
      }),
    data: table({
      caption: `Requests by ${span(report.words.step_hours)}, UTC`,
      columns: [{ name: "From" }, { name: "Arrived", number: true }, { name: "Cache hits", number: true }, ...options.map(({ name }) => ({ name: `Served by ${name}`, number: true }))],
      rows: steps.map((step, i): Cell[] => [step.name, count(arrivals[i] ?? 0), count(hits[i] ?? 0), ...options.map((option) => count(option.usage.hours.served[i] ?? 0))]),
      shown: 24,
    }),
  });
}

function instances(option: OptionReport, index: number, report: Report, steps: Step[]): HTMLElement {
  const { hours } = option.usage;
  const points = steps.map((step, i) => ({
    ...step,
    peak: hours.peak_instances[i] ?? 0,
    // Of a step, as many instances as the billed hours would keep busy throughout.
    mean: (hours.billed_instance_seconds[i] ?? 0) / 3600 / step.hours,
  }));
  const most = points.reduce((a, b) => (b.peak > a.peak ? b : a), points[0] ?? { peak: 0, name: "" });
  const spot = hours.spot_billed_seconds.some((value) => value > 0);
  const title = `${option.name}: instances`;
  return chart({
    title,
    gist: `${option.fleet.mean_replicas.toFixed(1)} instances on average; at most ${count(most.peak)}, first at ${most.name} UTC`,
    legend: [
      { name: "most at once", colour: "var(--area)", shape: "area" },
      { name: "billed instance-hours an hour", colour: optionColour(index), shape: "line" },
    ],
    draw: (width) =>
      Plot.plot({
        width,
        height: 256,
        marginLeft: 52,
        x: timeAxis(width, steps.length * report.words.step_hours),
        marginBottom: axisRoom.marginBottom,
        y: { label: "↑ instances", grid: true, zero: true, tickFormat: shortCount },
        marks: [
          Plot.areaY(withEnd(points, report.words.step_hours), { x: "at", y: "peak", fill: "var(--area)", curve: "step-after" }),
          Plot.lineY(withEnd(points, report.words.step_hours), { x: "at", y: "mean", stroke: optionColour(index), strokeWidth: 1.75, curve: "step-after" }),
          Plot.ruleY([0]),
          Plot.tip(
            points.map((point) => ({ ...point, words: `${point.name} UTC\nmost at once ${count(point.peak)}\nbilled ${point.mean.toFixed(1)} instance-hours an hour` })),
            Plot.pointerX({ x: "at", y: "peak", title: "words" }),
          ),
        ],
      }),
    data: table({
      caption: `${title} by ${span(report.words.step_hours)}, UTC`,
      columns: [
        { name: "From" },
        { name: "Most at once", number: true },
        { name: "Billed instance-hours", number: true },
        { name: "Starts", number: true },
        ...(spot ? [{ name: "Of the hours, spot", number: true }, { name: "Spot interruptions", number: true }] : []),
      ],
      rows: steps.map((step, i): Cell[] => [
        step.name,
        count(hours.peak_instances[i] ?? 0),
        ((hours.billed_instance_seconds[i] ?? 0) / 3600).toFixed(2),
        count(hours.instance_starts[i] ?? 0),
        ...(spot ? [((hours.spot_billed_seconds[i] ?? 0) / 3600).toFixed(2), count(hours.spot_interruptions[i] ?? 0)] : []),
      ]),
      shown: 24,
    }),
  });
}

function fleets({ result: { options } }: Report): HTMLElement | null {
  const withFleet = options.filter(({ fleet }) => fleet.peak_replicas > 0);
  if (withFleet.length === 0) return null;
  return table({
    caption: "Fleets",
    columns: [
      { name: "Option" },
      { name: "Instances on average", number: true },
      { name: "Most at once", number: true },
      { name: "Peak ÷ mean", number: true },
      { name: "Billed instance-hours", number: true },
      { name: "Starts", number: true },
      { name: "Busy", number: true },
    ],
    rows: withFleet.map(({ name, fleet, usage: { hours } }): Cell[] => [
      name,
      fleet.mean_replicas.toFixed(1),
      count(fleet.peak_replicas),
      fleet.mean_replicas > 0 ? (fleet.peak_replicas / fleet.mean_replicas).toFixed(1) : "-",
      count(hours.billed_instance_seconds.reduce((a, b) => a + b, 0) / 3600),
      count(hours.instance_starts.reduce((a, b) => a + b, 0)),
      share(fleet.utilisation, 1),
    ]),
  });
}

// What to ask the vendors for: the busiest minute beside the limits that the scenario has.
function quotas({ result: { options } }: Report): HTMLElement | null {
  const rows = options.flatMap(({ name, api }) =>
    (api?.feasibility ?? []).map(({ dimension, limit, mean_need: mean, peak_need: peak }): Cell[] => [
      name,
      dimension,
      count(mean),
      count(peak),
      count(limit),
      share(peak, limit),
      peak <= limit ? badge("enough", "good") : badge(mean <= limit ? "too little at the peak" : "too little", "bad"),
    ]),
  );
  if (rows.length === 0) return null;
  return table({
    caption: "Quotas of managed APIs",
    columns: [
      { name: "Option" },
      { name: "Of" },
      { name: "Needed on average", number: true },
      { name: "In the busiest minute", number: true },
      { name: "Limit", number: true },
      { name: "Used at the peak", number: true },
      { name: "" },
    ],
    rows,
  });
}

export function capacity(report: Report): HTMLElement | null {
  if (report.result.options.length === 0) return null;
  const steps = stepsOf(report);
  const { options } = report.result;
  const said = report.words.options;
  return element(
    "div",
    {},
    requests(report, steps),
    fleets(report),
    quotas(report),
    ...options.map((option, i) => (option.fleet.peak_replicas > 0 ? instances(option, i, report, steps) : null)),
    ...said.flatMap(({ name, calls, engine }) => [
      calls === "" ? null : element("p", {}, element("strong", {}, `${name}, calls: `), `${calls}.`),
      engine === "" ? null : element("p", {}, element("strong", {}, `${name}, engine: `), `${engine}.`),
    ]),
  );
}
