/** Writes reports: to standard output without a crash when the reader goes away, or to a file with a clear error. */
import { writeFileSync } from 'node:fs';
import type { Failure } from '../engine/api.ts';
import { OutputError } from './usage.ts';

/** Writes everything before it resolves; a closed pipe is not an error. */
export function writeStream(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EPIPE') resolve();
      else reject(new OutputError(`cannot write the report: ${error.message}`));
    };
    stream.once('error', onError);
    stream.write(text, () => {
      stream.off('error', onError);
      resolve();
    });
  });
}

/** To a file when one is named, else to standard output. */
export async function writeReport(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) return writeStream(process.stdout, text);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new OutputError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Colours where a person reads, unless NO_COLOR is set. */
export function wantsColour(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment.NO_COLOR !== undefined && environment.NO_COLOR !== '') return false;
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

const MAX_FAILURES_SHOWN = 10;

/** One line for each file that failed; many with one reason are counted after the first few. */
export function failureLines(failures: readonly Failure[]): readonly string[] {
  const byReason = new Map<string, Failure[]>();
  for (const failure of failures) {
    const same = byReason.get(failure.reason);
    if (same === undefined) byReason.set(failure.reason, [failure]);
    else same.push(failure);
  }
  const lines: string[] = [];
  for (const [reason, same] of byReason) {
    for (const { file } of same.slice(0, MAX_FAILURES_SHOWN)) lines.push(`${file}: ${reason}`);
    if (same.length > MAX_FAILURES_SHOWN) lines.push(`${same.length - MAX_FAILURES_SHOWN} more files: ${reason}`);
  }
  return lines;
}
