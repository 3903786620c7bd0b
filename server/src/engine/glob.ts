/** Globs of settings: `*` within a folder, `**` across folders, `?`, `{a,b}`; one without a slash matches the name anywhere. */
export function globExpression(glob: string): RegExp {
  const anchored = glob.includes('/') ? glob.replace(/^\.?\//, '') : `**/${glob}`;
  let source = '';
  let braces = 0;
  for (let at = 0; at < anchored.length; at++) {
    const character = anchored[at] ?? '';
    if (character === '*') {
      if (anchored[at + 1] !== '*') source += '[^/]*';
      else if (anchored[at + 2] === '/') {
        source += '(?:.*/)?';
        at += 2;
      } else {
        source += '.*';
        at += 1;
      }
    } else if (character === '?') source += '[^/]';
    else if (character === '{') {
      braces++;
      source += '(?:';
    } else if (character === '}' && braces > 0) {
      braces--;
      source += ')';
    } else if (character === ',' && braces > 0) source += '|';
    else source += character.replace(/[.+^$()|[\]{}\\]/g, '\\$&');
  }
  // A folder stands for all that is in it; an open brace is read as a plain one.
  return new RegExp(braces > 0 ? `^${anchored.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&')}$` : `^${source}(?:/.*)?$`);
}
