/* SPDX-License-Identifier: MIT */
/* Declarations of the revocable core as generation G3r spells them: as G3, with the provider under RCU. For compile proofs only. */
#ifndef _LINUX_REVOCABLE_H
#define _LINUX_REVOCABLE_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

struct device;
struct revocable;
struct revocable_provider;

struct revocable_provider __rcu *revocable_provider_alloc(void *res);
void revocable_provider_revoke(struct revocable_provider __rcu **rp);

struct revocable *revocable_alloc(struct revocable_provider __rcu *rp);
void revocable_free(struct revocable *rev);
void *revocable_try_access(struct revocable *rev);
void revocable_withdraw_access(struct revocable *rev);

DEFINE_FREE(revocable_section, struct revocable *, if (_T) revocable_withdraw_access(_T))

#define REVOCABLE_TRY_ACCESS_WITH(_rev, _res)						\
	struct revocable *__UNIQUE_ID(section) __free(revocable_section) = (_rev);	\
	(_res) = revocable_try_access(_rev)

#define REVOCABLE_TRY_ACCESS_SCOPED(_rev, _res)						\
	for (struct revocable *_section __free(revocable_section) = (_rev),		\
	     *_once = ((_res) = revocable_try_access(_section), _section);		\
	     _once; _once = NULL)

#endif
