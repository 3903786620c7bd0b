// SPDX-License-Identifier: MIT
/* The work item is cancelled without waiting for the one that runs. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define MAGIC	0x600df00d

struct cancel_no_wait {
	u32 magic;
	struct delayed_work work;
};

static void cancel_no_wait_run(struct work_struct *work)
{
	struct cancel_no_wait *priv = container_of(to_delayed_work(work), struct cancel_no_wait, work);

	pr_info("work begins\n");
	msleep(2000);
	pr_info("work with %x\n", READ_ONCE(priv->magic));
}

static int cancel_no_wait_probe(struct platform_device *pdev)
{
	struct cancel_no_wait *priv;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	INIT_DELAYED_WORK(&priv->work, cancel_no_wait_run);
	schedule_delayed_work(&priv->work, 1);
	platform_set_drvdata(pdev, priv);
	return 0;
}

static void cancel_no_wait_remove(struct platform_device *pdev)
{
	struct cancel_no_wait *priv = platform_get_drvdata(pdev);

	cancel_delayed_work(&priv->work);
	kfree(priv);
}

static struct platform_driver cancel_no_wait_driver = {
	.probe = cancel_no_wait_probe,
	.remove = cancel_no_wait_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(cancel_no_wait_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
