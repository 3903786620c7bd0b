/** Macros that define an object of a kernel type. */
import { contracts, inTree } from '../schema.ts';

export const declarations = contracts({
  header: 'linux/mutex.h, linux/spinlock.h, linux/list.h, linux/idr.h',
  macros: [
    {
      name: 'DEFINE_MUTEX',
      does: [{ verb: 'declares', variable: 0, type: 'struct mutex' }],
      evidence: [inTree('6.12', 'include/linux/mutex.h'), inTree('7.2', 'include/linux/mutex.h')],
    },
    {
      name: 'DEFINE_SPINLOCK',
      does: [{ verb: 'declares', variable: 0, type: 'spinlock_t' }],
      evidence: [inTree('6.12', 'include/linux/spinlock_types.h'), inTree('7.2', 'include/linux/spinlock_types.h')],
    },
    {
      name: 'DEFINE_RAW_SPINLOCK',
      does: [{ verb: 'declares', variable: 0, type: 'raw_spinlock_t' }],
      evidence: [
        inTree('6.12', 'include/linux/spinlock_types_raw.h'),
        inTree('7.2', 'include/linux/spinlock_types_raw.h'),
      ],
    },
    {
      name: 'DEFINE_RWLOCK',
      does: [{ verb: 'declares', variable: 0, type: 'rwlock_t' }],
      evidence: [inTree('6.12', 'include/linux/rwlock_types.h'), inTree('7.2', 'include/linux/rwlock_types.h')],
    },
    {
      name: 'DECLARE_RWSEM',
      does: [{ verb: 'declares', variable: 0, type: 'struct rw_semaphore' }],
      evidence: [inTree('6.12', 'include/linux/rwsem.h'), inTree('7.2', 'include/linux/rwsem.h')],
    },
    {
      name: 'DEFINE_SEMAPHORE',
      does: [{ verb: 'declares', variable: 0, type: 'struct semaphore' }],
      evidence: [inTree('6.12', 'include/linux/semaphore.h'), inTree('7.2', 'include/linux/semaphore.h')],
    },
    {
      name: 'DEFINE_SEQLOCK',
      does: [{ verb: 'declares', variable: 0, type: 'seqlock_t' }],
      evidence: [inTree('6.12', 'include/linux/seqlock.h'), inTree('7.2', 'include/linux/seqlock.h')],
    },
    {
      name: 'DEFINE_RT_MUTEX',
      does: [{ verb: 'declares', variable: 0, type: 'struct rt_mutex' }],
      evidence: [inTree('6.12', 'include/linux/rtmutex.h'), inTree('7.2', 'include/linux/rtmutex.h')],
    },
    {
      name: 'DEFINE_WW_MUTEX',
      does: [{ verb: 'declares', variable: 0, type: 'struct ww_mutex' }],
      evidence: [inTree('6.12', 'include/linux/ww_mutex.h'), inTree('7.2', 'include/linux/ww_mutex.h')],
    },
    {
      name: 'DEFINE_SRCU',
      does: [{ verb: 'declares', variable: 0, type: 'struct srcu_struct' }],
      evidence: [inTree('6.12', 'include/linux/srcutree.h'), inTree('7.2', 'include/linux/srcutree.h')],
    },
    {
      name: 'DEFINE_STATIC_SRCU',
      does: [{ verb: 'declares', variable: 0, type: 'struct srcu_struct' }],
      evidence: [inTree('6.12', 'include/linux/srcutree.h'), inTree('7.2', 'include/linux/srcutree.h')],
    },
    {
      name: 'DEFINE_STATIC_PERCPU_RWSEM',
      does: [{ verb: 'declares', variable: 0, type: 'struct percpu_rw_semaphore' }],
      evidence: [inTree('6.12', 'include/linux/percpu-rwsem.h'), inTree('7.2', 'include/linux/percpu-rwsem.h')],
    },
    {
      name: 'LIST_HEAD',
      does: [{ verb: 'declares', variable: 0, type: 'struct list_head' }],
      evidence: [inTree('6.12', 'include/linux/list.h'), inTree('7.2', 'include/linux/list.h')],
    },
    {
      name: 'HLIST_HEAD',
      does: [{ verb: 'declares', variable: 0, type: 'struct hlist_head' }],
      evidence: [inTree('6.12', 'include/linux/list.h'), inTree('7.2', 'include/linux/list.h')],
    },
    {
      name: 'LLIST_HEAD',
      does: [{ verb: 'declares', variable: 0, type: 'struct llist_head' }],
      evidence: [inTree('6.12', 'include/linux/llist.h'), inTree('7.2', 'include/linux/llist.h')],
    },
    {
      name: 'DEFINE_XARRAY',
      does: [{ verb: 'declares', variable: 0, type: 'struct xarray' }],
      evidence: [inTree('6.12', 'include/linux/xarray.h'), inTree('7.2', 'include/linux/xarray.h')],
    },
    {
      name: 'DEFINE_XARRAY_ALLOC',
      does: [{ verb: 'declares', variable: 0, type: 'struct xarray' }],
      evidence: [inTree('6.12', 'include/linux/xarray.h'), inTree('7.2', 'include/linux/xarray.h')],
    },
    {
      name: 'DEFINE_XARRAY_ALLOC1',
      does: [{ verb: 'declares', variable: 0, type: 'struct xarray' }],
      evidence: [inTree('6.12', 'include/linux/xarray.h'), inTree('7.2', 'include/linux/xarray.h')],
    },
    {
      name: 'DEFINE_XARRAY_FLAGS',
      does: [{ verb: 'declares', variable: 0, type: 'struct xarray' }],
      evidence: [inTree('6.12', 'include/linux/xarray.h'), inTree('7.2', 'include/linux/xarray.h')],
    },
    {
      name: 'DEFINE_IDR',
      does: [{ verb: 'declares', variable: 0, type: 'struct idr' }],
      evidence: [inTree('6.12', 'include/linux/idr.h'), inTree('7.2', 'include/linux/idr.h')],
    },
    {
      name: 'DEFINE_IDA',
      does: [{ verb: 'declares', variable: 0, type: 'struct ida' }],
      evidence: [inTree('6.12', 'include/linux/idr.h'), inTree('7.2', 'include/linux/idr.h')],
    },
    {
      name: 'DEFINE_HASHTABLE',
      does: [{ verb: 'declares', variable: 0, type: 'struct hlist_head' }],
      evidence: [inTree('6.12', 'include/linux/hashtable.h'), inTree('7.2', 'include/linux/hashtable.h')],
    },
    {
      name: 'DECLARE_HASHTABLE',
      does: [{ verb: 'declares', variable: 0, type: 'struct hlist_head' }],
      evidence: [inTree('6.12', 'include/linux/hashtable.h'), inTree('7.2', 'include/linux/hashtable.h')],
    },
    {
      name: 'DECLARE_BITMAP',
      does: [{ verb: 'declares', variable: 0, type: 'unsigned long' }],
      evidence: [inTree('6.12', 'include/linux/types.h'), inTree('7.2', 'include/linux/types.h')],
    },
    {
      name: 'DEFINE_KLIST',
      does: [{ verb: 'declares', variable: 0, type: 'struct klist' }],
      evidence: [inTree('6.12', 'include/linux/klist.h'), inTree('7.2', 'include/linux/klist.h')],
    },
    {
      name: 'DEFINE_PER_CPU',
      does: [{ verb: 'nothing' }],
      evidence: [inTree('6.12', 'include/linux/percpu-defs.h'), inTree('7.2', 'include/linux/percpu-defs.h')],
    },
  ],
});
