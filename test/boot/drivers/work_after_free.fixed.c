// SPDX-License-Identifier: MIT
/* As work_after_free.c, repaired. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define MAGIC	0x600df00d

struct work_after_free {
	u32 magic;
	struct delayed_work work;
};

static void work_after_free_run(struct work_struct *work)
{
	struct work_after_free *priv = container_of(to_delayed_work(work), struct work_after_free, work);

	if (priv->magic != MAGIC)
		pr_info("work with %x\n", priv->magic);
	schedule_delayed_work(&priv->work, HZ / 20);
}

static int work_after_free_probe(struct platform_device *pdev)
{
	struct work_after_free *priv;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	INIT_DELAYED_WORK(&priv->work, work_after_free_run);
	schedule_delayed_work(&priv->work, HZ / 20);
	platform_set_drvdata(pdev, priv);
	return 0;
}

static void work_after_free_remove(struct platform_device *pdev)
{
	struct work_after_free *priv = platform_get_drvdata(pdev);

	cancel_delayed_work_sync(&priv->work);
	kfree(priv);
}

static struct platform_driver work_after_free_driver = {
	.probe = work_after_free_probe,
	.remove = work_after_free_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(work_after_free_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
