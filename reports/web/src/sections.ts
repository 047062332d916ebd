// The sections of the page, in their order. One that has nothing to say of a result returns null and is left out.
import type { Report } from "./result";
import { answers } from "./sections/answers";
import { assumptions } from "./sections/assumptions";
import { bill } from "./sections/bill";
import { capacity } from "./sections/capacity";
import { drills } from "./sections/drills";
import { frontier } from "./sections/frontier";
import { gates } from "./sections/gates";
import { latency } from "./sections/latency";
import { matrix } from "./sections/matrix";
import { options } from "./sections/options";
import { outcomes } from "./sections/outcomes";
import { parts } from "./sections/parts";
import { prices } from "./sections/prices";
import { remarks } from "./sections/remarks";
import { reproduce } from "./sections/reproduce";
import { verdict } from "./sections/verdict";

export interface Section {
  id: string;
  title: string;
  draw: (report: Report) => HTMLElement | null;
}

export const sections: Section[] = [
  { id: "verdict", title: "Verdict", draw: verdict },
  { id: "options", title: "Options", draw: options },
  { id: "bill", title: "Bill", draw: bill },
  { id: "parts", title: "Parts", draw: parts },
  { id: "matrix", title: "Matrix", draw: matrix },
  { id: "frontier", title: "Frontier", draw: frontier },
  { id: "answers", title: "Answers", draw: answers },
  { id: "latency", title: "Latency", draw: latency },
  { id: "capacity", title: "Capacity", draw: capacity },
  { id: "outcomes", title: "Requests", draw: outcomes },
  { id: "drills", title: "Drills", draw: drills },
  { id: "gates", title: "Gates", draw: gates },
  { id: "assumptions", title: "Assumptions", draw: assumptions },
  { id: "prices", title: "Prices", draw: prices },
  { id: "remarks", title: "Warnings and notes", draw: remarks },
  { id: "reproduce", title: "Reproduce", draw: reproduce },
];
