/**
 * The index of device nodes for clients that show it: begun when one asks, streamed as it is found, brought up to date when files
 * change, with the standard's progress for clients that show that.
 */
import type { WorkDoneProgressReporter } from 'vscode-languageserver';
import type { IndexedModule } from '../engine/api.ts';
import type { IndexBatch, IndexRunner, IndexRunning } from './index-job.ts';
import type { IndexState, IndexStateNotification, NodesNotification, ShownModule } from './protocol.ts';
import type { Session } from './session.ts';

const NODES: NodesNotification = 'revocableSafety/nodes';
const STATE: IndexStateNotification = 'revocableSafety/indexState';

/** ms after the last change of a file. */
const SETTLE = 1500;

export class NodeIndexService {
  private readonly session: Session;
  private readonly runner: IndexRunner;
  private running: IndexRunning | undefined;
  /** Everything was looked at once, so that a change concerns only some modules. */
  private complete = false;
  private readonly changed = new Set<string>();
  private settling: NodeJS.Timeout | undefined;

  constructor(session: Session, runner: IndexRunner) {
    this.session = session;
    this.runner = runner;
  }

  /** Looks at everything; what was kept of the last time comes first and fast. */
  async start(): Promise<void> {
    await this.cancel();
    this.changed.clear();
    await this.run(undefined);
  }

  async cancel(): Promise<void> {
    clearTimeout(this.settling);
    this.running?.cancel();
    await this.running?.finished.catch(() => false);
  }

  /** Files or folders changed on disk. */
  touched(paths: readonly string[]): void {
    if (!this.complete) return;
    for (const path of paths) this.changed.add(path);
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.running !== undefined) return;
      const changed = [...this.changed];
      this.changed.clear();
      this.run(changed).catch((error: unknown) => this.session.logFailure('index', error));
    }, SETTLE);
  }

  /** Folders or settings changed: what is shown is no longer what would be found. */
  async restart(): Promise<void> {
    if (this.complete || this.running !== undefined) await this.start();
  }

  private async run(changed: readonly string[] | undefined): Promise<void> {
    const { session } = this;
    await session.engine();
    if (this.running !== undefined) return;
    const job = { roots: session.roots, ...(changed === undefined ? {} : { changed }) };
    let reset = changed === undefined;
    if (reset) this.complete = false;
    const progress = await this.progress();
    let last: IndexBatch = { modules: [], done: 0, total: 0 };
    const show = (state: IndexState['state']): void => {
      const { done, total } = last;
      void session.connection.sendNotification(STATE, { state, done, total } satisfies IndexState);
    };
    show('running');
    this.running = this.runner(job, (batch) => {
      last = batch;
      if (reset || batch.modules.length > 0) {
        const modules = batch.modules.map((module) => toShown(module, session));
        void session.connection.sendNotification(NODES, { reset, modules });
        reset = false;
      }
      show('running');
      if (batch.total > 0)
        progress.report(Math.floor((100 * batch.done) / batch.total), `${batch.done}/${batch.total}`);
    });
    progress.token.onCancellationRequested(() => this.running?.cancel());
    try {
      const finished = await this.running.finished;
      this.complete ||= finished && changed === undefined;
      show(finished ? 'done' : 'cancelled');
    } catch (error) {
      show('failed');
      throw error;
    } finally {
      progress.done();
      this.running = undefined;
    }
    if (this.changed.size > 0) this.touched([]);
  }

  private async progress(): Promise<
    WorkDoneProgressReporter & { readonly token: { onCancellationRequested: (listener: () => void) => unknown } }
  > {
    const progress = await this.session.connection.window.createWorkDoneProgress();
    progress.begin('Revocable Safety: device nodes', 0, undefined, true);
    return progress;
  }
}

function toShown({ id, name, folder, nodes }: IndexedModule, session: Session): ShownModule {
  const place = ({ file, line, column }: { file: string; line: number; column: number }) => ({
    uri: session.uri(file),
    position: { line, character: column },
  });
  return {
    id,
    name,
    folder,
    nodes: nodes.map(({ at, details, ...node }) => ({
      ...node,
      ...place(at),
      details: details.map((detail) => ({ text: detail.text, ...place(detail.at) })),
    })),
  };
}
