/** The injection grammars highlight exactly the names that the knowledge base has. */
import { describe, expect, it } from 'vitest';
import { fsRevocableGenerations, revocableGenerations } from '../../../server/src/knowledge/revocable-generations.ts';
import { filesUnder, readRepositoryFile } from '../../support/repository.ts';

interface Pattern {
  readonly name?: string;
  readonly match: string;
  readonly captures?: Readonly<Record<string, { readonly name: string }>>;
}

interface Grammar {
  readonly scopeName: string;
  readonly injectionSelector: string;
  readonly patterns: readonly Pattern[];
}

function load(name: string): Grammar {
  return JSON.parse(readRepositoryFile(`syntaxes/${name}.tmLanguage.json`));
}

/** Scope of the first pattern that matches the whole of `word` in `text`. */
function scopeOf(grammar: Grammar, text: string, word: string): string | undefined {
  const at = text.indexOf(word);
  for (const pattern of grammar.patterns) {
    for (const match of text.matchAll(new RegExp(pattern.match, 'dg'))) {
      const groups = match.indices ?? [];
      const index = groups.findIndex((span) => span?.[0] === at && span[1] === at + word.length);
      const scope = index > 0 ? pattern.captures?.[String(index)]?.name : index === 0 ? pattern.name : undefined;
      if (scope !== undefined) return scope;
    }
  }
  return undefined;
}

const c = load('revocable-c');
const rust = load('revocable-rust');
const cores = Object.values(revocableGenerations);

describe('grammars', () => {
  it('are named by the manifest and stay out of comments and strings', () => {
    const { grammars } = JSON.parse(readRepositoryFile('package.json')).contributes as {
      grammars: readonly { readonly scopeName: string; readonly path: string; readonly injectTo: readonly string[] }[];
    };
    expect(grammars.map((grammar) => grammar.path.slice(2)).sort()).toEqual(filesUnder('syntaxes', '.json'));
    for (const { path, scopeName, injectTo } of grammars) {
      const grammar: Grammar = JSON.parse(readRepositoryFile(path));
      expect(grammar.scopeName).toBe(scopeName);
      for (const scope of injectTo) expect(grammar.injectionSelector).toContain(`L:${scope} -comment -string`);
    }
  });

  it('know every call and macro of every generation', () => {
    const names = cores.flatMap((core) => [...core.calls, ...core.macros].map((row) => row.name));
    expect(new Set(names).size).toBeGreaterThan(20);
    for (const name of names)
      expect([name, scopeOf(c, `x = ${name}(y);`, name)]).toEqual([name, expect.stringMatching(/revocable/)]);
    for (const core of cores) {
      for (const macro of core.macros) {
        expect(scopeOf(c, `\t${macro.name}(a, b);`, macro.name)).toBe('keyword.control.revocable.c');
      }
    }
  });

  it('know the types, and the calls that replace file operations', () => {
    for (const type of cores.flatMap((core) => [core.providerType, core.consumerType])) {
      const name = type.replace('struct ', '');
      expect([type, scopeOf(c, `\t${type} *x;`, name)]).toEqual([type, 'support.type.revocable.c']);
    }
    const calls = Object.values(fsRevocableGenerations).map((form) => form.function);
    for (const name of calls)
      expect([name, scopeOf(c, `return ${name}(f);`, name)]).toEqual([name, 'support.function.revocable.file.c']);
  });

  it('leave other names alone', () => {
    for (const name of ['revocable', 'revocable_alloc_buffer', 'my_revocable_alloc', 'REVOCABLE_X', 'try_access']) {
      expect([name, scopeOf(c, `${name}(x)`, name)]).toEqual([name, undefined]);
    }
    expect(scopeOf(rust, 'fn revoked() {}', 'revoked')).toBeUndefined();
    expect(scopeOf(rust, 'struct DevresNode;', 'DevresNode')).toBeUndefined();
  });

  it('know the Rust names', () => {
    for (const name of ['Revocable', 'RevocableGuard', 'Devres']) {
      expect(scopeOf(rust, `x: ${name}<T>`, name)).toBe('support.type.revocable.rust');
    }
    for (const name of ['try_access', 'try_access_with', 'try_access_with_guard', 'revoke', 'revoke_nosync']) {
      expect(scopeOf(rust, `self.bar.${name}(x)`, name)).toMatch(/^support\.function\.revocable/);
    }
  });
});
