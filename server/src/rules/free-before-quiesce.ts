import type { OrderDefect } from '../analysis/teardown-order/facts.ts';
import { addStop } from './fixes/add-stop.ts';
import { moveStop } from './fixes/move-stop.ts';
import { defineRule } from './rule.ts';

const MESSAGES = {
  'never-stopped': 'neverStopped',
  'left-running': 'leftRunning',
  'no-teardown': 'noTeardown',
  'outlives-module': 'outlivesModule',
  'outlives-device': 'outlivesDevice',
  'stopped-late': 'stoppedLate',
  'queue-destroyed': 'queueDestroyed',
  'before-grace-period': 'beforeGracePeriod',
  'setup-failed': 'setupFailed',
} as const satisfies Partial<Record<OrderDefect, string>>;

const FIXES: Partial<Record<OrderDefect, readonly ('addStop' | 'moveStop')[]>> = {
  'never-stopped': ['addStop'],
  'left-running': ['addStop'],
  'queue-destroyed': ['addStop'],
  'stopped-late': ['moveStop'],
};

export default defineRule({
  id: 'free-before-quiesce',
  since: 'next',
  status: 'preview',
  severity: 'by-trigger',
  languages: ['c'],
  facts: 'teardownOrder',
  summary:
    'Memory or a resource is released while a timer, work item, tasklet, interrupt or notifier that uses it can still run.',
  why: `What was armed goes off later. When the object that holds the timer or work item, or a buffer, mapping or
workqueue that the callback uses, is gone by then, the callback works on freed memory; a pending item even leaves the
kernel's own queue pointing into it.`,
  remedy: `Stop the source before the free, in a way that waits: timer_shutdown_sync(), cancel_work_sync() or
disable_work_sync(), hrtimer_cancel(), tasklet_kill(), free_irq(); first what arms it, then the source itself.
A device-managed action that does so, added before the interrupt is requested, is as good.`,
  limits: `Objects are told apart by type, not by instance. A source that only a subsystem's close or stop callback
stops is taken to be stopped.`,
  references: ['Documentation/core-api/workqueue.rst', 'kernel/time/timer.c'],
  messages: {
    neverStopped: '{source} can still run {callback}() when {object} is freed here; nothing stops it',
    leftRunning:
      '{source} can still run {callback}() when {object} is gone: {other}() sets it going, and {api}() does not stop it',
    noTeardown:
      '{source} can still run {callback}() after unbind, when devres has freed {object}; the driver has no remove function',
    outlivesModule: '{source} can still run {callback}() after the module is unloaded; nothing stops it',
    outlivesDevice:
      '{source} can still run {callback}() after this returns, with {object}, which is not valid any more; only the last user stops it',
    stoppedLate: '{object} is gone before {other}() has stopped {source}, and {callback}() uses it',
    queueDestroyed:
      '{api}() does not wait for {source} while its timer is armed; it then queues itself on freed memory',
    setupFailed:
      '{source} can still run {callback}() when {object} is freed because probe fails after {api}(); the error path does not stop it',
    beforeGracePeriod: '{object} is freed before {other}() has waited for the readers that may have found it',
  },
  hint: 'stop it, and wait for it, before what it uses goes away',
  fixes: { addStop, moveStop },

  *check(analysis) {
    for (const fact of analysis.teardownOrder) {
      const message = fact.defect in MESSAGES ? MESSAGES[fact.defect as keyof typeof MESSAGES] : undefined;
      if (message === undefined) continue;
      const { at, certainty, triggers, witness, group, source, callback, object, api, other } = fact;
      const fixes = FIXES[fact.defect] ?? [];
      yield { message, at, certainty, triggers, witness, group, fixes, data: { source, callback, object, api, other } };
    }
  },
});
