import { freeHandlerFirst, useManagedRelease } from './fixes/free-managed-irq.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'devm-order',
  since: 'next',
  status: 'preview',
  severity: 'by-trigger',
  languages: ['c'],
  facts: 'teardownOrder',
  summary: 'Remove takes away by hand what a device-managed interrupt handler still uses.',
  why: `What is device-managed is released in reverse order after remove has returned. Until then the handler is live:
memory that remove frees, a workqueue it destroys or a mapping it drops is used by the next interrupt, a shared or a late one, and
what remove switches off a handler that still runs may switch on again.`,
  remedy: `Stop the handler first (devm_free_irq() or disable_irq()), or make what it uses device-managed and acquire it
before the interrupt.`,
  limits: `A function that switches on is known by its name (foo_enable, foo_disable). What a handler reaches through tables of functions that are filled elsewhere is not followed. A line that is not
shared makes the finding a hint where remove accesses registers of the device before, whether or not that silences it.`,
  references: ['drivers/base/dd.c', 'drivers/base/devres.c'],
  messages: {
    managedHandler: '{object} is gone after {api}(), but devres frees the interrupt of {by}() only after remove',
    managedRestart: '{by}() may call {on}() after {api}(): devres frees its interrupt only after remove',
    managedLate:
      '{object} is gone after what {api}() has added, which devres undoes before it frees the interrupt of {by}(): {other}() came first',
    plainRelease: '{api}() frees an interrupt that {other}() has left to devres, which frees it again',
  },
  hint: 'free the interrupt with the device-managed call before what its handler uses',
  fixes: { freeHandlerFirst, useManagedRelease },

  *check(analysis) {
    for (const fact of analysis.teardownOrder) {
      const { defect, at, certainty, triggers, witness, group, object, api, by, other } = fact;
      const common = { at, certainty, triggers, witness, group };
      if (defect === 'managed-handler')
        yield { ...common, message: 'managedHandler', data: { object, api, by }, fixes: ['freeHandlerFirst'] };
      else if (defect === 'managed-restart')
        yield { ...common, message: 'managedRestart', data: { by, on: object, api }, fixes: ['freeHandlerFirst'] };
      else if (defect === 'managed-late') yield { ...common, message: 'managedLate', data: { object, api, by, other } };
      else if (defect === 'plain-release')
        yield { ...common, message: 'plainRelease', data: { api, other }, fixes: ['useManagedRelease'] };
    }
  },
});
