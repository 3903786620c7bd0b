// SPDX-License-Identifier: MIT
/* Only release touches what is freed: a close after unbind logs it. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct release_only {
	struct miscdevice misc;
	u32 magic;
};

static int release_only_open(struct inode *inode, struct file *file)
{
	struct release_only *priv = container_of(file->private_data, struct release_only, misc);

	file->private_data = priv;
	return 0;
}

static int release_only_release(struct inode *inode, struct file *file)
{
	struct release_only *priv = file->private_data;

	pr_info("released with %x\n", READ_ONCE(priv->magic));
	return 0;
}

static const struct file_operations release_only_fops = {
	.owner = THIS_MODULE,
	.open = release_only_open,
	.release = release_only_release,
};

static int release_only_probe(struct platform_device *pdev)
{
	struct release_only *priv;
	int ret;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &release_only_fops;
	platform_set_drvdata(pdev, priv);

	ret = misc_register(&priv->misc);
	if (ret)
		kfree(priv);
	return ret;
}

static void release_only_remove(struct platform_device *pdev)
{
	struct release_only *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);
	kfree(priv);
}

static struct platform_driver release_only_driver = {
	.probe = release_only_probe,
	.remove = release_only_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(release_only_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
