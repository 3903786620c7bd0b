/**
 * What a core itself follows on open fds after it has unregistered a node: the registered object, or what a member of it
 * points to. Its code is not read here, its contract says so: such races are never certain.
 */
import type { Location } from '../base/span.ts';
import type { CoreUse, Slot } from '../knowledge/schema.ts';
import { cellText, memberOf, strip, structOf } from './cells.ts';
import { Holders } from './holders.ts';
import type { Race, Step } from './model.ts';
import type { NodeSite, UnregisterSite } from './nodes.ts';
import type { Parts } from './removal.ts';
import { slotValue } from './slots.ts';
import type { Publication } from './subsystem-facts.ts';
import type { Death, Mortal, Pins, TeardownRoot } from './teardown.ts';
import { chainSteps } from './witness.ts';

/** Whose memory an argument points to: a struct or pointer of the module, or memory that the core keeps, or a static. */
type Memory = { readonly kind: 'named'; readonly names: readonly string[] } | { readonly kind: 'kept' };

interface Dying {
  readonly mortal: Mortal;
  readonly death: Death;
}

const OPERATION: Readonly<Record<CoreUse['in'], string>> = {
  operations: 'every operation',
  running: 'an operation that runs already',
  close: 'close',
};

export class CoreUses {
  private readonly site: NodeSite;
  private readonly parts: Parts;
  private readonly published: Publication;
  private readonly roots: readonly TeardownRoot[];
  private readonly mortals: ReadonlyMap<string, Mortal>;

  constructor(site: NodeSite, parts: Parts, published: Publication, roots: readonly TeardownRoot[], pins: Pins) {
    this.site = site;
    this.parts = parts;
    this.published = published;
    this.roots = roots;
    this.mortals = parts.teardown.mortals(roots, pins);
  }

  /** What the core follows that dies, or `unknown` when it was not found whose memory that is. */
  check(uses: readonly CoreUse[], unregister: UnregisterSite | undefined): readonly Race[] | 'unknown' {
    const races: Race[] = [];
    let unknown = false;
    for (const use of uses) {
      const memory = use.members === undefined ? this.memoryOf(use.on ?? this.published.effect?.on) : this.targets(use);
      if (memory === undefined) unknown = true;
      const dying = memory?.kind === 'named' ? this.firstDying(memory.names) : undefined;
      if (dying !== undefined) races.push(this.race(use, dying, unregister));
    }
    return races.length === 0 && unknown ? 'unknown' : races;
  }

  private firstDying(names: readonly string[]): Dying | undefined {
    for (const name of names) {
      const mortal = this.mortals.get(name);
      const [death] = mortal?.deaths ?? [];
      if (mortal !== undefined && death !== undefined) return { mortal, death };
      const managed = this.devresDeath(name);
      if (managed !== undefined)
        return { mortal: { name, kind: 'cell', owner: 'devres', deaths: [managed] }, death: managed };
    }
    return undefined;
  }

  private devresDeath(name: string): Death | undefined {
    if (structOf(name) === undefined && !name.startsWith('::')) return undefined;
    for (const root of this.roots) {
      const death = root.kind === 'driver' ? this.parts.teardown.devresDeath(name, root) : undefined;
      if (death !== undefined) return death;
    }
    return undefined;
  }

  private targets({ members = [] }: CoreUse): Memory {
    const { objects, cells } = this.parts;
    const sources = members.flatMap((member) =>
      objects.storesTo(member).flatMap((store) => cells.valueCell(store.value, store.fn) ?? []),
    );
    return { kind: 'named', names: [...members, ...sources] };
  }

  private memoryOf(slot: Slot | undefined): Memory | undefined {
    const { site, parts, published } = this;
    const value = slot === undefined || published.call === undefined ? undefined : slotValue(slot, published.call);
    if (value === undefined || site.fn === undefined) return undefined;
    const holder = new Holders(parts.program, parts.cells, parts.graph).of(value, site.fn);
    if (holder !== undefined) return { kind: 'named', names: parts.objects.owners(holder) };
    const inner = strip(value);
    if (inner?.kind === 'address' && inner.place.root.kind === 'global') return { kind: 'kept' };
    const cell = parts.cells.valueCell(value, site.fn);
    const type = parts.program.typeOf(value, site.fn)?.base;
    const names: string[] = [];
    let kept = false;
    for (const origin of parts.objects.provenanceOf(value, site.fn, site.at)) {
      if (origin.kind === 'allocation' && origin.what === 'memory' && type !== undefined) names.push(type);
      else if (origin.kind === 'allocation' || origin.kind === 'referenced') kept = true;
      else if (origin.kind === 'object' && parts.objects.allocationsOf(origin.type).length > 0)
        names.push(...parts.objects.owners(origin.type));
    }
    // Whatever it is, teardown may give up the pointer.
    const every = cell === undefined || cell.startsWith('$') ? names : [...names, cell];
    if (names.length > 0 || this.firstDying(every) !== undefined) return { kind: 'named', names: every };
    return kept ? { kind: 'kept' } : undefined;
  }

  private race(use: CoreUse, { mortal, death }: Dying, unregister: UnregisterSite | undefined): Race {
    const { program } = this.parts;
    const name = mortal.kind === 'object' ? mortal.name : cellText(mortal.name);
    const operation = OPERATION[use.in];
    const { root } = death;
    const reached =
      unregister === undefined
        ? undefined
        : root.trace.events.find((e) => e.fn === unregister.fn && e.event === unregister.event);
    const before: Step[] =
      unregister === undefined || reached === undefined
        ? []
        : [
            ...chainSteps(program, reached.chain),
            { kind: 'unregister', at: unregister.at, text: `${unregister.api}() does not wait for it` },
          ];
    return {
      operation,
      operationFn: use.by,
      use: { at: this.site.at, text: name },
      object: {
        name,
        kind: death.what === 'memory' || mortal.kind === 'object' ? 'memory' : 'resource',
        owner: mortal.owner,
        death: { kind: 'free', at: death.at, text: death.text },
      },
      witness: {
        user: [
          this.step('entry', this.site.at, `${operation} on an fd of this node enters ${use.by}() of the core`),
          this.step('use', this.site.at, `${use.by}() uses ${this.usedText(use)}, which lives in ${name}`),
        ],
        teardown: [
          this.step(
            'entry',
            program.nameOf(root.fn),
            `teardown (${root.triggers.join(', ')}) enters ${root.fn.ir.name}()`,
          ),
          ...before,
          ...(death.event === undefined ? [] : chainSteps(program, death.event.chain)),
          this.step(death.event === undefined ? 'return' : 'free', death.at, death.text),
        ],
        missing: `nothing makes ${root.fn.ir.name}() wait for ${use.by}(), and no open fd keeps ${name}`,
      },
      core: true,
      certainty: 'may',
    };
  }

  private usedText({ members }: CoreUse): string {
    return members === undefined ? 'what was registered' : members.map(memberOf).join(' or ');
  }

  private step(kind: Step['kind'], at: Location, text: string): Step {
    return { kind, at, text };
  }
}
