// SPDX-License-Identifier: MIT
/*
 * Thermometer behind MMIO, one misc device per platform device.
 *
 * Bug: the driver's data is device managed. It is freed when remove() returns, also while a program still has
 * /dev/thermo open and reads it.
 */
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>

#define THERMO_CTRL		0x00
#define THERMO_VALUE		0x04
#define THERMO_CTRL_SAMPLE	BIT(0)

struct thermo {
	struct miscdevice misc;
	void __iomem *regs;
	struct mutex lock;	/* one conversion at a time */
};

static ssize_t thermo_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct thermo *thermo = container_of(file->private_data, struct thermo, misc);
	u32 value;

	if (count < sizeof(value))
		return -EINVAL;

	mutex_lock(&thermo->lock);
	writel(THERMO_CTRL_SAMPLE, thermo->regs + THERMO_CTRL);
	value = readl(thermo->regs + THERMO_VALUE);
	mutex_unlock(&thermo->lock);

	if (copy_to_user(buf, &value, sizeof(value)))
		return -EFAULT;
	return sizeof(value);
}

static const struct file_operations thermo_fops = {
	.owner = THIS_MODULE,
	.read = thermo_read,
};

static int thermo_probe(struct platform_device *pdev)
{
	struct thermo *thermo;

	thermo = devm_kzalloc(&pdev->dev, sizeof(*thermo), GFP_KERNEL);
	if (!thermo)
		return -ENOMEM;

	thermo->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(thermo->regs))
		return PTR_ERR(thermo->regs);

	mutex_init(&thermo->lock);
	thermo->misc.minor = MISC_DYNAMIC_MINOR;
	thermo->misc.name = "thermo";
	thermo->misc.fops = &thermo_fops;
	thermo->misc.parent = &pdev->dev;
	platform_set_drvdata(pdev, thermo);

	return misc_register(&thermo->misc);
}

static void thermo_remove(struct platform_device *pdev)
{
	struct thermo *thermo = platform_get_drvdata(pdev);

	misc_deregister(&thermo->misc);
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
