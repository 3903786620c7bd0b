// SPDX-License-Identifier: MIT
/* The interrupt is live before the wait queue that its handler wakes. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/wait.h>

#define MAGIC	0x600df00d

struct irq_before_ready {
	u32 magic;
	wait_queue_head_t queue;
};

static irqreturn_t irq_before_ready_irq(int irq, void *data)
{
	struct irq_before_ready *priv = data;

	wake_up(&priv->queue);
	return IRQ_HANDLED;
}

static int irq_before_ready_probe(struct platform_device *pdev)
{
	struct irq_before_ready *priv;
	int ret;

	priv = devm_kzalloc(&pdev->dev, sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	platform_set_drvdata(pdev, priv);
	ret = devm_request_irq(&pdev->dev, platform_get_irq(pdev, 0), irq_before_ready_irq, 0, KBUILD_MODNAME, priv);
	if (ret)
		return ret;

	/* A device that takes its time. */
	msleep(200);
	init_waitqueue_head(&priv->queue);
	return 0;
}

static void irq_before_ready_remove(struct platform_device *pdev)
{
	struct irq_before_ready *priv = platform_get_drvdata(pdev);

	pr_info("removed with %x\n", priv->magic);
}

static struct platform_driver irq_before_ready_driver = {
	.probe = irq_before_ready_probe,
	.remove = irq_before_ready_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(irq_before_ready_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
