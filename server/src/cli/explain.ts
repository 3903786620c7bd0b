/** `revsafe explain RULE | FILE:LINE`: the page of a rule, or why a line was or was not reported. Works offline. */
import { realpath } from 'node:fs/promises';
import { LineIndex } from '../base/span.ts';
import type { Engine, Rule } from '../engine/api.ts';
import { timelineSvg } from '../engine/api.ts';
import { createNodeEngine } from './engine-setup.ts';
import { writeStream } from './output.ts';
import { EXIT_CLEAN, UsageError } from './usage.ts';

export const EXPLAIN_FORMATS = ['text', 'svg'] as const;

export interface ExplainOptions {
  readonly format: (typeof EXPLAIN_FORMATS)[number];
}

export async function explain(subject: string, options: ExplainOptions): Promise<number> {
  const engine = await createNodeEngine();
  const rule = engine.rules.find((candidate) => candidate.id === subject);
  const text = rule === undefined ? await explainPlace(engine, subject, options) : renderRule(rule, options);
  await writeStream(process.stdout, `${text.trimEnd()}\n`);
  return EXIT_CLEAN;
}

async function explainPlace(engine: Engine, subject: string, { format }: ExplainOptions): Promise<string> {
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
  if (!/\.(?:[ch]|rs)$/.test(path)) throw new UsageError(`${place[1]}: not a C or Rust file`);
  await engine.addRoot(await engine.findRoot(path));
  const line = Number(place[2]) - 1;
  const report = await engine.explain(path, Math.max(0, line));
  const lines = new LineIndex(engine.text(path) ?? '');
  if (line < 0 || line >= lines.lineCount) throw new UsageError(`${place[1]} has ${lines.lineCount} lines`);
  return format === 'svg' ? picture(engine, path, lines.lineStart(line), subject) : report;
}

async function picture(engine: Engine, path: string, start: number, subject: string): Promise<string> {
  const timeline = await engine.timeline(path, { start, end: start });
  if (timeline === undefined) throw new UsageError(`no race is known at ${subject}, so there is nothing to draw`);
  return timelineSvg(timeline, { standalone: true, links: false });
}

function renderRule(rule: Rule, { format }: ExplainOptions): string {
  if (format === 'svg') throw new UsageError(`${rule.id} is a rule; a picture is drawn of FILE:LINE`);
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
