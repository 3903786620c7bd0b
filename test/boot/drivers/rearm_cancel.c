// SPDX-License-Identifier: MIT
/* The work item is cancelled while the timer that queues it is armed. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#define MAGIC	0x600df00d

struct rearm_cancel {
	u32 magic;
	struct timer_list timer;
	struct work_struct work;
};

static void rearm_cancel_run(struct work_struct *work)
{
	struct rearm_cancel *priv = container_of(work, struct rearm_cancel, work);

	msleep(2000);
	pr_info("work with %x\n", READ_ONCE(priv->magic));
}

static void rearm_cancel_tick(struct timer_list *timer)
{
	struct rearm_cancel *priv = container_of(timer, struct rearm_cancel, timer);

	schedule_work(&priv->work);
}

static int rearm_cancel_probe(struct platform_device *pdev)
{
	struct rearm_cancel *priv;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	INIT_WORK(&priv->work, rearm_cancel_run);
	timer_setup(&priv->timer, rearm_cancel_tick, 0);
	mod_timer(&priv->timer, jiffies + 2 * HZ);
	platform_set_drvdata(pdev, priv);
	return 0;
}

static void rearm_cancel_remove(struct platform_device *pdev)
{
	struct rearm_cancel *priv = platform_get_drvdata(pdev);

	cancel_work_sync(&priv->work);
	/* The hardware takes its time. */
	msleep(3000);
	timer_delete_sync(&priv->timer);
	kfree(priv);
}

static struct platform_driver rearm_cancel_driver = {
	.probe = rearm_cancel_probe,
	.remove = rearm_cancel_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(rearm_cancel_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
