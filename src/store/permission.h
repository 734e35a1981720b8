/*
 * Who may do what in a folder ([MS-OXCPERM]): a list of members with their rights, for each folder.
 *
 * Two members are in every list, whether somebody set them or not: Default, who is everybody that is not named, and
 * Anonymous, who is nobody the directory knows.  Before they are set they have no rights, but on a calendar, where
 * Default sees when its owner is free or busy.  A new folder begins with the list of its parent.
 *
 * The owner of the mailbox is in no list and may do everything.  Changes need a transaction (mailbox_begin).
 */
#ifndef STORE_PERMISSION_H
#define STORE_PERMISSION_H

#include "store/mailbox.h"

/* PidTagMemberRights [MS-OXCPERM] 2.2.7 */
enum folder_rights {
	RIGHT_READ_ANY = 0x0001,
	RIGHT_CREATE = 0x0002,
	RIGHT_EDIT_OWNED = 0x0008,
	RIGHT_DELETE_OWNED = 0x0010,
	RIGHT_EDIT_ANY = 0x0020,
	RIGHT_DELETE_ANY = 0x0040,
	RIGHT_CREATE_SUBFOLDER = 0x0080,
	RIGHT_OWNER = 0x0100,
	RIGHT_CONTACT = 0x0200,
	RIGHT_VISIBLE = 0x0400,
	RIGHT_FREE_BUSY_SIMPLE = 0x0800,   /* when, */
	RIGHT_FREE_BUSY_DETAILED = 0x1000, /* and what and where */
	RIGHTS_ALL = 0x1FFB,
};

/* Rights in words ------------------------------------------------------------------------------------------------- */

/*
 * A role as the Exchange cmdlets call them ("Editor", "AvailabilityOnly"), or the name of one right ("ReadItems"),
 * whatever the case of the letters.  False when it is none.
 */
bool rights_parse(const char *name, uint32_t *rights);
/* The role that is just that; NULL when it is none. */
const char *rights_role(uint32_t rights);
/* The role, or the names of the rights with commas between them. */
void rights_format(uint32_t rights, struct buf *out);
/* The i-th name that rights_parse knows, roles first; NULL beyond them. */
const char *rights_name(size_t i);
/* With the rights that others bring with them: who may edit any message may edit their own. */
uint32_t rights_complete(uint32_t rights);

/* Members --------------------------------------------------------------------------------------------------------- */

/* PidTagMemberId [MS-OXCPERM] 2.2.5 */
#define MEMBER_DEFAULT 0u
#define MEMBER_ANONYMOUS UINT64_MAX
#define MEMBERS_MAX 10000u /* of one folder */
#define MEMBER_ENTRYID_MAX 1024u
#define MEMBER_NAME_MAX 1024u /* bytes */

struct permission {
	uint64_t member;      /* PidTagMemberId; given by permission_add */
	struct guid person;   /* of the directory's object; zeros for the two that are in every list */
	struct bytes entryid; /* PidTagEntryId of the address book; empty for the two */
	const char *name;     /* PidTagMemberName, UTF-8; "" and "Anonymous" for the two: [MS-OXCPERM] 2.2.6 */
	uint32_t rights;
};

/* All, Default and Anonymous first. ecNotFound: no such folder. */
status permission_list(struct mailbox *m, uint64_t folder, struct arena *arena, struct permission **out, size_t *n) MUST;
/* One: by its id; by person (zeros never fit). ecNotFound: no such folder, or no such member. */
status permission_get(struct mailbox *m, uint64_t folder, uint64_t member, struct arena *arena, struct permission *out) MUST;
status permission_of(struct mailbox *m, uint64_t folder, const struct guid *person, struct arena *arena,
		     struct permission *out) MUST;

/*
 * A new member; its id is *member.  ecDuplicateName: the person is in the list; ecInvalidParam: rights that there are
 * not, or no person; ecTooBig: beyond what is said above.
 */
status permission_add(struct mailbox *m, uint64_t folder, const struct permission *p, uint64_t *member) MUST;
/* Other rights for somebody who is in the list. */
status permission_set(struct mailbox *m, uint64_t folder, uint64_t member, uint32_t rights) MUST;
/* Default and Anonymous stay, without rights. */
status permission_remove(struct mailbox *m, uint64_t folder, uint64_t member) MUST;
/* Everybody, Default and Anonymous too (as if never set): ReplaceRows of [MS-OXCPERM] 2.2.2. */
status permission_clear(struct mailbox *m, uint64_t folder) MUST;
/* Somebody who left: out of the lists of all folders. */
status permission_forget(struct mailbox *m, const struct guid *person) MUST;

/* A new folder begins with the list of its parent: for folder_create. */
status permission_inherit(struct mailbox *m, uint64_t folder, uint64_t parent) MUST;

/* Who asks -------------------------------------------------------------------------------------------------------- */

struct principal {
	bool owner;                /* of the mailbox, or somebody with full access to it */
	const struct guid *person; /* NULL: anonymous */
	const struct guid *groups; /* those the person is a member of, directly or not */
	size_t n_groups;
};

/*
 * What somebody may do in a folder: the rights of their own entry when there is one; else those of all their groups
 * that have one together; else those of Default.  Anonymous people have the rights of Anonymous.
 */
status permission_effective(struct mailbox *m, uint64_t folder, const struct principal *who, uint32_t *rights) MUST;

/* `own`: a message that the person made. */
static inline bool rights_may_read(uint32_t rights, bool own)
{
	return own || (rights & RIGHT_READ_ANY);
}

static inline bool rights_may_edit(uint32_t rights, bool own)
{
	return rights & (own ? RIGHT_EDIT_OWNED | RIGHT_EDIT_ANY : RIGHT_EDIT_ANY);
}

static inline bool rights_may_delete(uint32_t rights, bool own)
{
	return rights & (own ? RIGHT_DELETE_OWNED | RIGHT_DELETE_ANY : RIGHT_DELETE_ANY);
}

#endif
