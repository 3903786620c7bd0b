import { arg, contracts, inTree } from '../schema.ts';

/**
 * Completions: one side waits until the other has signalled.
 */
export const completions = contracts({
  header: 'linux/completion.h',
  functions: [
    {
      name: 'init_completion',
      aliases: ['init_completion_map', 'reinit_completion'],
      prototype: 'void init_completion(struct completion *x)',
      does: [{ verb: 'sets', on: arg(0), to: 'zero' }],
      summary: 'Sets a completion to not done.',
      duty: 'Call it before the completion can be signalled.',
      evidence: [inTree('6.12', 'include/linux/completion.h')],
    },
    {
      name: 'complete',
      aliases: ['complete_on_current_cpu'],
      prototype: 'void complete(struct completion *)',
      does: [
        { verb: 'wakes', on: arg(0) },
        { verb: 'sets', on: arg(0), to: 'nonzero' },
      ],
      summary: 'Lets one waiter of the completion go.',
      evidence: [inTree('6.12', 'kernel/sched/completion.c')],
    },
    {
      name: 'complete_all',
      prototype: 'void complete_all(struct completion *)',
      does: [
        { verb: 'wakes', on: arg(0) },
        { verb: 'sets', on: arg(0), to: 'nonzero' },
      ],
      summary: 'Lets all present and later waiters of the completion go.',
      evidence: [inTree('6.12', 'kernel/sched/completion.c')],
    },
    {
      name: 'completion_done',
      aliases: ['try_wait_for_completion'],
      prototype: 'bool completion_done(struct completion *x)',
      does: [{ verb: 'tests', on: arg(0) }],
      summary: 'Whether the completion is done; does not sleep.',
      evidence: [inTree('6.12', 'kernel/sched/completion.c')],
    },
    {
      name: 'wait_for_completion',
      aliases: ['wait_for_completion_io'],
      prototype: 'void wait_for_completion(struct completion *)',
      does: [
        { verb: 'waits', for: 'completion', on: arg(0) },
        { verb: 'waitsFor', source: 'completion', on: arg(0) },
      ],
      summary: 'Sleeps without end until the completion is signalled.',
      duty: 'A fence only if every user signals it, and new users are refused first.',
      evidence: [inTree('6.12', 'kernel/sched/completion.c')],
    },
    {
      name: 'wait_for_completion_interruptible',
      aliases: ['wait_for_completion_killable', 'wait_for_completion_state'],
      prototype: 'int wait_for_completion_interruptible(struct completion *x)',
      does: [
        { verb: 'waits', for: 'completion', on: arg(0), interruptible: true },
        { verb: 'waitsFor', source: 'completion', on: arg(0), when: 'zero' },
      ],
      summary: 'Sleeps until the completion is signalled or a signal arrives.',
      evidence: [inTree('6.12', 'kernel/sched/completion.c')],
    },
    {
      name: 'wait_for_completion_timeout',
      aliases: ['wait_for_completion_io_timeout'],
      prototype: 'unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)',
      does: [
        { verb: 'waits', for: 'completion', on: arg(0), bounded: true },
        { verb: 'waitsFor', source: 'completion', on: arg(0), when: 'nonzero' },
      ],
      summary: 'Sleeps until the completion is signalled or the time is over.',
      duty: 'Zero means that the other side is still running.',
      evidence: [inTree('6.12', 'kernel/sched/completion.c')],
    },
    {
      name: 'wait_for_completion_interruptible_timeout',
      aliases: ['wait_for_completion_killable_timeout'],
      prototype: 'long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long timeout)',
      does: [
        { verb: 'waits', for: 'completion', on: arg(0), bounded: true, interruptible: true },
        { verb: 'waitsFor', source: 'completion', on: arg(0) },
      ],
      summary: 'Sleeps until the completion is signalled, a signal arrives or the time is over.',
      duty: 'Only a positive result means that the completion was signalled.',
      evidence: [inTree('6.12', 'kernel/sched/completion.c')],
    },
  ],
  macros: [
    {
      name: 'DECLARE_COMPLETION',
      does: [{ verb: 'declares', variable: 0, type: 'struct completion' }],
      evidence: [inTree('6.12', 'include/linux/completion.h')],
    },
    {
      name: 'DECLARE_COMPLETION_ONSTACK',
      does: [{ verb: 'declares', variable: 0, type: 'struct completion' }],
      evidence: [inTree('6.12', 'include/linux/completion.h')],
    },
  ],
  structs: [
    { struct: 'struct completion', source: 'completion', evidence: [inTree('6.12', 'include/linux/completion.h')] },
  ],
});
