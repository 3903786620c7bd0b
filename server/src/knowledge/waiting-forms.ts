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
  dmaengine_terminate_all: 'dmaengine_terminate_sync',
  dmaengine_terminate_async: 'dmaengine_terminate_sync',
  hrtimer_try_to_cancel: 'hrtimer_cancel',
  tasklet_disable_nosync: 'tasklet_disable',
  timer_delete: 'timer_delete_sync',
  timer_shutdown: 'timer_shutdown_sync',
  usb_unlink_urb: 'usb_kill_urb',
};

/** The name of the call that does the same and waits. */
export function waitingFormOf(name: string): string | undefined {
  return Object.hasOwn(WAITING_FORMS, name) ? WAITING_FORMS[name] : undefined;
}

/** Stop calls after which the source can be armed again, and the form of each that also refuses that. */
const SEALING_FORMS: Readonly<Record<string, string>> = {
  cancel_delayed_work_sync: 'disable_delayed_work_sync',
  cancel_work_sync: 'disable_work_sync',
  del_timer_sync: 'timer_shutdown_sync',
  timer_delete_sync: 'timer_shutdown_sync',
};

/** The name of the call that does the same and keeps the source from being armed again; not every tree has it. */
export function sealingFormOf(name: string): string | undefined {
  return Object.hasOwn(SEALING_FORMS, name) ? SEALING_FORMS[name] : undefined;
}

/** Calls that stop a source and wait for it, the newest name first. */
const STOPS: Readonly<Record<string, readonly string[]>> = {
  timer: ['timer_delete_sync', 'del_timer_sync'],
  hrtimer: ['hrtimer_cancel'],
  work: ['cancel_work_sync'],
  'delayed-work': ['cancel_delayed_work_sync'],
  tasklet: ['tasklet_kill'],
};

/** The call that stops a source of this kind for good (`seal`, where the tree has such a form) or until it is armed again. */
export function stopCallFor(kind: string, seal: boolean, has: (name: string) => boolean): string | undefined {
  const stop = Object.hasOwn(STOPS, kind) ? STOPS[kind]?.find(has) : undefined;
  const sealed = stop === undefined || !seal ? undefined : sealingFormOf(stop);
  return sealed !== undefined && has(sealed) ? sealed : stop;
}
