import { moveStop } from './fixes/move-stop.ts';
import { useSealingForm } from './fixes/use-sealing-form.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'rearm-after-cancel',
  since: 'next',
  status: 'preview',
  severity: 'by-trigger',
  languages: ['c'],
  facts: 'teardownOrder',
  summary: 'A timer or work item is stopped while something that arms it is still live.',
  why: `cancel_work_sync(), timer_delete_sync(), hrtimer_cancel() and flush_work() wait for what is pending
or running now; they do not refuse what comes next. A handler that has not been stopped yet arms the source again, and it
goes off after its object is gone. So does an attribute, or an operation that a core calls, until it is unregistered.`,
  remedy: `Stop what arms it first: free_irq() or devm_free_irq() (or disable_irq()) before the cancel. Where two sources arm each
other, use a form that seals: timer_shutdown_sync(), disable_work_sync().`,
  limits: `A device that is told beforehand not to interrupt any more makes the finding a hint, whether or not that is
enough. A flag that the handler tests is taken to be tested in time.`,
  references: ['kernel/workqueue.c', 'kernel/time/timer.c'],
  messages: {
    armerLater: '{by}() can arm {source} again after {api}(); {other}() stops it only later',
    armerManaged: '{by}() can arm {source} again after {api}(); devres frees its interrupt only after remove',
  },
  hint: 'stop what arms it first, or use the form that refuses to be armed again',
  fixes: { useSealingForm, moveStop },

  *check(analysis) {
    for (const fact of analysis.teardownOrder) {
      const { defect, at, certainty, triggers, witness, group, by, source, api, other } = fact;
      const common = { at, certainty, triggers, witness, group };
      if (defect === 'armer-later')
        yield {
          ...common,
          message: 'armerLater',
          fixes: ['useSealingForm', 'moveStop'],
          data: { by, source, api, other },
        };
      else if (defect === 'armer-managed')
        yield { ...common, message: 'armerManaged', fixes: ['useSealingForm'], data: { by, source, api } };
    }
  },
});
