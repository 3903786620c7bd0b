/** Finds any of many words in a text in one pass. */

interface TrieNode {
  readonly next: Map<string, TrieNode>;
  ends: boolean;
}

/** Anchored, so that a text is not walked through for nothing. */
export const NEVER = /^(?!)/;

/** Matches any of the words as a whole C identifier; matches nothing when there are none. */
export function wordsExpression(words: Iterable<string>, flags = ''): RegExp {
  const root: TrieNode = { next: new Map(), ends: false };
  for (const word of words) {
    let node = root;
    for (const character of word) {
      let next = node.next.get(character);
      if (next === undefined) {
        next = { next: new Map(), ends: false };
        node.next.set(character, next);
      }
      node = next;
    }
    node.ends = true;
  }
  return root.next.size === 0 ? NEVER : new RegExp(`\\b${render(root)}\\b`, flags);
}

/** Shared prefixes are factored out: an alternation of hundreds of words is slow otherwise. */
function render(node: TrieNode): string {
  const branches: string[] = [];
  for (const [character, next] of node.next) branches.push(literal(character) + render(next));
  if (branches.length === 0) return '';
  const body = branches.length === 1 ? (branches[0] ?? '') : `(?:${branches.join('|')})`;
  if (!node.ends) return body;
  return branches.length === 1 ? `(?:${body})?` : `${body}?`;
}

function literal(character: string): string {
  return /\w/.test(character) ? character : `\\${character}`;
}
