/** The driver tables of a module: what makes their remove() run, and what is released after it. */
import type { DriverFacts, Trigger } from '../knowledge/schema.ts';
import type { ContextRoot } from './call-graph.ts';
import type { Fn, Program } from './program.ts';
import { slotValue } from './slots.ts';
import type { Table, Tables } from './tables.ts';
import { nameOfValue } from './tables.ts';

/** `driver`: unbind or unplug; `exit`: module unload; `destroy`: an object that user space can delete. */
export type TeardownKind = 'driver' | 'exit' | 'destroy';

export class Drivers {
  private readonly program: Program;
  private readonly tables: Tables;
  private suppressedTables: ReadonlySet<string> | undefined;

  constructor(program: Program, tables: Tables) {
    this.program = program;
    this.tables = tables;
  }

  /** What makes the function run while an fd is open; `suppressed`: nothing but module unload does. */
  triggersOf(root: ContextRoot, kind: TeardownKind): { triggers: readonly Trigger[]; suppressed: boolean } {
    if (kind === 'exit') return { triggers: ['module-unload'], suppressed: false };
    if (kind === 'destroy') return { triggers: ['object-destroy'], suppressed: false };
    const entries = this.tables.roles.filter(
      (r) => r.fn === root.fn && r.role.context === 'teardown' && r.table !== undefined,
    );
    if (entries.length === 0) {
      // A devres action or a callback: as the module's drivers are.
      const drivers = this.driverTables();
      if (drivers.length === 0) return { triggers: ['sysfs-unbind'], suppressed: false };
      const all = drivers.map((t) => this.tableTriggers(t));
      return { triggers: [...new Set(all.flatMap((a) => a.triggers))], suppressed: all.every((a) => a.suppressed) };
    }
    const all = entries.map((e) => this.tableTriggers(e.table as Table));
    return { triggers: [...new Set(all.flatMap((a) => a.triggers))], suppressed: all.every((a) => a.suppressed) };
  }

  /** Every table that the function is the teardown of belongs to something less than the driver of a bus. */
  keepsDevres(fn: Fn): boolean {
    const roles = this.tables.roles.filter((r) => r.fn === fn && r.role.context === 'teardown');
    const keeps = (struct: string): boolean => this.program.knowledge.findTable(struct)?.driver?.keepsDevres === true;
    return roles.length > 0 && roles.every((r) => keeps(r.struct));
  }

  private driverTables(): readonly Table[] {
    return this.tables.all.filter(
      (t) =>
        this.program.knowledge.findTable(t.struct)?.driver !== undefined && this.program.input.units.includes(t.unit),
    );
  }

  private tableTriggers(table: Table): { triggers: readonly Trigger[]; suppressed: boolean } {
    const facts: DriverFacts | undefined = this.program.knowledge.findTable(table.struct)?.driver;
    const triggers = facts?.triggers ?? ['sysfs-unbind'];
    const flag = facts?.suppressBind === undefined ? undefined : table.entries.get(facts.suppressBind)?.value;
    const set = flag !== undefined && !(flag.kind === 'constant' && (flag.number === 0 || flag.text === 'false'));
    if (!set && !this.registeredSuppressed(table)) return { triggers, suppressed: false };
    return { triggers: triggers.filter((t) => t !== 'sysfs-unbind'), suppressed: !triggers.includes('hot-unplug') };
  }

  /** Registered by a call or macro that takes sysfs unbind away (platform_driver_probe and its like). */
  private registeredSuppressed(table: Table): boolean {
    this.suppressedTables ??= new Set(this.namesSuppressed());
    return this.suppressedTables.has(table.name);
  }

  private *namesSuppressed(): Iterable<string> {
    const { knowledge } = this.program;
    for (const { call } of this.program.macroCalls('all')) {
      for (const what of knowledge.findMacro(call.name)?.does ?? []) {
        if (what.verb !== 'drives' || what.suppressesUnbind !== true) continue;
        const name = nameOfValue(call.args[what.table]);
        if (name !== undefined) yield name;
      }
    }
    for (const fn of this.program.functions.values()) {
      for (const call of fn.calls.values()) {
        if (call.callee.kind !== 'named') continue;
        for (const effect of knowledge.findFunction(call.callee.name)?.does ?? []) {
          if (effect.verb !== 'registersDriver' || effect.suppressesUnbind !== true) continue;
          const name = nameOfValue(slotValue(effect.on, call));
          if (name !== undefined) yield name;
        }
      }
    }
  }
}
