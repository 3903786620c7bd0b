/* SPDX-License-Identifier: MIT */
/* Declarations of the revocable core as generation G2 spells them: the block form is called REVOCABLE_TRY_ACCESS_WITH(). For compile proofs only. */
#ifndef _LINUX_REVOCABLE_H
#define _LINUX_REVOCABLE_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

struct device;
struct revocable;
struct revocable_provider;

struct revocable_provider *revocable_provider_alloc(void *res);
void revocable_provider_revoke(struct revocable_provider *rp);
struct revocable_provider *devm_revocable_provider_alloc(struct device *dev, void *res);

struct revocable *revocable_alloc(struct revocable_provider *rp);
void revocable_free(struct revocable *rev);
void *revocable_try_access(struct revocable *rev);
void revocable_withdraw_access(struct revocable *rev);

DEFINE_FREE(revocable_section, struct revocable *, if (_T) revocable_withdraw_access(_T))

#define REVOCABLE_TRY_ACCESS_WITH(_rev, _res)						\
	for (struct revocable *_section __free(revocable_section) = (_rev),		\
	     *_once = ((_res) = revocable_try_access(_section), _section);		\
	     _once; _once = NULL)

#endif
