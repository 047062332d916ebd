// The schema of result.json: what runs write is what it says, member for member.
import { billcast, expect, folder, packages, root, schema } from './support.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { Ajv } = await packages();
const ajv = new Ajv({ allowUnionTypes: true });
const validate = ajv.compile(schema('result'));

const runs = [
  ['smoke'], ['api-limits'], ['batching'], ['hybrid-routing', 'horizon.days=1'], ['trace-replay'], ['widget-latency'],
  ['fraud-vendor-selection'], ['capped-rollout'], ['voice-intents'], ['custom-or-api'], ['model-swap'], ['prompt-chain'], ['quarterly-budget'],
];
let members = 0;
for (const [name, ...sets] of runs) {
  const out = join(folder, name);
  billcast('run', join(root, `configs/${name}.yaml`), '--quiet', '--out', out, ...sets.flatMap((set) => ['--set', set]));
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  expect(validate(result), name, ajv.errorsText(validate.errors));
  // Every member is needed, and no other is known: in every object, one after the other.
  const seen = new Set();
  const visit = (value, path) => {
    if (value === null || typeof value !== 'object') return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item, `${path}.*`);
      return;
    }
    if (seen.has(path)) return;
    seen.add(path);
    value.stranger = 1;
    expect(!validate(result), `${name}: ${path}.stranger is taken`);
    delete value.stranger;
    const [key] = Object.keys(value);
    const gone = value[key];
    delete value[key];
    expect(!validate(result), `${name}: ${path} without ${key} is taken`);
    value[key] = gone;
    members += 1;
    for (const [name_, item] of Object.entries(value)) visit(item, `${path}.${name_}`);
  };
  visit(result, '');
}
console.log(`${runs.length} results are what the schema says; a member more or less was flagged in ${members} objects`);
