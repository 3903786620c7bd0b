// SPDX-License-Identifier: MIT
/* Memory that devres frees, with the miscdevice in it: an open file outlives it. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct devm_misc {
	struct miscdevice misc;
	u32 magic;
};

static ssize_t devm_misc_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct devm_misc *priv = container_of(file->private_data, struct devm_misc, misc);
	u32 magic = 0;

	if (count < sizeof(magic))
		return -EINVAL;

	magic = READ_ONCE(priv->magic);
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static const struct file_operations devm_misc_fops = {
	.owner = THIS_MODULE,
	.read = devm_misc_read,
};

static int devm_misc_probe(struct platform_device *pdev)
{
	struct devm_misc *priv;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &devm_misc_fops;
	platform_set_drvdata(pdev, priv);

	return misc_register(&priv->misc);
}

static void devm_misc_remove(struct platform_device *pdev)
{
	struct devm_misc *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);
}

static struct platform_driver devm_misc_driver = {
	.probe = devm_misc_probe,
	.remove = devm_misc_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(devm_misc_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
