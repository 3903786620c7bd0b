// SPDX-License-Identifier: MIT
/* What the replacement of operations covers: read and ioctl. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct fs_read {
	struct miscdevice misc;
	u32 magic;
};

static int fs_read_open(struct inode *inode, struct file *file)
{
	struct fs_read *priv = container_of(file->private_data, struct fs_read, misc);

	file->private_data = priv;
	return 0;
}

static ssize_t fs_read_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct fs_read *priv = file->private_data;
	u32 magic;

	if (count < sizeof(magic))
		return -EINVAL;

	magic = READ_ONCE(priv->magic);
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static long fs_read_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct fs_read *priv = file->private_data;

	return put_user(READ_ONCE(priv->magic), (u32 __user *)arg);
}

static const struct file_operations fs_read_fops = {
	.owner = THIS_MODULE,
	.open = fs_read_open,
	.read = fs_read_read,
	.unlocked_ioctl = fs_read_ioctl,
};

static int fs_read_probe(struct platform_device *pdev)
{
	struct fs_read *priv;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &fs_read_fops;
	platform_set_drvdata(pdev, priv);

	return misc_register(&priv->misc);
}

static void fs_read_remove(struct platform_device *pdev)
{
	struct fs_read *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);
}

static struct platform_driver fs_read_driver = {
	.probe = fs_read_probe,
	.remove = fs_read_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(fs_read_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
