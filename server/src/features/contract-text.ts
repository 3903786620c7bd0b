/** A kernel API's contract as Markdown: prototype, what it does, what it fences, what the driver still has to do. */
import type { Effect, Evidence, FunctionContract, FunctionPattern } from '../knowledge/schema.ts';
import { bullets, capital, code, paragraphs, sentence } from './markdown.ts';
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

/** `drivers/char/misc.c:misc_open (6.12, 7.2)`, one entry for each place. */
function evidenceText(evidence: readonly Evidence[]): string[] {
  const kernels = new Map<string, string[]>();
  for (const row of evidence) {
    const place = row.fn === undefined ? row.file : `${row.file}:${row.fn}`;
    kernels.set(place, [...(kernels.get(place) ?? []), row.kernel]);
  }
  return [...kernels].map(([place, releases]) => `${code(place)} (${[...new Set(releases)].join(', ')})`);
}

/** `name` is the spelling in the driver, which may be an alias of the contract's. */
export function contractMarkdown(name: string, contract: FunctionContract | FunctionPattern): string {
  const exact = 'name' in contract ? contract : undefined;
  const prototype = exact?.prototype === undefined ? undefined : `\`\`\`c\n${exact.prototype}\n\`\`\``;
  const alias = exact !== undefined && exact.name !== name ? `Another spelling of ${code(exact.name)}.` : undefined;
  const effects = [...new Set(contract.does.map(effectText).filter((text) => text !== undefined))];
  const evidence = evidenceText(contract.evidence);
  return paragraphs([
    prototype ?? `**${code(name)}**`,
    alias,
    sentence(contract.summary),
    bullets(effects.map(sentence)),
    exact?.duty === undefined ? undefined : `**The driver must also** ${exact.duty.replace(/[.\s]+$/, '')}.`,
    exact?.alternative === undefined ? undefined : `**Instead:** ${sentence(exact.alternative)}`,
    evidence.length === 0 ? undefined : `Read in ${evidence.join('; ')}.`,
  ]);
}
