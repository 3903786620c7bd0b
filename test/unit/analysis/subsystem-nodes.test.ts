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

  it('are safe when every operation takes the lock that the driver set', async () => {
    expect(await nodeOf(driver(video))).toMatchObject({
      kind: 'video',
      operations: { name: 'foo_fops' },
      verdict: 'safe',
      fences: ['subsystem-fence'],
    });
  });

  const ioctl = {
    ...video,
    fields: `${video.fields}\n	struct clk *clk;`,
    before: `${video.before}
static int foo_querycap(struct file *file, void *priv, struct v4l2_capability *cap)
{
	struct foo *foo = video_drvdata(file);

	return clk_get_rate(foo->clk);
}
static const struct v4l2_ioctl_ops foo_ioctl_ops = { .vidioc_querycap = foo_querycap };
`,
    probe: `	foo->vdev.ioctl_ops = &foo_ioctl_ops;\n	foo->clk = clk_get(&pdev->dev, NULL);\n${video.probe}`,
    remove: '	video_unregister_device(&foo->vdev);\n	clk_put(foo->clk);',
  };
  const refusal = { verdict: 'vulnerable', races: [{ operation: 'vidioc_querycap', certainty: 'may' }] };

  it('are judged by what their ioctls use where teardown does not take the lock', async () => {
    expect(await nodeOf(driver(ioctl))).toMatchObject(refusal);
    const locked = { ...ioctl, remove: `	mutex_lock(&foo->lock);\n${ioctl.remove}\n	mutex_unlock(&foo->lock);` };
    expect(await nodeOf(driver(locked))).toMatchObject({ verdict: 'safe', fences: ['subsystem-fence'] });
    const other = { ...locked, fields: `${ioctl.fields}\n	struct mutex other;` };
    const wrong = driver({ ...other, remove: other.remove.replaceAll('foo->lock', 'foo->other') });
    expect(await nodeOf(wrong)).toMatchObject(refusal);
    const lockless = { ...ioctl, probe: ioctl.probe.replace('	foo->queue.lock = &foo->lock;\n', '') };
    expect(await nodeOf(driver(lockless))).toMatchObject(refusal);
  });

  it('are safe without a lock where nothing that their ioctls use dies', async () => {
    const kept = { ...ioctl, remove: ioctl.remove.replace('	clk_put(foo->clk);', '') };
    expect(await nodeOf(driver(kept))).toMatchObject({ verdict: 'safe', fences: ['refcount', 'subsystem-fence'] });
  });

  it('are judged by the one operation that goes around the lock', async () => {
    const own = driver({
      ...ioctl,
      before: `static ssize_t foo_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct foo *foo = video_drvdata(file);

	return clk_get_rate(foo->clk);
}
${ioctl.before.replace('vb2_fop_read', 'foo_read')}`,
      remove: `	mutex_lock(&foo->lock);\n${ioctl.remove}\n	mutex_unlock(&foo->lock);`,
    });
    const node = await nodeOf(own);
    expect(node).toMatchObject({ verdict: 'vulnerable', races: [{ operation: 'read', certainty: 'may' }] });
    expect(node.races).toHaveLength(1);
  });

  it('are not safe in device-managed memory, which the last close uses', async () => {
    const managed = driver({ ...video, alloc: 'devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL)' });
    expect(await nodeOf(managed)).toMatchObject({
      verdict: 'vulnerable',
      races: [{ operation: 'close', core: true, certainty: 'may', object: { name: 'struct foo', owner: 'devres' } }],
    });
  });
});

describe('nodes whose core follows the registered object', () => {
  const mtd = {
    fields: '	struct mtd_info mtd;',
    probe: '	mtd_device_register(&foo->mtd, NULL, 0);',
    remove: '	mtd_device_unregister(&foo->mtd);\n	kfree(foo);',
  };

  it('are vulnerable where it goes with the driver', async () => {
    expect(await nodeOf(driver(mtd))).toMatchObject({
      kind: 'mtd',
      verdict: 'vulnerable',
      races: [{ operation: 'every operation', certainty: 'may', object: { name: 'struct foo' } }],
    });
    const chip = { ...mtd, fields: '	struct nand_chip chip;' };
    const accessor = driver({
      ...chip,
      probe: '	mtd_device_register(nand_to_mtd(&foo->chip), NULL, 0);',
      remove: '	mtd_device_unregister(nand_to_mtd(&foo->chip));\n	kfree(foo);',
    });
    expect(await nodeOf(accessor)).toMatchObject({ verdict: 'vulnerable', races: [{ core: true }] });
  });

  it('are safe where an open fd holds a reference on it', async () => {
    const counted = driver({
      ...mtd,
      fields: `${mtd.fields}\n	struct kref ref;`,
      before: `static void foo_free(struct kref *ref)
{
	kfree(container_of(ref, struct foo, ref));
}
static int foo_get(struct mtd_info *mtd)
{
	struct foo *foo = container_of(mtd, struct foo, mtd);

	kref_get(&foo->ref);
	return 0;
}
static void foo_put(struct mtd_info *mtd)
{
	struct foo *foo = container_of(mtd, struct foo, mtd);

	kref_put(&foo->ref, foo_free);
}`,
      probe: `	kref_init(&foo->ref);\n	foo->mtd._get_device = foo_get;\n	foo->mtd._put_device = foo_put;\n${mtd.probe}`,
      remove: '	mtd_device_unregister(&foo->mtd);\n	kref_put(&foo->ref, foo_free);',
    });
    expect(await nodeOf(counted)).toMatchObject({ verdict: 'safe' });
  });

  it('are not understood where it comes from somewhere else', async () => {
    const found = driver({
      fields: '	struct mtd_info *mtd;',
      probe: '	foo->mtd = foo_make_mtd();\n	mtd_device_register(foo->mtd, NULL, 0);',
      remove: '	mtd_device_unregister(foo->mtd);',
    });
    const node = await nodeOf(found);
    expect(node.unknowns[0]?.reason).toBe('whose memory the registered object is was not found');
  });

  it('may meet teardown in an operation that runs already', async () => {
    const media = {
      fields: '	struct media_device mdev;',
      probe: '	media_device_register(&foo->mdev);',
      remove: '	media_device_unregister(&foo->mdev);\n	kfree(foo);',
    };
    expect(await nodeOf(driver(media))).toMatchObject({
      kind: 'media',
      verdict: 'vulnerable',
      races: [{ operation: 'an operation that runs already', certainty: 'may' }],
    });
    const leaked = driver({ ...media, remove: '	media_device_unregister(&foo->mdev);' });
    expect(await nodeOf(leaked)).toMatchObject({ verdict: 'safe', fences: ['subsystem-fence'] });
  });
});

describe('frame buffers', () => {
  const screen = {
    fields: '	struct fb_info *info;\n	void __iomem *regs;',
    before: `static int foo_blank(int blank, struct fb_info *info)
{
	struct foo *foo = info->par;

	writel(blank, foo->regs);
	return 0;
}
static const struct fb_ops foo_ops = { .owner = THIS_MODULE, .fb_blank = foo_blank };`,
    probe: `	foo->info = framebuffer_alloc(0, &pdev->dev);
	foo->info->par = foo;
	foo->info->fbops = &foo_ops;
	register_framebuffer(foo->info);`,
    remove: '	unregister_framebuffer(foo->info);\n	framebuffer_release(foo->info);',
  };

  it('are safe where nothing that their operations use dies', async () => {
    expect(await nodeOf(driver(screen))).toMatchObject({
      kind: 'framebuffer',
      verdict: 'safe',
      fences: ['refcount', 'subsystem-fence'],
    });
  });

  it('may meet teardown in an operation that runs already', async () => {
    const freed = driver({ ...screen, remove: `${screen.remove}\n	kfree(foo);` });
    expect(await nodeOf(freed)).toMatchObject({
      verdict: 'vulnerable',
      races: [{ operation: 'fb_blank', certainty: 'may' }],
    });
    const unmapped = driver({
      ...screen,
      probe: screen.probe.replace('	register_', '	foo->info->screen_base = foo->regs;\n	register_'),
      remove: `${screen.remove}\n	iounmap(foo->regs);`,
    });
    expect((await nodeOf(unmapped)).races.map((race) => race.operation)).toContain('an operation that runs already');
  });

  it('are certainly used by a release after teardown', async () => {
    const closed = driver({
      ...screen,
      before: screen.before
        .replace('.fb_blank = foo_blank', '.fb_release = foo_release')
        .replace('int blank, struct fb_info *info', 'struct fb_info *info, int blank')
        .replaceAll('foo_blank', 'foo_release'),
      remove: `${screen.remove}\n	kfree(foo);`,
    });
    expect(await nodeOf(closed)).toMatchObject({
      verdict: 'vulnerable',
      races: [{ operation: 'fb_release', certainty: 'must' }],
    });
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

  it('are not understood where these stay in a core that nobody has read', async () => {
    const text = driver({
      fields: '	struct snd_card *card;',
      probe: '	snd_card_register(foo->card);',
      remove: '	snd_card_disconnect(foo->card);',
    });
    const node = await nodeOf(text);
    expect(node).toMatchObject({ kind: 'sound', verdict: 'unknown' });
    expect(node.unknowns[0]?.reason).toBe('snd_card_disconnect() does not wait for operations on open fds');
  });
});

describe('graphics devices', () => {
  const display = {
    fields: '	struct drm_device drm;\n	void __iomem *regs;',
    before: `static void foo_update(struct drm_plane *plane, struct drm_atomic_state *state)
{
	struct foo *foo = container_of(plane->dev, struct foo, drm);
	int index;

	if (!drm_dev_enter(&foo->drm, &index))
		return;
	writel(1, foo->regs);
	drm_dev_exit(index);
}
static const struct drm_plane_helper_funcs foo_funcs = { .atomic_update = foo_update };`,
    alloc: 'devm_drm_dev_alloc(&pdev->dev, &foo_drm_driver, struct foo, drm)',
    probe: '	foo->regs = devm_platform_ioremap_resource(pdev, 0);\n	drm_dev_register(&foo->drm, 0);',
    remove: '	drm_dev_unplug(&foo->drm);',
  };

  it('are safe where every use of the hardware is in a section that unplugging waits for', async () => {
    expect(await nodeOf(driver(display))).toMatchObject({
      kind: 'drm',
      verdict: 'safe',
      fences: expect.arrayContaining(['drm-dev-enter', 'subsystem-fence']),
    });
  });

  it('are not where one is outside, or where nothing waits for the section', async () => {
    const outside = display.before
      .replace(/\tif \(!drm_dev_enter.*?return;\n/s, '')
      .replace('	drm_dev_exit(index);\n', '');
    const races = [{ operation: 'atomic_update', certainty: 'may', object: { name: 'foo.regs' } }];
    expect(await nodeOf(driver({ ...display, before: outside }))).toMatchObject({ verdict: 'vulnerable', races });
    const plain = driver({ ...display, remove: '	drm_dev_unregister(&foo->drm);' });
    expect(await nodeOf(plain)).toMatchObject({ verdict: 'vulnerable', races });
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
