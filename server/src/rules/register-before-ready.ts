import { initialiseFirst } from './fixes/initialise-first.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'register-before-ready',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['c'],
  facts: 'teardownOrder',
  summary: 'An interrupt is requested before what its handler uses is initialised.',
  why: `The handler can run as soon as the request returns, or within it: a line that is shared, left enabled by the boot
loader or already pending interrupts at once, and the handler takes a lock or queues a work item that is all zeroes, or follows a
pointer that is NULL.`,
  remedy: 'Request the interrupt last, or with IRQF_NO_AUTOEN and enable it when everything is ready.',
  limits: `Locks, completions, wait queues, timers, work items and pointers in the object that the handler is given are looked at; a
pointer is left alone where the handler looks at it, or at some state of the object, before. A lock or a NAPI context
alone is a hint: the one is free when it is all zeroes, the other is silent until the interface is opened.`,
  references: ['kernel/irq/manage.c'],
  messages: {
    uninitialised: '{api}() makes {by}() live before {object}, which it uses, is initialised',
  },
  hint: 'initialise it before the interrupt is requested',
  fixes: { initialiseFirst },

  *check(analysis) {
    for (const fact of analysis.teardownOrder) {
      if (fact.defect !== 'uninitialised') continue;
      const { at, certainty, triggers, witness, group, api, by, object } = fact;
      yield {
        message: 'uninitialised',
        at,
        certainty,
        triggers,
        witness,
        group,
        data: { api, by, object },
        fixes: ['initialiseFirst'],
      };
    }
  },
});
