// @ts-check
// What a process costs: wall clock, processor time and peak memory, as far as the system tells.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ wall: number, cpu: number | undefined, peak: number | undefined, code: number | null, stderr: string }} Cost
 *    seconds, seconds of all threads, MiB */

const TICKS_PER_SECOND = 100;
const POLL = 25;

/** Peak resident memory of a process in MiB. @param {number} pid */
export function peakMemory(pid) {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))?.[1];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

/** User and system time so far, in seconds, children that have ended included. @param {number} pid */
function processorTime(pid) {
  const fields = readProc(pid, 'stat')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 15)
    .map(Number);
  return fields.length < 4 ? undefined : fields.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** @param {number} pid @param {string} name */
function readProc(pid, name) {
  try {
    return existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/${name}`, 'utf8') : '';
  } catch {
    return '';
  }
}

/**
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd: string, env?: Record<string, string> }} where
 * @returns {Promise<Cost>}
 */
export async function measure(command, args, { cwd, env = {} }) {
  const started = performance.now();
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  const pid = child.pid ?? 0;
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  /** @type {number | undefined} */
  let peak;
  /** @type {number | undefined} */
  let cpu;
  const poll = setInterval(() => {
    peak = peakMemory(pid) ?? peak;
    cpu = processorTime(pid) ?? cpu;
  }, POLL);
  const code = await new Promise((done) => {
    child.on('error', () => done(null));
    child.on('close', done);
  });
  clearInterval(poll);
  return { wall: (performance.now() - started) / 1000, cpu, peak, code, stderr };
}
