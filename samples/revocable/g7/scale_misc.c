// SPDX-License-Identifier: MIT
/*
 * Scale on a tree with the G7 form of the API: the provider is embedded in counted memory.
 *
 * Broken: one handle for all threads, a use after the section, and a provider that is never put.
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

#define SCALE_WEIGHT	0x00
#define SCALE_STATUS	0x04
#define SCALE_BROKEN	0xffffffff

struct scale {
	struct kref ref;
	struct miscdevice misc;
	struct revocable regs;
	struct revocable_handle handle;
};

static void scale_free(struct kref *ref)
{
	struct scale *scale = container_of(ref, struct scale, ref);

	revocable_handle_deinit(&scale->handle);
	kfree(scale);
}

static int scale_open(struct inode *inode, struct file *file)
{
	struct scale *scale = container_of(file->private_data, struct scale, misc);

	kref_get(&scale->ref);
	file->private_data = scale;
	return 0;
}

static u32 scale_weigh(struct scale *scale)
{
	void __iomem *regs = revocable_try_access(&scale->handle);	/* BUG: shared-revocable-handle */
	u32 weight = regs ? readl(regs + SCALE_WEIGHT) : 0;

	revocable_withdraw_access(&scale->handle);
	if (weight == SCALE_BROKEN)
		dev_warn(scale->misc.this_device, "status %#x\n", readl(regs + SCALE_STATUS));	/* BUG: use-after-withdraw */
	return weight;
}

static ssize_t scale_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct scale *scale = file->private_data;
	u32 weight = scale_weigh(scale);

	if (count < sizeof(weight) || copy_to_user(buf, &weight, sizeof(weight)))
		return -EFAULT;
	return sizeof(weight);
}

static int scale_release(struct inode *inode, struct file *file)
{
	struct scale *scale = file->private_data;

	kref_put(&scale->ref, scale_free);
	return 0;
}

static const struct file_operations scale_fops = {
	.owner = THIS_MODULE,
	.open = scale_open,
	.read = scale_read,
	.release = scale_release,
};

static int scale_probe(struct platform_device *pdev)
{
	void __iomem *regs = devm_platform_ioremap_resource(pdev, 0);
	struct scale *scale;
	int ret;

	if (IS_ERR(regs))
		return PTR_ERR(regs);

	scale = kzalloc(sizeof(*scale), GFP_KERNEL);
	if (!scale)
		return -ENOMEM;

	kref_init(&scale->ref);
	ret = revocable_init(&scale->regs, (__force void *)regs);	/* BUG: revocable-leak */
	if (ret) {
		kfree(scale);
		return ret;
	}
	revocable_handle_init(&scale->regs, &scale->handle);

	scale->misc.minor = MISC_DYNAMIC_MINOR;
	scale->misc.name = "scale";
	scale->misc.fops = &scale_fops;
	platform_set_drvdata(pdev, scale);

	ret = misc_register(&scale->misc);
	if (ret) {
		revocable_revoke(&scale->regs);
		kref_put(&scale->ref, scale_free);
	}
	return ret;
}

static void scale_remove(struct platform_device *pdev)
{
	struct scale *scale = platform_get_drvdata(pdev);

	misc_deregister(&scale->misc);
	revocable_revoke(&scale->regs);
	kref_put(&scale->ref, scale_free);
}

static struct platform_driver scale_driver = {
	.probe = scale_probe,
	.remove = scale_remove,
	.driver = { .name = "scale" },
};
module_platform_driver(scale_driver);

MODULE_DESCRIPTION("Sample scale driver");
MODULE_LICENSE("Dual MIT/GPL");
