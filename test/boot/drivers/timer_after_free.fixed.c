// SPDX-License-Identifier: MIT
/* As timer_after_free.c, repaired. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/timer.h>

#define MAGIC	0x600df00d

struct timer_after_free {
	u32 magic;
	struct timer_list timer;
};

static void timer_after_free_tick(struct timer_list *timer)
{
	struct timer_after_free *priv = from_timer(priv, timer, timer);

	if (priv->magic != MAGIC)
		pr_info("tick with %x\n", priv->magic);
	mod_timer(&priv->timer, jiffies + HZ / 20);
}

static int timer_after_free_probe(struct platform_device *pdev)
{
	struct timer_after_free *priv;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	timer_setup(&priv->timer, timer_after_free_tick, 0);
	mod_timer(&priv->timer, jiffies + HZ / 20);
	platform_set_drvdata(pdev, priv);
	return 0;
}

static void timer_after_free_remove(struct platform_device *pdev)
{
	struct timer_after_free *priv = platform_get_drvdata(pdev);

	timer_shutdown_sync(&priv->timer);
	kfree(priv);
}

static struct platform_driver timer_after_free_driver = {
	.probe = timer_after_free_probe,
	.remove = timer_after_free_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(timer_after_free_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
