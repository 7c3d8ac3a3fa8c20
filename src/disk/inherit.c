/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"
#include "disk/acl.h"
#include "wire/access.h"

#define GENERIC     (GENERIC_ALL | GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE)
#define INHERITANCE 0x1Fu

/* The entry as it takes effect on the child. */
static void
add_effective(struct acl *to, const struct ace *from, const struct acl_child *child, unsigned flags)
{
	struct ace *ace = &to->aces[to->count++];

	*ace = *from;
	ace->flags = (uint8_t)((from->flags & ~INHERITANCE) | flags);
	ace->mask = access_map(from->mask, 0);
	if (sid_equal(&from->sid, &sid_creator_owner))
		ace->sid = *child->owner;
	else if (sid_equal(&from->sid, &sid_creator_group))
		ace->sid = *child->group;
}

/* The entry as it waits for the child's own children. */
static void
add_waiting(struct acl *to, const struct ace *from, unsigned flags)
{
	struct ace *ace = &to->aces[to->count++];

	*ace = *from;
	ace->flags = (uint8_t)((from->flags & ~INHERITANCE) | flags | ACE_INHERIT_ONLY);
}

/* It will come to something else on each child. */
static bool
is_general(const struct ace *ace)
{
	return (ace->mask & GENERIC) != 0 || sid_equal(&ace->sid, &sid_creator_owner) ||
	    sid_equal(&ace->sid, &sid_creator_group);
}

static void
inherit_by_directory(
    struct acl *to, const struct ace *ace, const struct acl_child *child, unsigned inherited)
{
	unsigned further = ace->flags & (ACE_OBJECT_INHERIT | ACE_CONTAINER_INHERIT);

	if ((ace->flags & ACE_NO_PROPAGATE_INHERIT) != 0)
		further = 0;
	if ((ace->flags & ACE_CONTAINER_INHERIT) == 0) {
		if (further != 0)
			add_waiting(to, ace, further | inherited);
	} else if (further != 0 && is_general(ace)) {
		add_effective(to, ace, child, inherited);
		add_waiting(to, ace, further | inherited);
	} else {
		add_effective(to, ace, child, further | inherited);
	}
}

/* mark: ACE_INHERITED, where the parent's own entries say whence they come. */
static struct acl *
inherit(struct arena *a, const struct acl *from, unsigned mark, const struct acl_child *child)
{
	struct acl *to = arena_alloc(a, sizeof(*to));

	to->revision = from->revision;
	to->aces = arena_alloc(a, 2 * from->count * sizeof(to->aces[0]));
	for (unsigned i = 0; i < from->count; i++) {
		const struct ace *ace = &from->aces[i];

		if (child->directory)
			inherit_by_directory(to, ace, child, mark);
		else if ((ace->flags & ACE_OBJECT_INHERIT) != 0)
			add_effective(to, ace, child, mark);
	}
	return to->count != 0 ? to : NULL;
}

struct acl *
acl_inherited(struct arena *a, const struct sd *from, const struct acl_child *child)
{
	if (from->dacl == NULL)
		return NULL;
	return inherit(a, from->dacl,
	    (from->control & SD_DACL_AUTO_INHERITED) != 0 ? ACE_INHERITED : 0, child);
}

struct acl *
acl_inherited_audit(struct arena *a, const struct sd *from, const struct acl_child *child)
{
	if (from->sacl == NULL)
		return NULL;
	return inherit(a, from->sacl,
	    (from->control & SD_SACL_AUTO_INHERITED) != 0 ? ACE_INHERITED : 0, child);
}
