/** A kernel API's contract as Markdown: prototype, what it does, what it fences, what the driver still has to do. */
import type { Effect, Evidence, FunctionContract, FunctionPattern } from '../knowledge/schema.ts';
import type { KernelDoc, TreeTexts } from './kernel-doc.ts';
import { kernelDocOf } from './kernel-doc.ts';
import { bullets, capital, code, fileLink, paragraphs, sentence } from './markdown.ts';
import { FENCE_VERDICT } from './vocabulary.ts';

/** What matters to removal safety; effects that say nothing about it have no sentence. */
function effectText(effect: Effect): string | undefined {
  switch (effect.verb) {
    case 'unpublishes': {
      const verdict = FENCE_VERDICT[effect.fence.verdict];
      const condition = effect.fence.condition === undefined ? '' : `: ${effect.fence.condition.replace(/-/g, ' ')}`;
      const open = effect.fence.drainsOpen === true ? '; an open() in progress is waited for' : '';
      const attributes = effect.fence.drainsAttributes === true ? '; sysfs attributes of the device are drained' : '';
      return `${capital(verdict)}${condition}${open}${attributes}`;
    }
    case 'publishes':
      return `User space can open the ${effect.node} node from here on`;
    case 'synchronizes':
      return `Waits for every ${effect.lock} section that has begun`;
    case 'waitsFor':
      return `Waits until the ${effect.source} is done with what it runs`;
    case 'disarms':
      return `Stops the ${effect.source} from starting anew; it may still run`;
    case 'seals':
      return `The ${effect.source} cannot be armed again until it is set up anew`;
    case 'arms':
      return `Arms the ${effect.source}: its callback may run from now on`;
    case 'pins':
      return 'An open fd of the node keeps a reference on the other object (its memory, not its hardware)';
    case 'takesRef':
      return effect.what === 'module'
        ? 'Keeps the module loaded'
        : `Takes a ${effect.what} reference: it keeps the memory, not the device behind it`;
    case 'dropsRef':
      return `Drops a ${effect.what} reference; the last one frees`;
    case 'frees':
      return effect.when === 'after-grace-period'
        ? `Frees ${effect.what} after a grace period`
        : `Frees ${effect.what}`;
    case 'allocates':
      return effect.owner === 'devres'
        ? `Allocates ${effect.what}; devres frees it right after remove() returns, with fds still open`
        : undefined;
    case 'disables':
      return `Turns the ${effect.what} off: later access fails or hangs`;
    case 'waits':
      return effect.bounded === true
        ? undefined
        : `May sleep for as long as ${effect.for === 'user' ? 'user space' : 'its condition'} likes`;
    case 'copiesUser':
      return 'May fault and sleep for as long as user space likes';
    case 'registersDriver':
      return effect.suppressesUnbind === true ? 'The driver cannot be unbound through sysfs' : undefined;
    default:
      return undefined;
  }
}

/** `misc.c: misc_open() (6.12, 7.2)`, one entry for each place; a link where the tree at hand has it. */
function evidenceText(evidence: readonly Evidence[], tree: TreeTexts): string[] {
  const kernels = new Map<string, { readonly row: Evidence; readonly releases: Set<string> }>();
  for (const row of evidence) {
    const key = `${row.file}:${row.fn ?? ''}`;
    const known = kernels.get(key) ?? { row, releases: new Set() };
    known.releases.add(row.kernel);
    kernels.set(key, known);
  }
  return [...kernels.values()].map(({ row, releases }) => {
    const place = row.fn === undefined ? code(row.file) : `${code(row.file)} ${code(`${row.fn}()`)}`;
    const here = tree.get(row.file);
    const line = here === undefined ? undefined : (lineOf(row, here.text) ?? 0) + 1;
    return `${here === undefined ? place : `[${place}](${fileLink(here.path, line ?? 1)})`} (${[...releases].join(', ')})`;
  });
}

function lineOf({ fn }: Evidence, text: string): number | undefined {
  return fn === undefined ? undefined : kernelDocOf(fn, text)?.line;
}

/** What the tree itself says of the call, under the name it is called by or the contract's own. */
function docOf(names: readonly string[], evidence: readonly Evidence[], tree: TreeTexts): KernelDoc | undefined {
  for (const name of names) {
    for (const { file } of evidence) {
      const doc = kernelDocOf(name, tree.get(file)?.text ?? '');
      if (doc !== undefined) return doc;
    }
  }
  return undefined;
}

/** Hovers are narrow: a long prototype has one parameter a line. */
function prototypeText(prototype: string): string {
  const open = prototype.indexOf('(');
  if (prototype.length <= WIDE || open < 0 || !prototype.endsWith(')')) return prototype;
  const parameters: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = start; at < prototype.length; at++) {
    const character = prototype[at];
    if (character === '(') depth++;
    else if (character === ')' && at < prototype.length - 1) depth--;
    else if ((character === ',' && depth === 0) || at === prototype.length - 1) {
      parameters.push(prototype.slice(start, at).trim());
      start = at + 1;
    }
  }
  return `${prototype.slice(0, open + 1)}\n    ${parameters.join(',\n    ')})`;
}

/** Characters that a hover shows in one line. */
const WIDE = 58;

/** `name` is the spelling in the driver, which may be an alias of the contract's; `tree` has the files of the evidence. */
export function contractMarkdown(
  name: string,
  contract: FunctionContract | FunctionPattern,
  tree: TreeTexts = new Map(),
): string {
  const exact = 'name' in contract ? contract : undefined;
  const doc = docOf([name, ...(exact === undefined ? [] : [exact.name])], contract.evidence, tree);
  const prototype = doc?.prototype ?? exact?.prototype;
  const alias = exact !== undefined && exact.name !== name ? `Another spelling of ${code(exact.name)}.` : undefined;
  const effects = [...new Set(contract.does.map(effectText).filter((text) => text !== undefined))];
  const evidence = evidenceText(contract.evidence, tree);
  const parameters = (doc?.parameters ?? []).map((one) => `${code(one.name)}: ${sentence(plain(one.text))}`);
  return paragraphs([
    prototype === undefined ? `**${code(name)}**` : `\`\`\`c\n${prototypeText(prototype)}\n\`\`\``,
    alias,
    sentence(contract.summary),
    bullets(effects.map(sentence)),
    exact?.duty === undefined ? undefined : `**Also needed:** ${sentence(exact.duty)}`,
    exact?.alternative === undefined ? undefined : `**Instead:** ${sentence(exact.alternative)}`,
    parameters.length === 0 ? undefined : `**Parameters**\n${bullets(parameters)}`,
    doc?.returns === undefined ? undefined : `**Returns** ${sentence(plain(doc.returns))}`,
    evidence.length === 0 ? undefined : `Read in ${evidence.join('; ')}.`,
  ]);
}

/** Text of a comment, in which nothing is markup. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_[\]<>]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .trim();
}
