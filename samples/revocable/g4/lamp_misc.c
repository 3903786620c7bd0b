// SPDX-License-Identifier: MIT
/*
 * Lamp on a tree with the G4 form of the API: the consumer is a local.
 *
 * Broken: NULL is not expected, a way out stays inside, and a register is written after the section.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/revocable.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define LAMP_LEVEL	0x00
#define LAMP_LATCH	0x04
#define LAMP_MAX	255

struct lamp {
	struct kref ref;
	struct miscdevice misc;
	struct revocable_provider __rcu *provider;
};

static void lamp_free(struct kref *ref)
{
	struct lamp *lamp = container_of(ref, struct lamp, ref);

	kfree(lamp);
}

static int lamp_open(struct inode *inode, struct file *file)
{
	struct lamp *lamp = container_of(file->private_data, struct lamp, misc);

	kref_get(&lamp->ref);
	file->private_data = lamp;
	return 0;
}

static int lamp_level(struct lamp *lamp, u32 *level)
{
	struct revocable rev;
	void __iomem *regs;
	int ret;

	ret = revocable_init(lamp->provider, &rev);
	if (ret)
		return ret;

	regs = revocable_try_access(&rev);
	*level = readl(regs + LAMP_LEVEL);	/* BUG: unchecked-try-access */
	if (*level > LAMP_MAX)
		return -ERANGE;	/* BUG: unbalanced-try-access, revocable-leak */
	revocable_withdraw_access(&rev);
	revocable_deinit(&rev);
	return 0;
}

static ssize_t lamp_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct lamp *lamp = file->private_data;
	u32 level = 0;
	int ret;

	if (count < sizeof(level))
		return -EINVAL;
	ret = lamp_level(lamp, &level);
	if (ret)
		return ret;
	if (copy_to_user(buf, &level, sizeof(level)))
		return -EFAULT;
	return sizeof(level);
}

static ssize_t lamp_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct lamp *lamp = file->private_data;
	void __iomem *regs;
	u32 level;

	if (count != sizeof(level) || copy_from_user(&level, buf, sizeof(level)))
		return -EFAULT;

	REVOCABLE_TRY_ACCESS_SCOPED(lamp->provider, regs) {
		if (!regs)
			return -ENODEV;
		writel(level, regs + LAMP_LEVEL);
	}
	writel(1, regs + LAMP_LATCH);	/* BUG: use-after-withdraw, missing-try-access */
	return count;
}

static int lamp_release(struct inode *inode, struct file *file)
{
	struct lamp *lamp = file->private_data;

	kref_put(&lamp->ref, lamp_free);
	return 0;
}

static const struct file_operations lamp_fops = {
	.owner = THIS_MODULE,
	.open = lamp_open,
	.read = lamp_read,
	.write = lamp_write,
	.release = lamp_release,
};

static int lamp_probe(struct platform_device *pdev)
{
	void __iomem *regs = devm_platform_ioremap_resource(pdev, 0);
	struct lamp *lamp;
	int ret;

	if (IS_ERR(regs))
		return PTR_ERR(regs);

	lamp = kzalloc(sizeof(*lamp), GFP_KERNEL);
	if (!lamp)
		return -ENOMEM;

	kref_init(&lamp->ref);
	lamp->provider = revocable_provider_alloc((__force void *)regs);
	if (!lamp->provider) {
		kfree(lamp);
		return -ENOMEM;
	}

	lamp->misc.minor = MISC_DYNAMIC_MINOR;
	lamp->misc.name = "lamp";
	lamp->misc.fops = &lamp_fops;
	platform_set_drvdata(pdev, lamp);

	ret = misc_register(&lamp->misc);
	if (ret) {
		revocable_provider_revoke(&lamp->provider);
		kref_put(&lamp->ref, lamp_free);
	}
	return ret;
}

static void lamp_remove(struct platform_device *pdev)
{
	struct lamp *lamp = platform_get_drvdata(pdev);

	misc_deregister(&lamp->misc);	/* BUG: unfenced-unregister */
	revocable_provider_revoke(&lamp->provider);
	kref_put(&lamp->ref, lamp_free);
}

static struct platform_driver lamp_driver = {
	.probe = lamp_probe,
	.remove = lamp_remove,
	.driver = { .name = "lamp" },
};
module_platform_driver(lamp_driver);

MODULE_DESCRIPTION("Sample lamp driver");
MODULE_LICENSE("Dual MIT/GPL");
