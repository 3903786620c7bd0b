// SPDX-License-Identifier: MIT
/*
 * Thermometer behind MMIO, one misc device per platform device.
 *
 * Every open file holds a reference on the driver's data, and a read/write semaphore with a cleared pointer keeps
 * the registers away from programs once remove() has begun.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define THERMO_CTRL		0x00
#define THERMO_VALUE		0x04
#define THERMO_CTRL_SAMPLE	BIT(0)

struct thermo {
	struct kref ref;	/* probe and every open file */
	struct miscdevice misc;
	struct rw_semaphore gone_sem;
	void __iomem *regs;	/* NULL once the device is gone, under gone_sem */
	struct mutex lock;	/* one conversion at a time */
};

static void thermo_free(struct kref *ref)
{
	kfree(container_of(ref, struct thermo, ref));
}

/* misc_open() calls this with its mutex held, and misc_deregister() takes the same mutex. */
static int thermo_open(struct inode *inode, struct file *file)
{
	struct thermo *thermo = container_of(file->private_data, struct thermo, misc);

	kref_get(&thermo->ref);
	file->private_data = thermo;
	return 0;
}

static ssize_t thermo_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct thermo *thermo = file->private_data;
	u32 value;

	if (count < sizeof(value))
		return -EINVAL;

	down_read(&thermo->gone_sem);
	if (!thermo->regs) {
		up_read(&thermo->gone_sem);
		return -ENODEV;
	}
	mutex_lock(&thermo->lock);
	writel(THERMO_CTRL_SAMPLE, thermo->regs + THERMO_CTRL);
	value = readl(thermo->regs + THERMO_VALUE);
	mutex_unlock(&thermo->lock);
	up_read(&thermo->gone_sem);

	if (copy_to_user(buf, &value, sizeof(value)))
		return -EFAULT;
	return sizeof(value);
}

static int thermo_release(struct inode *inode, struct file *file)
{
	struct thermo *thermo = file->private_data;

	kref_put(&thermo->ref, thermo_free);
	return 0;
}

static const struct file_operations thermo_fops = {
	.owner = THIS_MODULE,
	.open = thermo_open,
	.read = thermo_read,
	.release = thermo_release,
};

static int thermo_probe(struct platform_device *pdev)
{
	struct thermo *thermo;
	void __iomem *regs;
	int ret;

	regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(regs))
		return PTR_ERR(regs);

	thermo = kzalloc(sizeof(*thermo), GFP_KERNEL);
	if (!thermo)
		return -ENOMEM;

	kref_init(&thermo->ref);
	init_rwsem(&thermo->gone_sem);
	mutex_init(&thermo->lock);
	thermo->regs = regs;
	thermo->misc.minor = MISC_DYNAMIC_MINOR;
	thermo->misc.name = "thermo";
	thermo->misc.fops = &thermo_fops;
	thermo->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, thermo);

	ret = misc_register(&thermo->misc);
	if (ret)
		kref_put(&thermo->ref, thermo_free);
	return ret;
}

static void thermo_remove(struct platform_device *pdev)
{
	struct thermo *thermo = platform_get_drvdata(pdev);

	misc_deregister(&thermo->misc);

	down_write(&thermo->gone_sem);
	thermo->regs = NULL;
	up_write(&thermo->gone_sem);

	kref_put(&thermo->ref, thermo_free);
}

static const struct of_device_id thermo_of_match[] = {
	{ .compatible = "example,thermo" },
	{ }
};
MODULE_DEVICE_TABLE(of, thermo_of_match);

static struct platform_driver thermo_driver = {
	.probe = thermo_probe,
	.remove = thermo_remove,
	.driver = {
		.name = "thermo",
		.of_match_table = thermo_of_match,
	},
};
module_platform_driver(thermo_driver);

MODULE_DESCRIPTION("Sample thermometer driver");
MODULE_LICENSE("Dual MIT/GPL");
