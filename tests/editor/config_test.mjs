// The schemas of scenarios and price tables: they accept what ships, flag slips, and flag nothing that the readers take.
import { billcast, complaint, expect, folder, packages, root, schema, texts } from './support.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { Ajv, YAML } = await packages();
const ajv = new Ajv({ allowUnionTypes: true, strictTuples: false, strictRequired: false });
ajv.addKeyword('patternErrorMessage'); // of editors
const scenario = ajv.compile(schema('scenario'));
const prices = ajv.compile(schema('prices'));
const said = (validate) => ajv.errorsText(validate.errors, { separator: '; ' });

const scenarios = texts('configs');
scenarios.push(...readFileSync(join(root, 'cli/forms.yaml'), 'utf8').split('\n---\n').map((text, i) => ({ name: `cli/forms.yaml ${i + 1}`, text })));
for (const kind of ['both', 'api', 'self-hosted']) scenarios.push({ name: `init --kind ${kind}`, text: billcast('init', '-', '--kind', kind) });
for (const { name, text } of scenarios) expect(scenario(YAML.parse(text)), name, said(scenario));

// Everything below is drawn from a fixed seed.
let state = 20261125n;
function draw(n) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
  return Number((state >> 33n) % BigInt(n));
}

// Every mapping and list of a document, with its folded path.
function* places(value, path = '') {
  if (value === null || typeof value !== 'object') return;
  yield { value, path };
  if (Array.isArray(value)) for (const item of value) yield* places(item, `${path}.*`);
  else for (const [key, item] of Object.entries(value)) yield* places(item, `${path}.${key}`);
}

const donors = new Map(); // by folded path: [key, value] of all mappings there
const documents = scenarios.map(({ name, text }) => ({ name, data: YAML.parse(text) }));
for (const { data } of documents) {
  for (const { value, path } of places(data)) {
    if (Array.isArray(value)) continue;
    if (!donors.has(path)) donors.set(path, []);
    donors.get(path).push(...Object.entries(value));
  }
}

const odd = ['x', '', -1, 0, 1, 0.5, 1.5, 7, '1_000', '10%', '5s', '-5s', '0.5ms', '1GB', '2GB/s', '$3', '3.25', true, 'false', '2026-12-05', 1e9,
  'unknown', 'constant', [], {}, [1, 2], ['a', 'b']];

function mutate(data) {
  const copy = structuredClone(data);
  const all = [...places(copy)];
  const { value, path } = all[draw(all.length)];
  const keys = Object.keys(value);
  const key = keys[draw(Math.max(keys.length, 1))];
  const ways = [
    () => { if (Array.isArray(value)) value.splice(Number(key), 1); else delete value[key]; return `without ${path}.${key}`; },
    () => { value[key] = odd[draw(odd.length)]; return `${path}.${key} = ${JSON.stringify(value[key])}`; },
    () => {
      const all = donors.get(path) ?? [];
      if (all.length === 0 || Array.isArray(value)) return 'nothing';
      const [name, gift] = all[draw(all.length)];
      value[name] = structuredClone(gift);
      return `${path}.${name} = ${JSON.stringify(gift)}`;
    },
  ];
  if (keys.length === 0) return { copy, what: 'nothing' };
  return { copy, what: ways[draw(ways.length)]() };
}

// Mutants until so many are flagged, each of which the reader must refuse; how many were tried.
function try_mutants(of, validate, wanted, refused) {
  let tried = 0;
  for (let flagged = 0; flagged < wanted; tried += 1) {
    const { name, data } = of[draw(of.length)];
    const { copy, what } = mutate(data);
    if (validate(copy)) continue;
    flagged += 1;
    const why = said(validate);
    expect(refused(copy), `${name}: ${what}: the reader takes what the schema flags: ${why}`);
  }
  return tried;
}
const wanted = Number(process.env.BILLCAST_MUTANTS ?? 300);
const tried = try_mutants(documents, scenario, wanted, (copy) => complaint(YAML.stringify(copy)) !== undefined);

// A table is read with a scenario that names it.
const tables = texts('pricing/tables').map(({ name, text }) => ({ name, data: YAML.parse(text) }));
tables.push({ name: 'cli/price_forms.yaml', data: YAML.parse(readFileSync(join(root, 'cli/price_forms.yaml'), 'utf8')) });
for (const { name, data } of tables) expect(prices(data), name, said(prices));
for (const { data } of tables) {
  for (const { value, path } of places(data)) {
    if (Array.isArray(value)) continue;
    if (!donors.has(path)) donors.set(path, []);
    donors.get(path).push(...Object.entries(value));
  }
}
const asking = billcast('init', '-', '--kind', 'api').replace('scenario: starter', 'scenario: starter\nprices: [mutant-table.yaml]');
const refused_table = (copy) => {
  writeFileSync(join(folder, 'mutant-table.yaml'), YAML.stringify(copy));
  return complaint(asking) !== undefined;
};
for (const { data } of tables.slice(-1)) expect(!refused_table(data), 'a table that is right is refused');
const tried_tables = try_mutants(tables, prices, Math.ceil(wanted / 5), refused_table);

// A slip in any key is flagged by both, but for keys that are names of the file's own.
const ours = /\.(classes|shares|then|values|facts|gates|latency|time_to_first_token|time_per_output_token)$/;
let slips = 0;
for (const { name, data } of documents) {
  for (const { path } of places(data)) {
    const copy = structuredClone(data);
    const twin = [...places(copy)].find((place) => place.path === path).value;
    if (Array.isArray(twin) || ours.test(path) || Object.keys(twin).length === 0) continue;
    const keys = Object.keys(twin);
    const key = keys[draw(keys.length)];
    twin[`${key}_`] = twin[key];
    delete twin[key];
    slips += 1;
    expect(!scenario(copy), `${name}: the schema takes ${path}.${key}_`);
    if (slips % 4 === 0) expect(complaint(YAML.stringify(copy)) !== undefined, `${name}: the reader takes ${path}.${key}_`);
  }
}
console.log(`${scenarios.length} scenarios are accepted; of ${tried} mutants ${wanted} are flagged, each by the reader as well, and of ${tried_tables} price tables ${Math.ceil(wanted / 5)}; ${slips} slips`);
