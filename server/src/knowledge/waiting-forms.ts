/**
 * Stop calls that do not wait, and the form of each that does. Both names of a pair came together and go together (the
 * old timer names left between 6.12 and 7.2), so whatever tree has the one has the other.
 */
const WAITING_FORMS: Readonly<Record<string, string>> = {
  cancel_delayed_work: 'cancel_delayed_work_sync',
  cancel_work: 'cancel_work_sync',
  del_timer: 'del_timer_sync',
  disable_delayed_work: 'disable_delayed_work_sync',
  disable_irq_nosync: 'disable_irq',
  disable_work: 'disable_work_sync',
  hrtimer_try_to_cancel: 'hrtimer_cancel',
  tasklet_disable_nosync: 'tasklet_disable',
  timer_delete: 'timer_delete_sync',
  timer_shutdown: 'timer_shutdown_sync',
};

/** The name of the call that does the same and waits. */
export function waitingFormOf(name: string): string | undefined {
  return Object.hasOwn(WAITING_FORMS, name) ? WAITING_FORMS[name] : undefined;
}
