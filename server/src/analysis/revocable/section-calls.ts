/** What a call does to the sections and handles of a path: calls of the API, helpers of the module, and everything else. */
import { strip } from '../cells.ts';
import { covers, setValue } from '../path-state.ts';
import type { Call } from '../program.ts';
import { tempName } from '../refine.ts';
import type { SectionState } from './section-state.ts';
import { accessOf, enterSection, isNameless, leaveSection, sectionKey, withEntry, without } from './section-state.ts';
import type { SectionWalk } from './section-walk.ts';

export function callSections(walk: SectionWalk, call: Call, state: SectionState): SectionState[] {
  const { api } = walk.context;
  if (call.origin === 'guard-enter') return [enterScope(walk, call, state)];
  if (call.origin === 'guard-exit') return [leaveScope(walk, call, state)];
  if (call.origin === 'cleanup') return [cleanUp(walk, call, state)];
  switch (api.roleOf(call)) {
    case 'enter':
      return [enter(walk, call, state)];
    case 'leave':
      return [leave(walk, call, state)];
    case 'consumer-alloc':
      return [makeHandle(walk, call, state)];
    case 'consumer-init':
      return initHandle(walk, call, state);
    case 'consumer-free':
      return [freeHandle(walk, call, state)];
    case 'provider-init':
      return initProvider(walk, call, state);
    case 'revoke':
      return [revoke(walk, call, state)];
    case 'provider-put':
    case 'provider-destroy':
      return [giveUpProvider(walk, call, state)];
    case undefined:
      return otherCall(walk, call, state);
    default:
      return [state];
  }
}

function enterScope(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  if (walk.context.api.roleOf(call) !== 'enter') return state;
  const entered = enterSection(state, `guard ${call.id}`, call.id);
  return { ...entered, aliases: withEntry(entered.aliases, tempName(call.id), call.id) };
}

function leaveScope(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  if (walk.context.api.roleOf(call) !== 'leave' || call.guard === undefined) return state;
  const key = `guard ${call.guard}`;
  if (!state.open.has(key)) walk.findings.jumpedOver(call.guard);
  walk.findings.storedBeyond(key, state);
  walk.findings.freedInside(key, state);
  return leaveSection(state, key, call.span);
}

function enter(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  const [argument] = call.args;
  const key = argument === undefined ? '?' : walk.context.handleKey(argument, walk.fn);
  const before = state.open.get(key);
  if (before !== undefined && !isNameless(key)) walk.findings.enteredTwice(call, before);
  const entered = enterSection(state, key, call.id);
  return { ...entered, aliases: withEntry(entered.aliases, tempName(call.id), call.id) };
}

function leave(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  const [argument] = call.args;
  const key = argument === undefined ? '?' : walk.context.handleKey(argument, walk.fn);
  walk.findings.storedBeyond(key, state);
  walk.findings.freedInside(key, state);
  if (state.open.has(key) || isNameless(key)) return leaveSection(state, key, call.span);
  const before = state.left.get(key);
  const [other] = [...state.open.entries()].filter(([open]) => !open.startsWith('guard ') && !isNameless(open));
  if (before !== undefined) walk.findings.leftTwice(call, before);
  else if (other !== undefined) walk.findings.otherHandle(call, other[1]);
  else if (!key.startsWith('local ')) return { ...state, leaves: new Set(state.leaves).add(key) };
  return state;
}

/** The last reference of a provider goes with the revoke in the first forms, unless a handle holds another. */
function makeHandle(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  const { core } = walk.context.api;
  const [argument] = call.args;
  const before = argument === undefined ? undefined : state.revoked.get(walk.context.handleKey(argument, walk.fn));
  const isLast = core.birthReferences === 1 && core.revokeDropsReference && !core.revokeTwice;
  if (before !== undefined && isLast && state.handles.size === 0) walk.findings.madeAfter(call, before);
  return { ...state, aliases: without(state.aliases, tempName(call.id)) };
}

function revoke(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  const after = giveUpProvider(walk, call, state);
  const [argument] = call.args;
  const key = argument === undefined ? '?' : walk.context.handleKey(argument, walk.fn);
  if (isNameless(key)) return after;
  const before = state.revoked.get(key);
  if (before !== undefined && !walk.context.api.core.revokeTwice) walk.findings.revokedTwice(call, before);
  return { ...after, revoked: withEntry(after.revoked, key, call.id) };
}

function initHandle(walk: SectionWalk, call: Call, state: SectionState): SectionState[] {
  const { api } = walk.context;
  const consumer = api.consumerOf(call);
  const key = consumer === undefined ? '?' : walk.context.handleKey(consumer, walk.fn);
  const made = key.startsWith('local ') ? { ...state, handles: withEntry(state.handles, key, call.id) } : state;
  if (!api.canFail(call)) return [made];
  const temp = tempName(call.id);
  return [
    { ...made, base: setValue(made.base, temp, 'zero', undefined) },
    { ...state, base: setValue(state.base, temp, 'negative', undefined) },
  ];
}

function initProvider(walk: SectionWalk, call: Call, state: SectionState): SectionState[] {
  const key = providerKey(walk, call);
  const made = key === undefined ? state : { ...state, providers: withEntry(state.providers, key, call.id) };
  const temp = tempName(call.id);
  return [
    { ...made, base: setValue(made.base, temp, 'zero', undefined) },
    { ...state, base: setValue(state.base, temp, 'negative', undefined) },
  ];
}

function providerKey(walk: SectionWalk, call: Call): string | undefined {
  const [argument] = call.args;
  const key = argument === undefined ? '?' : walk.context.handleKey(argument, walk.fn);
  return isNameless(key) || key.startsWith('$') ? undefined : key;
}

/** Revoked, put or taken down: whether all that is due was done is looked at for the module as a whole. */
function giveUpProvider(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  const key = providerKey(walk, call);
  if (key === undefined) return { ...state, providers: new Map() };
  const id = state.providers.get(key);
  // Whatever else the same provider is known by.
  return { ...state, providers: new Map([...state.providers].filter(([name, made]) => name !== key && made !== id)) };
}

function freeHandle(walk: SectionWalk, call: Call, before: SectionState): SectionState {
  let state = before;
  const consumer = walk.context.api.consumerOf(call);
  const key = consumer === undefined ? '?' : walk.context.handleKey(consumer, walk.fn);
  const inside = [...state.open].find(([section, entered]) => {
    const scope = section.startsWith('guard ') ? walk.fn.calls.get(entered) : undefined;
    const handle = scope === undefined ? undefined : walk.context.api.consumerOf(scope);
    return section === key || (handle !== undefined && walk.context.handleKey(handle, walk.fn) === key);
  });
  if (inside !== undefined && !isNameless(key)) state = { ...state, freed: withEntry(state.freed, inside[0], call.id) };
  if (state.handles.has(key)) return { ...state, handles: without(state.handles, key) };
  return key.startsWith('local ') ? state : { ...state, frees: new Set(state.frees).add(key) };
}

/** `__free(…)` at the end of a variable's scope: whatever the class is, it takes care of its variable. */
function cleanUp(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  const [argument] = call.args;
  if (argument === undefined) return state;
  const key = walk.context.handleKey(argument, walk.fn);
  const id = accessOf(argument, state);
  const section = id === undefined ? undefined : state.accesses.get(id)?.section;
  const freed = { ...state, handles: without(state.handles, key) };
  const left = freed.open.has(key) ? leaveSection(freed, key, call.span) : freed;
  return section !== undefined && left.open.has(section) ? leaveSection(left, section, call.span) : left;
}

function otherCall(walk: SectionWalk, call: Call, state: SectionState): SectionState[] {
  const { context, fn } = walk;
  if (context.api.wrapperOf(call) !== undefined) return replace(call, state);
  if (state.providers.size > 0 && context.mayGiveUp(call, fn))
    return otherCall(walk, call, { ...state, providers: new Map() });
  const target = context.target(call, fn);
  if (target === undefined) return [passPointers(walk, call, state)];
  call.args.forEach((argument, index) => {
    const id = accessOf(argument, state);
    const parameter = target.ir.parameters[index]?.name;
    if (id === undefined || parameter === undefined) return;
    const access = state.accesses.get(id);
    if (access === undefined || !context.followsUntested(target, parameter)) return;
    walk.findings.use(id, call.span, state);
  });
  if (!context.uses(target)) return [giveAway(walk, call, state)];
  const { exits } = context.of(target);
  if (exits.length === 0) return [state];
  const after: SectionState[] = [];
  for (const exit of exits) {
    let next = state;
    for (const key of exit.leaves) {
      const bound = context.bindKey(key, target, call, fn);
      if (bound === undefined) continue;
      walk.findings.storedBeyond(bound, next);
      if (next.open.has(bound)) next = leaveSection(next, bound, call.span);
      else if (!bound.startsWith('local ')) next = { ...next, leaves: new Set(next.leaves).add(bound) };
    }
    for (const key of exit.frees) {
      const bound = context.bindKey(key, target, call, fn);
      if (bound !== undefined) next = { ...next, handles: without(next.handles, bound) };
    }
    for (const [key] of exit.open) {
      const bound = context.bindKey(key, target, call, fn);
      if (bound !== undefined) next = enterSection(next, bound, call.id);
    }
    const temp = tempName(call.id);
    next = { ...next, base: setValue(next.base, temp, exit.value, undefined) };
    if (exit.returned !== undefined) {
      const access = next.accesses.get(call.id);
      const section = access?.section ?? '?';
      const known = { section, known: exit.returned.known, over: exit.returned.over };
      next = {
        ...next,
        accesses: new Map(next.accesses).set(call.id, known),
        aliases: withEntry(next.aliases, temp, call.id),
      };
    }
    if (!after.some((one) => sectionKey(one) === sectionKey(next) && covers(one.base, next.base))) after.push(next);
  }
  return after;
}

/** Open's operations are replaced, or that failed. */
function replace(call: Call, state: SectionState): SectionState[] {
  const temp = tempName(call.id);
  return [
    { ...state, replaced: call.id, base: setValue(state.base, temp, 'zero', undefined) },
    { ...state, base: setValue(state.base, temp, 'negative', undefined) },
  ];
}

/** A function outside the module follows the pointers that it is given, and may keep a handle. */
function passPointers(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  const name = call.callee.kind === 'named' ? call.callee.name : '';
  const effects = walk.context.program.knowledge.findFunction(name)?.does;
  const harmless =
    effects?.some(
      (effect) =>
        effect.verb === 'isError' ||
        effect.verb === 'makesError' ||
        effect.verb === 'frees' ||
        effect.verb === 'dropsRef' ||
        effect.verb === 'tests' ||
        effect.verb === 'returns',
    ) === true;
  // Macros in capitals that are known to do nothing assert and compare.
  if (!harmless && (effects === undefined || !/^[A-Z0-9_]+$/.test(name))) {
    // What is not known may print it, compare it, or accept NULL.
    const certainty = effects === undefined ? 'may' : 'must';
    for (const argument of call.args) {
      const id = accessOf(argument, state);
      if (id !== undefined) walk.findings.use(id, call.span, state, certainty);
    }
  }
  return giveAway(walk, call, state);
}

function giveAway(walk: SectionWalk, call: Call, state: SectionState): SectionState {
  let { handles } = state;
  for (const argument of call.args) {
    const inner = strip(argument);
    if (inner?.kind === 'read' || inner?.kind === 'address')
      handles = without(handles, walk.context.handleKey(inner, walk.fn));
  }
  return handles === state.handles ? state : { ...state, handles };
}
