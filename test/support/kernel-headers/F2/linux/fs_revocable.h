/* SPDX-License-Identifier: MIT */
/* Declarations of replacing an open file's operations, form F2. For compile proofs only. */
#ifndef _LINUX_FS_REVOCABLE_H
#define _LINUX_FS_REVOCABLE_H

#include <linux/types.h>

struct file;
struct revocable;
struct revocable_provider;

struct fs_revocable_operations {
	int (*try_access)(struct revocable **revs, size_t num_revs, void *data);
};

int fs_revocable_replace(struct file *filp, const struct fs_revocable_operations *frops,
			 struct revocable_provider **rps, size_t num_rps);

#endif
