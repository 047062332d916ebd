// The page's source has no type error, and its bundle is the same bytes from the same inputs.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "../../reports/web");
if (!existsSync(join(web, "node_modules/.package-lock.json"))) {
  console.log("skipped: no Node packages; scripts/install_page_packages");
  process.exit(77);
}

test("tsc finds nothing", () => {
  const tsc = join(web, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "--noEmit", "-p", web], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

test("two bundles are the same bytes, name nothing on a network, and hold the licences of what is in them", () => {
  const folder = mkdtempSync(join(tmpdir(), "billcast-bundle-"));
  const [first, second] = ["first.html", "second.html"].map((name) => {
    const { status, stderr } = spawnSync(process.execPath, [join(web, "build.mjs"), join(folder, name)], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return readFileSync(join(folder, name), "utf8");
  });
  rmSync(folder, { recursive: true });
  assert.ok(first === second);
  assert.doesNotMatch(first, /<(script|link|img|iframe)[^>]* (src|href)=/);
  assert.doesNotMatch(first, /@import|url\((?!["']?#)/);
  assert.match(first, /@observablehq\/plot 0\.6\.17/);
  assert.match(first, /Copyright[^\n]*Mike Bostock/);
  assert.equal(first.split("%RESULT%").length, 2);
});
