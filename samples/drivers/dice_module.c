// SPDX-License-Identifier: MIT
/*
 * Dice without hardware: one static misc device that lives as long as the module.
 *
 * Bug: the operations have no .owner. Nothing keeps the module loaded while a program is inside read(): rmmod
 * unmaps the code that it runs.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define DICE_HISTORY	16

static DEFINE_MUTEX(dice_lock);
static u8 *dice_history;
static unsigned int dice_count;

static ssize_t dice_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	u8 value = 1 + get_random_u32_below(6);

	if (!count)
		return 0;

	mutex_lock(&dice_lock);
	dice_history[dice_count++ % DICE_HISTORY] = value;
	mutex_unlock(&dice_lock);

	if (copy_to_user(buf, &value, sizeof(value)))
		return -EFAULT;
	return sizeof(value);
}

static const struct file_operations dice_fops = {
	.read = dice_read,
};

static struct miscdevice dice_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "dice",
	.fops = &dice_fops,
};

static int __init dice_init(void)
{
	int ret;

	dice_history = kzalloc(DICE_HISTORY, GFP_KERNEL);
	if (!dice_history)
		return -ENOMEM;

	ret = misc_register(&dice_misc);
	if (ret)
		kfree(dice_history);
	return ret;
}
module_init(dice_init);

static void __exit dice_exit(void)
{
	misc_deregister(&dice_misc);
	kfree(dice_history);
}
module_exit(dice_exit);

MODULE_DESCRIPTION("Sample dice module");
MODULE_LICENSE("Dual MIT/GPL");
