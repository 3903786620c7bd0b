/** Operations that come in pairs in one table: what the one sets going, the other has to stop. */
import type { Fn } from '../program.ts';
import type { Parts } from '../removal.ts';
import type { Table } from '../tables.ts';

const MAX_CLIMB = 40;

/** Words of field names that begin something, and those that end it. */
const OPPOSITES: readonly (readonly [begin: RegExp, end: readonly string[]])[] = [
  [/startup$/, ['shutdown']],
  [/probe$/, ['remove', 'remove_new', 'disconnect']],
  [/connect$/, ['disconnect']],
  [/init$/, ['fini', 'exit', 'deinit', 'uninit', 'cleanup', 'remove', 'release', 'free']],
  [/open$/, ['close', 'stop', 'release']],
  [/start$/, ['stop']],
  [/attach$/, ['detach']],
  [/bind$/, ['unbind']],
  [/setup$/, ['cleanup', 'teardown', 'shutdown']],
  [/create$/, ['destroy', 'release', 'free']],
  [/register$/, ['unregister']],
  [/load$/, ['unload']],
  [/add$/, ['del', 'remove']],
  [/enable$/, ['disable']],
];

/** Words of function names that begin something, and those that end it. */
const OPPOSITE_WORDS: Readonly<Record<string, readonly string[]>> = {
  add: ['del', 'remove', 'delete'],
  alloc: ['free', 'release', 'destroy'],
  attach: ['detach'],
  bind: ['unbind'],
  create: ['destroy', 'delete', 'remove', 'free', 'release'],
  ctor: ['dtor'],
  enable: ['disable'],
  init: ['deinit', 'uninit', 'fini', 'exit', 'cleanup', 'destroy', 'free', 'release', 'remove', 'term'],
  new: ['free', 'destroy', 'release', 'del'],
  on: ['off'],
  open: ['close'],
  probe: ['remove'],
  register: ['unregister'],
  setup: ['cleanup', 'teardown', 'remove', 'free'],
  start: ['stop'],
};

/** The function of the same file that undoes one, as far as their names tell: `foo_alloc_bar`, `foo_free_bar`. */
export function namesake(fn: Fn, { program }: Parts): Fn | undefined {
  const words = fn.ir.name.split('_');
  for (const [index, word] of words.entries()) {
    for (const end of (Object.hasOwn(OPPOSITE_WORDS, word) ? OPPOSITE_WORDS[word] : undefined) ?? []) {
      const other = program.findFunction(words.with(index, end).join('_'), fn.unit);
      if (other !== undefined && other !== fn && other.unit === fn.unit) return other;
    }
  }
  return undefined;
}

export interface Counterpart {
  readonly begins: Fn;
  readonly ends: Fn;
}

/** The entry of a table that leads to a function, and the one that undoes it; none when not all ways there are so. */
export function counterpartOf(fn: Fn, { graph, tables }: Parts): Counterpart | undefined {
  const found = new Map<Fn, Counterpart>();
  const seen = new Set<Fn>([fn]);
  const stack = [fn];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const here = at;
    const pairs = tables.all.flatMap((table) => pairIn(table, here) ?? []);
    for (const pair of pairs) found.set(pair.ends, pair);
    if (pairs.length > 0) continue;
    const callers = graph.callers(at);
    if (callers.size === 0 || seen.size > MAX_CLIMB) return undefined;
    for (const caller of callers) {
      if (seen.has(caller)) continue;
      seen.add(caller);
      stack.push(caller);
    }
  }
  const [only, ...others] = found.values();
  return others.length === 0 ? only : undefined;
}

function pairIn(table: Table, fn: Fn): Counterpart | undefined {
  for (const [path, entry] of table.entries) {
    if (entry.fn !== fn) continue;
    for (const [begin, ends] of OPPOSITES) {
      if (!begin.test(path)) continue;
      const stem = path.replace(begin, '');
      for (const end of ends) {
        const other = table.entries.get(stem + end)?.fn;
        if (other !== undefined && other !== fn) return { begins: fn, ends: other };
      }
    }
  }
  return undefined;
}
