import { describe, expect, it } from 'vitest';
import { Folders } from '../../../server/src/engine/folders.ts';
import { ModuleMap } from '../../../server/src/engine/module-map.ts';
import { createMemoryHost } from '../../support/engine.ts';

function mapOf(files: Readonly<Record<string, string>>): ModuleMap {
  const host = createMemoryHost(new Map(Object.entries(files)));
  return new ModuleMap(host, new Folders(host));
}

describe('modules of a folder', () => {
  const tree = {
    '/t/Kbuild': '',
    '/t/MAINTAINERS': '',
    '/t/Kconfig': 'config TOP\n\tbool',
    '/t/d/Kconfig': 'config FOO\n\ttristate\nconfig BAR\n\tbool',
    '/t/d/Makefile':
      'obj-$(CONFIG_FOO) += foo.o\nfoo-y := main.o sub/part.o gone.o\nobj-$(CONFIG_BAR) += bar.o\nobj-$(CONFIG_TOP) += top.o\nobj-$(CONFIG_NOWHERE) += odd.o\nccflags-y += -I$(src)/inc',
    '/t/d/main.c': '',
    '/t/d/bar.c': '',
    '/t/d/top.c': '',
    '/t/d/odd.c': '',
    '/t/d/alone.c': '',
    '/t/d/sub/part.c': '',
    '/t/d/sub/other.c': '',
  };

  it('finds composites, their parts in folders below, and files that no Kbuild names', async () => {
    const plans = await mapOf(tree).plansIn('/t/d');
    expect(plans.map(({ name, files, builtin, loose }) => ({ name, files, builtin, loose }))).toEqual([
      { name: 'foo', files: ['/t/d/main.c', '/t/d/sub/part.c'], builtin: false, loose: false },
      { name: 'bar', files: ['/t/d/bar.c'], builtin: true, loose: false },
      { name: 'top', files: ['/t/d/top.c'], builtin: true, loose: false },
      { name: 'odd', files: ['/t/d/odd.c'], builtin: undefined, loose: false },
      { name: 'alone', files: ['/t/d/alone.c'], builtin: undefined, loose: true },
    ]);
  });

  it('finds the module of a part that a parent folder links', async () => {
    const map = mapOf(tree);
    expect((await map.planOf('/t/d/sub/part.c')).id).toBe('/t/d:foo');
    expect((await map.planOf('/t/d/sub/other.c')).loose).toBe(true);
  });

  it('gives the module its include folders', async () => {
    expect((await mapOf(tree).planOf('/t/d/main.c')).includeFolders).toEqual(['/t/d/inc']);
  });

  it('prefers Kbuild to Makefile', async () => {
    const plans = await mapOf({
      '/x/Kbuild': 'obj-m += a.o',
      '/x/Makefile': 'obj-m += b.o',
      '/x/a.c': '',
      '/x/b.c': '',
    }).plansIn('/x');
    expect(plans.map(({ id, loose }) => [id, loose])).toEqual([
      ['/x:a', false],
      ['/x/b.c', true],
    ]);
  });

  it('an object that is both obj-y and obj-m can be a module', async () => {
    const map = mapOf({ '/x/Makefile': 'obj-y += a.o\nobj-m += a.o', '/x/a.c': '' });
    expect((await map.planOf('/x/a.c')).builtin).toBe(false);
  });

  it('finds the tree around a path', async () => {
    const map = mapOf(tree);
    expect(await map.findTree('/t/d/sub')).toBe('/t');
    expect(await map.findTree('/elsewhere')).toBeUndefined();
  });
});
