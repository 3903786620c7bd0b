/* SPDX-License-Identifier: MIT */
/* Declarations of replacing an open file's operations, form F3b. For compile proofs only. */
#ifndef _LINUX_FS_REVOCABLE_H
#define _LINUX_FS_REVOCABLE_H

#include <linux/types.h>

struct file;
struct revocable;
struct revocable_provider;

int fs_revocable_replace(struct revocable_provider *rp, struct file *filp);

#endif
