/** Sources with random damage, as they look half way through an edit or after a bad merge. */
import fc from 'fast-check';
import { filesUnder, readRepositoryFile } from '../support/repository.ts';

export interface Budget {
  readonly seed: number;
  readonly numRuns: number;
  readonly interruptAfterTimeLimit: number;
  readonly markInterruptAsFailure: false;
}

/** How long a search may take, from the command line of `npm run fuzz`. */
export function budget(): Budget {
  return {
    seed: Number(process.env.FUZZ_SEED ?? 1),
    numRuns: 1e9,
    interruptAfterTimeLimit: Number(process.env.FUZZ_SECONDS ?? 30) * 1000,
    markInterruptAsFailure: false,
  };
}

export interface Damaged {
  readonly name: string;
  readonly text: string;
}

const TOKEN = /\s+|\w+|"(?:\\.|[^"\\\n])*"|[^\w\s]/g;

/** What mutations put in: what the grammars of C, of the kernel's macros and of Rust stumble over. */
const PIECES = [
  ...'{}()[];,*&<>=?:#"\'\\'.split(''),
  ...['->', '...', '::', '=>', '/*', '*/', '//', '\n', '\r\n', '\t', '\0', 'é', '\u{1f980}', '0x', '.5e', '##'],
  ...['#if X\n', '#else\n', '#elif Y\n', '#endif\n', '#define M(x) \\\n', '#include "x.h"\n'],
  ...['struct ', 'static ', 'case 1:', 'default:', 'goto out;', 'out:', 'return ', 'if (', 'else ', 'for (;;) '],
  ...['guard(mutex)(&x->lock);', 'scoped_guard(rcu) ', '__free(kfree) ', '__user ', 'container_of(p, struct foo, m)'],
  ...['list_for_each_entry(a, b, c) ', 'typeof(x) ', '({ ', ' })', 'asm volatile("" ::: "memory");', '__VA_ARGS__'],
  ...[
    'fn ',
    'impl ',
    'match ',
    'unsafe { ',
    'let ',
    '?',
    '.await',
    "'a ",
    'pin_init!(',
    'move |x| ',
    'r#"',
    '#[cfg(x)] ',
  ],
];

type Cut = readonly [at: number, length: number, kind: number, piece: string, from: number];

/** One of the repository's own drivers with some tokens gone, doubled, moved or put in. */
export function damaged(ending: '.c' | '.rs'): fc.Arbitrary<Damaged> {
  const files = [...filesUnder('samples', ending), ...filesUnder('test/fixtures', ending)];
  const cut: fc.Arbitrary<Cut> = fc.tuple(
    fc.nat(1e6),
    fc.integer({ min: 1, max: 12 }),
    fc.nat(3),
    fc.constantFrom(...PIECES),
    fc.nat(1e6),
  );
  return fc.tuple(fc.constantFrom(...files), fc.array(cut, { minLength: 1, maxLength: 8 })).map(([file, cuts]) => ({
    name: file,
    text: cuts
      .reduce((tokens: string[], one) => mutate(tokens, one), readRepositoryFile(file).match(TOKEN) ?? [])
      .join(''),
  }));
}

function mutate(tokens: string[], [at, length, kind, piece, from]: Cut): string[] {
  const index = at % (tokens.length + 1);
  const source = from % (tokens.length + 1);
  if (kind === 0) return tokens.toSpliced(index, length);
  if (kind === 1) return tokens.toSpliced(index, 0, piece);
  const copied = tokens.slice(source, source + length);
  return kind === 2 ? tokens.toSpliced(index, 0, ...copied) : tokens.slice(0, Math.max(index, 1));
}
