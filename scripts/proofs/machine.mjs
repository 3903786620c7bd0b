// @ts-check
// A machine without hardware: QEMU with a distribution's kernel and an initial file system of our own.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { MissingTool } from './kernel-build.mjs';

/** Seconds of wall clock that a boot may take; the slowest case ends in a third of them on one slow processor. */
const BOOT_SECONDS = 300;
const EMULATOR = 'qemu-system-x86_64';
const TOOLS = { [EMULATOR]: 'qemu-system-x86', cpio: 'cpio', gcc: 'gcc libc6-dev' };

export function findTools() {
  for (const [tool, packages] of Object.entries(TOOLS)) {
    if (spawnSync(tool, ['--version']).error !== undefined) {
      throw new MissingTool(`${tool} is not there: apt-get install ${packages}`);
    }
  }
}

/**
 * The kernel of the headers: what is given, what is installed, or the package, unpacked and not installed.
 * @param {string | undefined} given @param {string} headers @param {string} work
 */
export function findKernel(given, headers, work) {
  const release = basename(headers).replace('linux-headers-', '');
  const installed = [given, `/boot/vmlinuz-${release}`].find((path) => path !== undefined && existsSync(path));
  if (installed !== undefined) return installed;
  if (given !== undefined) throw new MissingTool(`no kernel at ${given}`);
  const name = `linux-image-${release}-unsigned`;
  const got = spawnSync('apt-get', ['download', name], { cwd: work, encoding: 'utf8' });
  const archive = readdirSync(work).find((file) => file.startsWith(`${name}_`));
  if (got.status !== 0 || archive === undefined) {
    throw new MissingTool(`no kernel image of ${release}: apt-get download ${name} failed; name one with --image`);
  }
  const unpacked = spawnSync('sh', ['-c', `dpkg-deb --fsys-tarfile ${archive} | tar -x ./boot`], { cwd: work });
  if (unpacked.status !== 0) throw new MissingTool(`${archive} could not be unpacked`);
  return join(work, 'boot', `vmlinuz-${release}`);
}

/**
 * @param {{ work: string, init: string, modules: readonly string[], scripts: ReadonlyMap<string, readonly string[]> }} content
 * @returns {string} path of the initial file system
 */
export function makeFileSystem({ work, init, modules, scripts }) {
  const root = join(work, 'root');
  for (const folder of ['proc', 'sys', 'dev', 'modules', 'cases']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(init, join(root, 'init'));
  for (const module of modules) copyFileSync(module, join(root, 'modules', basename(module)));
  for (const [name, steps] of scripts) writeFileSync(join(root, 'cases', name), `${steps.join('\n')}\n`);
  const packed = spawnSync('sh', ['-c', 'find . | cpio --quiet -o -H newc'], { cwd: root, maxBuffer: 1 << 28 });
  if (packed.status !== 0) throw new Error(`cpio: ${packed.stderr}`);
  const image = join(work, 'initrd.gz');
  writeFileSync(image, gzipSync(packed.stdout));
  return image;
}

/** @param {string} init source @param {string} target */
export function compileInit(init, target) {
  const args = ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE', '-o', target, init];
  const { status, stderr } = spawnSync('gcc', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${init} does not compile:\n${stderr}`);
}

/**
 * Boots, runs the cases one after the other and gives the log. The machine is switched off as soon as the log shows what
 * was to be seen, or when it has had its time.
 * @param {string} kernel @param {string} initrd @param {readonly string[]} cases @param {RegExp | undefined} enough
 * @returns {Promise<string>}
 */
export function boot(kernel, initrd, cases, enough) {
  const options = `console=ttyS0 quiet loglevel=7 printk.time=0 printk.devkmsg=on slub_debug=FZPU rcupdate.rcu_cpu_stall_timeout=5 panic=-1 cases=${cases.join(',')}`;
  const args = ['-nographic', '-no-reboot', '-m', '512', '-smp', '2', '-kernel', kernel, '-initrd', initrd];
  return new Promise((done, fail) => {
    const child = spawn(EMULATOR, [...args, '-append', options], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    const limit = setTimeout(() => child.kill('SIGKILL'), BOOT_SECONDS * 1000);
    child.stdout.on('data', (data) => {
      log += String(data).replaceAll('\r', '');
      if (enough?.test(log)) child.kill('SIGKILL');
    });
    child.stderr.on('data', (data) => (log += data));
    child.on('error', fail);
    child.on('close', () => {
      clearTimeout(limit);
      done(log);
    });
  });
}

/** Stands in a log where a machine was switched off. */
export const OFF = '@off';

/** What the log says between the beginning and the end of a case, or as far as the kernel got. @param {string} log @param {string} name */
export function sectionOf(log, name) {
  const start = log.indexOf(`@begin ${name}\n`);
  if (start < 0) return '';
  const ends = [`@end ${name}\n`, `${OFF}\n`].map((mark) => log.indexOf(mark, start)).filter((end) => end >= 0);
  return log.slice(start, Math.min(log.length, ...ends));
}
