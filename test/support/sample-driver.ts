/** A small driver with the bug that everything here is about, and without an owner. */
export const SAMPLE_DRIVER = `// SPDX-License-Identifier: GPL-2.0
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

struct foo {
	struct miscdevice misc;
	void __iomem *regs;
};

static int foo_open(struct inode *inode, struct file *file)
{
	struct foo *foo = container_of(file->private_data, struct foo, misc);

	file->private_data = foo;

	return 0;
}

static ssize_t foo_read(struct file *file, char __user *buf, size_t len, loff_t *off)
{
	struct foo *foo = file->private_data;
	u32 value = readl(foo->regs);

	return simple_read_from_buffer(buf, len, off, &value, sizeof(value));
}

static const struct file_operations foo_fops = {
	.open = foo_open,
	.read = foo_read,
};

static int foo_probe(struct platform_device *pdev)
{
	struct foo *foo;
	int ret;

	foo = devm_kzalloc(&pdev->dev, sizeof(*foo), GFP_KERNEL);
	if (!foo)
		return -ENOMEM;

	foo->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(foo->regs))
		return PTR_ERR(foo->regs);

	foo->misc.minor = MISC_DYNAMIC_MINOR;
	foo->misc.name = "foo";
	foo->misc.fops = &foo_fops;
	platform_set_drvdata(pdev, foo);

	ret = misc_register(&foo->misc);
	if (ret)
		return ret;

	return 0;
}

static void foo_remove(struct platform_device *pdev)
{
	struct foo *foo = platform_get_drvdata(pdev);

	misc_deregister(&foo->misc);
}

static struct platform_driver foo_driver = {
	.probe = foo_probe,
	.remove = foo_remove,
	.driver = {
		.name = "foo",
	},
};
module_platform_driver(foo_driver);

MODULE_LICENSE("GPL");
`;
