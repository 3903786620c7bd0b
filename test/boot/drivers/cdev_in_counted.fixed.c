// SPDX-License-Identifier: MIT
/* As cdev_in_counted.c; a struct device owns the memory, and the cdev holds that device. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct cdev_in_counted {
	struct cdev cdev;
	struct device dev;
	struct kref ref;
	dev_t devt;
	bool removed;
};

static struct class *cdev_in_counted_class;

static void cdev_in_counted_free(struct kref *ref)
{
	struct cdev_in_counted *priv = container_of(ref, struct cdev_in_counted, ref);

	put_device(&priv->dev);
}

static void cdev_in_counted_dev_release(struct device *dev)
{
	kfree(container_of(dev, struct cdev_in_counted, dev));
}

static int cdev_in_counted_open(struct inode *inode, struct file *file)
{
	struct cdev_in_counted *priv = container_of(inode->i_cdev, struct cdev_in_counted, cdev);

	kref_get(&priv->ref);
	file->private_data = priv;
	return 0;
}

static int cdev_in_counted_release(struct inode *inode, struct file *file)
{
	struct cdev_in_counted *priv = file->private_data;

	kref_put(&priv->ref, cdev_in_counted_free);
	return 0;
}

static ssize_t cdev_in_counted_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct cdev_in_counted *priv = file->private_data;
	u32 magic = MAGIC;

	if (READ_ONCE(priv->removed))
		return -ENODEV;
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static const struct file_operations cdev_in_counted_fops = {
	.owner = THIS_MODULE,
	.open = cdev_in_counted_open,
	.release = cdev_in_counted_release,
	.read = cdev_in_counted_read,
};

static int cdev_in_counted_probe(struct platform_device *pdev)
{
	struct cdev_in_counted *priv;
	int ret;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;
	kref_init(&priv->ref);
	ret = alloc_chrdev_region(&priv->devt, 0, 1, KBUILD_MODNAME);
	if (ret)
		goto err_free;

	cdev_init(&priv->cdev, &cdev_in_counted_fops);
	priv->cdev.owner = THIS_MODULE;
	device_initialize(&priv->dev);
	priv->dev.class = cdev_in_counted_class;
	priv->dev.devt = priv->devt;
	priv->dev.release = cdev_in_counted_dev_release;
	dev_set_name(&priv->dev, KBUILD_MODNAME);
	ret = cdev_device_add(&priv->cdev, &priv->dev);
	if (ret) {
		unregister_chrdev_region(priv->devt, 1);
		put_device(&priv->dev);
		return ret;
	}
	platform_set_drvdata(pdev, priv);
	return 0;

err_free:
	kfree(priv);
	return ret;
}

static void cdev_in_counted_remove(struct platform_device *pdev)
{
	struct cdev_in_counted *priv = platform_get_drvdata(pdev);

	cdev_device_del(&priv->cdev, &priv->dev);
	unregister_chrdev_region(priv->devt, 1);
	WRITE_ONCE(priv->removed, true);
	kref_put(&priv->ref, cdev_in_counted_free);
}

static struct platform_driver cdev_in_counted_driver = {
	.probe = cdev_in_counted_probe,
	.remove = cdev_in_counted_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};

static int __init cdev_in_counted_init(void)
{
	int ret;

	cdev_in_counted_class = class_create(KBUILD_MODNAME);
	if (IS_ERR(cdev_in_counted_class))
		return PTR_ERR(cdev_in_counted_class);
	ret = platform_driver_register(&cdev_in_counted_driver);
	if (ret)
		class_destroy(cdev_in_counted_class);
	return ret;
}
module_init(cdev_in_counted_init);

static void __exit cdev_in_counted_exit(void)
{
	platform_driver_unregister(&cdev_in_counted_driver);
	class_destroy(cdev_in_counted_class);
}
module_exit(cdev_in_counted_exit);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
