import { describe, expect, it } from 'vitest';
import { contractMarkdown } from '../../../server/src/features/contract-text.ts';
import { kernelDocOf } from '../../../server/src/features/kernel-doc.ts';
import type { FunctionContract } from '../../../server/src/knowledge/schema.ts';

const TREE = `/* SPDX */
int kettle_boil(struct kettle *kettle, int degrees);

/**
 * kettle_boil - heat the water
 * @kettle: which *one*; it must
 *	be filled
 * @degrees: how hot (see &struct kettle)
 *
 * Long talk that a hover leaves out.
 *
 * Return: 0, or -EIO
 *         when it is broken
 */
static inline int __must_check
kettle_boil(struct kettle *kettle /* filled */,
	    int degrees)
{
	return kettle_boil(kettle, 1);
}

#define kettle_boil_fast(kettle) kettle_boil(kettle, 100)
`;

const CONTRACT: FunctionContract = {
  name: 'kettle_boil',
  prototype: 'int kettle_boil(struct kettle *)',
  does: [],
  summary: 'heats',
  evidence: [
    { kernel: '6.12', file: 'drivers/kettle.c', fn: 'kettle_boil' },
    { kernel: '7.2', file: 'drivers/kettle.c', fn: 'kettle_boil' },
  ],
};

describe('kernel-doc', () => {
  it('finds the definition, not the declaration or a call, and what stands above it', () => {
    expect(kernelDocOf('kettle_boil', TREE)).toEqual({
      line: TREE.split('\n').findIndex((line) => line.startsWith('kettle_boil(')),
      prototype: 'int kettle_boil(struct kettle *kettle, int degrees)',
      summary: 'heat the water',
      parameters: [
        { name: 'kettle', text: 'which *one*; it must be filled' },
        { name: 'degrees', text: 'how hot (see &struct kettle)' },
      ],
      returns: '0, or -EIO when it is broken',
    });
    expect(kernelDocOf('kettle_boil_fast', TREE)?.prototype).toBe('kettle_boil_fast(kettle)');
    expect(kernelDocOf('kettle', TREE)).toBeUndefined();
  });

  it('gives a contract the words of the tree, and links to the place', () => {
    const text = contractMarkdown(
      'kettle_boil',
      CONTRACT,
      new Map([['drivers/kettle.c', { path: '/t/kettle.c', text: TREE }]]),
    );
    expect(text).toContain('int kettle_boil(struct kettle *kettle, int degrees)');
    expect(text).toContain('- `kettle`: Which \\*one\\*; it must be filled.');
    expect(text).toContain('**Returns** 0, or -EIO when it is broken.');
    expect(text).toMatch(/\[`drivers\/kettle\.c` `kettle_boil\(\)`\]\(file:\/\/\/t\/kettle\.c#L\d+\) \(6\.12, 7\.2\)/);
  });

  it('leaves the contract as it is where there is no tree', () => {
    const text = contractMarkdown('kettle_boil', CONTRACT);
    expect(text).toContain('int kettle_boil(struct kettle *)');
    expect(text).toContain('Read in `drivers/kettle.c` `kettle_boil()` (6.12, 7.2).');
  });

  it('breaks a long prototype into a parameter a line', () => {
    const long = {
      ...CONTRACT,
      prototype: 'int kettle_boil(struct kettle *kettle, void (*done)(int a, int b), unsigned long flags)',
    };
    expect(contractMarkdown('kettle_boil', long)).toContain(
      'int kettle_boil(\n    struct kettle *kettle,\n    void (*done)(int a, int b),\n    unsigned long flags)',
    );
  });
});
