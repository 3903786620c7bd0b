// SPDX-License-Identifier: MIT
/*
 * A platform device for every driver of the boot proof, and an interrupt line for each that goes off all the time, also when
 * nobody has asked for it.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/timer.h>

#define MAX_DEVICES	32

static char *names[MAX_DEVICES];
static int count;
module_param_array(names, charp, &count, 0444);
MODULE_PARM_DESC(names, "names of the devices");

static struct platform_device *devices[MAX_DEVICES];
static int lines[MAX_DEVICES];
static struct timer_list ticks;

static void fire(struct timer_list *unused)
{
	int i;

	for (i = 0; i < count; i++)
		generic_handle_irq_safe(lines[i]);
	mod_timer(&ticks, jiffies + 2);
}

static int __init boot_platform_init(void)
{
	int i;

	for (i = 0; i < count; i++) {
		struct resource resource;

		lines[i] = irq_alloc_desc(0);
		if (lines[i] < 0)
			return lines[i];
		irq_set_chip_and_handler(lines[i], &dummy_irq_chip, handle_simple_irq);
		irq_clear_status_flags(lines[i], IRQ_NOREQUEST);
		resource = (struct resource)DEFINE_RES_IRQ(lines[i]);
		devices[i] = platform_device_register_simple(names[i], PLATFORM_DEVID_NONE, &resource, 1);
	}
	timer_setup(&ticks, fire, 0);
	mod_timer(&ticks, jiffies + 2);
	return 0;
}
module_init(boot_platform_init);

MODULE_DESCRIPTION("Devices of the boot proof");
MODULE_LICENSE("Dual MIT/GPL");
