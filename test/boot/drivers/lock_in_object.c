// SPDX-License-Identifier: MIT
/* A lock and a flag, both in the memory that is freed. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct lock_in_object {
	struct miscdevice misc;
	u32 magic;
	struct rw_semaphore sem;
	bool removed;
};

static ssize_t lock_in_object_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct lock_in_object *priv = container_of(file->private_data, struct lock_in_object, misc);
	u32 magic;

	if (count < sizeof(magic))
		return -EINVAL;

	down_read(&priv->sem);
	if (priv->removed) {
		up_read(&priv->sem);
		return -ENODEV;
	}
	magic = READ_ONCE(priv->magic);
	up_read(&priv->sem);
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static const struct file_operations lock_in_object_fops = {
	.owner = THIS_MODULE,
	.read = lock_in_object_read,
};

static int lock_in_object_probe(struct platform_device *pdev)
{
	struct lock_in_object *priv;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	init_rwsem(&priv->sem);
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &lock_in_object_fops;
	platform_set_drvdata(pdev, priv);

	return misc_register(&priv->misc);
}

static void lock_in_object_remove(struct platform_device *pdev)
{
	struct lock_in_object *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);
	down_write(&priv->sem);
	priv->removed = true;
	up_write(&priv->sem);
}

static struct platform_driver lock_in_object_driver = {
	.probe = lock_in_object_probe,
	.remove = lock_in_object_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(lock_in_object_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
