import { describe, expect, it } from 'vitest';
import { CallScanner } from '../../../server/src/engine/call-scanner.ts';

const scanner = new CallScanner(
  new Map([
    ['foo_register', 1],
    ['foo_stop', 2],
    ['both', 3],
  ]),
  new Map([
    ['release', 4],
    ['foo_stop', 8],
  ]),
  new Set(['kernel_release']),
);

const scan = (text: string): number => scanner.scan(new TextEncoder().encode(text));

describe('what a file names', () => {
  it.each([
    ['\tfoo_register(&foo);', 1],
    ['foo_register\t \n(&foo)', 1],
    ['foo_stop(1); foo_register(2);', 3],
    ['if (both(x))', 3],
    ['.release = foo_release,', 4],
    ['.release= foo,', 4],
    ['x.foo_stop = y', 8],
    ['(foo_register(', 1],
  ])('%j', (text, bits) => expect(scan(text)).toBe(bits));

  it('a field that is set to a function of the kernel', () => {
    expect(scan('.release = kernel_release,')).toBe(0);
    expect(scan('.release =kernel_release')).toBe(0);
    expect(scan('.release = kernel_release, .release = foo_release')).toBe(4);
    expect(scan('.release = kernel_release_all')).toBe(4);
    expect(scan('.release =')).toBe(4);
  });

  it.each(['', '(', '=', 'xfoo_register(', 'foo_register_all(', '&foo_register,', 'release(x)', 'ünfoo_registerü('])(
    'nothing in %j',
    (text) => expect(scan(text)).toBe(0),
  );

  it('the start and the end of the bytes', () => {
    expect(scan('foo_register(')).toBe(1);
    expect(scan(' foo_register')).toBe(0);
  });
});
