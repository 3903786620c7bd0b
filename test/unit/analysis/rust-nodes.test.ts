/** Device nodes of Rust modules: what registers them, what ends that, and their verdicts. */
import { describe, expect, it } from 'vitest';
import type { DeviceNode } from '../../../server/src/analysis/model.ts';
import { FIXTURE_FOLDER, openTree, TREE } from '../../support/engine.ts';

const FILE = `${FIXTURE_FOLDER}/dial.rs`;

const DIAL = `use kernel::{devres::Devres, io::mem::IoMem, miscdevice::{MiscDevice, MiscDeviceRegistration}, platform, prelude::*, sync::Arc};

#[pin_data]
struct Dial {
    #[pin]
    node: MiscDeviceRegistration<OpenDial>,
}

struct OpenDial {
    regs: Arc<Devres<IoMem>>,
}

impl platform::Driver for Dial {
    fn probe(pdev: &platform::Device<Core>) -> impl PinInit<Self, Error> {
        try_pin_init!(Self { node <- MiscDeviceRegistration::register(options()) })
    }
}

impl MiscDevice for OpenDial {
    type Ptr = Pin<KBox<Self>>;

    fn open(_file: &File, misc: &MiscDeviceRegistration<Self>) -> Result<Pin<KBox<Self>>> {
        KBox::try_pin_init(OpenDial::new(misc), GFP_KERNEL)
    }

    fn ioctl(me: Pin<&Self>, _file: &File, cmd: u32, _arg: usize) -> Result<isize> {
        me.regs.try_access_with(|regs| regs.write32(cmd, 0)).ok_or(ENODEV)?;
        Ok(0)
    }
}
`;

/** A crate whose registrations set the owner. */
const OWNER = 'fn vtable() -> file_operations {\n    file_operations { owner: module.0, ioctl: None }\n}\n';

async function open(source: string, misc?: string) {
  const files = new Map([
    [`${TREE}/Makefile`, 'VERSION = 7\nPATCHLEVEL = 2\n'],
    [`${TREE}/Kbuild`, ''],
    [`${TREE}/MAINTAINERS`, ''],
    [FILE, source],
    ...(misc === undefined ? [] : [[`${TREE}/rust/kernel/miscdevice.rs`, misc] as const]),
  ]);
  return openTree(files);
}

async function nodesOf(source: string, misc?: string): Promise<readonly DeviceNode[]> {
  return (await (await open(source, misc)).checkFile(FILE)).nodes;
}

function lineOf(source: string, offset: number | undefined): string {
  return source.split('\n')[source.slice(0, offset ?? 0).split('\n').length - 1]?.trim() ?? '';
}

describe('device nodes in Rust', () => {
  it('are registered by a call and unregistered by the drop of a field, with the driver', async () => {
    const [node, more] = await nodesOf(DIAL);
    expect(more).toBeUndefined();
    expect(node).toMatchObject({
      kind: 'misc',
      teardown: 'driver-remove',
      triggers: ['sysfs-unbind', 'module-unload'],
    });
    expect(node?.register).toMatchObject({ api: 'MiscDeviceRegistration::register', fn: 'Dial::probe' });
    expect(lineOf(DIAL, node?.unregister?.at.span.start)).toBe('node: MiscDeviceRegistration<OpenDial>,');
    expect(node?.operations.entries).toEqual({ open: 'OpenDial::open', ioctl: 'OpenDial::ioctl' });
    expect(node?.privateType).toBe('OpenDial');
  });

  it('are vulnerable where the crate sets no owner', async () => {
    const [node] = await nodesOf(DIAL);
    expect(node).toMatchObject({ verdict: 'vulnerable', ownerMissing: true, races: [] });
  });

  it('are safe where it does and what the file holds has to be asked for', async () => {
    const [node] = await nodesOf(DIAL, OWNER);
    expect(node).toMatchObject({ verdict: 'safe', fences: ['revocable'], ownerMissing: false });
    expect(lineOf(DIAL, node?.evidence[0]?.at.span.start)).toBe('regs: Arc<Devres<IoMem>>,');
  });

  it('need no fence where the file holds nothing of the device', async () => {
    const source = DIAL.replace('Arc<Devres<IoMem>>', 'u32').replace(/me\.regs.*\n/, 'work(me.regs);\n');
    expect((await nodesOf(source, OWNER))[0]).toMatchObject({ verdict: 'safe', fences: ['no-state'] });
  });

  it('are vulnerable where an operation uses what goes with the binding', async () => {
    const source = DIAL.replace('Arc<Devres<IoMem>>', 'Arc<IoMem>').replace(
      /me\.regs.*\n/,
      'me.regs.write32(cmd, 0);\n',
    );
    const [node] = await nodesOf(source, OWNER);
    expect(node).toMatchObject({ verdict: 'vulnerable', ownerMissing: false });
    const [race] = node?.races ?? [];
    expect(race).toMatchObject({ operation: 'ioctl', operationFn: 'OpenDial::ioctl', certainty: 'must' });
    expect(race?.object).toMatchObject({ name: 'OpenDial.regs', kind: 'resource' });
    expect(lineOf(source, race?.use.at.span.start)).toBe('me.regs.write32(cmd, 0);');
  });

  it('go with the module that holds the registration', async () => {
    const source = DIAL.replace(/impl platform[\s\S]*?\n}\n/, 'impl kernel::InPlaceModule for Dial {\n}\n');
    const [node] = await nodesOf(source);
    expect(node).toMatchObject({ teardown: 'module-exit', triggers: ['module-unload'] });
    // Nothing in sight registers it: the implementation stands for it.
    expect(lineOf(source, node?.register.at.span.start)).toBe('impl MiscDevice for OpenDial {');
  });

  it('are those of the direct rendering manager too, which devres unregisters', async () => {
    const source = `use kernel::{drm, platform, prelude::*};

struct File;

impl drm::file::DriverFile for File {
    type Driver = Dial;

    fn open(_dev: &drm::Device<Dial>) -> Result<Pin<KBox<Self>>> {
        Ok(KBox::new(File, GFP_KERNEL)?.into())
    }
}

impl platform::Driver for Dial {
    fn probe(pdev: &platform::Device<Core>) -> impl PinInit<Self, Error> {
        let drm = drm::driver::Registration::new_foreign_owned(make(pdev)?, pdev.as_ref(), 0)?;
        Ok(Dial { drm })
    }
}
`;
    const [node] = await nodesOf(source);
    expect(node).toMatchObject({ kind: 'drm', teardown: 'driver-remove', unregister: { api: 'devres' } });
  });

  it('have lenses where they begin and end, and a hover there', async () => {
    const engine = await open(DIAL);
    const lenses = await engine.lenses(FILE);
    expect(lenses.map(({ span, title }) => [lineOf(DIAL, span.start), title])).toEqual([
      ['node: MiscDeviceRegistration<OpenDial>,', 'vulnerable: open fds do not pin the module'],
      [
        'try_pin_init!(Self { node <- MiscDeviceRegistration::register(options()) })',
        'vulnerable: open fds do not pin the module',
      ],
    ]);
    const registered = await engine.hover(FILE, DIAL.indexOf('register(options'));
    expect(registered?.markdown).toContain('Torn down');
    expect((await engine.hover(FILE, DIAL.indexOf('node: Misc')))?.markdown).toContain('module can be unloaded');
  });
});
