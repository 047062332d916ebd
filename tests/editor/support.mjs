// What the tests of the schemas share: the program, the packages, and the texts.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const program = process.argv[2];

export async function packages() {
  try {
    const { default: Ajv } = await import('ajv');
    const YAML = await import('yaml');
    return { Ajv, YAML };
  } catch {
    console.log('skipped: no Node packages; scripts/install_editor_packages installs them');
    process.exit(77);
  }
}

export const folder = mkdtempSync(join(tmpdir(), 'billcast-editor-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const billcast = (...words) => execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
export const schema = (of) => JSON.parse(billcast('schema', of));

// The first complaint of the reader, or nothing.
export function complaint(text) {
  const file = join(folder, 'mutant.yaml');
  writeFileSync(file, text);
  const { status, stderr } = spawnSync(program, ['check', file], { encoding: 'utf8' });
  if (status === 0) return undefined;
  if (status !== 2) throw new Error(`billcast check ended with ${status}: ${stderr}\n${text}`);
  return stderr.trim();
}

export function texts(under) {
  return readdirSync(join(root, under))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ name: `${under}/${name}`, text: readFileSync(join(root, under, name), 'utf8') }));
}

let failures = 0;
export function expect(condition, ...words) {
  if (condition) return;
  failures += 1;
  console.error('FAILED:', ...words);
  process.exitCode = 1;
  if (failures >= 20) process.exit(1);
}
