// SPDX-License-Identifier: MIT
/* The operations have no owner: the module goes while a file is open. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#define MAGIC	0x600df00d

static ssize_t no_owner_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	u32 magic = MAGIC;

	if (copy_to_user(buf, &magic, sizeof(magic)))
		return -EFAULT;
	return sizeof(magic);
}

static const struct file_operations no_owner_fops = {
	.read = no_owner_read,
};

static struct miscdevice no_owner_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = KBUILD_MODNAME,
	.fops = &no_owner_fops,
};
module_misc_device(no_owner_misc);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
