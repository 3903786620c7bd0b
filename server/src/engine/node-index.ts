/**
 * The index of a workspace: every device node with its verdict, module by module, for views that show them all. Runs in the
 * background: it yields, it can be cancelled, and it keeps what it found, so that the next run looks only at what changed.
 */
import type { DeviceNode } from '../analysis/model.ts';
import type { CancellationToken } from '../base/cancellation.ts';
import { Budget, Cancelled } from '../base/cancellation.ts';
import type { Storage } from '../base/host.ts';
import { dirname, relative } from '../base/host.ts';
import type { Location } from '../base/span.ts';
import { LineIndex } from '../base/span.ts';
import { nodeDetails } from '../features/node-text.ts';
import { verdictText } from '../features/vocabulary.ts';
import type { Engine, Failure, RootInfo } from './api.ts';
import { emptyStats } from './api.ts';
import { IndexCache } from './index-cache.ts';
import type { ModulePlan } from './module-map.ts';

/** Zero-based. */
export interface IndexedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One line of what is known: a proof, a race, something not understood. */
export interface IndexedDetail {
  readonly text: string;
  readonly at: IndexedPlace;
}

export interface IndexedNode {
  /** Unique in its module. */
  readonly id: string;
  /** The call that registers it. */
  readonly api: string;
  readonly at: IndexedPlace;
  /** Name of its operations table, where one was found. */
  readonly operations?: string;
  readonly verdict: DeviceNode['verdict'];
  readonly fences: DeviceNode['fences'];
  /** The verdict in a few words. */
  readonly summary: string;
  readonly details: readonly IndexedDetail[];
}

export interface IndexedModule {
  /** Unique in the workspace. */
  readonly id: string;
  readonly name: string;
  /** Folder of its first file, relative to the root. */
  readonly folder: string;
  /** Empty: it has none any more. */
  readonly nodes: readonly IndexedNode[];
}

export interface IndexRun {
  readonly engine: Engine;
  readonly root: RootInfo;
  readonly storage: Storage | undefined;
  /** What a kept result depends on besides sources and settings: the build of the program. */
  readonly build: string;
  /** Only what these files and folders may have changed, given a kept result of everything. */
  readonly changed?: readonly string[];
  readonly token: CancellationToken;
  /** Called with every module that has nodes, and in a run about changes also with those that have none any more. */
  readonly onModule: (module: IndexedModule) => void;
  readonly onProgress: (done: number, total: number) => void;
}

/** Modules between two writes of what was found, so that little is lost when the editor is closed. */
const WRITE_EVERY = 2000;

/** Indexes one root. Throws `Cancelled` when it is told to stop; what was found until then is kept. */
export async function indexNodes(run: IndexRun): Promise<void> {
  const { engine, root, changed, token } = run;
  const cache = await IndexCache.open(root, run.build, run.storage, engine.host);
  const failures: Failure[] = [];
  const plans = await engine.planTree([root.path], failures, emptyStats());
  const asked = changed === undefined ? plans : plans.filter((plan) => cache.mayDependOn(plan, changed));
  const budget = new Budget(engine.host, token, 20);
  try {
    for (const [done, plan] of asked.entries()) {
      await budget.breathe();
      run.onProgress(done, asked.length);
      const kept = await cache.find(plan);
      const module = kept === undefined ? await check(plan, run, cache) : (kept.module ?? undefined);
      if (module !== undefined) run.onModule(module);
      else if (changed !== undefined) run.onModule({ id: plan.id, name: plan.name, folder: '', nodes: [] });
      if (done % WRITE_EVERY === WRITE_EVERY - 1) await cache.save();
    }
    run.onProgress(asked.length, asked.length);
    cache.keepOnly(plans);
  } finally {
    await cache.save();
  }
}

/** Checks a module anew; undefined when it has no nodes. */
async function check(plan: ModulePlan, run: IndexRun, cache: IndexCache): Promise<IndexedModule | undefined> {
  const { engine, root, token } = run;
  const failures: Failure[] = [];
  let module: IndexedModule | undefined;
  let inputs: readonly string[] = [...plan.files, ...new Set(plan.files.map(dirname))];
  // One module that fails has no nodes and is tried again the next time.
  const options = { rules: [], everyNode: true, token };
  const selected = engine.selectPlans([plan], await engine.scanPlans([plan], options), options, failures);
  for await (const report of engine.checkPlans(selected, options, failures, emptyStats())) {
    inputs = report.inputs;
    const nodes = await indexed(report.analysis.nodes, engine);
    if (nodes.length > 0) {
      const folder = dirname(plan.files[0] ?? root.path);
      module = { id: plan.id, name: plan.name, folder: folder === root.path ? '' : relative(root.path, folder), nodes };
    }
  }
  if (token.isCancellationRequested) throw new Cancelled();
  if (failures.length === 0) await cache.store(plan, inputs, module ?? null);
  return module;
}

async function indexed(nodes: readonly DeviceNode[], engine: Engine): Promise<readonly IndexedNode[]> {
  const lines = new Map<string, LineIndex>();
  const placeOf = async (at: Location): Promise<IndexedPlace> => {
    let index = lines.get(at.file);
    if (index === undefined) {
      const read = await engine.host.readText(at.file);
      index = new LineIndex(engine.text(at.file) ?? (read.kind === 'text' ? read.text : ''));
      lines.set(at.file, index);
    }
    return { file: at.file, ...index.positionAt(at.span.start) };
  };
  const result: IndexedNode[] = [];
  for (const node of nodes) {
    const details = nodeDetails(node).map(async ({ text, at }) => ({ text, at: await placeOf(at) }));
    result.push({
      id: node.id,
      api: node.register.api,
      at: await placeOf(node.register.at),
      ...(node.operations.name === undefined ? {} : { operations: node.operations.name }),
      verdict: node.verdict,
      fences: node.fences,
      summary: verdictText(node),
      details: await Promise.all(details),
    });
  }
  return result;
}
