import { describe, expect, it } from 'vitest';
import { builtinContracts } from '../../../server/src/knowledge/contracts/index.ts';
import { Knowledge } from '../../../server/src/knowledge/lookup.ts';
import type { ContractFile, Effect, Slot } from '../../../server/src/knowledge/schema.ts';
import { arg } from '../../../server/src/knowledge/schema.ts';

const knowledge = Knowledge.builtin();

function verbs(name: string): readonly string[] {
  return knowledge.findFunction(name)?.does.map((effect) => effect.verb) ?? [];
}

function effect(name: string, verb: Effect['verb']): Effect | undefined {
  return knowledge.findFunction(name)?.does.find((candidate) => candidate.verb === verb);
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}

describe('functions', () => {
  it('are found by name, by alias and by pattern, in this order', () => {
    expect(knowledge.findFunction('misc_deregister')).toMatchObject({ name: 'misc_deregister' });
    expect(knowledge.findFunction('kzalloc_node')).toMatchObject({ name: 'kzalloc' });
    expect(knowledge.findFunction('regmap_init_i2c')).toMatchObject({ pattern: expect.any(String) });
    expect(knowledge.findFunction('foo_do_something')).toBeUndefined();
  });

  it('prefer a pattern that does something to a broad family that does not', () => {
    expect(verbs('serdev_device_set_drvdata')).toEqual(['setsPrivate']);
    expect(verbs('typec_altmode_get_drvdata')).toEqual(['getsPrivate']);
    expect(verbs('to_i2c_client')).toEqual(['returns']);
    expect(verbs('hid_register_driver')).toEqual(['registersDriver']);
  });

  it('match patterns as a whole name only', () => {
    expect(knowledge.findFunction('my_regmap_init_i2c_thing_of_mine')).toBeUndefined();
  });

  it('answer the same the second time', () => {
    for (const name of ['regmap_init_i2c', 'foo_do_something', 'constructor', 'toString', '__proto__']) {
      expect(knowledge.findFunction(name)).toBe(knowledge.findFunction(name));
    }
    expect(knowledge.findFunction('constructor')).toBeUndefined();
  });

  it('hold a lock only for the outcome that means so', () => {
    expect(effect('mutex_lock_interruptible', 'acquires')).toMatchObject({ when: 'zero' });
    expect(effect('mutex_trylock', 'acquires')).toMatchObject({ when: 'nonzero' });
    expect(effect('down_trylock', 'acquires')).toMatchObject({ when: 'zero' });
    expect(effect('down_read_trylock', 'acquires')).toMatchObject({ when: 'nonzero', mode: 'shared' });
    expect(effect('percpu_ref_tryget_live', 'acquires')).toMatchObject({ when: 'nonzero' });
    expect(effect('drm_dev_enter', 'acquires')).toMatchObject({ when: 'nonzero' });
    expect(effect('mutex_lock', 'acquires')).not.toHaveProperty('when');
  });

  it('tell who frees what was allocated', () => {
    expect(effect('kzalloc_obj', 'allocates')).toMatchObject({ owner: 'caller' });
    expect(effect('devm_kzalloc', 'allocates')).toMatchObject({ owner: 'devres', device: arg(0) });
    expect(effect('scsi_host_alloc', 'allocates')).toMatchObject({ privateSize: arg(1) });
  });

  it('do not call a reference a fence', () => {
    expect(verbs('cdev_set_parent')).toEqual(['pins']);
    expect(verbs('get_device')).toEqual(['takesRef', 'returns']);
    expect(effect('misc_deregister', 'unpublishes')).toMatchObject({
      fence: { verdict: 'blocks-new-only', drainsOpen: true },
    });
    expect(effect('cdev_del', 'unpublishes')).toMatchObject({ fence: { verdict: 'no-fence' } });
  });

  it('know drivers that cannot be unbound through sysfs', () => {
    expect(effect('platform_driver_probe', 'registersDriver')).toMatchObject({ suppressesUnbind: true });
    expect(effect('platform_driver_register', 'registersDriver')).not.toHaveProperty('suppressesUnbind');
    expect(effect('i2c_register_driver', 'registersDriver')).toMatchObject({ on: arg(1) });
    expect(verbs('register_virtio_driver')).toEqual(['registersDriver']);
    expect(verbs('unregister_virtio_driver')).toEqual(['unregistersDriver']);
    expect(verbs('hid_unregister_driver')).toEqual(['unregistersDriver']);
    expect(verbs('uart_register_driver')).not.toContain('registersDriver');
  });
});

describe('tables', () => {
  it('give each file operation its context', () => {
    expect(knowledge.findRole('struct file_operations', 'open')).toEqual({ context: 'open', inode: 0, file: 1 });
    expect(knowledge.findRole('struct file_operations', 'release')).toMatchObject({ alwaysRuns: true });
    expect(knowledge.findRole('struct file_operations', 'unlocked_ioctl')).toMatchObject({
      context: 'file-operation',
      coveredByFsRevocable: true,
    });
    expect(knowledge.findRole('struct file_operations', 'compat_ioctl')).not.toHaveProperty('coveredByFsRevocable');
    expect(knowledge.findRole('struct file_operations', 'owner')).toBeUndefined();
  });

  it('know what tears each bus down', () => {
    const teardown = (driver: string, field: string) => knowledge.findRole(`struct ${driver}`, field)?.context;
    expect(teardown('platform_driver', 'remove_new')).toBe('teardown');
    expect(teardown('usb_driver', 'disconnect')).toBe('teardown');
    expect(teardown('parport_driver', 'detach')).toBe('teardown');
    expect(teardown('fsi_driver', 'drv.remove')).toBe('teardown');
    expect(teardown('hsi_client_driver', 'driver.remove')).toBe('teardown');
    expect(teardown('scsi_driver', 'gendrv.remove')).toBe('teardown');
    expect(teardown('ipmi_smi_watcher', 'smi_gone')).toBe('teardown');
    expect(teardown('class_interface', 'remove_dev')).toBe('teardown');
    expect(knowledge.findTable('struct usb_driver')?.driver?.triggers[0]).toBe('hot-unplug');
  });

  it('read an unknown driver table as a bus and an unknown operations table as callbacks', () => {
    expect(knowledge.findRole('struct frobnicator_driver', 'remove')?.context).toBe('teardown');
    expect(knowledge.findRole('struct frobnicator_driver', 'probe')?.context).toBe('probe');
    expect(knowledge.findTable('struct frobnicator_driver')?.driver).toMatchObject({ bus: 'frobnicator' });
    expect(knowledge.findRole('struct frobnicator_ops', 'anything')?.context).toBe('subsystem-callback');
    expect(knowledge.findTable('struct frobnicator')).toBeUndefined();
    expect(knowledge.findTable('struct usb_class_driver')).not.toHaveProperty('driver');
  });

  it('do not take a core table for a bus', () => {
    for (const name of ['uart_driver', 'tty_driver', 'cpufreq_driver', 'hid_ll_driver']) {
      expect(knowledge.findTable(`struct ${name}`), name).not.toHaveProperty('driver');
    }
  });
});

describe('other facts', () => {
  it('are found by class, macro, loop and struct', () => {
    expect(knowledge.findGuard('rwsem_read')).toMatchObject({ lock: 'rwsem', mode: 'shared', on: 0 });
    expect(knowledge.findGuard('rcu')).not.toHaveProperty('on');
    expect(knowledge.findMacro('module_platform_driver')?.does).toEqual([{ verb: 'drives', table: 0 }]);
    expect(knowledge.findLoop('list_for_each_entry_safe')?.kind).toBe('list');
    expect(knowledge.findLoop('for_each_frobnicator')?.kind).toBe('other');
    expect(knowledge.findLoop('kfree')).toBeUndefined();
    expect(knowledge.findStruct('struct miscdevice')?.operations).toBe('fops');
  });

  it('name the functions that an attribute macro refers to', () => {
    expect(knowledge.findMacro('DEVICE_ATTR_RW')?.does).toEqual([
      {
        verb: 'defines',
        variable: 'dev_attr_{0}',
        struct: 'struct device_attribute',
        fields: { show: '{0}_show', store: '{0}_store' },
      },
    ]);
    expect(knowledge.findRole('struct device_attribute', 'store')).toEqual({ context: 'attribute', device: 0 });
  });

  it('take a driver macro of an unknown bus for one that registers its table', () => {
    expect(knowledge.findMacro('module_frobnicator_driver')?.does).toEqual([{ verb: 'drives', table: 0 }]);
    expect(knowledge.findMacro('builtin_frobnicator_driver')?.does).toEqual([
      { verb: 'drives', table: 0, builtin: true },
    ]);
    expect(knowledge.findMacro('frobnicate')).toBeUndefined();
  });
});

describe('own contracts', () => {
  const evidence = [{ kernel: 'own', file: 'frob.c' }];
  const own: ContractFile = {
    header: 'frob.h',
    functions: [{ name: 'misc_deregister', does: [{ verb: 'nothing' }], summary: 'Not that one.', evidence }],
    patterns: [{ pattern: 'regmap_init_\\w+', does: [{ verb: 'maySleep' }], summary: 'Mine.', evidence }],
  };

  it('win over what is built in and leave it alone', () => {
    const extended = knowledge.with([own]);
    expect(extended.findFunction('misc_deregister')?.does).toEqual([{ verb: 'nothing' }]);
    expect(extended.findFunction('regmap_init_i2c')?.does).toEqual([{ verb: 'maySleep' }]);
    expect(extended.findFunction('mutex_lock')).toBe(knowledge.findFunction('mutex_lock'));
    expect(verbs('misc_deregister')).toEqual(['unpublishes']);
  });

  it('cost nothing when there are none', () => {
    expect(knowledge.with([])).toBe(knowledge);
  });
});

describe('every built-in row', () => {
  it('has a name of its own', () => {
    const functions = builtinContracts.flatMap((file) => file.functions ?? []);
    expect(repeated(functions.flatMap((row) => [row.name, ...(row.aliases ?? [])]))).toEqual([]);
    expect(repeated(builtinContracts.flatMap((file) => file.tables ?? []).map((row) => row.struct))).toEqual([]);
    expect(repeated(builtinContracts.flatMap((file) => file.structs ?? []).map((row) => row.struct))).toEqual([]);
    expect(repeated(builtinContracts.flatMap((file) => file.macros ?? []).map((row) => row.name))).toEqual([]);
    expect(repeated(builtinContracts.flatMap((file) => file.guards ?? []).map((row) => row.class))).toEqual([]);
  });

  it('is one sentence or more, and does something', () => {
    const rows = builtinContracts.flatMap((file) => [...(file.functions ?? []), ...(file.patterns ?? [])]);
    expect(rows.filter((row) => !/^[A-Z(`'0-9_a-z].*\.$/s.test(row.summary)).map((row) => row.summary)).toEqual([]);
    expect(rows.filter((row) => row.does.length === 0)).toEqual([]);
  });

  it('points at arguments that its prototype has', () => {
    const wrong = builtinContracts
      .flatMap((file) => file.functions ?? [])
      .filter((row) => row.prototype !== undefined && !/\.\.\.|\w\.\.\./.test(row.prototype))
      .filter((row) => highestArgument(row.does) >= parameterCount(row.prototype ?? ''))
      .map((row) => `${row.name}: ${row.prototype}`);
    expect(wrong).toEqual([]);
  });

  it('has patterns that compile', () => {
    for (const file of builtinContracts) {
      for (const { pattern } of [...(file.patterns ?? []), ...(file.loops ?? [])]) {
        expect(() => new RegExp(`^(?:${pattern})$`), pattern).not.toThrow();
      }
    }
  });
});

function highestArgument(does: readonly Effect[]): number {
  let highest = -1;
  JSON.stringify(does, (_, value: unknown) => {
    const slot = value as Partial<Extract<Slot, { at: 'arg' }>> | null;
    if (slot?.at !== undefined && slot.index !== undefined) highest = Math.max(highest, slot.index);
    return value;
  });
  return highest;
}

/** Counts the parameters of a declaration; those of function pointers do not count. */
function parameterCount(prototype: string): number {
  const parameters = prototype.slice(parameterStart(prototype) + 1, prototype.lastIndexOf(')'));
  if (parameters.trim() === '' || parameters.trim() === 'void') return 0;
  let depth = 0;
  let count = 1;
  for (const character of parameters) {
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0) count++;
  }
  return count;
}

function parameterStart(prototype: string): number {
  let depth = 0;
  for (let at = prototype.lastIndexOf(')'); at >= 0; at--) {
    if (prototype[at] === ')') depth++;
    else if (prototype[at] === '(' && --depth === 0) return at;
  }
  return -1;
}
