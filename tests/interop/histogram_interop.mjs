// The hdr-histogram-js side of histogram_interop.cpp.
//
//   node histogram_interop.mjs describe LOG   reads a log and says what is in it
//   node histogram_interop.mjs write LOG      writes a log and says what was put into it
//
// Both sides say it in the same words: any difference between the two texts is a difference between the two readers.
import { readFileSync, writeFileSync } from "node:fs";
import hdr from "hdr-histogram-js";

const percentiles = [0, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100];

function describe(histogram, startMs, lengthMs) {
  const tag = histogram.tag && histogram.tag !== "NO TAG" ? histogram.tag : "-";
  const quantiles = percentiles.map((p) => `p${p}=${histogram.getValueAtPercentile(p)}`);
  console.log(
    `interval tag=${tag} start=${Math.round(startMs)} length=${Math.round(lengthMs)} ` +
      `digits=${histogram.numberOfSignificantValueDigits} count=${histogram.totalCount} ${quantiles.join(" ")}`,
  );
  console.log(histogram.outputPercentileDistribution(5, 1000));
}

function describeLog(path) {
  const reader = new hdr.HistogramLogReader(readFileSync(path, "utf8"), 64);
  for (let histogram; (histogram = reader.nextIntervalHistogram()) !== null; ) {
    const { startTimeStampMsec: start, endTimeStampMsec: end } = histogram;
    describe(histogram, start, end - start);
  }
}

// Park and Miller's generator: the same values in every run, all of them whole doubles.
let state = 1;
const random = () => (state = (state * 48271) % 2147483647);

function writeLog(path) {
  let text = "";
  const writer = new hdr.HistogramLogWriter((line) => { text += line; });
  const startMs = 1_796_083_200_500;
  writer.outputLogFormatVersion();
  writer.outputStartTime(startMs);
  writer.outputLegend();
  for (let i = 0; i < 12; ++i) {
    const histogram = hdr.build({
      bitBucketSize: 64,
      autoResize: false,
      lowestDiscernibleValue: i % 3 === 2 ? 1000 : 1,
      highestTrackableValue: i % 5 < 3 ? 3_600_000_000_000 : 3_600_000,
      numberOfSignificantValueDigits: 1 + (i % 5),
    });
    // The first stays empty. Values of all sizes, and counts of 1 to 5 bytes.
    for (let j = 0; j < i * 100; ++j) {
      const value = Math.floor(random() / 2 ** (random() % 31)) % 3_600_000 * (i % 5 < 3 ? 1 + (random() % 1000) : 1);
      histogram.recordValueWithCount(value, 1 + Math.floor(random() / 2 ** (random() % 32)));
    }
    if (i % 2 === 1) { histogram.tag = "odd"; }
    writer.outputIntervalHistogram(histogram, startMs / 1000 + i, startMs / 1000 + i + 0.75, 1_000_000);
    describe(histogram, startMs + i * 1000, 750);
  }
  writeFileSync(path, text);
}

const [, , command, path] = process.argv;
({ describe: describeLog, write: writeLog })[command](path);
