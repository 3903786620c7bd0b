// SPDX-License-Identifier: MIT
/*
 * Event log of a hub controller: a child platform device that talks through its parent's data.
 *
 * Bug: every open file has memory of its own, but keeps a bare pointer to the parent's data. Nothing holds that
 * data: it dies with the parent, and the open file keeps using it.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/regmap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define HUB_REG_EVENT	0x20

/* Provided by the hub's own driver, in its device managed memory. */
struct hub_core {
	struct regmap *map;
	struct mutex event_lock;
};

struct hubport {
	struct miscdevice misc;
	struct hub_core *hub;
};

struct hubport_file {
	struct hub_core *hub;
	unsigned int seen;
};

static int hubport_open(struct inode *inode, struct file *file)
{
	struct hubport *port = container_of(file->private_data, struct hubport, misc);
	struct hubport_file *priv;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;
	priv->hub = port->hub;
	file->private_data = priv;
	return 0;
}

static ssize_t hubport_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct hubport_file *priv = file->private_data;
	unsigned int event;
	int ret;

	if (count < sizeof(event))
		return -EINVAL;

	mutex_lock(&priv->hub->event_lock);
	ret = regmap_read(priv->hub->map, HUB_REG_EVENT, &event);
	mutex_unlock(&priv->hub->event_lock);
	if (ret)
		return ret;

	priv->seen++;
	if (copy_to_user(buf, &event, sizeof(event)))
		return -EFAULT;
	return sizeof(event);
}

static int hubport_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
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

	port = devm_kzalloc(&pdev->dev, sizeof(*port), GFP_KERNEL);
	if (!port)
		return -ENOMEM;

	port->hub = dev_get_drvdata(pdev->dev.parent);
	port->misc.minor = MISC_DYNAMIC_MINOR;
	port->misc.name = "hubport";
	port->misc.fops = &hubport_fops;
	platform_set_drvdata(pdev, port);

	return misc_register(&port->misc);
}

static void hubport_remove(struct platform_device *pdev)
{
	struct hubport *port = platform_get_drvdata(pdev);

	misc_deregister(&port->misc);
}

static struct platform_driver hubport_driver = {
	.probe = hubport_probe,
	.remove = hubport_remove,
	.driver = { .name = "hubport" },
};
module_platform_driver(hubport_driver);

MODULE_DESCRIPTION("Sample hub event log driver");
MODULE_LICENSE("Dual MIT/GPL");
