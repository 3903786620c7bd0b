import { addStop } from './fixes/add-stop.ts';
import { useWaitingForm } from './fixes/use-waiting-form.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'cancel-without-sync',
  since: 'next',
  status: 'preview',
  severity: 'by-trigger',
  languages: ['c'],
  facts: 'teardownOrder',
  summary: 'What a callback uses is released after a stop call that does not wait for a callback in progress.',
  why: `timer_delete(), cancel_work(), cancel_delayed_work(), hrtimer_try_to_cancel() and their like take the
source off its queue and return. A callback that has already begun on another processor goes on, with the memory that is
freed next.`,
  remedy: `Use the form that waits (timer_delete_sync(), timer_shutdown_sync(), cancel_work_sync(),
cancel_delayed_work_sync(), disable_irq()), and not with a lock held that the callback takes.`,
  limits: 'A wait for the callback by other means, such as a flag and a completion, is not seen.',
  references: ['kernel/time/timer.c', 'kernel/workqueue.c'],
  messages: {
    notWaited: '{api}() does not wait for {callback}() in progress, and {object} goes away after it',
    flushedOnly:
      '{api}() waits for what is queued now; {source} may be armed, and runs {callback}() when {object} is gone',
  },
  hint: 'use the form of the call that waits',
  fixes: { addStop, useWaitingForm },

  *check(analysis) {
    for (const fact of analysis.teardownOrder) {
      if (fact.defect !== 'not-waited' && fact.defect !== 'flushed-only') continue;
      const { at, certainty, triggers, witness, group, api, callback, object, source, locked } = fact;
      yield {
        message: fact.defect === 'not-waited' ? 'notWaited' : 'flushedOnly',
        at,
        certainty,
        triggers,
        witness,
        group,
        fixes: locked ? [] : fact.defect === 'not-waited' ? ['useWaitingForm'] : ['addStop'],
        data: { api, callback, object, source },
      };
    }
  },
});
