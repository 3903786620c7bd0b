import { describe, expect, it } from 'vitest';
import { findSuppressions, unusedSuppressions } from '../../../server/src/features/suppression.ts';

const RULES = ['unfenced-unregister', 'missing-fops-owner'];
const find = (text: string) => findSuppressions(text, RULES);
const linesOf = (text: string): readonly (readonly number[])[] => find(text).comments.map((comment) => comment.lines);
const notesOf = (text: string): readonly string[] => find(text).notes.map((note) => note.reason);

describe('suppression comments', () => {
  it('cover their line when code stands before them', () => {
    const text = 'a();\nb(); /* revsafe: allow missing-fops-owner - built in */\nc();';
    expect(linesOf(text)).toEqual([[1]]);
    expect(find(text).comments[0]).toMatchObject({ rule: 'missing-fops-owner', reason: 'built in' });
  });

  it('cover the line below when they stand alone', () => {
    expect(linesOf('a();\n\t// revsafe: allow missing-fops-owner - why\nb();')).toEqual([[1, 2]]);
  });

  it('may stand one above the other', () => {
    const text = '// revsafe: allow missing-fops-owner - one\n/* revsafe: allow unfenced-unregister - two */\ncall();';
    expect(linesOf(text)).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it('may run over several lines', () => {
    const text = '/*\n * revsafe: allow missing-fops-owner - the reason\n * goes on\n */\ncall();';
    expect(find(text).comments[0]?.reason).toBe('the reason goes on');
    expect(linesOf(text)).toEqual([[0, 1, 2, 3, 4]]);
  });

  it.each(['-', '--', '\u2013', '\u2014'])('take %s before the reason', (dash) => {
    expect(find(`x; /* revsafe: allow missing-fops-owner ${dash} why */`).comments[0]?.reason).toBe('why');
  });

  it('need a reason', () => {
    expect(notesOf('x; /* revsafe: allow missing-fops-owner */')).toEqual([
      '"allow missing-fops-owner" needs a reason after " - "',
    ]);
    expect(notesOf('x; /* revsafe: allow missing-fops-owner - */')).toHaveLength(1);
    expect(linesOf('x; /* revsafe: allow missing-fops-owner */')).toEqual([]);
  });

  it('need a rule that exists', () => {
    expect(notesOf('x; /* revsafe: allow nothing-such - why */')).toEqual(['there is no rule "nothing-such" to allow']);
  });

  it('must be of the right form', () => {
    expect(notesOf('x; /* revsafe: ignore missing-fops-owner */')).toEqual([
      'this comment suppresses nothing: write "revsafe: allow RULE - REASON"',
    ]);
  });

  it('are no strings, and no other comments', () => {
    expect(find('char *s = "/* revsafe: allow missing-fops-owner - x */";')).toEqual({ comments: [], notes: [] });
    expect(find('/* see revsafe: allow missing-fops-owner - x */')).toEqual({ comments: [], notes: [] });
  });

  it('are said when they fit nothing, unless their rule did not run', () => {
    const { comments } = find(
      'a; // revsafe: allow missing-fops-owner - 1\nb; // revsafe: allow unfenced-unregister - 2\nc; // revsafe: allow missing-fops-owner - 3',
    );
    const notes = unusedSuppressions(comments, new Set([0]), (rule) => rule === 'missing-fops-owner');
    expect(notes.map((note) => note.reason)).toEqual([
      '"allow missing-fops-owner" is not needed: nothing is reported here',
    ]);
    expect(notes[0]?.span).toEqual(comments[2]?.span);
  });
});
