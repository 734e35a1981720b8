#include "server/message_rights.h"

#include "server/session.h"
#include "store/message.h"

#define OPEN_READ_ONLY 0u
#define OPEN_BEST_ACCESS 3u

status message_is_own(struct logon *l, uint64_t id, bool *own)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)512 << 20);
	CLEANUP_BUF struct buf me = BUF_MAX(4096);
	struct prop creator;
	status s = message_value(logon_mailbox(l), id, tag_id(PidTagCreatorEntryId), &arena, &creator);

	*own = false;
	if (s)
		return s == ecNotFound ? ecNone : s;
	s = person_entryid(&l->object.session->user, &me);
	if (!s)
		*own = creator.tag == PidTagCreatorEntryId && bytes_equal(creator.value, buf_bytes(&me));
	return s;
}

/* Whether it is one's own is only looked at where it matters. */
static status rights_to(struct logon *l, uint64_t folder, uint64_t id, uint32_t any, uint32_t *rights, bool *own)
{
	status s = logon_rights(l, folder, rights);

	*own = false;
	if (s || (*rights & any) == any)
		return s;
	return message_is_own(l, id, own);
}

status message_may_open(struct logon *l, uint64_t folder, uint64_t id, unsigned mode, bool *writable)
{
	uint32_t rights = 0;
	bool own = false, edit;
	status s = rights_to(l, folder, id, RIGHT_READ_ANY | RIGHT_EDIT_ANY, &rights, &own);

	if (s)
		return s;
	if (!rights_may_read(rights, own))
		return ecAccessDenied;
	edit = rights_may_edit(rights, own);
	if (!edit && mode != OPEN_READ_ONLY && mode != OPEN_BEST_ACCESS)
		return ecAccessDenied;
	*writable = edit && mode != OPEN_READ_ONLY;
	return ecNone;
}

status message_may_edit(struct logon *l, uint64_t folder, uint64_t id)
{
	uint32_t rights = 0;
	bool own = false;
	status s = rights_to(l, folder, id, RIGHT_EDIT_ANY, &rights, &own);

	return s ? s : rights_may_edit(rights, own) ? ecNone : ecAccessDenied;
}

status message_may_delete(struct logon *l, uint64_t folder, uint64_t id)
{
	uint32_t rights = 0;
	bool own = false;
	status s = rights_to(l, folder, id, RIGHT_DELETE_ANY, &rights, &own);

	return s ? s : rights_may_delete(rights, own) ? ecNone : ecAccessDenied;
}
