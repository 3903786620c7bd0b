/** The repository's own files, for tests that look at the code base as text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository's root, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const NOT_TRACKED = new Set(['.git', 'node_modules', 'dist', 'out', '.cache', '.revsafe-cache', 'coverage']);

/** Every file under a folder of the repository, relative to the root, in name order; what git ignores is left out. */
export function filesUnder(folder: string, extension = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_TRACKED.has(entry.name)) continue;
    if (entry.isDirectory()) {
      found.push(...filesUnder(path, extension));
    } else if (path.endsWith(extension) && !path.endsWith('.vsix') && !path.endsWith('.tsbuildinfo')) {
      found.push(path);
    }
  }
  return found.sort();
}

export function readRepositoryFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

const COMMENT_OR_LITERAL =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;

/** TypeScript text without its comments; everything else keeps its place. */
export function withoutComments(text: string): string {
  return text.replace(COMMENT_OR_LITERAL, (token) => (/^\/[/*]/.test(token) ? token.replace(/[^\n]/g, ' ') : token));
}

/** Contents of the string literals of a TypeScript text, with the line (one-based) where each starts. */
export function stringLiterals(text: string): { line: number; text: string }[] {
  const found: { line: number; text: string }[] = [];
  for (const match of text.matchAll(COMMENT_OR_LITERAL)) {
    if (/^\/[/*]/.test(match[0])) continue;
    found.push({ line: text.slice(0, match.index).split('\n').length, text: match[0].slice(1, -1) });
  }
  return found;
}
