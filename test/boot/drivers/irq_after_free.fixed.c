// SPDX-License-Identifier: MIT
/* As irq_after_free.c, repaired. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#define MAGIC	0x600df00d

struct irq_after_free {
	u32 magic;
};

static irqreturn_t irq_after_free_irq(int irq, void *data)
{
	struct irq_after_free *priv = data;

	if (READ_ONCE(priv->magic) != MAGIC)
		pr_info_ratelimited("interrupt with %x\n", READ_ONCE(priv->magic));
	return IRQ_HANDLED;
}

static int irq_after_free_probe(struct platform_device *pdev)
{
	struct irq_after_free *priv;
	int ret;

	priv = kzalloc(sizeof(*priv), GFP_KERNEL);
	if (!priv)
		return -ENOMEM;

	priv->magic = MAGIC;
	platform_set_drvdata(pdev, priv);
	ret = devm_request_irq(&pdev->dev, platform_get_irq(pdev, 0), irq_after_free_irq, 0, KBUILD_MODNAME, priv);
	if (ret)
		kfree(priv);
	return ret;
}

static void irq_after_free_remove(struct platform_device *pdev)
{
	struct irq_after_free *priv = platform_get_drvdata(pdev);

	devm_free_irq(&pdev->dev, platform_get_irq(pdev, 0), priv);
	kfree(priv);
	/* The rest of a teardown that takes its time. */
	msleep(200);
}

static struct platform_driver irq_after_free_driver = {
	.probe = irq_after_free_probe,
	.remove = irq_after_free_remove,
	.driver = {
		.name = KBUILD_MODNAME,
	},
};
module_platform_driver(irq_after_free_driver);

MODULE_DESCRIPTION("Boot proof");
MODULE_LICENSE("Dual MIT/GPL");
