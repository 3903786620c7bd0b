// @ts-check
// `npm run new -- rule my-rule-id`: a rule with its blanks, an example pair, and the generated files brought up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './installation.mjs';

const [kind, id] = process.argv.slice(2);
if (kind !== 'rule' || id === undefined || !/^[a-z]+(-[a-z]+)+$/.test(id)) {
  console.error('usage: npm run new -- rule my-rule-id');
  console.error('The id names the defect and reads well after "allow": allow check-then-use.');
  process.exit(2);
}

const rule = `import { defineRule } from './rule.ts';

export default defineRule({
  id: '${id}',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['c'],
  facts: 'nodes',

  summary: '',
  why: '',
  remedy: '',
  limits: '',
  references: [],

  messages: {
    found: '{object} …',
  },
  hint: '',

  fixes: {},

  *check(analysis) {
    for (const node of analysis.nodes) {
      // yield { message: 'found', at, certainty, triggers: node.triggers, group: node.id, data: { object } };
    }
  },
});
`;

/** @param {string} comment @param {string} marker */
function driver(comment, marker) {
  return `// ${comment}

#include <linux/module.h>

static void foo_remove(struct platform_device *pdev)
{
	foo(pdev);${marker}
}
`;
}

/** @type {readonly (readonly [string, string])[]} */
const files = [
  [`server/src/rules/${id}.ts`, rule],
  [`test/fixtures/${id}/bad.c`, driver('The smallest driver that has the defect.', `	//~ ${id}(found)`)],
  [`test/fixtures/${id}/good.c`, driver('The same driver, repaired.', '')],
];

for (const [path] of files) {
  if (!existsSync(join(ROOT, path))) continue;
  console.error(`${path} exists already`);
  process.exit(2);
}
for (const [path, text] of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`written: ${path}`);
}
const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts/generate.mjs')], { cwd: ROOT, stdio: 'inherit' });
console.log(`next: fill the blanks, then npm test -- ${id}`);
process.exit(status ?? 1);
