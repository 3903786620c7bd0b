/** The command line as tasks: `revsafe` comes with the extension, its findings go to the Problems panel. */
import type { Disposable, ExtensionContext } from 'vscode';
import { commands, ProcessExecution, Task, TaskScope, tasks, Uri, window, workspace } from 'vscode';

interface RevsafeTask {
  readonly type: 'revsafe';
  readonly command: 'check' | 'inventory' | 'coverage';
  readonly args?: readonly string[];
}

const COMMANDS = ['check', 'inventory', 'coverage'] as const;

export function registerTasks(context: ExtensionContext): Disposable[] {
  const program = Uri.joinPath(context.extensionUri, 'dist', 'cli.js').fsPath;
  const taskOf = (definition: RevsafeTask): Task => {
    const execution = new ProcessExecution(
      process.execPath,
      [program, definition.command, ...(definition.args ?? [])],
      {
        // The editor's own executable, as the Node that it contains.
        env: { ELECTRON_RUN_AS_NODE: '1' },
      },
    );
    const matchers = definition.command === 'check' ? ['$revsafe'] : [];
    const name = [definition.command, ...(definition.args ?? [])].join(' ');
    return new Task({ ...definition }, TaskScope.Workspace, name, 'revsafe', execution, matchers);
  };
  return [
    tasks.registerTaskProvider('revsafe', {
      provideTasks: () =>
        (workspace.workspaceFolders ?? []).some((folder) => folder.uri.scheme === 'file')
          ? COMMANDS.map((command) => taskOf({ type: 'revsafe', command }))
          : [],
      resolveTask: ({ definition }) => taskOf(definition as RevsafeTask & { type: 'revsafe' }),
    }),
    ...COMMANDS.map((command) =>
      commands.registerCommand(`revocableSafety.${command}`, async () => {
        if (workspace.workspaceFolders === undefined) {
          await window.showInformationMessage(
            'Revocable Safety: open the folder of a driver or of a kernel tree first.',
          );
          return;
        }
        await tasks.executeTask(taskOf({ type: 'revsafe', command }));
      }),
    ),
  ];
}
