// SPDX-License-Identifier: MIT
/*
 * Button whose read() sleeps until it is pressed.
 *
 * read() sleeps without the semaphore, on a condition that includes "gone"; remove() sets it, wakes every sleeper,
 * and only then takes the semaphore for writing.
 */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define BUTTON_COUNT	0x00

struct button {
	struct kref ref;
	struct miscdevice misc;
	struct rw_semaphore sem;
	wait_queue_head_t wait;
	bool pressed;
	bool gone;		/* wakes sleepers; what decides is regs */
	void __iomem *regs;	/* NULL once the device is gone, under sem */
};

static void button_free(struct kref *ref)
{
	kfree(container_of(ref, struct button, ref));
}

static irqreturn_t button_irq(int irq, void *data)
{
	struct button *button = data;

	WRITE_ONCE(button->pressed, true);
	wake_up_interruptible(&button->wait);
	return IRQ_HANDLED;
}

/* misc_open() calls this with its mutex held, and misc_deregister() takes the same mutex. */
static int button_open(struct inode *inode, struct file *file)
{
	struct button *button = container_of(file->private_data, struct button, misc);

	kref_get(&button->ref);
	file->private_data = button;
	return 0;
}

static ssize_t button_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct button *button = file->private_data;
	u32 presses;
	int ret;

	if (count < sizeof(presses))
		return -EINVAL;

	ret = wait_event_interruptible(button->wait, READ_ONCE(button->pressed) || READ_ONCE(button->gone));
	if (ret)
		return ret;

	down_read(&button->sem);
	if (!button->regs) {
		up_read(&button->sem);
		return -ENODEV;
	}
	WRITE_ONCE(button->pressed, false);
	presses = readl(button->regs + BUTTON_COUNT);
	up_read(&button->sem);

	if (copy_to_user(buf, &presses, sizeof(presses)))
		return -EFAULT;
	return sizeof(presses);
}

static int button_release(struct inode *inode, struct file *file)
{
	struct button *button = file->private_data;

	kref_put(&button->ref, button_free);
	return 0;
}

static const struct file_operations button_fops = {
	.owner = THIS_MODULE,
	.open = button_open,
	.read = button_read,
	.release = button_release,
};

static int button_probe(struct platform_device *pdev)
{
	struct button *button;
	void __iomem *regs;
	int irq, ret;

	regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(regs))
		return PTR_ERR(regs);
	irq = platform_get_irq(pdev, 0);
	if (irq < 0)
		return irq;

	button = kzalloc(sizeof(*button), GFP_KERNEL);
	if (!button)
		return -ENOMEM;

	kref_init(&button->ref);
	init_rwsem(&button->sem);
	init_waitqueue_head(&button->wait);
	button->regs = regs;
	button->misc.minor = MISC_DYNAMIC_MINOR;
	button->misc.name = "button";
	button->misc.fops = &button_fops;
	platform_set_drvdata(pdev, button);

	ret = request_irq(irq, button_irq, 0, "button", button);
	if (ret)
		goto err_put;
	ret = misc_register(&button->misc);
	if (ret)
		goto err_irq;
	return 0;

err_irq:
	free_irq(irq, button);
err_put:
	kref_put(&button->ref, button_free);
	return ret;
}

static void button_remove(struct platform_device *pdev)
{
	struct button *button = platform_get_drvdata(pdev);

	misc_deregister(&button->misc);

	WRITE_ONCE(button->gone, true);
	wake_up_interruptible_all(&button->wait);

	down_write(&button->sem);
	button->regs = NULL;
	up_write(&button->sem);

	free_irq(platform_get_irq(pdev, 0), button);
	kref_put(&button->ref, button_free);
}

static struct platform_driver button_driver = {
	.probe = button_probe,
	.remove = button_remove,
	.driver = { .name = "button" },
};
module_platform_driver(button_driver);

MODULE_DESCRIPTION("Sample button driver");
MODULE_LICENSE("Dual MIT/GPL");
