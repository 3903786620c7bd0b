// SPDX-License-Identifier: MIT
/* The fence is right, but a reader sleeps inside of it: unbind waits for the reader. */
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define MAGIC	0x600df00d

struct blocking_fence {
	struct miscdevice misc;
	struct kref ref;
	struct rw_semaphore sem;
	wait_queue_head_t queue;
	bool removed;
	bool ready;
};

static void blocking_fence_free(struct kref *ref)
{
	kfree(container_of(ref, struct blocking_fence, ref));
}

static int blocking_fence_open(struct inode *inode, struct file *file)
{
	struct blocking_fence *priv = container_of(file->private_data, struct blocking_fence, misc);

	kref_get(&priv->ref);
	file->private_data = priv;
	return 0;
}

static int blocking_fence_release(struct inode *inode, struct file *file)
{
	struct blocking_fence *priv = file->private_data;

	kref_put(&priv->ref, blocking_fence_free);
	return 0;
}

static ssize_t blocking_fence_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct blocking_fence *priv = file->private_data;
	u32 magic = MAGIC;
	int ret;

	guard(rwsem_read)(&priv->sem);
	if (priv->removed)
		return -ENODEV;

	ret = wait_event_interruptible(priv->queue, priv->ready);
	if (ret)
		return ret;

	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static const struct file_operations blocking_fence_fops = {
	.owner = THIS_MODULE,
	.open = blocking_fence_open,
	.release = blocking_fence_release,
	.read = blocking_fence_read,
};

static int blocking_fence_probe(struct platform_device *pdev)
{
	struct blocking_fence *priv;
	int ret;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	kref_init(&priv->ref);
	init_rwsem(&priv->sem);
	init_waitqueue_head(&priv->queue);
	priv->misc.minor = MISC_DYNAMIC_MINOR;
	priv->misc.name = KBUILD_MODNAME;
	priv->misc.fops = &blocking_fence_fops;
	platform_set_drvdata(pdev, priv);

	ret = misc_register(&priv->misc);
	if (ret)
		kref_put(&priv->ref, blocking_fence_free);
	return ret;
}

static void blocking_fence_remove(struct platform_device *pdev)
{
	struct blocking_fence *priv = platform_get_drvdata(pdev);

	misc_deregister(&priv->misc);

	down_write(&priv->sem);
	priv->removed = true;
	up_write(&priv->sem);

	kref_put(&priv->ref, blocking_fence_free);
}

static struct platform_driver blocking_fence_driver = {
	.probe = blocking_fence_probe,
	.remove = blocking_fence_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(blocking_fence_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
