// SPDX-License-Identifier: MIT
/* A length is read under the lock, and the buffer is used with it under the lock again. */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct check_then_use {
	struct miscdevice misc;
	u32 magic;
	struct mutex lock;
	u32 *samples;
	size_t size;
};

static ssize_t check_then_use_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct check_then_use *priv = container_of(file->private_data, struct check_then_use, misc);
	size_t size;
	u32 *samples;
	u32 sample;

	samples = kzalloc(9 * sizeof(*samples), GFP_KERNEL);
	if (!samples)
		return -ENOMEM;

	mutex_lock(&priv->lock);
	size = priv->size;
	mutex_unlock(&priv->lock);

	/* A device that takes its time. */
	msleep(1000);

	mutex_lock(&priv->lock);
	memcpy(samples, priv->samples, size);
	mutex_unlock(&priv->lock);

	/* The last one. */
	sample = samples[size / sizeof(*samples) - 1];
	kfree(samples);
	if (copy_to_user(buf, &sample, sizeof(sample)))
		return -EFAULT;
	return sizeof(sample);
}

/* Shrinks the buffer. */
static long check_then_use_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct check_then_use *priv = container_of(file->private_data, struct check_then_use, misc);
	u32 *fresh = kzalloc(8 * sizeof(*fresh), GFP_KERNEL);

	if (!fresh)
		return -ENOMEM;
	mutex_lock(&priv->lock);
	fresh[7] = MAGIC;
	kfree(priv->samples);
	priv->samples = fresh;
	priv->size = 8 * sizeof(*fresh);
	mutex_unlock(&priv->lock);
	return 0;
}

static const struct file_operations check_then_use_fops = {
	.owner = THIS_MODULE,
	.read = check_then_use_read,
	.unlocked_ioctl = check_then_use_ioctl,
};

static int check_then_use_probe(struct platform_device *pdev)
{
	struct check_then_use *priv;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	mutex_init(&priv->lock);
	priv->size = 9 * sizeof(*priv->samples);
	priv->samples = kzalloc(priv->size, GFP_KERNEL);
	if (!priv->samples)
		return -ENOMEM;
	priv->samples[8] = MAGIC;
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &check_then_use_fops;
	platform_set_drvdata(pdev, priv);

	return misc_register(&priv->misc);
}

static void check_then_use_remove(struct platform_device *pdev)
{
	struct check_then_use *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);
	kfree(priv->samples);
}

static struct platform_driver check_then_use_driver = {
	.probe = check_then_use_probe,
	.remove = check_then_use_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(check_then_use_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
