import { describe, expect, it } from 'vitest';
import type { DeviceNode } from '../../../server/src/analysis/model.ts';
import type { Failure } from '../../../server/src/engine/api.ts';
import { emptyStats } from '../../../server/src/engine/api.ts';
import { FIXTURE_FOLDER, filesOfFixture, openTree } from '../../support/engine.ts';

/** Nodes of a driver in one file; a failure of the analyser fails the test. */
async function nodesOf(text: string): Promise<readonly DeviceNode[]> {
  const engine = await openTree(filesOfFixture({ files: [{ name: 'foo.c', text }], expectations: [] }));
  const failures: Failure[] = [];
  const nodes: DeviceNode[] = [];
  for await (const report of engine.checkTree([FIXTURE_FOLDER], { everyNode: true }, failures, emptyStats()))
    nodes.push(...report.analysis.nodes);
  expect(failures).toEqual([]);
  return nodes;
}

async function nodeOf(text: string): Promise<DeviceNode> {
  const nodes = await nodesOf(text);
  expect(nodes).toHaveLength(1);
  return nodes[0] as DeviceNode;
}

/** A platform driver whose struct, probe and remove are the given lines. */
function driver(parts: { fields?: string; before?: string; probe: string; remove?: string; alloc?: string }): string {
  const remove = parts.remove ?? '';
  return `
struct foo {
	struct device *dev;
	struct mutex lock;
${parts.fields ?? ''}
};
${parts.before ?? ''}
static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo = ${parts.alloc ?? 'kzalloc(sizeof(*foo), GFP_KERNEL)'};

	platform_set_drvdata(pdev, foo);
${parts.probe}
	return 0;
}
static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);
${remove}
}
static struct platform_driver foo_driver = { .probe = foo_probe, .remove = foo_remove };
module_platform_driver(foo_driver);
`;
}

describe('nodes behind a core that drains', () => {
  const watchdog = { fields: '	struct watchdog_device wdd;', probe: '	watchdog_register_device(&foo->wdd);' };

  it('are safe by the unregister call that teardown reaches', async () => {
    const node = await nodeOf(
      driver({ ...watchdog, remove: '	watchdog_unregister_device(&foo->wdd);\n	kfree(foo);' }),
    );
    expect(node).toMatchObject({
      kind: 'watchdog',
      register: { api: 'watchdog_register_device', fn: 'foo_probe' },
      unregister: { api: 'watchdog_unregister_device', fn: 'foo_remove' },
      teardown: 'driver-remove',
      verdict: 'safe',
      fences: ['subsystem-fence'],
      ownerMissing: false,
    });
    expect(node.evidence[0]?.text).toMatch(
      /^watchdog_unregister_device\(\) waits for operations in flight and refuses later ones \(6\.12 drivers\/watchdog/,
    );
  });

  it('are not understood when the object is freed first', async () => {
    const node = await nodeOf(
      driver({ ...watchdog, remove: '	kfree(foo);\n	watchdog_unregister_device(&foo->wdd);' }),
    );
    expect(node).toMatchObject({ verdict: 'unknown', fences: [] });
    expect(node.unknowns[0]?.reason).toBe('struct foo is freed before the node is unregistered');
  });

  it('are not understood when nothing unregisters them', async () => {
    const node = await nodeOf(driver({ ...watchdog, remove: '	kfree(foo);' }));
    expect(node).toMatchObject({ verdict: 'unknown', teardown: 'none' });
    expect(node.unregister).toBeUndefined();
  });

  it('say so when the way to the unregister call was not followed', async () => {
    const later = `struct foo_ops { void (*gone)(struct foo *foo); };
static void foo_gone(struct foo *foo)
{
	watchdog_unregister_device(&foo->wdd);
}
const struct foo_ops foo_ops = { .gone = foo_gone };`;
    const node = await nodeOf(driver({ ...watchdog, before: later }));
    expect(node).toMatchObject({ verdict: 'safe', unregister: { fn: 'foo_gone' } });
    expect(node.evidence.map((step) => step.text)).toContain(
      'how teardown gets to the unregister call was not followed',
    );
  });

  it('are safe by devres, whether the registration or the object is device-managed', async () => {
    const registered = driver({
      fields: watchdog.fields,
      probe: '	devm_watchdog_register_device(foo->dev, &foo->wdd);',
    });
    const allocated = driver({
      fields: '	struct input_dev *input;',
      probe: '	foo->input = devm_input_allocate_device(foo->dev);\n	input_register_device(foo->input);',
    });
    for (const text of [registered, allocated]) {
      expect(await nodeOf(text)).toMatchObject({
        unregister: { api: 'devres', fn: 'foo_probe' },
        teardown: 'driver-remove',
        triggers: expect.arrayContaining(['sysfs-unbind']),
        verdict: 'safe',
        fences: ['subsystem-fence'],
      });
    }
  });

  it('need every teardown path to drain', async () => {
    const text = driver({
      fields: '	struct snd_card *card;',
      probe: '	snd_card_register(foo->card);',
      remove: '	if (foo->dev)\n		snd_card_disconnect(foo->card);\n	snd_card_free(foo->card);',
    });
    expect(await nodeOf(text)).toMatchObject({ kind: 'sound', verdict: 'safe', fences: ['subsystem-fence'] });
    const later = text.replace('snd_card_free(', 'snd_card_free_when_closed(');
    expect(await nodeOf(later)).toMatchObject({ verdict: 'unknown' });
  });
});

describe('video devices', () => {
  const video = {
    fields: '	struct video_device vdev;\n	struct vb2_queue queue;',
    before: `
static const struct v4l2_file_operations foo_fops = {
	.owner = THIS_MODULE,
	.open = v4l2_fh_open,
	.release = vb2_fop_release,
	.read = vb2_fop_read,
	.unlocked_ioctl = video_ioctl2,
};
static void foo_free(struct video_device *vdev)
{
	kfree(container_of(vdev, struct foo, vdev));
}
`,
    probe: `	foo->queue.lock = &foo->lock;
	foo->vdev.fops = &foo_fops;
	foo->vdev.release = foo_free;
	foo->vdev.queue = &foo->queue;
	video_register_device(&foo->vdev, VFL_TYPE_VIDEO, -1);`,
    remove: '	vb2_video_unregister_device(&foo->vdev);',
  };
  const reasonOf = async (text: string): Promise<string | undefined> => (await nodeOf(text)).unknowns[0]?.reason;

  it('are safe when every operation takes the lock that the driver set', async () => {
    expect(await nodeOf(driver(video))).toMatchObject({
      kind: 'video',
      operations: { name: 'foo_fops' },
      verdict: 'safe',
      fences: ['subsystem-fence'],
    });
  });

  it('are not when the driver sets no lock, or an operation goes around it', async () => {
    const lockless = { ...video, probe: video.probe.replace('	foo->queue.lock = &foo->lock;\n', '') };
    expect(await reasonOf(driver(lockless))).toMatch(/the driver sets no video_device\.lock or vb2_queue\.lock$/);
    const own = {
      ...video,
      before: `static long foo_ioctl(struct file *file, unsigned int cmd, unsigned long arg)\n{\n	return 0;\n}\n${video.before.replace('video_ioctl2', 'foo_ioctl')}`,
    };
    expect(await reasonOf(driver(own))).toMatch(/unlocked_ioctl = foo_ioctl is called without a lock$/);
  });

  it('need teardown to take the lock where the unregister call does not', async () => {
    const plain = { ...video, remove: '	video_unregister_device(&foo->vdev);' };
    expect(await reasonOf(driver(plain))).toMatch(/teardown does not take foo\.lock$/);
    const locked = { ...video, remove: `	mutex_lock(&foo->lock);\n${plain.remove}\n	mutex_unlock(&foo->lock);` };
    expect(await nodeOf(driver(locked))).toMatchObject({ verdict: 'safe' });
    const other = { ...locked, fields: `${video.fields}\n	struct mutex other;` };
    const wrong = driver({ ...other, remove: other.remove.replaceAll('foo->lock', 'foo->other') });
    expect(await reasonOf(wrong)).toMatch(/teardown does not take foo\.lock$/);
  });

  it('are not safe in device-managed memory, which the last close uses', async () => {
    const managed = driver({ ...video, alloc: 'devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL)' });
    expect(await reasonOf(managed)).toMatch(/^struct foo holds what a later close\(\) uses/);
  });
});

describe('files in pseudo filesystems', () => {
  const fops = `
static int foo_show(struct seq_file *s, void *data)
{
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(foo);
`;

  it('go with their directory', async () => {
    const text = driver({
      fields: '	struct dentry *dir;',
      before: fops,
      probe:
        '	foo->dir = debugfs_create_dir("foo", NULL);\n	debugfs_create_file("a", 0444, foo->dir, foo, &foo_fops);\n	debugfs_create_u32("b", 0444, foo->dir, &foo->n);',
      remove: '	debugfs_remove_recursive(foo->dir);',
    });
    const nodes = await nodesOf(text);
    expect(nodes.map((node) => [node.kind, node.register.api, node.verdict])).toEqual([
      ['debugfs', 'debugfs_create_file', 'safe'],
      ['debugfs', 'debugfs_create_u32', 'safe'],
    ]);
    const kept = await nodesOf(text.replace('debugfs_remove_recursive(foo->dir);', ''));
    expect(kept.map((node) => node.verdict)).toEqual(['unknown', 'unknown']);
  });

  it('are removed by the owner of the directory that was handed in', async () => {
    const text = `${fops}
void foo_debugfs_init(struct foo *foo, struct dentry *root)
{
	debugfs_create_file("a", 0444, root, foo, &foo_fops);
}
static void foo_remove(struct platform_device *pdev)
{
}
static struct platform_driver foo_driver = { .remove = foo_remove };
module_platform_driver(foo_driver);
`;
    expect(await nodeOf(text)).toMatchObject({ verdict: 'safe', fences: ['subsystem-fence'], teardown: 'none' });
  });

  it('leave attributes and network devices out', async () => {
    const text = driver({
      fields: '	struct net_device *net;',
      before: 'static const struct attribute_group foo_group;',
      probe: '	sysfs_create_group(&pdev->dev.kobj, &foo_group);\n	register_netdev(foo->net);',
    });
    expect(await nodesOf(text)).toEqual([]);
  });
});

describe('nodes whose core does not fence', () => {
  it('are judged by their operations where these reach the driver', async () => {
    const text = driver({
      fields: '	struct dvb_device *dvb;\n	struct dvb_adapter adapter;\n	int n;',
      before: `
static ssize_t foo_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct dvb_device *dvb = file->private_data;
	struct foo *foo = dvb->priv;

	return foo->n;
}
static const struct file_operations foo_fops = { .owner = THIS_MODULE, .open = dvb_generic_open, .read = foo_read };
static const struct dvb_device foo_template = { .priv = NULL, .fops = &foo_fops };
`,
      probe: '	dvb_register_device(&foo->adapter, &foo->dvb, &foo_template, foo, DVB_DEVICE_CA, 0);',
      remove: '	dvb_unregister_device(foo->dvb);\n	kfree(foo);',
    });
    expect(await nodeOf(text)).toMatchObject({
      kind: 'dvb',
      verdict: 'vulnerable',
      races: [{ operation: 'read', certainty: 'must' }],
    });
  });

  it('are not understood where these stay in the core', async () => {
    const text = driver({
      fields: '	struct drm_device *drm;',
      probe: '	drm_dev_register(foo->drm, 0);',
      remove: '	drm_dev_unregister(foo->drm);',
    });
    const node = await nodeOf(text);
    expect(node).toMatchObject({ kind: 'drm', verdict: 'unknown' });
    expect(node.unknowns[0]?.reason).toBe('drm_dev_unregister() does not wait for operations on open fds');
  });
});

describe('modules without such nodes', () => {
  it('are not looked at by a check, and are by an inventory', async () => {
    const text = driver({ fields: '	struct watchdog_device wdd;', probe: '	watchdog_register_device(&foo->wdd);' });
    const engine = await openTree(filesOfFixture({ files: [{ name: 'foo.c', text }], expectations: [] }));
    const modules: number[] = [];
    for (const options of [{}, { everyNode: true }]) {
      const stats = emptyStats();
      for await (const _ of engine.checkTree([FIXTURE_FOLDER], options, [], stats));
      modules.push(stats.modules);
    }
    expect(modules).toEqual([0, 1]);
  });
});
