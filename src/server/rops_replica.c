/* Ids for what a client makes while it is away ([MS-OXCFXICS] 3.2.5.9.4.7, 3.2.5.9.4.8). */
#include "rop/rops_ics.h"
#include "server/folder_object.h"
#include "server/rop_call.h"
#include "store/changes_import.h"

/* Who is not the owner gets no more at once: nobody shall use them up. */
#define OTHERS_MOST 65536u
/*
 * Set aside behind those that were asked for: clients are known that count past the end of what they got, and an id that
 * would be somebody else's one day can only be refused.
 */
#define SPARE 256u

static status get_local_replica_ids(struct rop_call *c)
{
	const struct rop_get_local_replica_ids_request *q = c->request;
	struct rop_get_local_replica_ids_response *r = c->response;
	struct mailbox *m = logon_mailbox(c->logon);
	uint64_t first = 0, spare = 0;
	/* Who was let in may bring something to some folder; whether they may to this one is asked there. */
	status s = c->logon->owner || q->id_count <= OTHERS_MOST ? mailbox_begin(m) : ecInvalidParam;

	if (s)
		return s;
	s = mailbox_reserve_ids(m, q->id_count, &first);
	if (!s)
		s = mailbox_reserve_ids(m, SPARE, &spare);
	if (!s)
		s = mailbox_commit(m);
	else
		mailbox_rollback(m);
	if (s)
		return s;
	r->repl_guid = c->logon->replica;
	global_counter_set(r->global_count, first);
	return ecNone;
}

/* A few are of messages that are gone.  Many are ids that were never used, which nobody has or will bring. */
#define REMEMBERED_MAX 1024u

static status read_ranges(const struct rop_set_local_replica_midset_deleted_request *q, const struct guid *replica, uint64_t *total)
{
	for (uint32_t i = 0; i < q->long_term_id_ranges.all.n; i++) {
		const struct long_term_id_range *r = &q->long_term_id_ranges.all.v[i];
		uint64_t first = global_counter_get(r->min_long_term_id.id.counter), last = global_counter_get(r->max_long_term_id.id.counter);

		if (!guid_equal(&r->min_long_term_id.id.replica, &r->max_long_term_id.id.replica) || first > last)
			return ecInvalidParam;
		if (guid_equal(&r->min_long_term_id.id.replica, replica))
			*total += last - first + 1;
	}
	return ecNone;
}

static status remember(struct rop_call *c, const struct rop_set_local_replica_midset_deleted_request *q)
{
	struct mailbox *m = logon_mailbox(c->logon);
	status s = mailbox_begin(m);

	if (s)
		return s;
	for (uint32_t i = 0; !s && i < q->long_term_id_ranges.all.n; i++) {
		const struct long_term_id_range *r = &q->long_term_id_ranges.all.v[i];

		if (guid_equal(&r->min_long_term_id.id.replica, &c->logon->replica))
			s = import_given_up(m, folder_object_id(c->object), global_counter_get(r->min_long_term_id.id.counter),
					    global_counter_get(r->max_long_term_id.id.counter));
	}
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status set_local_replica_midset_deleted(struct rop_call *c)
{
	const struct rop_set_local_replica_midset_deleted_request *q = c->request;
	uint64_t total = 0;
	status s = read_ranges(q, &c->logon->replica, &total);

	if (!s)
		s = logon_may(c->logon, folder_object_id(c->object), RIGHT_CREATE);
	return s || total > REMEMBERED_MAX ? s : remember(c, q);
}

const struct rop_entry rops_replica[] = {
	{ ROP_GET_LOCAL_REPLICA_IDS, OBJECT_LOGON, get_local_replica_ids },
	{ ROP_SET_LOCAL_REPLICA_MIDSET_DELETED, OBJECT_FOLDER, set_local_replica_midset_deleted },
	{ 0, 0, NULL },
};
