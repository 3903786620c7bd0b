// SPDX-License-Identifier: MIT
/*
 * Pressure gauge with a limit that programs read and set.
 *
 * Bug: there is a semaphore and a "gone" flag, and every operation tests it. Both are inside memory that is device
 * managed: the semaphore is freed under the operation that sleeps on it.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define GAUGE_LIMIT		0x10
#define GAUGE_GET_LIMIT		_IOR('g', 1, __u32)
#define GAUGE_SET_LIMIT		_IOW('g', 2, __u32)

struct gauge {
	struct miscdevice misc;
	struct rw_semaphore sem;
	bool gone;		/* under sem */
	void __iomem *regs;
};

static long gauge_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct gauge *gauge = container_of(file->private_data, struct gauge, misc);
	u32 __user *uarg = (u32 __user *)arg;
	long ret = 0;
	u32 limit;

	down_read(&gauge->sem);
	if (gauge->gone) {
		up_read(&gauge->sem);
		return -ENODEV;
	}

	switch (cmd) {
	case GAUGE_GET_LIMIT:
		limit = readl(gauge->regs + GAUGE_LIMIT);
		ret = put_user(limit, uarg);
		break;
	case GAUGE_SET_LIMIT:
		ret = get_user(limit, uarg);
		if (!ret)
			writel(limit, gauge->regs + GAUGE_LIMIT);
		break;
	default:
		ret = -ENOTTY;
	}

	up_read(&gauge->sem);
	return ret;
}

static const struct file_operations gauge_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = gauge_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int gauge_probe(struct platform_device *pdev)
{
	struct gauge *gauge;

	gauge = devm_kzalloc(&pdev->dev, sizeof(*gauge), GFP_KERNEL);
	if (!gauge)
		return -ENOMEM;

	gauge->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(gauge->regs))
		return PTR_ERR(gauge->regs);

	init_rwsem(&gauge->sem);
	gauge->misc.minor = MISC_DYNAMIC_MINOR;
	gauge->misc.name = "gauge";
	gauge->misc.fops = &gauge_fops;
	platform_set_drvdata(pdev, gauge);

	return misc_register(&gauge->misc);
}

static void gauge_remove(struct platform_device *pdev)
{
	struct gauge *gauge = platform_get_drvdata(pdev);

	misc_deregister(&gauge->misc);

	down_write(&gauge->sem);
	gauge->gone = true;
	up_write(&gauge->sem);
}

static struct platform_driver gauge_driver = {
	.probe = gauge_probe,
	.remove = gauge_remove,
	.driver = { .name = "gauge" },
};
module_platform_driver(gauge_driver);

MODULE_DESCRIPTION("Sample pressure gauge driver");
MODULE_LICENSE("Dual MIT/GPL");
