// @ts-check
// Run after `npm install` where the registry serves packages of some platforms only: npm then leaves the others out of
// package-lock.json, and `npm ci` refuses such a lock file everywhere. Adds an entry for each optional package that is named
// but not listed; its version is what its parent names exactly, its platform is what its name says.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './installation.mjs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

const path = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));

/** @param {string} name */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = [
    ...(words.some((word) => word.startsWith('gnu')) ? ['glibc'] : []),
    ...(words.some((word) => word.startsWith('musl')) ? ['musl'] : []),
  ];
  return os.length + cpu.length === 0
    ? undefined
    : { ...(cpu.length > 0 ? { cpu } : {}), ...(libc.length > 0 ? { libc } : {}), ...(os.length > 0 ? { os } : {}) };
}

let added = 0;
for (const [parentPath, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const isListed = [`${parentPath}/node_modules/${name}`, `node_modules/${name}`].some((key) => key in lock.packages);
    if (isListed) continue;
    const platform = platformOf(name);
    if (platform === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
      console.error(`cannot complete ${name}@${version}, which ${parentPath} names`);
      process.exitCode = 1;
      continue;
    }
    const { cpu, ...rest } = platform;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu === undefined ? {} : { cpu }),
      dev: true,
      ...rest,
      optional: true,
    };
    added += 1;
  }
}
const [root, ...entries] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root, ...entries.sort(([left], [right]) => left.localeCompare(right, 'en'))]);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added`);
