// SPDX-License-Identifier: MIT
/*
 * Tide gauge on a tree with the F2 form of fs_revocable_replace().
 *
 * Broken: the callback enters only some sections, open can fail after the replacement, write() is not covered, and
 * remove() revokes first.
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
	size_t i;

	for (i = 0; i < num_revs; i++) {
		if (!revocable_try_access(revs[i]))	/* BUG: fs-revocable-misuse */
			return -ENODEV;
	}
	return 0;
}

static const struct fs_revocable_operations tide_frops = {
	.try_access = tide_try_access,
};

static int tide_open(struct inode *inode, struct file *file)
{
	struct tide *tide = container_of(file->private_data, struct tide, misc);
	int ret;

	ret = fs_revocable_replace(file, &tide_frops, &tide->provider, 1);	/* BUG: fs-revocable-misuse */
	if (ret)
		return ret;
	if (file->f_flags & O_NONBLOCK)
		return -EINVAL;	/* BUG: fs-revocable-misuse */
	file->private_data = tide;
	return 0;
}

static ssize_t tide_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct tide *tide = file->private_data;
	u32 level = readl(tide->regs + TIDE_LEVEL);

	if (count < sizeof(level) || copy_to_user(buf, &level, sizeof(level)))
		return -EFAULT;
	return sizeof(level);
}

static ssize_t tide_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct tide *tide = file->private_data;
	u32 zero;

	if (count != sizeof(zero) || copy_from_user(&zero, buf, sizeof(zero)))
		return -EFAULT;
	writel(zero, tide->regs + TIDE_ZERO);	/* BUG: missing-try-access */
	return count;
}

static const struct file_operations tide_fops = {
	.owner = THIS_MODULE,
	.open = tide_open,
	.read = tide_read,
	.write = tide_write,
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

	revocable_provider_revoke(tide->provider);	/* BUG: fs-revocable-misuse */
	misc_deregister(&tide->misc);	/* BUG: unfenced-unregister */
}

static struct platform_driver tide_driver = {
	.probe = tide_probe,
	.remove = tide_remove,
	.driver = { .name = "tide" },
};
module_platform_driver(tide_driver);

MODULE_DESCRIPTION("Sample tide gauge driver");
MODULE_LICENSE("Dual MIT/GPL");
