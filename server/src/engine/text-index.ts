/** What can be told of a C file from its text alone, before it is parsed: cheap, and good enough to choose files. */

/** A name that stands before a parenthesis at the start of a declaration which is not static. */
const DEFINITION =
  /^(?!static\b|extern\b|typedef\b|return\b|else\b|goto\b|case\b|struct \w+ \{|#)(?:[A-Za-z_]\w*[ \t*]+)+\**([A-Za-z_]\w*)\s*\((?=[^;{]*\)\s*\{)/gm;
/** The same with the return type on the line before. */
const BARE_DEFINITION = /^([A-Za-z_]\w*)\s*\((?=[^;{]*\)\s*\n\{)/gm;

/** Names of the functions with a body that other files can call. A heuristic on text: never used for a verdict. */
export function externalDefinitions(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const expression of [DEFINITION, BARE_DEFINITION]) {
    for (const match of text.matchAll(expression)) if (match[1] !== undefined) names.add(match[1]);
  }
  return names;
}
