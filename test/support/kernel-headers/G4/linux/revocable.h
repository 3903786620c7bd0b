/* SPDX-License-Identifier: MIT */
/* Declarations of the revocable core as generation G4 spells them: the consumer lives on the stack and the macros take the provider. For compile proofs only. */
#ifndef _LINUX_REVOCABLE_H
#define _LINUX_REVOCABLE_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

struct revocable_provider;

struct revocable {
	struct revocable_provider *rp;
	int idx;
};

struct revocable_provider __rcu *revocable_provider_alloc(void *res);
void revocable_provider_revoke(struct revocable_provider __rcu **rp);

int revocable_init(struct revocable_provider __rcu *rp, struct revocable *rev);
void revocable_deinit(struct revocable *rev);
void *revocable_try_access(struct revocable *rev);
void revocable_withdraw_access(struct revocable *rev);

static inline void revocable_leave_section(struct revocable *rev)
{
	if (rev->idx != -1)
		revocable_withdraw_access(rev);
	revocable_deinit(rev);
}

static inline void *revocable_enter_section(struct revocable_provider __rcu *rp, struct revocable *rev)
{
	rev->idx = -1;
	return revocable_init(rp, rev) ? NULL : revocable_try_access(rev);
}

#define _REVOCABLE_WITH(_rp, _name, _res)						\
	struct revocable _name __cleanup(revocable_leave_section);			\
	(_res) = revocable_enter_section((_rp), &_name)

#define REVOCABLE_TRY_ACCESS_WITH(_rp, _res)						\
	_REVOCABLE_WITH(_rp, __UNIQUE_ID(section), _res)

#define REVOCABLE_TRY_ACCESS_SCOPED(_rp, _res)						\
	for (struct revocable _section __cleanup(revocable_leave_section) = {},		\
	     *_once = ((_res) = revocable_enter_section((_rp), &_section), &_section);	\
	     _once; _once = NULL)

#endif
