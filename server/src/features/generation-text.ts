/**
 * What a name of the revocable API means: in this tree with its cost, what must follow and where it came from, and in every
 * other generation, since the same name changes its meaning between them.
 */
import type {
  FsRevocableGeneration,
  RevocableCall,
  RevocableGeneration,
  RevocableMacro,
  RevocableRole,
} from '../knowledge/revocable-generations.ts';
import { fsRevocableGenerations, revocableGenerations } from '../knowledge/revocable-generations.ts';
import { bullets, code, paragraphs, sentence } from './markdown.ts';

const WHEN_REVOKED: Readonly<Record<RevocableMacro['whenRevoked'], string>> = {
  null: 'yields NULL when the resource is gone, which must be tested',
  'return-error': 'returns the given error from the function when the resource is gone',
  return: 'returns from the function when the resource is gone',
  skip: 'skips its block when the resource is gone',
};

const FORM: Readonly<Record<RevocableMacro['form'], string>> = {
  statement: 'opens a section that lasts to the end of the block',
  block: 'guards the block that follows',
};

const SECTION_COST = 'no lock and no write to shared memory; the section may sleep, and revoking waits for it';

/** What one name is in one generation. */
interface Meaning {
  readonly id: string;
  readonly text: string;
  readonly cost: string;
  readonly duty: string;
  readonly origin: string;
}

function nameOf(core: RevocableGeneration, role: RevocableRole): string | undefined {
  const name = core.calls.find((call) => call.role === role)?.name;
  return name === undefined ? undefined : code(`${name}()`);
}

/** What teardown owes a provider, as a sentence. */
function providerDuty(core: RevocableGeneration, embedded: boolean): string {
  const isCounted = !embedded || core.embeddedRefcount === true;
  const last = isCounted ? nameOf(core, 'provider-put') : nameOf(core, 'provider-destroy');
  const needsLast = !isCounted || core.birthReferences === 2 || !core.revokeDropsReference;
  const revoke = `teardown calls ${nameOf(core, 'revoke') ?? ''} after the node is unregistered and before anything is released`;
  return needsLast && last !== undefined ? `${revoke}, and ${last} when nobody uses it any more` : revoke;
}

function costOf({ role }: RevocableCall, core: RevocableGeneration): string {
  switch (role) {
    case 'provider-alloc':
    case 'provider-init':
      return 'sets an SRCU domain up for the device, and sleeps';
    case 'provider-get':
      return 'an atomic increment';
    case 'provider-put':
    case 'provider-destroy':
      return core.atomicPut && role === 'provider-put'
        ? 'an atomic decrement; the last one leaves the work to a work item, so that it may run anywhere'
        : 'the last one takes the SRCU domain down and sleeps';
    case 'revoke':
      return 'sleeps until the slowest section has ended; deadlocks inside a section of the same provider';
    case 'consumer-alloc':
      return 'an allocation and an atomic increment for every access';
    case 'consumer-init':
      return 'an atomic increment';
    case 'consumer-free':
      return 'an atomic decrement; the last one frees the provider and sleeps';
    case 'enter':
    case 'leave':
      return SECTION_COST;
  }
}

function dutyOf({ role, prototype = '' }: RevocableCall, core: RevocableGeneration): string {
  switch (role) {
    case 'provider-alloc':
      return `a test for NULL; ${/^struct \w+ \*devm_/.test(prototype) ? 'devres revokes it right after remove()' : providerDuty(core, false)}`;
    case 'provider-init':
      return `a test for an error; ${providerDuty(core, true)}`;
    case 'provider-get':
      return `${nameOf(core, 'provider-put') ?? ''} by whoever took the reference`;
    case 'provider-put':
    case 'provider-destroy':
      return 'nothing may use the provider through this reference any more';
    case 'revoke': {
      const twice = core.revokeTwice
        ? 'a second call is harmless'
        : 'a second call drops a reference that is not there';
      return core.birthReferences === 2 || !core.revokeDropsReference
        ? `${nameOf(core, 'provider-put') ?? ''} for the reference that is left; ${twice}`
        : `nothing: it drops the only reference, and no consumer may be made from the provider after it; ${twice}`;
    }
    case 'consumer-alloc':
      return `a test for NULL, one access at a time, and ${nameOf(core, 'consumer-free') ?? ''} on every path`;
    case 'consumer-init':
      return `${prototype.startsWith('int ') ? 'a test for an error, and ' : ''}${nameOf(core, 'consumer-free') ?? ''} on every path`;
    case 'consumer-free':
      return `nothing; the section must have been left before`;
    case 'enter':
      return `a test for NULL, and ${nameOf(core, 'leave') ?? ''} ${core.leaveAfterFailure ? 'on every path, also where NULL came back' : 'where it did not give NULL'}`;
    case 'leave':
      return 'nothing that the section handed out may be used any more';
  }
}

function macroMeaning(macro: RevocableMacro, core: RevocableGeneration): Meaning {
  const leaves = 'the section is left by itself, however the block is left; a jump must not pass it';
  return {
    id: core.id,
    text: `${FORM[macro.form]}, takes a ${macro.takes}, and ${WHEN_REVOKED[macro.whenRevoked]}`,
    cost: macro.takes === 'provider' ? `a reference on the provider while it lasts; ${SECTION_COST}` : SECTION_COST,
    duty: macro.whenRevoked === 'null' ? `a test for NULL; ${leaves}` : leaves,
    origin: core.origin,
  };
}

function wrapperMeaning(form: FsRevocableGeneration): Meaning {
  return {
    id: form.id,
    text: `${code(form.prototype)}: covers ${form.covers.join(', ')}; called from ${form.calledFrom}`,
    cost: 'a table and a consumer for every open file, and a section around every operation that it covers, sleeps included',
    duty: "its result is what open returns, and open must not fail after it; teardown revokes the provider right after it unregisters the node; after that the driver's release is skipped",
    origin: form.origin,
  };
}

/** Oldest first. */
function meanings(name: string): readonly Meaning[] {
  const cores = Object.values(revocableGenerations).flatMap((core) => [
    ...core.calls
      .filter((call) => call.name === name)
      .map((call) => ({
        id: core.id,
        text: `${code(call.prototype ?? name)}: ${call.summary}`,
        cost: costOf(call, core),
        duty: dutyOf(call, core),
        origin: core.origin,
      })),
    ...core.macros.filter((macro) => macro.name === name).map((macro) => macroMeaning(macro, core)),
  ]);
  const forms = Object.values(fsRevocableGenerations).filter((form) => form.function === name);
  return [...cores, ...forms.map(wrapperMeaning)];
}

/** Undefined for names that the API does not have. `own` are the generations that the tree has. */
export function revocableMarkdown(name: string, own: readonly string[]): string | undefined {
  const found = meanings(name);
  if (found.length === 0) return undefined;
  const here = found.filter(({ id }) => own.includes(id));
  const byText = new Map<string, string[]>();
  for (const { id, text } of found) byText.set(text, [...(byText.get(text) ?? []), id]);
  return paragraphs([
    ...here.flatMap(({ id, text, cost, duty, origin }) => [
      sentence(`**In this tree (${id})**: ${text}`),
      bullets([`Cost: ${sentence(cost)}`, `Must follow: ${sentence(duty)}`, `Origin: ${sentence(origin)}`]),
    ]),
    `**${code(name)}** by generation of the revocable API:`,
    bullets([...byText].map(([text, ids]) => sentence(`**${ids.join(', ')}**: ${text}`))),
    here.length === 0 ? 'This tree has none of these.' : undefined,
  ]);
}
