/** One line on a terminal's standard error that says how far long work has come; silent in a pipe. */
export interface Progress {
  update(text: string): void;
  count(done: number, total: number, file: string): void;
  clear(): void;
}

const INTERVAL = 100;

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update() {}, count() {}, clear() {} };
  let last = 0;
  let shown = false;
  const show = (text: string): void => {
    const now = performance.now();
    if (now - last < INTERVAL) return;
    last = now;
    shown = true;
    stream.write(`\r\u001b[K${text.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  return {
    update: show,
    count: (done, total, file) => show(`${done}/${total} modules  ${file}`),
    clear() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}
