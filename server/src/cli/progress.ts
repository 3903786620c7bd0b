/** One line on a terminal's standard error that says how far long work has come; silent in a pipe. */
export interface Progress {
  update(text: string): void;
  /** `phase` is a word such as `scanning`; what is counted depends on it. */
  count(phase: string, done: number, total: number, file: string): void;
  clear(): void;
}

const INTERVAL = 100;

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update() {}, count() {}, clear() {} };
  let last = 0;
  let shown = false;
  let counted = { phase: '', since: 0, from: 0 };
  const show = (text: string): void => {
    const now = performance.now();
    if (now - last < INTERVAL) return;
    last = now;
    shown = true;
    stream.write(`\r\u001b[K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  return {
    update: show,
    count(phase, done, total, file) {
      if (phase !== counted.phase) counted = { phase, since: performance.now(), from: done };
      const seconds = (performance.now() - counted.since) / 1000;
      const rate = seconds < 0.5 ? '' : `  ${Math.round((done - counted.from) / seconds)}/s`;
      show(`${phase} ${done}/${total}${rate}  ${file}`);
    },
    clear() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}
