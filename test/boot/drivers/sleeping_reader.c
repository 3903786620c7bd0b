// SPDX-License-Identifier: MIT
/* A reader sleeps until data comes; it wakes up in freed memory. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define MAGIC	0x600df00d

struct sleeping_reader {
	struct miscdevice misc;
	u32 magic;
	wait_queue_head_t queue;
	bool ready;
};

static ssize_t sleeping_reader_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct sleeping_reader *priv = container_of(file->private_data, struct sleeping_reader, misc);
	u32 magic;
	int ret;

	ret = wait_event_interruptible(priv->queue, priv->ready);
	if (ret)
		return ret;

	magic = READ_ONCE(priv->magic);
	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static __poll_t sleeping_reader_poll(struct file *file, poll_table *wait)
{
	struct sleeping_reader *priv = container_of(file->private_data, struct sleeping_reader, misc);

	poll_wait(file, &priv->queue, wait);
	return priv->ready ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations sleeping_reader_fops = {
	.owner = THIS_MODULE,
	.read = sleeping_reader_read,
	.poll = sleeping_reader_poll,
};

static int sleeping_reader_probe(struct platform_device *pdev)
{
	struct sleeping_reader *priv;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	init_waitqueue_head(&priv->queue);
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &sleeping_reader_fops;
	platform_set_drvdata(pdev, priv);

	return misc_register(&priv->misc);
}

static void sleeping_reader_remove(struct platform_device *pdev)
{
	struct sleeping_reader *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);
}

static struct platform_driver sleeping_reader_driver = {
	.probe = sleeping_reader_probe,
	.remove = sleeping_reader_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(sleeping_reader_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
