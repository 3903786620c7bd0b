// SPDX-License-Identifier: MIT
/*
 * USB lamp that blinks a pattern written to its device file.
 *
 * The data is counted, and disconnect() clears the interface under the mutex that write() holds while it uses it.
 */
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/usb.h>

#define BLINKER_REQ_PATTERN	0x09
#define BLINKER_TIMEOUT_MS	1000

struct blinker {
	struct kref ref;
	struct mutex io_lock;
	struct usb_interface *interface;	/* NULL once disconnected, under io_lock */
	struct usb_device *udev;
};

static struct usb_driver blinker_driver;

static void blinker_free(struct kref *ref)
{
	struct blinker *lamp = container_of(ref, struct blinker, ref);

	usb_put_dev(lamp->udev);
	kfree(lamp);
}

static int blinker_open(struct inode *inode, struct file *file)
{
	struct usb_interface *interface;
	struct blinker *lamp;

	interface = usb_find_interface(&blinker_driver, iminor(inode));
	if (!interface)
		return -ENODEV;
	lamp = usb_get_intfdata(interface);
	if (!lamp)
		return -ENODEV;

	kref_get(&lamp->ref);
	file->private_data = lamp;
	return 0;
}

static ssize_t blinker_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct blinker *lamp = file->private_data;
	u16 pattern;
	int ret;

	if (count != sizeof(pattern))
		return -EINVAL;
	if (copy_from_user(&pattern, buf, sizeof(pattern)))
		return -EFAULT;

	mutex_lock(&lamp->io_lock);
	if (!lamp->interface) {
		mutex_unlock(&lamp->io_lock);
		return -ENODEV;
	}
	ret = usb_control_msg_send(lamp->udev, 0, BLINKER_REQ_PATTERN, USB_TYPE_VENDOR | USB_DIR_OUT, pattern,
				   lamp->interface->cur_altsetting->desc.bInterfaceNumber, NULL, 0,
				   BLINKER_TIMEOUT_MS, GFP_KERNEL);
	mutex_unlock(&lamp->io_lock);

	return ret ? ret : count;
}

static int blinker_release(struct inode *inode, struct file *file)
{
	struct blinker *lamp = file->private_data;

	kref_put(&lamp->ref, blinker_free);
	return 0;
}

static const struct file_operations blinker_fops = {
	.owner = THIS_MODULE,
	.open = blinker_open,
	.write = blinker_write,
	.release = blinker_release,
};

static struct usb_class_driver blinker_class = {
	.name = "blinker%d",
	.fops = &blinker_fops,
	.minor_base = 0,
};

static int blinker_probe(struct usb_interface *interface, const struct usb_device_id *id)
{
	struct blinker *lamp;
	int ret;

	lamp = kzalloc(sizeof(*lamp), GFP_KERNEL);
	if (!lamp)
		return -ENOMEM;

	kref_init(&lamp->ref);
	mutex_init(&lamp->io_lock);
	lamp->interface = interface;
	lamp->udev = usb_get_dev(interface_to_usbdev(interface));
	usb_set_intfdata(interface, lamp);

	ret = usb_register_dev(interface, &blinker_class);
	if (ret) {
		usb_set_intfdata(interface, NULL);
		kref_put(&lamp->ref, blinker_free);
	}
	return ret;
}

static void blinker_disconnect(struct usb_interface *interface)
{
	struct blinker *lamp = usb_get_intfdata(interface);

	usb_deregister_dev(interface, &blinker_class);
	usb_set_intfdata(interface, NULL);

	mutex_lock(&lamp->io_lock);
	lamp->interface = NULL;
	mutex_unlock(&lamp->io_lock);

	kref_put(&lamp->ref, blinker_free);
}

static const struct usb_device_id blinker_ids[] = {
	{ USB_DEVICE(0x1209, 0x0001) },
	{ }
};
MODULE_DEVICE_TABLE(usb, blinker_ids);

static struct usb_driver blinker_driver = {
	.name = "blinker",
	.probe = blinker_probe,
	.disconnect = blinker_disconnect,
	.id_table = blinker_ids,
};
module_usb_driver(blinker_driver);

MODULE_DESCRIPTION("Sample USB lamp driver");
MODULE_LICENSE("Dual MIT/GPL");
