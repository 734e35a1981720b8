/* What all who work on a logon ask of it. */
#include "server/logon.h"

#include "mapi/entryid.h"
#include "server/session.h"

struct mailbox *logon_mailbox(const struct logon *l)
{
	return shared_mailbox_get(l->store);
}

void logon_look(struct logon *l)
{
	mailbox_read_as(shared_mailbox_get(l->store), l->public_store ? &l->object.session->user.guid : NULL);
}

struct mailbox *logon_lock(struct logon *l)
{
	struct mailbox *m = shared_mailbox_lock(l->store);

	logon_look(l);
	return m;
}

void logon_principal(const struct logon *l, struct principal *out)
{
	const struct person *who = &l->object.session->user;

	*out = (struct principal){ .owner = l->owner, .person = &who->guid, .groups = who->groups, .n_groups = who->n_groups };
}

status logon_rights(struct logon *l, uint64_t folder, uint32_t *rights)
{
	struct principal who;

	logon_principal(l, &who);
	return permission_effective(logon_mailbox(l), folder, &who, rights);
}

status logon_may(struct logon *l, uint64_t folder, uint32_t rights)
{
	uint32_t has = 0;
	status s = logon_rights(l, folder, &has);

	return s ? s : (has & rights) == rights ? ecNone : ecAccessDenied;
}

#define OWN_REPLICA 1u

bool id_to_counter(uint64_t wire, uint64_t *counter)
{
	struct short_term_id id = short_term_id_of(wire);

	if (id.replica != OWN_REPLICA)
		return false;
	*counter = global_counter_get(id.counter);
	return *counter != 0;
}

uint64_t id_from_counter(uint64_t counter)
{
	struct short_term_id id = { .replica = OWN_REPLICA };

	global_counter_set(id.counter, counter);
	return short_term_id_get(&id);
}
