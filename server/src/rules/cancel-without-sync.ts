import type { OrderDefect } from '../analysis/teardown-order/facts.ts';
import { addStop } from './fixes/add-stop.ts';
import { useWaitingForm } from './fixes/use-waiting-form.ts';
import { defineRule } from './rule.ts';

const MESSAGES = {
  'not-waited': 'notWaited',
  'flushed-only': 'flushedOnly',
  'transfer-not-waited': 'transferNotWaited',
} as const satisfies Partial<Record<OrderDefect, string>>;

export default defineRule({
  id: 'cancel-without-sync',
  since: 'next',
  status: 'preview',
  severity: 'by-trigger',
  languages: ['c'],
  facts: 'teardownOrder',
  summary: 'What a callback uses is released after a stop call that does not wait for a callback in progress.',
  why: `timer_delete(), cancel_work(), cancel_delayed_work(), hrtimer_try_to_cancel(), dmaengine_terminate_async(), usb_unlink_urb() and their like take the
source off its queue and return. A callback that has already begun on another processor goes on, with the memory that is
freed next.`,
  remedy: `Use the form that waits (timer_delete_sync(), timer_shutdown_sync(), cancel_work_sync(),
cancel_delayed_work_sync(), disable_irq()), and not with a lock held that the callback takes.`,
  limits: 'A wait for the callback by other means, such as a flag and a completion, is not seen.',
  references: ['kernel/time/timer.c', 'kernel/workqueue.c'],
  messages: {
    notWaited: '{api}() does not wait for {callback}() in progress, and {object} goes away after it',
    transferNotWaited:
      '{api}() does not wait for the transfer on {source} to end, and {object} is released by {other}() after it',
    flushedOnly:
      '{api}() waits for what is queued now; {source} may be armed, and runs {callback}() when {object} is gone',
  },
  hint: 'use the form of the call that waits',
  fixes: { addStop, useWaitingForm },

  *check(analysis) {
    for (const fact of analysis.teardownOrder) {
      const message = fact.defect in MESSAGES ? MESSAGES[fact.defect as keyof typeof MESSAGES] : undefined;
      if (message === undefined) continue;
      const { at, certainty, triggers, witness, group, api, callback, object, source, locked, other } = fact;
      const fix = message === 'flushedOnly' ? 'addStop' : 'useWaitingForm';
      const fixes = locked ? [] : ([fix] as const);
      yield { message, at, certainty, triggers, witness, group, fixes, data: { api, callback, object, source, other } };
    }
  },
});
