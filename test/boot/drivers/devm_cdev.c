// SPDX-License-Identifier: MIT
/* Devres frees the memory that holds the cdev, whoever has it open. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

struct devm_cdev {
	struct cdev cdev;
	dev_t devt;
	u32 magic;
};

static struct class *devm_cdev_class;

static int devm_cdev_open(struct inode *inode, struct file *file)
{
	struct devm_cdev *priv = container_of(inode->i_cdev, struct devm_cdev, cdev);

	file->private_data = priv;
	return 0;
}

static ssize_t devm_cdev_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct devm_cdev *priv = file->private_data;
	u32 magic;

	magic = READ_ONCE(priv->magic);
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static const struct file_operations devm_cdev_fops = {
	.owner = THIS_MODULE,
	.open = devm_cdev_open,
	.read = devm_cdev_read,
};

static int devm_cdev_probe(struct platform_device *pdev)
{
	struct devm_cdev *priv;
	int ret;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;
	priv->magic = MAGIC;
	ret = alloc_chrdev_region(&priv->devt, 0, 1, KBUILD_MODNAME);
	if (ret)
		return ret;

	cdev_init(&priv->cdev, &devm_cdev_fops);
	priv->cdev.owner = THIS_MODULE;
	ret = cdev_add(&priv->cdev, priv->devt, 1);
	if (ret)
		goto err_region;
	device_create(devm_cdev_class, &pdev->dev, priv->devt, NULL, KBUILD_MODNAME);
	platform_set_drvdata(pdev, priv);
	return 0;

err_region:
	unregister_chrdev_region(priv->devt, 1);
	return ret;
}

static void devm_cdev_remove(struct platform_device *pdev)
{
	struct devm_cdev *priv = platform_get_drvdata(pdev);

	device_destroy(devm_cdev_class, priv->devt);
	cdev_del(&priv->cdev);
	unregister_chrdev_region(priv->devt, 1);
}

static struct platform_driver devm_cdev_driver = {
	.probe = devm_cdev_probe,
	.remove = devm_cdev_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};

static int __init devm_cdev_init(void)
{
	int ret;

	devm_cdev_class = class_create(KBUILD_MODNAME);
	if (IS_ERR(devm_cdev_class))
		return PTR_ERR(devm_cdev_class);
	ret = platform_driver_register(&devm_cdev_driver);
	if (ret)
		class_destroy(devm_cdev_class);
	return ret;
}
module_init(devm_cdev_init);

static void __exit devm_cdev_exit(void)
{
	platform_driver_unregister(&devm_cdev_driver);
	class_destroy(devm_cdev_class);
}
module_exit(devm_cdev_exit);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
