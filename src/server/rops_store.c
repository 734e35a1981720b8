/* Ids of the store, and what was read in public folders ([MS-OXCSTOR] 2.2.1.8 to 2.2.1.13, 3.2.5.8 to 3.2.5.13). */
#include "rop/rops_logon.h"

#include "rop/idset.h"
#include "server/rop_call.h"
#include "store/per_user.h"
#include "store/read_marks.h"
#include "store/replid.h"

/* MaxDataSize when the client leaves it to the server, and at most. */
#define DATA_SIZE_MOST 4096u

/* Ids ------------------------------------------------------------------------------------------------------------------ */

static status long_term_id_from_id(struct rop_call *c)
{
	const struct rop_long_term_id_from_id_request *r = c->request;
	struct rop_long_term_id_from_id_response *a = c->response;
	struct short_term_id id = short_term_id_of(r->object_id);
	status s;

	/* That of nothing is nothing ([MS-OXCSTOR] 3.2.5.8, <43>). */
	if (!r->object_id)
		return ecNone;
	s = replid_guid(logon_mailbox(c->logon), id.replica, &a->long_term_id.id.replica);

	memcpy(a->long_term_id.id.counter, id.counter, sizeof id.counter);
	return s;
}

/* A new one is written down, a known one costs no transaction. */
static status known_or_new(struct mailbox *m, const struct guid *replica, uint16_t *replid)
{
	status s = replid_of(m, replica, replid);

	if (s != ecInvalidParam)
		return s;
	s = mailbox_begin(m);
	if (!s)
		s = replid_of(m, replica, replid);
	return s ? s : mailbox_commit(m);
}

static status id_from_long_term_id(struct rop_call *c)
{
	const struct rop_id_from_long_term_id_request *r = c->request;
	struct rop_id_from_long_term_id_response *a = c->response;
	struct mailbox *m = logon_mailbox(c->logon);
	struct short_term_id id = { .replica = 0 };
	status s = ecNone;

	/* No replica is no REPLID ([MS-OXCSTOR] 3.2.5.9, <44>). */
	if (!guid_is_zero(&r->long_term_id.id.replica))
		s = known_or_new(m, &r->long_term_id.id.replica, &id.replica);
	memcpy(id.counter, r->long_term_id.id.counter, sizeof id.counter);
	a->object_id = short_term_id_get(&id);
	return s;
}

/* What was read -------------------------------------------------------------------------------------------------------- */

static void key_of(const struct long_term_id *l, uint8_t key[PER_USER_FOLDER_SIZE])
{
	memcpy(key, l->id.replica.b, sizeof l->id.replica.b);
	memcpy(key + sizeof l->id.replica.b, l->id.counter, sizeof l->id.counter);
}

/* In a mailbox it is the owner's, in the public folders that of whoever asks. */
static const struct guid *read_by(const struct rop_call *c)
{
	return c->logon->public_store ? &c->session->user.guid : NULL;
}

static status get_per_user_long_term_ids(struct rop_call *c)
{
	const struct rop_get_per_user_long_term_ids_request *r = c->request;
	struct rop_get_per_user_long_term_ids_response *a = c->response;
	struct per_user *list = NULL;
	size_t n = 0;
	status s;

	if (c->logon->public_store)
		return ecNotSupported;
	s = per_user_list(logon_mailbox(c->logon), NULL, &r->database_guid, c->arena, &list, &n);
	if (s)
		return s;
	if (n * sizeof(struct long_term_id) > c->room || n > UINT16_MAX)
		return ecBufferTooSmall;
	a->long_term_ids.v = arena_array(c->arena, n + 1, sizeof *a->long_term_ids.v);
	if (!a->long_term_ids.v)
		return ecMemory;
	a->long_term_ids.n = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		memcpy(a->long_term_ids.v[i].id.replica.b, list[i].folder, sizeof(struct guid));
		memcpy(a->long_term_ids.v[i].id.counter, list[i].folder + sizeof(struct guid),
		       GLOBAL_COUNTER_SIZE);
	}
	return ecNone;
}

static status get_per_user_guid(struct rop_call *c)
{
	const struct rop_get_per_user_guid_request *r = c->request;
	struct rop_get_per_user_guid_response *a = c->response;
	uint8_t key[PER_USER_FOLDER_SIZE];
	struct per_user p;
	status s;

	if (c->logon->public_store)
		return ecNotSupported;
	key_of(&r->long_term_id, key);
	s = per_user_get(logon_mailbox(c->logon), NULL, key, c->arena, &p);
	if (!s)
		a->database_guid = p.replica;
	return s;
}

static status read_per_user_information(struct rop_call *c)
{
	const struct rop_read_per_user_information_request *r = c->request;
	struct rop_read_per_user_information_response *a = c->response;
	uint32_t most = r->max_data_size && r->max_data_size < DATA_SIZE_MOST ? r->max_data_size
									      : DATA_SIZE_MOST;
	struct per_user p = { .data = bytes_of(NULL, 0) };
	uint8_t key[PER_USER_FOLDER_SIZE];
	status s;

	key_of(&r->folder_id, key);
	s = per_user_get(logon_mailbox(c->logon), read_by(c), key, c->arena, &p);
	if (s && s != ecNotFound)
		return s;
	/* One below zero is beyond the end too. */
	if (r->data_offset > p.data.n)
		return ecError;
	if (p.data.n - r->data_offset < most)
		most = (uint32_t)(p.data.n - r->data_offset);
	if (most + 3u > c->room)
		return ecBufferTooSmall;
	a->data = bytes_of(most ? p.data.p + r->data_offset : NULL, most);
	a->has_finished = r->data_offset + most == p.data.n;
	return ecNone;
}

/* Whatever came before is not continued: it is forgotten. */
static status begin_or_continue(struct logon_upload *u,
				const struct rop_write_per_user_information_request *r,
				const uint8_t *key)
{
	if (u->begun && memcmp(u->folder, key, sizeof u->folder) == 0 &&
	    r->data_offset == u->data.n)
		return ecNone;
	u->begun = false;
	buf_clear(&u->data);
	if (r->data_offset)
		return ecError;
	u->begun = true;
	memcpy(u->folder, key, sizeof u->folder);
	if (r->repl_guid.present)
		u->replica = r->repl_guid.value;
	return ecNone;
}

static bool is_idset(struct bytes data)
{
	CLEANUP_IDSET struct idset set = { .max = IDSET_RANGES_MAX };

	return !idset_decode(data, IDSET_REPLGUID, &set, NULL);
}

/* What the client cached of it, wherever the folder is. */
static status keep_cached(struct rop_call *c, const struct logon_upload *u)
{
	struct per_user p = { .replica = u->replica, .data = buf_bytes(&u->data) };

	if (!is_idset(p.data))
		return ecCorruptData;
	memcpy(p.folder, u->folder, sizeof p.folder);
	return per_user_set(logon_mailbox(c->logon), NULL, &p);
}

/* What the user has read from now on, of a folder that is here and may be read. */
static status keep_own(struct rop_call *c, const struct logon_upload *u)
{
	uint64_t folder = global_counter_get(u->folder + sizeof(struct guid));
	status s = ecNotFound;

	if (memcmp(u->folder, c->logon->replica.b, sizeof c->logon->replica.b) == 0)
		s = logon_may(c->logon, folder, RIGHT_READ_ANY);
	return s ? s : read_marks_replace(logon_mailbox(c->logon), folder, buf_bytes(&u->data));
}

static status keep(struct rop_call *c, const struct logon_upload *u)
{
	struct mailbox *m = logon_mailbox(c->logon);
	status s = mailbox_begin(m);

	if (!s)
		s = c->logon->public_store ? keep_own(c, u) : keep_cached(c, u);
	if (!s)
		return mailbox_commit(m);
	mailbox_rollback(m);
	return s;
}

static status write_per_user_information(struct rop_call *c)
{
	const struct rop_write_per_user_information_request *r = c->request;
	struct logon_upload *u = &c->logon->upload;
	uint8_t key[PER_USER_FOLDER_SIZE];
	status s;

	if (!c->logon->public_store && !c->logon->owner)
		return ecAccessDenied;
	key_of(&r->folder_id, key);
	s = begin_or_continue(u, r, key);
	if (s)
		return s;
	buf_add(&u->data, r->data.p, r->data.n);
	s = buf_status(&u->data);
	if (!s && r->has_finished)
		s = keep(c, u);
	if (s || r->has_finished) {
		u->begun = false;
		buf_free(&u->data);
	}
	return s;
}

const struct rop_entry rops_store[] = {
	{ ROP_LONG_TERM_ID_FROM_ID, OBJECT_WITH_PROPERTIES, long_term_id_from_id },
	{ ROP_ID_FROM_LONG_TERM_ID, OBJECT_WITH_PROPERTIES, id_from_long_term_id },
	{ ROP_GET_PER_USER_LONG_TERM_IDS, OBJECT_LOGON, get_per_user_long_term_ids },
	{ ROP_GET_PER_USER_GUID, OBJECT_LOGON, get_per_user_guid },
	{ ROP_READ_PER_USER_INFORMATION, OBJECT_LOGON, read_per_user_information },
	{ ROP_WRITE_PER_USER_INFORMATION, OBJECT_LOGON, write_per_user_information },
	{ 0, 0, NULL },
};
