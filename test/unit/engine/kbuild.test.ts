import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKbuild, parseKconfig } from '../../../server/src/engine/kbuild.ts';

const partsOf = (text: string): Record<string, readonly string[]> =>
  Object.fromEntries(parseKbuild(text).objects.map((object) => [object.name, object.parts]));
const choicesOf = (text: string): Record<string, readonly unknown[]> =>
  Object.fromEntries(parseKbuild(text).objects.map((object) => [object.name, object.choices]));

describe('objects of a Kbuild file', () => {
  it('reads single objects and how they are built', () => {
    expect(
      choicesOf(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how make writes it
        'obj-$(CONFIG_FOO) += foo.o\nobj-y += bar.o baz.o\nobj-m := ext.o\nobj-${CONFIG_X} = x.o\nlib-y += l.o',
      ),
    ).toEqual({
      foo: [{ kind: 'option', option: 'FOO' }],
      bar: [{ kind: 'builtin' }],
      baz: [{ kind: 'builtin' }],
      ext: [{ kind: 'module' }],
      x: [{ kind: 'option', option: 'X' }],
      l: [{ kind: 'builtin' }],
    });
  });

  it('links composites from every spelling of their list', () => {
    const text = [
      'obj-$(CONFIG_FOO) += foo.o bar.o baz.o',
      'foo-y := main.o ops.o',
      'foo-$(CONFIG_FOO_DEBUG) += debug.o',
      'foo-objs-$(CONFIG_MORE) += more.o',
      'bar-objs := bar_core.o \\',
      '\tbar_io.o',
    ].join('\n');
    expect(partsOf(text)).toEqual({
      foo: ['main', 'ops', 'debug', 'more'],
      bar: ['bar_core', 'bar_io'],
      baz: ['baz'],
    });
  });

  it('keeps a composite that has a part of its own name', () => {
    expect(partsOf('obj-m += foo.o\nfoo-y := foo.o sub/helper.o')).toEqual({ foo: ['foo', 'sub/helper'] });
  });

  it('survives a composite that names itself through another', () => {
    expect(partsOf('obj-m += a.o\na-y := b.o\nb-y := a.o c.o')).toEqual({ a: ['c'] });
  });

  it('expands variables of the file, and only those', () => {
    expect(partsOf('parts := a.o b.o\nobj-m += foo.o\nfoo-y := $(parts) $(shell ls *.o) $(CONFIG_X)')).toEqual({
      foo: ['a', 'b'],
    });
  });

  it('takes both sides of conditionals', () => {
    const text = 'ifneq ($(KERNELRELEASE),)\nobj-m := foo.o\nelse\nobj-m += bar.o\nendif';
    expect(Object.keys(partsOf(text))).toEqual(['foo', 'bar']);
  });

  it('leaves out comments, recipes and folders', () => {
    expect(partsOf('# obj-m += no.o\nobj-m += yes.o # no.o\nobj-y += sub/\nall:\n\tmake x.o')).toEqual({
      yes: ['yes'],
    });
  });

  it('reads subst of m to y as built in, and other functions as unknown', () => {
    expect(choicesOf('obj-$(subst m,y,$(CONFIG_A)) += a.o\nobj-$(if $(CONFIG_B),y) += b.o')).toEqual({
      a: [{ kind: 'builtin' }],
      b: [{ kind: 'unknown' }],
    });
  });

  it('finds include folders below the source and in the tree', () => {
    const text =
      'ccflags-y += -I$(src)/inc -I $(srctree)/$(src)/../shared -I$(srctree)/drivers/common/ -I$(objtree)\nEXTRA_CFLAGS += -I/usr/include -DX';
    expect(parseKbuild(text).includeFolders).toEqual(['./inc', './../shared', '/drivers/common']);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'obj-y+=$(){}CONFIG_a.o/ \\\n#:=%') }), (text) => {
        expect(Array.isArray(parseKbuild(text).objects)).toBe(true);
      }),
    );
  });
});

describe('types of options in a Kconfig file', () => {
  it('reads bool and tristate in their forms', () => {
    const text = [
      'config A\n\ttristate "A"',
      'menuconfig B\n\tbool',
      'config C\n\tdepends on A\n\tdef_bool y',
      'config D\n\tint "D"',
      'config E\n\thelp\n\t  bool is a word here',
    ].join('\n\n');
    expect([...parseKconfig(text)]).toEqual([
      ['A', 'tristate'],
      ['B', 'bool'],
      ['C', 'bool'],
    ]);
  });

  it('says tristate when an option is declared both ways', () => {
    expect(parseKconfig('config A\n\tbool\nconfig A\n\ttristate').get('A')).toBe('tristate');
  });
});
