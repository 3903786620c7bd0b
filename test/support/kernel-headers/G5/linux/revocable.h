/* SPDX-License-Identifier: MIT */
/* Declarations of the revocable core as generation G5 spells them: struct revocable is the provider. For compile proofs only. */
#ifndef _LINUX_REVOCABLE_H
#define _LINUX_REVOCABLE_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

enum revocable_alloc_type { REVOCABLE_DYNAMIC, REVOCABLE_EMBEDDED };

struct revocable {
	void *res;
	enum revocable_alloc_type alloc_type;
};

struct revocable_consumer {
	struct revocable *rev;
	int idx;
};

struct revocable *revocable_alloc(void *res);
void revocable_get(struct revocable *rev);
void revocable_put(struct revocable *rev);
void revocable_revoke(struct revocable *rev);

void revocable_init(struct revocable *rev, struct revocable_consumer *section);
void revocable_deinit(struct revocable_consumer *section);
void *revocable_try_access(struct revocable_consumer *section);
void revocable_withdraw_access(struct revocable_consumer *section);

static inline void *revocable_enter_section(struct revocable *rev, struct revocable_consumer *section)
{
	revocable_init(rev, section);
	return revocable_try_access(section);
}

static inline void revocable_leave_section(struct revocable_consumer *section)
{
	revocable_withdraw_access(section);
	revocable_deinit(section);
}

#define _revocable_with(_rev, _name, _res)						\
	struct revocable_consumer _name __cleanup(revocable_leave_section);			\
	(_res) = revocable_enter_section((_rev), &_name)

#define revocable_try_access_with(_rev, _res)						\
	_revocable_with(_rev, __UNIQUE_ID(section), _res)

#define revocable_try_access_or_return_err(_rev, _res, _err)				\
	revocable_try_access_with(_rev, _res);						\
	if (!(_res))									\
		return (_err)

#define revocable_try_access_or_return(_rev, _res)					\
	revocable_try_access_or_return_err(_rev, _res, -ENODEV)

#define revocable_try_access_or_return_void(_rev, _res)				\
	revocable_try_access_with(_rev, _res);						\
	if (!(_res))									\
		return

#define revocable_try_access_with_scoped(_rev, _res)					\
	for (struct revocable_consumer _section __cleanup(revocable_leave_section) = {},	\
	     *_once = ((_res) = revocable_enter_section((_rev), &_section), &_section);	\
	     _once; _once = NULL)

#define revocable_try_access_or_return_err_scoped(_rev, _res, _err)			\
	revocable_try_access_with_scoped(_rev, _res)					\
		if (!(_res))								\
			return (_err);							\
		else

#define revocable_try_access_or_return_scoped(_rev, _res)				\
	revocable_try_access_or_return_err_scoped(_rev, _res, -ENODEV)

#define revocable_try_access_or_return_void_scoped(_rev, _res)				\
	revocable_try_access_with_scoped(_rev, _res)					\
		if (!(_res))								\
			return;								\
		else

#define revocable_try_access_or_skip_scoped(_rev, _res)					\
	revocable_try_access_with_scoped(_rev, _res)					\
		if (!(_res))								\
			break;								\
		else

#endif
