/** What runs leave for the next one: shared by several at once, damaged, out of room, cut short. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileStamps, readCacheFile, writeCacheFile } from '../../../server/src/cli/cache-file.ts';
import { ScanCache } from '../../../server/src/cli/scan-cache.ts';
import { CommandLine } from '../../support/command-line.ts';
import { SAMPLE_DRIVER } from '../../support/sample-driver.ts';

describe('a file of the cache', () => {
  const folder = mkdtempSync(join(tmpdir(), 'revsafe-cache-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read as it was written, and counts as missing when a bit of it has changed or the end is lost', () => {
    const file = join(folder, 'a/b.bin');
    writeCacheFile(file, Buffer.from('content'));
    expect(readCacheFile(file)?.toString()).toBe('content');
    const whole = readFileSync(file);
    for (const at of [0, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(file, damaged);
      expect(readCacheFile(file)).toBeUndefined();
    }
    for (const length of [0, 10, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      expect(readCacheFile(file)).toBeUndefined();
    }
    expect(readCacheFile(join(folder, 'none'))).toBeUndefined();
  });

  it('leaves nothing behind when it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeCacheFile(join(folder, 'file/below'), Buffer.from('x'))).toThrow();
    expect(readdirSync(folder).filter((name) => name.includes(`.${process.pid}`))).toEqual([]);
  });

  it('holds the scans of files that have not changed since', async () => {
    const source = join(folder, 'foo.c');
    writeFileSync(source, 'int a;');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const first = new ScanCache(folder, 'key', new FileStamps());
    expect(first.find(source)).toBeUndefined();
    first.store(source, { bits: 5, size: 6 });
    first.store(join(folder, 'gone.c'), { reason: 'no such file' });
    first.save();
    expect(new ScanCache(folder, 'key', new FileStamps()).find(source)).toEqual({ bits: 5, size: 6 });
    expect(new ScanCache(folder, 'other', new FileStamps()).find(source)).toBeUndefined();
    writeFileSync(source, 'int ab;');
    expect(new ScanCache(folder, 'key', new FileStamps()).find(source)).toBeUndefined();
  });
});

describe('runs that share a cache', () => {
  let cli: CommandLine;
  let folder: string;
  let fresh: string;
  const FILES = 24;
  const check = ['check', '--format', 'sarif', '--jobs', '1', '.'];

  beforeAll(() => {
    cli = new CommandLine();
    const files: Record<string, string> = {};
    for (let index = 0; index < FILES; index++) files[`sub${index % 5}/d${index}.c`] = SAMPLE_DRIVER;
    folder = cli.write('tree', files);
    fresh = cli.run(folder, [...check, '--no-cache']).stdout;
    expect(JSON.parse(fresh).runs[0].results.length).toBeGreaterThanOrEqual(FILES);
  });
  afterAll(() => cli.dispose());

  const fromCache = (): string | undefined =>
    /(\d+) from the cache/.exec(cli.run(folder, [...check, '--stats']).stderr)?.[1];
  const cacheFiles = (): string[] =>
    readdirSync(join(cli.folder, 'cache/revsafe'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  /** Runs the command with this cache and answers what it reports; `before` is loaded first. */
  const start = (before?: string): Promise<{ readonly code: number | null; readonly stdout: string }> =>
    new Promise((resolve) => {
      const arguments_ = [...(before === undefined ? [] : ['--require', before]), join(cli.folder, 'dist/cli.js')];
      const child = spawn(process.execPath, [...arguments_, ...check], {
        cwd: folder,
        env: { ...process.env, XDG_CACHE_HOME: join(cli.folder, 'cache'), XDG_CONFIG_HOME: join(cli.folder, 'config') },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let stdout = '';
      child.stdout.on('data', (text) => {
        stdout += text;
      });
      child.on('close', (code) => resolve({ code, stdout }));
    });

  it('at the same time', async () => {
    const runs = await Promise.all([start(), start(), start()]);
    expect(runs.map(({ stdout }) => stdout)).toEqual([fresh, fresh, fresh]);
    expect(fromCache()).toBe(String(FILES));
    expect(cli.run(folder, check).stdout).toBe(fresh);
  });

  it('one changed file: the others are taken from the cache', () => {
    cli.write('tree', { 'sub0/d0.c': `${SAMPLE_DRIVER}\n/* changed */\n` });
    expect(fromCache()).toBe(String(FILES - 1));
    cli.write('tree', { 'sub0/d0.c': SAMPLE_DRIVER });
    expect(cli.run(folder, check).stdout).toBe(fresh);
  });

  it('a damaged cache', () => {
    for (const file of cacheFiles()) writeFileSync(file, readFileSync(file).subarray(0, 40));
    expect(cli.run(folder, check).stdout).toBe(fresh);
    for (const file of cacheFiles()) writeFileSync(file, 'no cache');
    expect(cli.run(folder, check).stdout).toBe(fresh);
    expect(fromCache()).toBe(String(FILES));
  });

  it('no room for a cache: the report is there, and so is the reason', () => {
    const { stdout, stderr } = cli.run(folder, check, { env: { XDG_CACHE_HOME: '/dev/full' } });
    expect(stdout).toBe(fresh);
    expect(stderr).toContain('could not be kept');
  });

  it('an interrupted run leaves a whole cache', async () => {
    for (const file of cacheFiles()) rmSync(file);
    const interrupt = join(cli.folder, 'interrupt.cjs');
    writeFileSync(
      interrupt,
      `process.on('newListener', (event) => {
        if (event === 'SIGINT') setTimeout(() => process.kill(process.pid, 'SIGINT'), 50);
      });`,
    );
    await start(interrupt);
    for (const file of cacheFiles()) expect(readCacheFile(file), file).toBeDefined();
    expect(cli.run(folder, check).stdout).toBe(fresh);
  });
});
