/** `revsafe explain RULE | FILE:LINE`: the page of a rule, or why a line was or was not reported. Works offline. */
import { realpath } from 'node:fs/promises';
import type { Engine, Rule } from '../engine/api.ts';
import { createNodeEngine } from './engine-setup.ts';
import { writeStream } from './output.ts';
import { EXIT_CLEAN, UsageError } from './usage.ts';

export async function explain(subject: string): Promise<number> {
  const engine = await createNodeEngine();
  const rule = engine.rules.find((candidate) => candidate.id === subject);
  const text = rule === undefined ? await explainPlace(engine, subject) : renderRule(rule);
  await writeStream(process.stdout, `${text.trimEnd()}\n`);
  return EXIT_CLEAN;
}

async function explainPlace(engine: Engine, subject: string): Promise<string> {
  const place = /^(.+?):(\d+)(?::\d+)?:?$/.exec(subject);
  if (place === null) {
    throw new UsageError(
      `"${subject}" is neither FILE:LINE nor a rule; rules: ${engine.rules.map((rule) => rule.id).join(', ')}`,
    );
  }
  let path: string;
  try {
    path = await realpath(place[1] ?? '');
  } catch {
    throw new UsageError(`${place[1]}: no such file`);
  }
  if (!/\.[ch]$/.test(path)) throw new UsageError(`${place[1]}: not a C file`);
  await engine.addRoot(await engine.findRoot(path));
  const line = Number(place[2]) - 1;
  const report = await engine.explain(path, Math.max(0, line));
  const lines = engine.text(path)?.split('\n').length ?? 0;
  if (line < 0 || line >= lines) throw new UsageError(`${place[1]} has ${lines} lines`);
  return report;
}

function renderRule(rule: Rule): string {
  const section = (title: string, text: string): string => (text === '' ? '' : `## ${title}\n\n${text}\n`);
  const fixes = Object.entries(rule.fixes).map(([name, fix]) => `- \`${name}\` (${fix.safety})`);
  return [
    `# ${rule.id}\n`,
    `${rule.summary}\n`,
    section('Why', rule.why),
    section('What to do', rule.remedy),
    section('Fixes', fixes.join('\n')),
    section('Limits', rule.limits),
    section('See also', rule.references.map((reference) => `- ${reference}`).join('\n')),
    section('To accept one', `/* revsafe: allow ${rule.id} - REASON */`),
  ]
    .filter((part) => part !== '')
    .join('\n');
}
