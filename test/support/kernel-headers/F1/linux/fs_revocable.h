/* SPDX-License-Identifier: MIT */
/* Declarations of replacing an open file's operations, form F1. For compile proofs only. */
#ifndef _LINUX_FS_REVOCABLE_H
#define _LINUX_FS_REVOCABLE_H

#include <linux/types.h>

struct file;
struct revocable;
struct revocable_provider;

struct revocable_operations {
	int (*try_access)(struct revocable *rev, void *data);
};

int revocable_replace_fops(struct file *filp, struct revocable_provider *rp,
			   const struct revocable_operations *rops);

#endif
