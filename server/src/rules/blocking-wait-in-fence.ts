import { wakeSleepers } from './fixes/wake-sleepers.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'blocking-wait-in-fence',
  since: 'next',
  status: 'preview',
  severity: 'warning',
  languages: ['c'],
  facts: 'nodes',
  summary: 'An operation sleeps for user space or hardware inside the section that teardown must wait for.',
  why: `The section keeps teardown out until the operation leaves it. When the operation sleeps there on a condition
that teardown does not make true, unbind and unplug hang until the sleeper gets a signal; behind a queued writer
even the event that would wake it may not be delivered.`,
  remedy: `Set the gone flag before the lock is taken for writing, include it in the sleeper's condition and wake the
sleeper; or drop the section around the sleep and test again after it.`,
  limits: 'Waits with a timeout are left out.',
  references: ['Documentation/locking/index.rst'],
  messages: {
    drainsClose: '{wait}() in teardown waits until user space has closed every fd: unbind may hang for ever',
    blocks: '{wait}() sleeps with {fence} held, on a condition that teardown does not change: unbind hangs behind it',
  },
  hint: 'test the gone flag in the wait condition and wake the sleeper before taking the lock',
  fixes: { wakeSleepers },

  *check(analysis) {
    const seen = new Set<string>();
    for (const node of analysis.nodes) {
      for (const wait of node.blockingWaits) {
        const key = `${wait.at.file}:${wait.at.span.start}`;
        if (seen.has(key)) continue;
        seen.add(key);
        yield {
          ...(wait.kind === 'blocks'
            ? { message: 'blocks' as const, data: { wait: wait.text, fence: wait.fence } }
            : { message: 'drainsClose' as const, data: { wait: wait.text } }),
          at: wait.at,
          certainty: wait.certainty,
          triggers: node.triggers,
          witness: wait.witness,
          node,
          group: `${node.register.fn}:${node.register.api}:${wait.fence}`,
          fixes: ['wakeSleepers'],
        };
      }
    }
  },
});
