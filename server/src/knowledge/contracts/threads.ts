import { arg, contracts, inTree, result } from '../schema.ts';

/**
 * Kernel threads and kthread workers.
 */
export const threads = contracts({
  header: 'linux/kthread.h',
  functions: [
    {
      name: 'kthread_run',
      aliases: ['kthread_create'],
      prototype: 'kthread_run(threadfn, data, namefmt, ...)',
      does: [
        { verb: 'runs', callback: arg(0), context: 'thread', data: arg(1) },
        { verb: 'arms', source: 'thread', on: result },
        { verb: 'allocates', what: 'thread', into: result, owner: 'caller' },
      ],
      summary: 'Starts a kernel thread; kthread_create() leaves it stopped.',
      duty: 'The thread must test kthread_should_stop() in every wait condition.',
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
    {
      name: 'kthread_create_on_node',
      aliases: ['kthread_create_on_cpu', 'kthread_run_on_cpu'],
      prototype:
        'struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node, const char namefmt[], ...)',
      does: [
        { verb: 'runs', callback: arg(0), context: 'thread', data: arg(1) },
        { verb: 'arms', source: 'thread', on: result },
        { verb: 'allocates', what: 'thread', into: result, owner: 'caller' },
      ],
      summary: 'Creates a kernel thread on a node or processor.',
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
    {
      name: 'kthread_stop',
      prototype: 'int kthread_stop(struct task_struct *k)',
      does: [
        { verb: 'disarms', source: 'thread', on: arg(0) },
        { verb: 'waitsFor', source: 'thread', on: arg(0) },
        { verb: 'seals', source: 'thread', on: arg(0) },
        { verb: 'waits', for: 'completion' },
        { verb: 'frees', what: 'thread', on: arg(0) },
      ],
      summary: 'Tells the thread to stop, wakes it and waits until it has returned.',
      duty: 'Hangs when the thread sleeps on a condition without kthread_should_stop(). A thread that may return by itself needs a task reference.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_stop_put',
      prototype: 'int kthread_stop_put(struct task_struct *k)',
      does: [
        { verb: 'disarms', source: 'thread', on: arg(0) },
        { verb: 'waitsFor', source: 'thread', on: arg(0) },
        { verb: 'seals', source: 'thread', on: arg(0) },
        { verb: 'waits', for: 'completion' },
        { verb: 'frees', what: 'thread', on: arg(0) },
      ],
      summary: 'As kthread_stop(), and drops the task reference.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_should_stop',
      aliases: ['kthread_should_park', 'kthread_should_stop_or_park'],
      prototype: 'bool kthread_should_stop(void)',
      does: [{ verb: 'nothing' }],
      summary: 'Whether the thread was told to stop.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_freezable_should_stop',
      prototype: 'bool kthread_freezable_should_stop(bool *was_frozen)',
      does: [{ verb: 'maySleep' }],
      summary: 'Whether the thread was told to stop; freezes when the system suspends.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_park',
      aliases: ['kthread_parkme'],
      prototype: 'int kthread_park(struct task_struct *k)',
      does: [{ verb: 'waits', for: 'completion' }],
      summary: 'Stops the thread until it is unparked.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_unpark',
      aliases: [
        'kthread_bind',
        'kthread_bind_mask',
        'kthread_data',
        'kthread_func',
        'kthread_associate_blkcg',
        'kthread_use_mm',
        'kthread_unuse_mm',
        'kthread_set_per_cpu',
      ],
      prototype: 'void kthread_unpark(struct task_struct *k)',
      does: [{ verb: 'nothing' }],
      summary: 'Bookkeeping of a kernel thread.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_init_worker',
      prototype: 'kthread_init_worker(worker)',
      does: [{ verb: 'nothing' }],
      summary: 'Sets a worker up.',
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
    {
      name: 'kthread_create_worker',
      aliases: [
        'kthread_run_worker',
        'kthread_create_worker_on_cpu',
        'kthread_run_worker_on_cpu',
        'kthread_create_worker_on_node',
      ],
      prototype: 'kthread_create_worker(flags, namefmt, ...)',
      does: [{ verb: 'allocates', what: 'workqueue', into: result, owner: 'caller' }],
      summary: 'Creates a worker thread that runs kthread work.',
      evidence: [inTree('6.12', 'kernel/kthread.c'), inTree('7.2', 'include/linux/kthread.h')],
    },
    {
      name: 'kthread_destroy_worker',
      prototype: 'void kthread_destroy_worker(struct kthread_worker *worker)',
      does: [
        { verb: 'disarms', source: 'workqueue', on: arg(0) },
        { verb: 'waitsFor', source: 'workqueue', on: arg(0) },
        { verb: 'frees', what: 'workqueue', on: arg(0) },
      ],
      summary: 'Runs what is queued, stops the worker and frees it.',
      duty: 'A delayed item whose timer is armed is not waited for: cancel it first.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_init_work',
      prototype: 'kthread_init_work(work, fn)',
      does: [{ verb: 'runs', callback: arg(1), context: 'work', data: arg(0), source: { kind: 'work', on: arg(0) } }],
      summary: 'Sets a kthread work item up.',
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
    {
      name: 'kthread_init_delayed_work',
      prototype: 'kthread_init_delayed_work(dwork, fn)',
      does: [
        { verb: 'runs', callback: arg(1), context: 'work', data: arg(0), source: { kind: 'delayed-work', on: arg(0) } },
      ],
      summary: 'Sets a delayed kthread work item up.',
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
    {
      name: 'kthread_queue_work',
      prototype: 'bool kthread_queue_work(struct kthread_worker *worker, struct kthread_work *work)',
      does: [{ verb: 'arms', source: 'work', on: arg(1) }],
      summary: 'Queues a kthread work item.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_queue_delayed_work',
      aliases: ['kthread_mod_delayed_work'],
      prototype:
        'bool kthread_queue_delayed_work(struct kthread_worker *worker, struct kthread_delayed_work *dwork, unsigned long delay)',
      does: [{ verb: 'arms', source: 'delayed-work', on: arg(1) }],
      summary: 'Arms the timer that queues a kthread work item.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_cancel_work_sync',
      prototype: 'bool kthread_cancel_work_sync(struct kthread_work *work)',
      does: [
        { verb: 'disarms', source: 'work', on: arg(0) },
        { verb: 'waitsFor', source: 'work', on: arg(0) },
      ],
      summary: 'Takes the item off the queue and waits for a run in progress; it can be queued again.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_cancel_delayed_work_sync',
      prototype: 'bool kthread_cancel_delayed_work_sync(struct kthread_delayed_work *work)',
      does: [
        { verb: 'disarms', source: 'delayed-work', on: arg(0) },
        { verb: 'waitsFor', source: 'delayed-work', on: arg(0) },
      ],
      summary:
        'Disarms the timer, takes the item off the queue and waits for a run in progress; it can be queued again.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_flush_work',
      prototype: 'void kthread_flush_work(struct kthread_work *work)',
      does: [
        { verb: 'waitsFor', source: 'work', on: arg(0) },
        { verb: 'waits', for: 'completion' },
      ],
      summary: 'Waits for the run that is queued; stops nothing.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'kthread_flush_worker',
      prototype: 'void kthread_flush_worker(struct kthread_worker *worker)',
      does: [
        { verb: 'waitsFor', source: 'workqueue', on: arg(0) },
        { verb: 'waits', for: 'completion' },
      ],
      summary: 'Waits for all items that are queued now.',
      evidence: [inTree('6.12', 'kernel/kthread.c')],
    },
    {
      name: 'smpboot_register_percpu_thread',
      aliases: [
        'smpboot_unregister_percpu_thread',
        'set_user_nice',
        'sched_set_fifo',
        'sched_set_fifo_low',
        'sched_set_normal',
        'set_freezable',
        'set_cpus_allowed_ptr',
      ],
      does: [{ verb: 'nothing' }],
      summary: 'Properties of a thread.',
      evidence: [
        inTree('6.12', 'kernel/sched/syscalls.c', 'set_user_nice'),
        inTree('6.12', 'include/linux/freezer.h', 'set_freezable'),
        inTree('6.12', 'kernel/sched/core.c', 'set_cpus_allowed_ptr'),
        inTree('6.12', 'kernel/smpboot.c', 'smpboot_register_percpu_thread'),
      ],
    },
  ],
  tables: [
    {
      struct: 'struct kthread_work',
      roles: {
        func: { context: 'work', data: 0 },
      },
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
  ],
  macros: [
    {
      name: 'DEFINE_KTHREAD_WORK',
      does: [{ verb: 'defines', variable: '{0}', struct: 'struct kthread_work', fields: { func: '{1}' } }],
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
  ],
  structs: [
    { struct: 'struct kthread_work', source: 'work', evidence: [inTree('6.12', 'include/linux/kthread.h')] },
    {
      struct: 'struct kthread_delayed_work',
      source: 'delayed-work',
      evidence: [inTree('6.12', 'include/linux/kthread.h')],
    },
    { struct: 'struct kthread_worker', source: 'workqueue', evidence: [inTree('6.12', 'include/linux/kthread.h')] },
  ],
});
