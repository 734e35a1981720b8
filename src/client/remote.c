#include "client/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/remote_private.h"
#include "mapi/error.h"
#include "mapi/tag.h"
#include "rop/property_row.h"
#include "rop/rops_property.h"

#define ARENA_MOST   ((size_t)128 << 20)
#define ROPS_ROOM    (30u << 10) /* one buffer takes 32 KiB of every server */
#define HEAD_BYTES   8u
#define ecRpcFailed  0x80040115u

/* Slots --------------------------------------------------------------------------------------------------------------------------- */

static void forget_slots(struct remote *r)
{
	for (size_t i = 0; i < REMOTE_SLOTS; i++) {
		r->handles[i] = ROP_HANDLE_NONE;
		r->used[i] = false;
	}
	r->used[0] = true;
	r->n_release = 0;
}

static unsigned take_slot(struct remote *r)
{
	for (unsigned i = 1; i < REMOTE_SLOTS; i++)
		if (!r->used[i]) {
			r->used[i] = true;
			r->handles[i] = ROP_HANDLE_NONE;
			return i;
		}
	return REMOTE_NO_SLOT;
}

void remote_release(struct remote *r, unsigned slot)
{
	if (slot && slot < REMOTE_SLOTS && r->used[slot] && r->n_release < REMOTE_SLOTS)
		r->to_release[r->n_release++] = slot;
}

/* Those given back are sent along, and free for others when the answer is there. */
static void put_releases(struct remote_batch *b)
{
	struct remote *r = b->remote;

	b->releases = 0;
	for (size_t i = 0; i < r->n_release; i++)
		if (r->handles[r->to_release[i]] != ROP_HANDLE_NONE)
			b->requests[b->releases++] = (struct rop_request){ .id = ROP_RELEASE, .logon_id = r->number, .input_handle_index = (uint8_t)r->to_release[i] };
	b->n = b->releases;
}

/* Batches ------------------------------------------------------------------------------------------------------------------------- */

static void make_empty(struct remote *r, struct remote_batch *b)
{
	arena_reset(&b->arena);
	b->remote = r;
	b->bytes = 0;
	b->full = false;
	b->outputs = NULL;
	b->n_outputs = 0;
	memset(b->answers, 0, sizeof b->answers);
	memset(b->opened_by, 0, sizeof b->opened_by);
	b->n = b->releases = 0;
}

struct remote_batch *remote_batch(struct remote *r)
{
	struct remote_batch *b = &r->batches[r->now];

	make_empty(r, b);
	put_releases(b);
	return b;
}

struct remote_batch *remote_batch_of(struct remote *r)
{
	return &r->batches[r->now];
}

void remote_batch_drop(struct remote *r)
{
	make_empty(r, &r->batches[r->now]);
}

struct remote_batch *remote_batch_ahead(struct remote *r)
{
	struct remote_batch *b = &r->batches[1 - r->now];

	make_empty(r, b);
	return b;
}

struct arena *remote_arena(struct remote_batch *b)
{
	return &b->arena;
}

static bool opens_something(uint8_t rop)
{
	const struct rop_info *info = rop_info(rop);

	return info && (info->handles == ROP_HANDLES_INPUT_OUTPUT || info->handles == ROP_HANDLES_OUTPUT);
}

/* About what the operation takes; known when it is encoded, and bounded there. */
static size_t size_of(const struct rop_request *q)
{
	CLEANUP_BUF struct buf out = BUF_MAX(ROP_SIZE_MAX);
	struct wire_out w = { .buf = &out };

	return rop_request_encode(&w, q) ? ROP_SIZE_MAX : out.n;
}

unsigned remote_add(struct remote_batch *b, uint8_t rop, unsigned slot, void *body)
{
	struct remote *r = b->remote;
	bool opens = opens_something(rop);
	unsigned made = opens ? rop == ROP_LOGON ? 0 : take_slot(r) : REMOTE_NO_SLOT;
	struct rop_request *q;

	if (b->n - b->releases == REMOTE_MOST || slot >= REMOTE_SLOTS || (opens && made == REMOTE_NO_SLOT)) {
		b->full = true;
		return REMOTE_NO_SLOT;
	}
	q = &b->requests[b->n++];
	*q = (struct rop_request){ .id = rop, .logon_id = r->number, .input_handle_index = (uint8_t)slot, .response_handle_index = (uint8_t)slot, .body = body };
	q->info = rop_info(rop);
	/* OutputHandleIndex is the first that a body has ([MS-OXCROPS] 2.2.4.1.1). */
	if (opens && rop != ROP_LOGON && body)
		*(uint8_t *)body = (uint8_t)made;
	if (opens)
		b->opened_by[made] = (unsigned)b->n;
	b->bytes += HEAD_BYTES + size_of(q);
	return made;
}

size_t remote_count(const struct remote_batch *b)
{
	return b->n - b->releases;
}

size_t remote_bytes(const struct remote_batch *b)
{
	return b->bytes;
}

/* Which answers belong to which operations: they come in order, and others that nobody asked for between them. */
static void match(struct remote_batch *b)
{
	const struct rop_output *o = &b->outputs[0];
	size_t at = b->releases;

	for (uint32_t i = 0; i < o->n_responses && at < b->n; i++) {
		const struct rop_response *a = &o->responses[i];

		if (a->id == ROP_NOTIFY || a->id == ROP_PENDING)
			continue;
		/* RopBufferTooSmall, RopBackoff: what follows was not done. */
		if (a->id != b->requests[at].id)
			return;
		b->answers[at++] = a;
	}
}

static void end_releases(struct remote *r)
{
	for (size_t i = 0; i < r->n_release; i++) {
		r->used[r->to_release[i]] = false;
		r->handles[r->to_release[i]] = ROP_HANDLE_NONE;
	}
	r->n_release = 0;
}

/* What was opened by an operation that failed is not there. */
static void drop_unopened(struct remote_batch *b)
{
	struct remote *r = b->remote;

	for (unsigned i = 0; i < REMOTE_SLOTS; i++) {
		const struct rop_response *a = b->opened_by[i] ? b->answers[b->opened_by[i] - 1] : NULL;

		if (b->opened_by[i] && i && (!a || a->return_value)) {
			r->used[i] = false;
			r->handles[i] = ROP_HANDLE_NONE;
		}
	}
}

void remote_set_columns(struct remote *r, const uint32_t *tags, uint32_t n)
{
	r->columns = (struct rop_columns){ n, tags };
}

static bool columns_of(void *user, const struct rop_request *asked, struct rop_columns *out)
{
	(void)asked;
	*out = ((struct remote *)user)->columns;
	return out->n != 0;
}

status remote_run_begin(struct remote_batch *b, bool chain, struct reason *why)
{
	struct remote *r = b->remote;
	status s;

	b->ask = (struct session_ask){ .requests = b->requests,
				       .n = b->n,
				       .handles = r->handles,
				       .n_handles = REMOTE_SLOTS,
				       .columns = columns_of,
				       .user = r,
				       .chain = chain };
	if (b->full || b->bytes > ROP_SIZE_MAX)
		return reason_set(why, ecTooBig, "more operations than one request has room for");
	s = session_execute_begin(r->session, &b->ask, why);
	b->ahead = !s;
	return s;
}

status remote_run_end(struct remote_batch *b, struct reason *why)
{
	struct remote *r = b->remote;
	status s = session_execute_end(r->session, &b->ask, &b->arena, &b->outputs, &b->n_outputs, why);

	b->ahead = false;
	if (s)
		return s;
	match(b);
	if (b == &r->batches[r->now])
		end_releases(r);
	drop_unopened(b);
	r->now = (unsigned)(b - r->batches);
	return ecNone;
}

status remote_run(struct remote_batch *b, bool chain, struct reason *why)
{
	status s = remote_run_begin(b, chain, why);

	return s ? s : remote_run_end(b, why);
}

/* The index of an operation in the batch counts without the releases. */
status remote_answer(struct remote_batch *b, size_t i, void *body)
{
	const struct rop_response *a;
	unsigned slot, opener;

	i += b->releases;
	if (i >= b->n)
		return ecInvalidParam;
	a = b->answers[i];
	if (!a)
		return ecBufferTooSmall;
	slot = b->requests[i].input_handle_index;
	opener = slot < REMOTE_SLOTS ? b->opened_by[slot] : 0;
	if (a->return_value && opener && opener - 1 < i && b->answers[opener - 1] && b->answers[opener - 1]->return_value)
		return b->answers[opener - 1]->return_value;
	if (body && rop_response_type(a) == b->requests[i].info->response)
		*(void **)body = a->body;
	return a->return_value;
}

const struct rop_response *remote_more(struct remote_batch *b, size_t i)
{
	return i + 1 < b->n_outputs && b->outputs[i + 1].n_responses ? &b->outputs[i + 1].responses[0] : NULL;
}

const struct rop_response *remote_notification(struct remote_batch *b, size_t i)
{
	for (size_t o = 0; o < b->n_outputs; o++)
		for (uint32_t k = 0; k < b->outputs[o].n_responses; k++) {
			const struct rop_response *a = &b->outputs[o].responses[k];

			if ((a->id == ROP_NOTIFY || a->id == ROP_PENDING) && i-- == 0)
				return a;
		}
	return NULL;
}

void remote_explain(uint8_t rop, status code, struct reason *why)
{
	const struct mapi_error *e = mapi_error_by_code(code);
	char scratch[ROP_NAME_SCRATCH];

	if (e)
		reason_write(why, "%s: %s", rop_name(rop, scratch), e->name);
	else
		reason_write(why, "%s: error 0x%x", rop_name(rop, scratch), code);
}

/* Logging on ---------------------------------------------------------------------------------------------------------------------- */

static void keep_logon(struct remote *r, const struct rop_logon_response *a)
{
	struct remote_mailbox *m = &r->mailbox;

	m->mailbox = r->kind == REMOTE_PUBLIC ? a->repl_guid : a->mailbox_guid;
	m->replica = a->repl_guid;
	m->replid = a->repl_id;
	m->response_flags = a->response_flags;
	memset(m->folder_ids, 0, sizeof m->folder_ids);
	if (r->kind == REMOTE_PUBLIC) {
		m->folder_ids[LOGON_FOLDER_ROOT] = remote_globcnt(r, a->folder_ids.id[PUBLIC_LOGON_FOLDER_ROOT]);
		m->folder_ids[LOGON_FOLDER_IPM_SUBTREE] = remote_globcnt(r, a->folder_ids.id[PUBLIC_LOGON_FOLDER_IPM_SUBTREE]);
		return;
	}
	for (size_t i = 0; i < ROP_LOGON_FOLDERS; i++)
		m->folder_ids[i] = remote_globcnt(r, a->folder_ids.id[i]);
}

static void keep_signature(struct remote *r, struct rop_get_properties_specific_response *a)
{
	static const uint32_t tag = PidTagMappingSignature;
	struct bytes row = a->row_data;
	struct reason why;
	struct prop p;

	r->mailbox.has_mapping_signature =
		!property_row_next(&row, &tag, 1, &r->batches[r->now].arena, &p, &why) && tag_type(p.tag) == PT_BINARY && p.value.n == sizeof(struct guid);
	if (r->mailbox.has_mapping_signature)
		memcpy(r->mailbox.mapping_signature.b, p.value.p, sizeof(struct guid));
}

static status wrong_server(const struct rop_response *a, struct reason *why)
{
	const struct rop_logon_redirect *to = a->body;

	return reason_set(why, ecWrongServer, "the mailbox is at another server now%s%.*s: postern profile add finds it", to && to->server_name.n > 1 ? ", " : "",
			  to && to->server_name.n > 1 ? (int)to->server_name.n - 1 : 0, to && to->server_name.n > 1 ? (const char *)to->server_name.p : "");
}

static status log_on(struct remote *r, struct reason *why)
{
	static uint32_t tag = PidTagMappingSignature;
	static const uint32_t open_flags[] = { [REMOTE_OWN] = LOGON_OPEN_HOME_LOGON, [REMOTE_OTHER] = 0, [REMOTE_PUBLIC] = LOGON_OPEN_PUBLIC };
	struct rop_logon_request q = { .logon_flags = r->kind == REMOTE_PUBLIC ? 0 : LOGON_PRIVATE,
				       .open_flags = open_flags[r->kind] | LOGON_OPEN_NO_MAIL | LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING,
				       .essdn = r->kind == REMOTE_PUBLIC ? bytes_of(NULL, 0) : bytes_of(r->dn, strlen(r->dn) + 1) };
	struct rop_get_properties_specific_request p = { .want_unicode = 1, .property_tags = { 1, &tag } };
	struct rop_get_properties_specific_response *row = NULL;
	struct rop_logon_response *a = NULL;
	struct remote_batch *b;
	status s;

	forget_slots(r);
	b = remote_batch(r);
	(void)remote_add(b, ROP_LOGON, 0, &q);
	(void)remote_add(b, ROP_GET_PROPERTIES_SPECIFIC, 0, &p);
	s = remote_run(b, false, why);
	if (s)
		return s;
	s = remote_answer(b, 0, &a);
	if (s == ecWrongServer)
		return wrong_server(b->answers[0], why);
	if (s) {
		remote_explain(ROP_LOGON, s, why);
		return reason_prefix(why, s, r->kind == REMOTE_PUBLIC ? "the public folders cannot be opened" : "the mailbox cannot be opened");
	}
	if (!a)
		return reason_set(why, ecCorruptData, "the server says that the mailbox is open, and nothing of it");
	keep_logon(r, a);
	if (!remote_answer(b, 1, &row) && row)
		keep_signature(r, row);
	return ecNone;
}

status remote_again(struct remote *r, struct reason *why)
{
	status s = session_connected(r->session) ? ecNone : session_connect(r->session, why);

	name_map_free(r->names);
	r->names = NULL;
	return s ? s : log_on(r, why);
}

status remote_open(struct session *s, const char *dn, struct remote **out, struct reason *why)
{
	return remote_open_store(s, REMOTE_OWN, dn, out, why);
}

status remote_open_store(struct session *s, enum remote_store kind, const char *dn, struct remote **out, struct reason *why)
{
	return remote_open_more(s, kind, dn, 0, out, why);
}

status remote_open_more(struct session *s, enum remote_store kind, const char *dn, uint8_t number, struct remote **out, struct reason *why)
{
	struct remote *r = calloc(1, sizeof *r);
	status st;

	if (!r)
		return reason_set(why, ecMemory, "out of memory");
	r->session = s;
	r->kind = kind;
	r->number = number;
	for (size_t i = 0; i < 2; i++)
		arena_init(&r->batches[i].arena, ARENA_MOST);
	r->dn = strdup(dn);
	st = r->dn ? remote_again(r, why) : reason_set(why, ecMemory, "out of memory");
	if (st)
		remote_close(r);
	else
		*out = r;
	return st;
}

status remote_beside(const struct remote *r, struct session *s, struct remote **out, struct reason *why)
{
	return remote_open_store(s, r->kind, r->dn, out, why);
}

void remote_close(struct remote *r)
{
	if (!r)
		return;
	name_map_free(r->names);
	for (size_t i = 0; i < 2; i++)
		arena_free(&r->batches[i].arena);
	free(r->dn);
	free(r);
}

enum remote_store remote_store(const struct remote *r)
{
	return r->kind;
}

const struct remote_mailbox *remote_mailbox(const struct remote *r)
{
	return &r->mailbox;
}

struct session *remote_session(struct remote *r)
{
	return r->session;
}

unsigned remote_logon_handle(const struct remote *r)
{
	(void)r;
	return 0;
}
