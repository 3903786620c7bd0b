// SPDX-License-Identifier: MIT
/*
 * Radio tuner on SPI. Every open file is a session with a frequency of its own.
 *
 * Bug: references are counted, but on the session. The tuner that the session points to is freed by remove().
 */
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spi/spi.h>
#include <linux/uaccess.h>

struct tuner {
	struct miscdevice misc;
	struct mutex lock;
	struct spi_device *spi;
};

struct tuner_session {
	struct kref ref;
	struct tuner *tuner;
	u32 frequency;
};

static void tuner_session_free(struct kref *ref)
{
	kfree(container_of(ref, struct tuner_session, ref));
}

static int tuner_open(struct inode *inode, struct file *file)
{
	struct tuner *tuner = container_of(file->private_data, struct tuner, misc);
	struct tuner_session *session;

	session = kzalloc(sizeof(*session), GFP_KERNEL);
	if (!session)
		return -ENOMEM;

	kref_init(&session->ref);
	session->tuner = tuner;
	file->private_data = session;
	return 0;
}

static ssize_t tuner_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct tuner_session *session = file->private_data;
	struct tuner *tuner = session->tuner;
	u32 frequency;
	int ret;

	if (count != sizeof(frequency))
		return -EINVAL;
	if (copy_from_user(&frequency, buf, sizeof(frequency)))
		return -EFAULT;

	mutex_lock(&tuner->lock);
	ret = spi_write(tuner->spi, &frequency, sizeof(frequency));
	mutex_unlock(&tuner->lock);
	if (ret)
		return ret;

	session->frequency = frequency;
	return count;
}

static int tuner_release(struct inode *inode, struct file *file)
{
	struct tuner_session *session = file->private_data;

	kref_put(&session->ref, tuner_session_free);
	return 0;
}

static const struct file_operations tuner_fops = {
	.owner = THIS_MODULE,
	.open = tuner_open,
	.write = tuner_write,
	.release = tuner_release,
};

static int tuner_probe(struct spi_device *spi)
{
	struct tuner *tuner;
	int ret;

	tuner = kzalloc(sizeof(*tuner), GFP_KERNEL);
	if (!tuner)
		return -ENOMEM;

	mutex_init(&tuner->lock);
	tuner->spi = spi;
	tuner->misc.minor = MISC_DYNAMIC_MINOR;
	tuner->misc.name = "tuner";
	tuner->misc.fops = &tuner_fops;
	tuner->misc.parent = &spi->dev;
	spi_set_drvdata(spi, tuner);

	ret = misc_register(&tuner->misc);
	if (ret)
		kfree(tuner);
	return ret;
}

static void tuner_remove(struct spi_device *spi)
{
	struct tuner *tuner = spi_get_drvdata(spi);

	misc_deregister(&tuner->misc);
	kfree(tuner);
}

static const struct spi_device_id tuner_ids[] = {
	{ "tuner" },
	{ }
};
MODULE_DEVICE_TABLE(spi, tuner_ids);

static struct spi_driver tuner_driver = {
	.driver = { .name = "tuner" },
	.probe = tuner_probe,
	.remove = tuner_remove,
	.id_table = tuner_ids,
};
module_spi_driver(tuner_driver);

MODULE_DESCRIPTION("Sample radio tuner driver");
MODULE_LICENSE("Dual MIT/GPL");
