// SPDX-License-Identifier: MIT
/* A static node, and a global pointer that remove frees and leaves. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct static_misc {
	u32 magic;
};

static struct static_misc *static_misc_data;

static ssize_t static_misc_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	u32 magic;

	magic = READ_ONCE(static_misc_data->magic);
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static const struct file_operations static_misc_fops = {
	.owner = THIS_MODULE,
	.read = static_misc_read,
};

static struct miscdevice static_misc_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = KBUILD_MODNAME,
	.fops = &static_misc_fops,
};

static int static_misc_probe(struct platform_device *pdev)
{
	int ret;

	static_misc_data = kzalloc(sizeof(*static_misc_data), GFP_KERNEL);
	if (!static_misc_data)
		return -ENOMEM;

	static_misc_data->magic = MAGIC;
	ret = misc_register(&static_misc_device);
	if (ret)
		kfree(static_misc_data);
	return ret;
}

static void static_misc_remove(struct platform_device *pdev)
{
	misc_deregister(&static_misc_device);
	kfree(static_misc_data);
}

static struct platform_driver static_misc_driver = {
	.probe = static_misc_probe,
	.remove = static_misc_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(static_misc_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
