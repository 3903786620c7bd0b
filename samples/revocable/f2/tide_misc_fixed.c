// SPDX-License-Identifier: MIT
/*
 * Tide gauge on a tree with the F2 form of fs_revocable_replace().
 *
 * Right: every section is entered, open ends with the replacement, every operation is covered, and remove() unregisters first.
 */
#include <linux/fs.h>
#include <linux/fs_revocable.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/revocable.h>
#include <linux/uaccess.h>

#define TIDE_LEVEL	0x00
#define TIDE_ZERO	0x04
#define TIDE_IOC_ZERO	_IO('t', 1)

struct tide {
	struct miscdevice misc;
	struct revocable_provider *provider;
	void __iomem *regs;
};

static int tide_try_access(struct revocable **revs, size_t num_revs, void *data)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < num_revs; i++) {
		if (!revocable_try_access(revs[i]))
			ret = -ENODEV;
	}
	return ret;
}

static const struct fs_revocable_operations tide_frops = {
	.try_access = tide_try_access,
};

static int tide_open(struct inode *inode, struct file *file)
{
	struct tide *tide = container_of(file->private_data, struct tide, misc);

	if (file->f_flags & O_NONBLOCK)
		return -EINVAL;
	file->private_data = tide;
	return fs_revocable_replace(file, &tide_frops, &tide->provider, 1);
}

static ssize_t tide_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct tide *tide = file->private_data;
	u32 level = readl(tide->regs + TIDE_LEVEL);

	if (count < sizeof(level) || copy_to_user(buf, &level, sizeof(level)))
		return -EFAULT;
	return sizeof(level);
}

static long tide_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct tide *tide = file->private_data;

	if (cmd != TIDE_IOC_ZERO)
		return -ENOTTY;
	writel(arg, tide->regs + TIDE_ZERO);
	return 0;
}

static const struct file_operations tide_fops = {
	.owner = THIS_MODULE,
	.open = tide_open,
	.read = tide_read,
	.unlocked_ioctl = tide_ioctl,
};

static int tide_probe(struct platform_device *pdev)
{
	struct tide *tide;
	int ret;

	tide = devm_kzalloc(&pdev->dev, sizeof(*tide), GFP_KERNEL);
	if (!tide)
		return -ENOMEM;

	tide->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(tide->regs))
		return PTR_ERR(tide->regs);

	tide->provider = revocable_provider_alloc(tide);
	if (!tide->provider)
		return -ENOMEM;

	tide->misc.minor = MISC_DYNAMIC_MINOR;
	tide->misc.name = "tide";
	tide->misc.fops = &tide_fops;
	platform_set_drvdata(pdev, tide);

	ret = misc_register(&tide->misc);
	if (ret)
		revocable_provider_revoke(tide->provider);
	return ret;
}

static void tide_remove(struct platform_device *pdev)
{
	struct tide *tide = platform_get_drvdata(pdev);

	misc_deregister(&tide->misc);
	revocable_provider_revoke(tide->provider);
}

static struct platform_driver tide_driver = {
	.probe = tide_probe,
	.remove = tide_remove,
	.driver = { .name = "tide" },
};
module_platform_driver(tide_driver);

MODULE_DESCRIPTION("Sample tide gauge driver");
MODULE_LICENSE("Dual MIT/GPL");
