// SPDX-License-Identifier: MIT
/*
 * A ledger without hardware: write() fills a page whose size ioctl() chooses.
 *
 * A mutex covers the check of the size and the copy, and the replacement of both: whoever holds it sees a page of the
 * size that goes with it.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define LEDGER_RESIZE	_IO('L', 1)
#define LEDGER_LIMIT	PAGE_SIZE

struct ledger {
	struct mutex lock; /* protects page and page_size */
	char *page;
	size_t page_size;
};

static int ledger_open(struct inode *inode, struct file *file)
{
	struct ledger *ledger = kzalloc(sizeof(*ledger), GFP_KERNEL);

	if (!ledger)
		return -ENOMEM;
	mutex_init(&ledger->lock);
	file->private_data = ledger;
	return 0;
}

static int ledger_release(struct inode *inode, struct file *file)
{
	struct ledger *ledger = file->private_data;

	kfree(ledger->page);
	kfree(ledger);
	return 0;
}

static ssize_t ledger_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct ledger *ledger = file->private_data;

	guard(mutex)(&ledger->lock);
	if (count > ledger->page_size)
		return -EINVAL;
	if (copy_from_user(ledger->page, buf, count))
		return -EFAULT;
	return count;
}

static long ledger_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ledger *ledger = file->private_data;
	char *page;

	if (cmd != LEDGER_RESIZE)
		return -ENOTTY;
	if (arg > LEDGER_LIMIT)
		return -EINVAL;

	page = kzalloc(arg, GFP_KERNEL);
	if (!page)
		return -ENOMEM;

	guard(mutex)(&ledger->lock);
	kfree(ledger->page);
	ledger->page = page;
	ledger->page_size = arg;
	return 0;
}

static const struct file_operations ledger_fops = {
	.owner = THIS_MODULE,
	.open = ledger_open,
	.release = ledger_release,
	.write = ledger_write,
	.unlocked_ioctl = ledger_ioctl,
};

static struct miscdevice ledger_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ledger",
	.fops = &ledger_fops,
};
module_misc_device(ledger_misc);

MODULE_DESCRIPTION("Sample ledger module");
MODULE_LICENSE("Dual MIT/GPL");
