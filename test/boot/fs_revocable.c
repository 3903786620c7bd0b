// SPDX-License-Identifier: MIT
/*
 * The revocable core and the replacement of operations in the shape of form F2, written for the boot proof: what a fix inserts
 * can then be seen at work in a kernel that has neither. It keeps what that form covers and what it does not: read, poll,
 * ioctl and release go through the wrapper, everything else is copied as it is.
 */
#include <linux/fs.h>
#include <linux/fs_revocable.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/revocable.h>
#include <linux/slab.h>
#include <linux/srcu.h>

struct revocable_provider {
	struct srcu_struct srcu;
	struct kref kref;
	void __rcu *res;
};

struct revocable {
	struct revocable_provider *rp;
	int idx;
};

struct replacement {
	struct file_operations fops;
	const struct file_operations *original;
	const struct fs_revocable_operations *frops;
	size_t count;
	struct revocable *revs[];
};

static void provider_free(struct kref *kref)
{
	struct revocable_provider *rp = container_of(kref, struct revocable_provider, kref);

	cleanup_srcu_struct(&rp->srcu);
	kfree(rp);
}

struct revocable_provider *revocable_provider_alloc(void *res)
{
	struct revocable_provider *rp = kzalloc(sizeof(*rp), GFP_KERNEL);

	if (!rp)
		return NULL;
	if (init_srcu_struct(&rp->srcu)) {
		kfree(rp);
		return NULL;
	}
	kref_init(&rp->kref);
	rcu_assign_pointer(rp->res, res);
	return rp;
}
EXPORT_SYMBOL_GPL(revocable_provider_alloc);

void revocable_provider_revoke(struct revocable_provider *rp)
{
	rcu_assign_pointer(rp->res, NULL);
	synchronize_srcu(&rp->srcu);
	kref_put(&rp->kref, provider_free);
}
EXPORT_SYMBOL_GPL(revocable_provider_revoke);

struct revocable *revocable_alloc(struct revocable_provider *rp)
{
	struct revocable *rev = kzalloc(sizeof(*rev), GFP_KERNEL);

	if (!rev)
		return NULL;
	kref_get(&rp->kref);
	rev->rp = rp;
	return rev;
}
EXPORT_SYMBOL_GPL(revocable_alloc);

void revocable_free(struct revocable *rev)
{
	kref_put(&rev->rp->kref, provider_free);
	kfree(rev);
}
EXPORT_SYMBOL_GPL(revocable_free);

void *revocable_try_access(struct revocable *rev)
{
	rev->idx = srcu_read_lock(&rev->rp->srcu);
	return srcu_dereference(rev->rp->res, &rev->rp->srcu);
}
EXPORT_SYMBOL_GPL(revocable_try_access);

void revocable_withdraw_access(struct revocable *rev)
{
	srcu_read_unlock(&rev->rp->srcu, rev->idx);
}
EXPORT_SYMBOL_GPL(revocable_withdraw_access);

static struct replacement *replacement_of(struct file *filp)
{
	return container_of(filp->f_op, struct replacement, fops);
}

static void leave(struct replacement *rep)
{
	size_t i;

	for (i = 0; i < rep->count; i++)
		revocable_withdraw_access(rep->revs[i]);
}

static int enter(struct replacement *rep)
{
	return rep->frops->try_access(rep->revs, rep->count, NULL);
}

static ssize_t wrapped_read(struct file *filp, char __user *buf, size_t count, loff_t *ppos)
{
	struct replacement *rep = replacement_of(filp);
	ssize_t ret = enter(rep);

	if (!ret)
		ret = rep->original->read(filp, buf, count, ppos);
	leave(rep);
	return ret;
}

static __poll_t wrapped_poll(struct file *filp, poll_table *wait)
{
	struct replacement *rep = replacement_of(filp);
	__poll_t ret = EPOLLERR | EPOLLHUP;

	if (!enter(rep))
		ret = rep->original->poll(filp, wait);
	leave(rep);
	return ret;
}

static long wrapped_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct replacement *rep = replacement_of(filp);
	long ret = enter(rep);

	if (!ret)
		ret = rep->original->unlocked_ioctl(filp, cmd, arg);
	leave(rep);
	return ret;
}

static int wrapped_release(struct inode *inode, struct file *filp)
{
	struct replacement *rep = replacement_of(filp);
	int ret = enter(rep);
	size_t i;

	if (!ret && rep->original->release)
		ret = rep->original->release(inode, filp);
	leave(rep);
	filp->f_op = rep->original;
	for (i = 0; i < rep->count; i++)
		revocable_free(rep->revs[i]);
	kfree(rep);
	return ret;
}

int fs_revocable_replace(struct file *filp, const struct fs_revocable_operations *frops,
			 struct revocable_provider **rps, size_t num_rps)
{
	struct replacement *rep = kzalloc(struct_size(rep, revs, num_rps), GFP_KERNEL);
	size_t i;

	if (!rep)
		return -ENOMEM;
	rep->original = filp->f_op;
	rep->frops = frops;
	rep->fops = *filp->f_op;
	rep->fops.release = wrapped_release;
	if (rep->fops.read)
		rep->fops.read = wrapped_read;
	if (rep->fops.poll)
		rep->fops.poll = wrapped_poll;
	if (rep->fops.unlocked_ioctl)
		rep->fops.unlocked_ioctl = wrapped_ioctl;

	for (i = 0; i < num_rps; i++) {
		rep->revs[i] = revocable_alloc(rps[i]);
		if (!rep->revs[i])
			goto err;
		rep->count++;
	}
	filp->f_op = &rep->fops;
	return 0;

err:
	for (i = 0; i < rep->count; i++)
		revocable_free(rep->revs[i]);
	kfree(rep);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(fs_revocable_replace);

MODULE_DESCRIPTION("Revocable operations for the boot proof");
MODULE_LICENSE("Dual MIT/GPL");
