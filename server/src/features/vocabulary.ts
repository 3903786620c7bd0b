/** The closed vocabularies of the model in words for people: hover, lenses and explain share them. */
import type {
  DeviceNode,
  FenceKind,
  ObjectOwner,
  StepKind,
  TeardownContext,
  ThreadKind,
  Witness,
} from '../analysis/model.ts';
import type { Context, FenceVerdict, Trigger } from '../knowledge/schema.ts';

export const FENCE_VERDICT: Readonly<Record<FenceVerdict, string>> = {
  'no-fence': 'fences nothing: operations on open fds keep running and can be called again',
  'blocks-new-only': 'stops new opens only: operations on fds that are open keep running and can be called again',
  drains: 'waits for callbacks in flight and refuses later ones',
  'drains-if': 'waits for callbacks in flight under a condition',
  'drains-close': 'waits until the last user has closed, however long that takes',
  'drains-once': 'waits for what runs now, but it can be started again',
  'n/a': 'is no fence for callbacks',
};

export const FENCE_KIND: Readonly<Record<FenceKind, string>> = {
  revocable: 'a revocable section',
  'lock-flag': 'a lock and a gone flag',
  refcount: 'a reference count on the memory',
  srcu: 'SRCU',
  rcu: 'RCU',
  'percpu-ref': 'a percpu reference',
  'drm-dev-enter': 'a DRM device section',
  wait: 'a wait for the last user',
  'subsystem-fence': 'the subsystem, whose unregister call drains',
  'module-owner': 'the module owner: open fds pin the module',
  'suppress-bind': 'suppressed unbind: nothing can unbind the driver',
  builtin: 'built in: the code is never unloaded',
  'no-state': 'having no state to touch',
  other: 'another fence',
};

export const TRIGGER: Readonly<Record<Trigger, string>> = {
  'hot-unplug': 'hot-unplug',
  'parent-removal': 'removal of the parent device',
  'sysfs-unbind': 'unbind through sysfs',
  'object-destroy': 'destroy by user space',
  'module-unload': 'module unload',
};

export const CONTEXT: Readonly<Partial<Record<Context, string>>> = {
  open: 'open()',
  'file-operation': 'a file operation on an open fd',
  release: 'the last close of an fd',
  probe: 'probe',
  teardown: 'driver teardown',
  'object-create': 'creation of an object',
  'object-destroy': 'destroy by user space',
  'module-init': 'module init',
  'module-exit': 'module exit',
};

export const TEARDOWN: Readonly<Record<TeardownContext, string>> = {
  'driver-remove': 'when the driver is unbound from its device',
  'module-exit': 'when the module is unloaded',
  'object-destroy': 'when user space destroys the object',
  both: 'when the driver is unbound and when the module is unloaded',
  none: 'never, as far as the code shows',
};

export const OWNER: Readonly<Record<ObjectOwner, string>> = {
  cleared: 'cleared by teardown',
  devres: 'devres frees it right after remove() returns',
  teardown: 'teardown frees it',
  refcount: 'it is freed with its last reference',
  borrowed: 'it is borrowed and dies with its real owner',
  'open-file': 'it lives as long as the open file',
  module: 'it lives as long as the module',
  unknown: 'who frees it is not known',
};

export const STEP: Readonly<Record<StepKind, string>> = {
  entry: 'enters',
  call: 'calls',
  load: 'loads',
  test: 'tests',
  lock: 'locks',
  use: 'uses',
  store: 'stores',
  unregister: 'unregisters',
  free: 'frees',
  return: 'returns',
  note: 'note',
};

export const THREAD: Readonly<Record<ThreadKind, string>> = {
  'fd-user': 'fd user',
  'other-fd-user': 'another fd user',
  reader: 'reader',
  path: 'path',
  setup: 'setup',
  teardown: 'teardown',
  irq: 'interrupt',
  timer: 'timer',
  hrtimer: 'timer',
  work: 'work item',
  'delayed-work': 'delayed work item',
  workqueue: 'work item',
  tasklet: 'tasklet',
  thread: 'kernel thread',
  urb: 'urb completion',
  'urb-anchor': 'urb completion',
  notifier: 'notifier',
  dma: 'DMA callback',
  napi: 'NAPI poll',
  completion: 'completion',
  'input-poll': 'input poll',
  other: 'callback',
};

/** Names of the two threads of a witness. */
export function threadNames({ threads: [first, second] = ['fd-user', 'teardown'] }: Witness): [string, string] {
  return [THREAD[first], THREAD[second]];
}

export function contextText(context: Context): string {
  return CONTEXT[context] ?? context.replace(/-/g, ' ');
}

/** `vulnerable: read, unlocked_ioctl touch freed struct foo`. */
export function verdictText(node: DeviceNode): string {
  switch (node.verdict) {
    case 'safe':
      return `safe: ${node.fences.map((fence) => FENCE_KIND[fence]).join(', ') || 'nothing of it dies'}`;
    case 'unknown':
      return `not decided: ${node.unknowns[0]?.reason ?? 'something was not understood'}`;
    case 'vulnerable': {
      const first = node.races[0];
      if (first === undefined) return node.ownerMissing ? 'vulnerable: open fds do not pin the module' : 'vulnerable';
      const operations = [...new Set(node.races.map((race) => race.operation))];
      const shown =
        operations.slice(0, 3).join(', ') + (operations.length > 3 ? `, ${operations.length - 3} more` : '');
      const verb = operations.length === 1 ? 'touches' : 'touch';
      return `vulnerable: ${shown} ${verb} ${first.object.name} after it is gone`;
    }
  }
}
