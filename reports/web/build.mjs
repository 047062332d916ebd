// Bundles the page: one file that needs no other and no network, the same bytes from the same inputs.
//
//   node build.mjs OUTPUT.html
//
// The program puts the result where PLACE stands. The browser runs the one script whose hash stands in the page's
// policy and no other, so a text of a user's file could not run even if it were taken for markup.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
async function bundled(entry) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    legalComments: "none", // licences() has them all
    logLevel: "warning",
  });
  return { text: outputFiles[0].text.trimEnd(), inputs: Object.keys(metafile.inputs) };
}

// What the bundle's parts ask for: their names, makers and licences, each licence's words once.
function licences(inputs) {
  const packages = new Set(inputs.flatMap((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []));
  const byText = new Map();
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).sort().find((entry) => /^licen[cs]e/i.test(entry));
    const lines = file ? readFileSync(join(folder, file), "utf8").split(/\r?\n/) : [];
    const makers = lines.filter((line) => /^\s*copyright\b/i.test(line)).map((line) => line.trim());
    const words = lines.filter((line) => !makers.includes(line.trim())).join("\n").replace(/\s+/g, " ").trim();
    const text = words || `Licence: ${license}`;
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}. ${makers.join(" ")}`.trim()]);
  }
  const notices = [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}`).join("\n\n");
  return `This page holds code of others:\n\n${notices}`.replaceAll("--", "- -"); // what would end a comment
}

const script = await bundled("src/main.ts");
const style = await bundled("src/page.css");
if (/<\/(script|style)/i.test(script.text + style.text)) throw new Error("the bundle would end its own element");
const hash = createHash("sha256").update(script.text).digest("base64");
const parts = { LICENCES: licences(script.inputs), STYLE: style.text, SCRIPT: script.text, HASH: hash };
const page = readFileSync(join(here, "src/shell.html"), "utf8").replace(/%(LICENCES|STYLE|SCRIPT|HASH)%/g, (_, part) => parts[part]);

const output = process.argv[2];
if (!output) throw new Error("usage: node build.mjs OUTPUT.html");
writeFileSync(output, page);
