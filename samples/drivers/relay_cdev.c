// SPDX-License-Identifier: MIT
/*
 * Relay board on I2C with a character device per board.
 *
 * Bug: the cdev is embedded in device managed memory. cdev_del() only stops new opens; the last close still
 * drops a reference on the cdev inside memory that is long freed, and write() uses the freed data.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/i2c.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#define RELAY_REG_STATE	0x01

struct relay {
	struct i2c_client *client;
	struct cdev cdev;
	dev_t devt;
	u8 state;
};

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

	ret = i2c_smbus_write_byte_data(relay->client, RELAY_REG_STATE, state);
	if (ret)
		return ret;
	relay->state = state;
	return count;
}

static const struct file_operations relay_fops = {
	.owner = THIS_MODULE,
	.open = relay_open,
	.write = relay_write,
};

static int relay_probe(struct i2c_client *client)
{
	struct relay *relay;
	int ret;

	relay = devm_kzalloc(&client->dev, sizeof(*relay), GFP_KERNEL);
	if (!relay)
		return -ENOMEM;

	relay->client = client;
	ret = alloc_chrdev_region(&relay->devt, 0, 1, "relay");
	if (ret)
		return ret;

	cdev_init(&relay->cdev, &relay_fops);
	relay->cdev.owner = THIS_MODULE;
	i2c_set_clientdata(client, relay);

	ret = cdev_add(&relay->cdev, relay->devt, 1);
	if (ret)
		unregister_chrdev_region(relay->devt, 1);
	return ret;
}

static void relay_remove(struct i2c_client *client)
{
	struct relay *relay = i2c_get_clientdata(client);

	cdev_del(&relay->cdev);
	unregister_chrdev_region(relay->devt, 1);
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
