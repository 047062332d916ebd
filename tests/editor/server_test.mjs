// What an editor says: the YAML language server of VS Code and others, with our schema.
import { expect, packages, root, schema } from './support.mjs';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

await packages();
const require = createRequire(import.meta.url);
const { getLanguageService } = require('yaml-language-server');
const { TextDocument } = require('vscode-languageserver-textdocument');
const { SettingsState } = require('yaml-language-server/out/server/src/yamlSettings.js');

const settings = new SettingsState();
settings.documents = { get: () => undefined, all: () => [] };
const service = getLanguageService({
  schemaRequestService: async (uri) => { throw new Error(`no ${uri} here`); },
  workspaceContext: { resolveRelativePath: (relative, resource) => new URL(relative, resource).href },
  telemetry: { send: () => {}, sendError: (name, error) => console.error(name, error), sendTrack: () => {} },
  yamlSettings: settings,
});
service.configure({ validate: true, hover: true, completion: true, schemas: [{ uri: 'file:///billcast.json', fileMatch: ['*.yaml'], schema: schema('scenario') }] });

// The server keeps what it read by name and version.
let version = 0;
const open = (text) => TextDocument.create('file:///scenario.yaml', 'yaml', ++version, text);
async function complaints(text) {
  const found = await service.doValidation(open(text), false);
  return found.map((one) => `${one.range.start.line + 1}:${one.range.start.character + 1}: ${one.message}`);
}

const smoke = readFileSync(join(root, 'configs/smoke.yaml'), 'utf8');
for (const name of ['smoke', 'million-users', 'capacity-review', 'hybrid-routing', 'fraud-vendor-selection', 'custom-or-api']) {
  const found = await complaints(readFileSync(join(root, `configs/${name}.yaml`), 'utf8'));
  expect(found.length === 0, name, found.join('\n'));
}

const slips = [
  ['daily_users: 100_000', 'dayly_users: 100_000', 'dayly_users'],
  ['kind: exact', 'kind: exakt', 'exact'],
  ['ttl: 10m', 'ttl: 10', 'Incorrect type'],
  ['timeout: 60s', 'timeout: 60 parsecs', 'Expected a duration'],
  ['model: gpt-4o-mini', 'model: gpt-4o-mini\n    replicas: 3', 'replicas'],
];
for (const [right, wrong, said] of slips) {
  const found = await complaints(smoke.replace(right, wrong));
  expect(found.some((line) => line.includes(said)), `'${wrong}' is taken:`, found.join('\n'));
  console.log(`${wrong.replace('\n    ', ' + ')}\n  ${found.join('\n  ')}`);
}

// Completion in an empty place of the traffic, and what a key is.
const text = smoke.replace('  hour_of_day: consumer', '  hour_of_day: consumer\n  ');
const at = text.split('\n').findIndex((line) => line === '  ');
const offered = (await service.doComplete(open(text), { line: at, character: 2 }, false)).items.map((item) => item.label);
expect(offered.includes('growth') && offered.includes('day_of_week'), 'completion offers', offered.join(', '));
const line = smoke.split('\n').findIndex((one) => one.includes('daily_users'));
const hover = await service.doHover(open(smoke), { line, character: 4 });
expect(JSON.stringify(hover).includes('users'), 'hover says', JSON.stringify(hover));
console.log('hover:', JSON.stringify(hover?.contents));
