import { describe, expect, it } from 'vitest';
import { sealingFormOf, stopCallFor, waitingFormOf } from '../../../server/src/knowledge/waiting-forms.ts';

const newest = (name: string): boolean => !name.startsWith('del_timer');
const old = (name: string): boolean => !/^disable_|^timer_/.test(name);

describe('forms of stop calls', () => {
  it('waits, and refuses what comes later, by names that belong together', () => {
    expect(waitingFormOf('cancel_work')).toBe('cancel_work_sync');
    expect(sealingFormOf('cancel_work_sync')).toBe('disable_work_sync');
    expect(sealingFormOf('hrtimer_cancel')).toBeUndefined();
    expect(waitingFormOf('constructor')).toBeUndefined();
  });

  it('names the stop of a kind of source that the tree has', () => {
    expect(stopCallFor('timer', true, newest)).toBe('timer_shutdown_sync');
    expect(stopCallFor('timer', false, newest)).toBe('timer_delete_sync');
    expect(stopCallFor('timer', true, old)).toBe('del_timer_sync');
    expect(stopCallFor('delayed-work', true, newest)).toBe('disable_delayed_work_sync');
    expect(stopCallFor('delayed-work', true, old)).toBe('cancel_delayed_work_sync');
    expect(stopCallFor('irq', true, newest)).toBeUndefined();
  });
});
