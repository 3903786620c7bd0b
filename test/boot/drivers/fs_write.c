// SPDX-License-Identifier: MIT
/* A known hole of the replacement: write is not covered, and runs on as it was. */
#include <linux/fs.h>
#include <linux/fs_revocable.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/revocable.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct fs_write {
	struct miscdevice misc;
	u32 magic;
	struct revocable_provider *rp;
};

static int fs_write_try_access(struct revocable **revs, size_t num_revs, void *data)
{
	return revocable_try_access(revs[0]) ? 0 : -ENODEV;
}

static const struct fs_revocable_operations fs_write_frops = {
	.try_access = fs_write_try_access,
};

static int fs_write_open(struct inode *inode, struct file *file)
{
	struct fs_write *priv = container_of(file->private_data, struct fs_write, misc);

	file->private_data = priv;
	return fs_revocable_replace(file, &fs_write_frops, &priv->rp, 1);
}

static ssize_t fs_write_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct fs_write *priv = file->private_data;
	u32 magic;

	if (count < sizeof(magic))
		return -EINVAL;

	magic = READ_ONCE(priv->magic);
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static ssize_t fs_write_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct fs_write *priv = file->private_data;

	pr_info("written with %x\n", READ_ONCE(priv->magic));
	return count;
}

static const struct file_operations fs_write_fops = {
	.owner = THIS_MODULE,
	.open = fs_write_open,
	.read = fs_write_read,
	.write = fs_write_write,
};

static int fs_write_probe(struct platform_device *pdev)
{
	struct fs_write *priv;
	int ret;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	priv->rp = revocable_provider_alloc(priv);
	if (!priv->rp)
		return -ENOMEM;

	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &fs_write_fops;
	platform_set_drvdata(pdev, priv);

	ret = misc_register(&priv->misc);
	if (ret)
		revocable_provider_revoke(priv->rp);
	return ret;
}

static void fs_write_remove(struct platform_device *pdev)
{
	struct fs_write *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);
	revocable_provider_revoke(priv->rp);
}

static struct platform_driver fs_write_driver = {
	.probe = fs_write_probe,
	.remove = fs_write_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(fs_write_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
