// SPDX-License-Identifier: MIT
/* Counted memory, a lock and a flag; read tests it, ioctl does not. */
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct missed_ioctl_hw {
	u32 magic;
};

struct missed_ioctl {
	struct miscdevice misc;
	struct kref ref;
	struct rw_semaphore sem;
	bool removed;
	struct missed_ioctl_hw *hw;
};

static void missed_ioctl_free(struct kref *ref)
{
	kfree(container_of(ref, struct missed_ioctl, ref));
}

static int missed_ioctl_open(struct inode *inode, struct file *file)
{
	struct missed_ioctl *priv = container_of(file->private_data, struct missed_ioctl, misc);

	kref_get(&priv->ref);
	file->private_data = priv;
	return 0;
}

static int missed_ioctl_release(struct inode *inode, struct file *file)
{
	struct missed_ioctl *priv = file->private_data;

	kref_put(&priv->ref, missed_ioctl_free);
	return 0;
}

static ssize_t missed_ioctl_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct missed_ioctl *priv = file->private_data;
	u32 magic;

	down_read(&priv->sem);
	if (priv->removed) {
		up_read(&priv->sem);
		return -ENODEV;
	}
	magic = READ_ONCE(priv->hw->magic);
	up_read(&priv->sem);

	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static long missed_ioctl_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct missed_ioctl *priv = file->private_data;

	return put_user(READ_ONCE(priv->hw->magic), (u32 __user *)arg);
}

static const struct file_operations missed_ioctl_fops = {
	.owner = THIS_MODULE,
	.open = missed_ioctl_open,
	.release = missed_ioctl_release,
	.read = missed_ioctl_read,
	.unlocked_ioctl = missed_ioctl_ioctl,
};

static int missed_ioctl_probe(struct platform_device *pdev)
{
	struct missed_ioctl_hw *hw;
	struct missed_ioctl *priv;
	int ret;

	hw = devm_kzalloc(&pdev->dev, sizeof(*hw), GFP_KERNEL);
	if (!hw)
		return -ENOMEM;
	hw->magic = MAGIC;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	kref_init(&priv->ref);
	init_rwsem(&priv->sem);
	priv->hw = hw;
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &missed_ioctl_fops;
	platform_set_drvdata(pdev, priv);

	ret = misc_register(&priv->misc);
	if (ret)
		kref_put(&priv->ref, missed_ioctl_free);
	return ret;
}

static void missed_ioctl_remove(struct platform_device *pdev)
{
	struct missed_ioctl *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);

	down_write(&priv->sem);
	priv->removed = true;
	up_write(&priv->sem);

	kref_put(&priv->ref, missed_ioctl_free);
}

static struct platform_driver missed_ioctl_driver = {
	.probe = missed_ioctl_probe,
	.remove = missed_ioctl_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(missed_ioctl_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
