// SPDX-License-Identifier: MIT
/*
 * Event log of a hub controller: a child platform device that talks through its parent's data.
 *
 * Open files share a counted object that outlives remove(). The pointer to the parent's data in it is used under
 * a semaphore only, and remove() clears it there.
 */
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/regmap.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define HUB_REG_EVENT	0x20

/* Provided by the hub's own driver, in its device managed memory. */
struct hub_core {
	struct regmap *map;
	struct mutex event_lock;
};

struct hubport {
	struct kref ref;
	struct miscdevice misc;
	struct rw_semaphore hub_sem;
	struct hub_core *hub;	/* NULL once the hub is gone, under hub_sem */
};

struct hubport_file {
	struct hubport *port;	/* counted */
	unsigned int seen;
};

static void hubport_free(struct kref *ref)
{
	kfree(container_of(ref, struct hubport, ref));
}

/* misc_open() calls this with its mutex held, and misc_deregister() takes the same mutex. */
static int hubport_open(struct inode *inode, struct file *file)
{
	struct hubport *port = container_of(file->private_data, struct hubport, misc);
	struct hubport_file *priv;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;
	kref_get(&port->ref);
	priv->port = port;
	file->private_data = priv;
	return 0;
}

static ssize_t hubport_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct hubport_file *priv = file->private_data;
	struct hubport *port = priv->port;
	unsigned int event;
	int ret;

	if (count < sizeof(event))
		return -EINVAL;

	down_read(&port->hub_sem);
	if (!port->hub) {
		up_read(&port->hub_sem);
		return -ENODEV;
	}
	mutex_lock(&port->hub->event_lock);
	ret = regmap_read(port->hub->map, HUB_REG_EVENT, &event);
	mutex_unlock(&port->hub->event_lock);
	up_read(&port->hub_sem);
	if (ret)
		return ret;

	priv->seen++;
	if (copy_to_user(buf, &event, sizeof(event)))
		return -EFAULT;
	return sizeof(event);
}

static int hubport_release(struct inode *inode, struct file *file)
{
	struct hubport_file *priv = file->private_data;

	kref_put(&priv->port->ref, hubport_free);
	kfree(priv);
	return 0;
}

static const struct file_operations hubport_fops = {
	.owner = THIS_MODULE,
	.open = hubport_open,
	.read = hubport_read,
	.release = hubport_release,
};

static int hubport_probe(struct platform_device *pdev)
{
	struct hubport *port;
	int ret;

	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		return -ENOMEM;

	kref_init(&port->ref);
	init_rwsem(&port->hub_sem);
	port->hub = dev_get_drvdata(pdev->dev.parent);
	port->misc.minor = MISC_DYNAMIC_MINOR;
	port->misc.name = "hubport";
	port->misc.fops = &hubport_fops;
	platform_set_drvdata(pdev, port);

	ret = misc_register(&port->misc);
	if (ret)
		kref_put(&port->ref, hubport_free);
	return ret;
}

static void hubport_remove(struct platform_device *pdev)
{
	struct hubport *port = platform_get_drvdata(pdev);

	misc_deregister(&port->misc);

	down_write(&port->hub_sem);
	port->hub = NULL;
	up_write(&port->hub_sem);

	kref_put(&port->ref, hubport_free);
}

static struct platform_driver hubport_driver = {
	.probe = hubport_probe,
	.remove = hubport_remove,
	.driver = { .name = "hubport" },
};
module_platform_driver(hubport_driver);

MODULE_DESCRIPTION("Sample hub event log driver");
MODULE_LICENSE("Dual MIT/GPL");
