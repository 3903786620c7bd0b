/**
 * Which form of each API a kernel tree has. A version number does not tell (vendor trees carry backports, and the
 * revocable API has never been in a release), so the tree's own headers are read. Pure: files come from a callback.
 */
import { absent as absent61, release as release61 } from './generations/6.1.json';
import { absent as absent612, release as release612 } from './generations/6.12.json';
import { absent as absent72, release as release72 } from './generations/7.2.json';
import type { RustForms } from './rust-facts.ts';

/** Forms of the C revocable core, in the order of their publication. `G3r`: G3 with an RCU provider pointer. */
export type CoreGeneration = 'G1' | 'G2' | 'G3' | 'G3r' | 'G4' | 'G5' | 'G6' | 'G7' | 'G8';
/** Forms of the replacement of file operations. */
export type FopsGeneration = 'F1' | 'F2' | 'F3a' | 'F3b';

export interface Generation {
  /** `6.12`: VERSION and PATCHLEVEL of the tree's Makefile; `unknown` when there is none. */
  readonly release: string;
  readonly core: CoreGeneration | 'none';
  readonly fops: FopsGeneration | 'none';
  readonly miscSync: 'MISC_SYNC' | 'MISC_DEREG_SYNC' | 'MISC_REVOCABLE' | 'none';
  readonly cdevSync: 'CDEV_QUEUED' | 'CDEV_SYNC' | 'none';
  readonly timerNames: 'TIMER_OLD_AND_NEW' | 'TIMER_NEW_ONLY' | 'none';
  readonly workDisable: 'HAS_DISABLE_WORK' | 'none';
  readonly rustDevres: 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'none';
  readonly rustDrivers: 'HRT' | 'none';
  readonly rustMisc: 'MISC_OWNER_SET' | 'MISC_ITER' | 'MISC_IOCTL' | 'none';
}

/** What is known of code that lies in no kernel tree. */
export const unknownGeneration: Generation = {
  release: 'unknown',
  core: 'none',
  fops: 'none',
  miscSync: 'none',
  cdevSync: 'none',
  timerNames: 'none',
  workDisable: 'none',
  rustDevres: 'none',
  rustDrivers: 'none',
  rustMisc: 'none',
};

interface Detector<Id extends string> {
  /** Paths in the tree. */
  readonly files: readonly string[];
  /** Look at all files that exist, joined; otherwise at the first that exists. */
  readonly joined?: boolean;
  /** The first that matches decides. */
  readonly rules: readonly { readonly id: Id; readonly expression: RegExp }[];
}

const core: Detector<CoreGeneration> = {
  files: ['include/linux/revocable.h', 'drivers/base/revocable.c'],
  joined: true,
  rules: [
    { id: 'G8', expression: /\brevocable_handle_destroy\s*\(/ },
    { id: 'G7', expression: /\brevocable_handle_deinit\s*\(/ },
    { id: 'G6', expression: /\brevocable_embed_init\s*\(/ },
    { id: 'G5', expression: /\bstruct\s+revocable_consumer\b/ },
    { id: 'G4', expression: /\bint\s+revocable_init\s*\(\s*struct\s+revocable_provider\b/ },
    { id: 'G3r', expression: /\brevocable_provider_revoke\s*\(\s*struct\s+revocable_provider\s+__rcu\s*\*\s*\*/ },
    { id: 'G3', expression: /#\s*define\s+REVOCABLE_TRY_ACCESS_SCOPED\b/ },
    { id: 'G2', expression: /#\s*define\s+REVOCABLE_TRY_ACCESS_WITH\b/ },
    { id: 'G1', expression: /\brevocable_provider_free\s*\(/ },
  ],
};

const fops: Detector<'F1' | 'F2' | 'F3'> = {
  files: ['include/linux/fs_revocable.h', 'include/linux/revocable.h'],
  joined: true,
  rules: [
    { id: 'F2', expression: /\bfs_revocable_replace\s*\(\s*struct\s+file\s*\*/ },
    { id: 'F3', expression: /\bfs_revocable_replace\s*\(\s*struct\s+revocable_provider\b/ },
    { id: 'F1', expression: /\brevocable_replace_fops\s*\(/ },
  ],
};

/** F3a keeps its context in struct file, F3b in private_data. */
const fopsVariant: Detector<'F3a'> = {
  files: ['include/linux/fs.h'],
  rules: [{ id: 'F3a', expression: /\bfs_revocable_replacement\s*\*\s*f_rr\b/ }],
};

const miscSync: Detector<Exclude<Generation['miscSync'], 'none'>> = {
  files: ['include/linux/miscdevice.h', 'drivers/char/misc.c'],
  joined: true,
  rules: [
    { id: 'MISC_SYNC', expression: /\bmisc_sync_register\s*\(/ },
    { id: 'MISC_DEREG_SYNC', expression: /\bmisc_deregister_sync\s*\(/ },
    { id: 'MISC_REVOCABLE', expression: /\bstruct\s+revocable_provider\s*\*\s*rp\b/ },
  ],
};

const cdevSync: Detector<Exclude<Generation['cdevSync'], 'none'>> = {
  files: ['include/linux/cdev.h'],
  rules: [
    { id: 'CDEV_QUEUED', expression: /\bcdev_register_queued\b/ },
    { id: 'CDEV_SYNC', expression: /\bstruct\s+cdev_sync_data\b/ },
  ],
};

const timerNames: Detector<Exclude<Generation['timerNames'], 'none'>> = {
  files: ['include/linux/timer.h'],
  rules: [
    { id: 'TIMER_OLD_AND_NEW', expression: /\bdel_timer_sync\s*\(/ },
    { id: 'TIMER_NEW_ONLY', expression: /\btimer_delete_sync\s*\(/ },
  ],
};

const workDisable: Detector<'HAS_DISABLE_WORK'> = {
  files: ['include/linux/workqueue.h'],
  rules: [{ id: 'HAS_DISABLE_WORK', expression: /\bdisable_work_sync\s*\(/ }],
};

const rustDevres: Detector<Exclude<Generation['rustDevres'], 'none'>> = {
  files: ['rust/kernel/devres.rs'],
  rules: [
    { id: 'R5', expression: /pub\s+struct\s+Devres<T:\s*Send\s*\+\s*'static>/ },
    // Only the doc comment shows this form, hence Rust comments are kept.
    { id: 'R3', expression: /KBox::pin_init\(\s*Devres::new\(/ },
    {
      id: 'R4',
      expression:
        /pub\s+fn\s+new<E>\(\s*dev:\s*&Device<Bound>,\s*data:\s*impl\s+PinInit<T,\s*E>\s*,?\s*\)\s*->\s*Result<Self>/,
    },
    { id: 'R2', expression: /pub\s+fn\s+new\(\s*dev:\s*&Device<Bound>,\s*data:\s*T,\s*flags:\s*Flags\s*,?\s*\)/ },
    { id: 'R1', expression: /pub\s+fn\s+new\(\s*dev:\s*&Device,\s*data:\s*T,\s*flags:\s*Flags\s*,?\s*\)/ },
  ],
};

const rustDrivers: Detector<'HRT'> = {
  files: ['rust/kernel/pci.rs', 'rust/kernel/platform.rs'],
  joined: true,
  rules: [{ id: 'HRT', expression: /type\s+Data<'bound>/ }],
};

const rustMisc: Detector<Exclude<Generation['rustMisc'], 'none'>> = {
  files: ['rust/kernel/miscdevice.rs'],
  rules: [
    { id: 'MISC_OWNER_SET', expression: /\bowner\s*:/ },
    { id: 'MISC_ITER', expression: /\bfn\s+read_iter\b/ },
    { id: 'MISC_IOCTL', expression: /\bfn\s+ioctl\b/ },
  ],
};

/** What the kernel crate of a tree is like, as far as it was told. */
export function rustForms({ rustDevres, rustDrivers, rustMisc, release }: Generation): RustForms {
  return {
    ...(rustDevres === 'none' ? {} : { devres: rustDevres }),
    // A tree that has the crate without these drivers is older than they are.
    ...(rustDrivers === 'none' && (release === 'unknown' || rustDevres === 'none') ? {} : { drivers: rustDrivers }),
    ...(rustMisc === 'none' ? {} : { misc: rustMisc }),
  };
}

/** Reads a file of the tree; `undefined` when it does not exist. `path` is relative to the tree. */
export type ReadTreeFile = (path: string) => Promise<string | undefined>;

/** The generations of the tree that `read` reads. */
export async function detectGeneration(read: ReadTreeFile): Promise<Generation> {
  const replacement = await detect(fops, read);
  return {
    release: releaseOf(await read('Makefile')),
    core: await detect(core, read),
    fops: replacement === 'F3' ? ((await detect(fopsVariant, read)) === 'F3a' ? 'F3a' : 'F3b') : replacement,
    miscSync: await detect(miscSync, read),
    cdevSync: await detect(cdevSync, read),
    timerNames: await detect(timerNames, read),
    workDisable: await detect(workDisable, read),
    rustDevres: await detect(rustDevres, read),
    rustDrivers: await detect(rustDrivers, read),
    rustMisc: await detect(rustMisc, read),
  };
}

async function detect<Id extends string>(detector: Detector<Id>, read: ReadTreeFile): Promise<Id | 'none'> {
  const texts: string[] = [];
  for (const path of detector.files) {
    const text = await read(path);
    if (text === undefined) continue;
    texts.push(path.endsWith('.rs') ? text : withoutComments(text));
    if (detector.joined !== true) break;
  }
  const text = texts.join('\n');
  return detector.rules.find((rule) => rule.expression.test(text))?.id ?? 'none';
}

/** C text without its comments; strings are left alone. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"/g, (token) =>
    token.startsWith('"') ? token : ' ',
  );
}

function releaseOf(makefile: string | undefined): string {
  const version = /^VERSION\s*=\s*(\d+)\s*$/m.exec(makefile ?? '')?.[1];
  const patchlevel = /^PATCHLEVEL\s*=\s*(\d+)\s*$/m.exec(makefile ?? '')?.[1];
  return version === undefined || patchlevel === undefined ? 'unknown' : `${version}.${patchlevel}`;
}

/** The call that makes unregistering wait in this tree, or `none`. */
export function waitingUnregister(generation: Generation): string {
  if (generation.miscSync === 'MISC_SYNC') return 'misc_sync_register';
  if (generation.miscSync === 'MISC_DEREG_SYNC') return 'misc_deregister_sync';
  if (generation.cdevSync === 'CDEV_QUEUED') return 'cdev_register_queued';
  if (generation.cdevSync === 'CDEV_SYNC') return 'cdev_sync_init';
  return 'none';
}

/** The names among `names` that the texts (headers) call, declare or define as a function or function-like macro. */
export function declaredNames(texts: Iterable<string>, names: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [, called, defined] of text.matchAll(
      /([A-Za-z_]\w*)\)?[ \t\n]*\(|#[ \t]*define[ \t]+([A-Za-z_]\w*)\b/g,
    )) {
      const name = called ?? defined ?? '';
      if (names.has(name)) found.add(name);
    }
  }
  return found;
}

interface Snapshot {
  readonly release: string;
  /** Names in contracts that the release does not declare. */
  readonly absent: ReadonlySet<string>;
}

const snapshots: readonly Snapshot[] = [
  { release: release61, absent: new Set<string>(absent61) },
  { release: release612, absent: new Set<string>(absent612) },
  { release: release72, absent: new Set<string>(absent72) },
];

/**
 * Whether a tree of this generation has a function that contracts know. Where the tree itself was asked (timer names,
 * work disabling), its answer counts; otherwise that of the newest probed release that is not newer than the tree.
 */
export function hasFunction(generation: Generation, name: string): boolean {
  if (/^disable_(?:delayed_)?work(?:_sync)?$/.test(name) && generation.release !== 'unknown') {
    return generation.workDisable === 'HAS_DISABLE_WORK';
  }
  if (/^(?:del_timer|del_timer_sync)$/.test(name) && generation.timerNames !== 'none') {
    return generation.timerNames === 'TIMER_OLD_AND_NEW';
  }
  const snapshot =
    generation.release === 'unknown'
      ? snapshots.at(-1)
      : (snapshots.findLast((each) => compareReleases(each.release, generation.release) <= 0) ?? snapshots[0]);
  return snapshot?.absent.has(name) !== true;
}

/** Releases among those probed that declare `name`, oldest first. */
export function releasesWith(name: string): readonly string[] {
  return snapshots.filter((snapshot) => !snapshot.absent.has(name)).map((snapshot) => snapshot.release);
}

function compareReleases(left: string, right: string): number {
  const [major = 0, minor = 0] = left.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = right.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}
