// SPDX-License-Identifier: MIT
/*
 * Relay board on I2C with a character device per board.
 *
 * The data embeds a struct device whose release function frees it; cdev_device_add() makes every open file hold a
 * reference on it. A mutex and a cleared client pointer refuse what comes after remove().
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define RELAY_REG_STATE	0x01

struct relay {
	struct device dev;
	struct cdev cdev;
	struct mutex lock;
	struct i2c_client *client;	/* NULL once the board is gone, under lock */
	u8 state;
};

static void relay_dev_release(struct device *dev)
{
	kfree(container_of(dev, struct relay, dev));
}

static int relay_open(struct inode *inode, struct file *file)
{
	file->private_data = container_of(inode->i_cdev, struct relay, cdev);
	return 0;
}

static ssize_t relay_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct relay *relay = file->private_data;
	u8 state;
	int ret;

	if (count != sizeof(state))
		return -EINVAL;
	if (copy_from_user(&state, buf, sizeof(state)))
		return -EFAULT;

	mutex_lock(&relay->lock);
	if (!relay->client) {
		mutex_unlock(&relay->lock);
		return -ENODEV;
	}
	ret = i2c_smbus_write_byte_data(relay->client, RELAY_REG_STATE, state);
	if (!ret)
		relay->state = state;
	mutex_unlock(&relay->lock);

	return ret ? ret : count;
}

static const struct file_operations relay_fops = {
	.owner = THIS_MODULE,
	.open = relay_open,
	.write = relay_write,
};

static int relay_probe(struct i2c_client *client)
{
	struct relay *relay;
	dev_t devt;
	int ret;

	ret = alloc_chrdev_region(&devt, 0, 1, "relay");
	if (ret)
		return ret;

	relay = kzalloc(sizeof(*relay), GFP_KERNEL);
	if (!relay) {
		ret = -ENOMEM;
		goto err_region;
	}

	mutex_init(&relay->lock);
	relay->client = client;
	device_initialize(&relay->dev);
	relay->dev.parent = &client->dev;
	relay->dev.release = relay_dev_release;
	relay->dev.devt = devt;
	ret = dev_set_name(&relay->dev, "relay%d", MINOR(devt));
	if (ret)
		goto err_put;

	cdev_init(&relay->cdev, &relay_fops);
	relay->cdev.owner = THIS_MODULE;
	i2c_set_clientdata(client, relay);

	ret = cdev_device_add(&relay->cdev, &relay->dev);
	if (ret)
		goto err_put;
	return 0;

err_put:
	put_device(&relay->dev);
err_region:
	unregister_chrdev_region(devt, 1);
	return ret;
}

static void relay_remove(struct i2c_client *client)
{
	struct relay *relay = i2c_get_clientdata(client);
	dev_t devt = relay->dev.devt;

	cdev_device_del(&relay->cdev, &relay->dev);

	mutex_lock(&relay->lock);
	relay->client = NULL;
	mutex_unlock(&relay->lock);

	put_device(&relay->dev);
	unregister_chrdev_region(devt, 1);
}

static const struct i2c_device_id relay_ids[] = {
	{ "relay8" },
	{ }
};
MODULE_DEVICE_TABLE(i2c, relay_ids);

static struct i2c_driver relay_driver = {
	.driver = { .name = "relay" },
	.probe = relay_probe,
	.remove = relay_remove,
	.id_table = relay_ids,
};
module_i2c_driver(relay_driver);

MODULE_DESCRIPTION("Sample relay board driver");
MODULE_LICENSE("Dual MIT/GPL");
