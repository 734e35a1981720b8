#include "client/sync_stream.h"

#include <time.h>

#include "mapi/tag.h"
#include "rop/rops_folder.h"
#include "rop/rops_ics.h"
#include "rop/rops_message.h"

#define ARENA_MOST   ((size_t)64 << 20)
#define STATE_PIECE  (20u << 10) /* so much of a state in one request */
#define STATE_MOST   ((size_t)16 << 20)
#define AUTO_SIZE    0xBABEu /* [MS-OXCFXICS] 2.2.3.1.1.5.1: as much as fits */
#define PIECE_MOST   0xFFFFu
#define BUSY_TRIES   20u
#define BUSY_MOST_MS 30000u

/* [MS-OXCFXICS] 2.2.3.2.1.1.1 */
enum { UNICODE = 0x0001, READ_STATE = 0x0008, FAI = 0x0010, NORMAL = 0x0020 };
enum { SEND_UNICODE = 0x01, SEND_FORCE_UNICODE = 0x08, SEND_PARTIAL_ITEM = 0x10 };
enum { EXTRA_EID = 1, EXTRA_MESSAGE_SIZE = 2, EXTRA_CN = 4, EXTRA_NEWEST_FIRST = 8 };

/* The state ----------------------------------------------------------------------------------------------------------------------- */

status sync_expect(struct remote_batch *b, size_t i, uint8_t rop, void *body, struct reason *why)
{
	status s = remote_answer(b, i, body);

	if (s)
		remote_explain(rop, s, why);
	return s;
}

/* What is in the batch is done, and well. */
static status flush(struct remote *r, struct remote_batch *b, struct reason *why)
{
	status s = remote_run(b, false, why);

	for (size_t i = 0, n = remote_count(b); !s && i < n; i++)
		s = sync_expect(b, i, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, NULL, why);
	(void)remote_batch(r);
	return s;
}

static status put_pieces(struct remote *r, struct remote_batch *b, unsigned context, struct bytes set, struct reason *why)
{
	status s = ecNone;

	for (size_t at = 0; !s && at < set.n; at += STATE_PIECE) {
		size_t n = set.n - at < STATE_PIECE ? set.n - at : STATE_PIECE;
		struct rop_synchronization_upload_state_stream_continue_request *q;

		if (remote_bytes(b) + n > STATE_PIECE + 4096)
			s = flush(r, b, why);
		q = s ? NULL : arena_zalloc(remote_arena(b), sizeof *q);
		if (!q)
			return s ? s : reason_set(why, ecMemory, "out of memory");
		q->stream_data = bytes_of(arena_memdup(remote_arena(b), set.p + at, n), n);
		(void)remote_add(b, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE, context, q);
	}
	return s;
}

static status put_set(struct remote *r, struct remote_batch *b, unsigned context, uint32_t tag, const struct idset *set, struct reason *why)
{
	CLEANUP_BUF struct buf bytes = BUF_MAX(STATE_MOST);
	struct rop_synchronization_upload_state_stream_begin_request *begin;
	status s = idset_encode(set, IDSET_REPLGUID, &bytes);

	if (s || !bytes.n)
		return s ? reason_set(why, s, "the state of the synchronisation is too large") : ecNone;
	if (remote_bytes(b) > STATE_PIECE)
		s = flush(r, b, why);
	begin = s ? NULL : arena_zalloc(remote_arena(b), sizeof *begin);
	if (!begin)
		return s ? s : reason_set(why, ecMemory, "out of memory");
	begin->state_property = tag;
	begin->transfer_buffer_size = (uint32_t)bytes.n;
	(void)remote_add(b, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN, context, begin);
	s = put_pieces(r, b, context, buf_bytes(&bytes), why);
	if (!s)
		(void)remote_add(b, ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_END, context, NULL);
	return s;
}

status sync_put_state(struct remote *r, struct remote_batch *b, unsigned context, const struct sync_state *state, bool hierarchy, struct reason *why)
{
	status s = put_set(r, b, context, MetaTagIdsetGiven, &state->given, why);

	if (!s)
		s = put_set(r, b, context, MetaTagCnsetSeen, &state->seen, why);
	if (!s && !hierarchy)
		s = put_set(r, b, context, MetaTagCnsetSeenFAI, &state->seen_associated, why);
	if (!s && !hierarchy)
		s = put_set(r, b, context, MetaTagCnsetRead, &state->read, why);
	return s;
}

/* Pieces -------------------------------------------------------------------------------------------------------------------------- */

static void ask_for_piece(struct sync_stream *t, struct remote_batch *b)
{
	t->get = (struct rop_fast_transfer_source_get_buffer_request){ .buffer_size = AUTO_SIZE, .maximum_buffer_size = PIECE_MOST };
	(void)remote_add(b, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, t->source, &t->get);
}

static bool has_more_behind(const struct sync_stream *t, struct remote_batch *b)
{
	const struct rop_fast_transfer_source_get_buffer_response *last = t->first;
	const struct rop_response *more;

	for (size_t i = 0; (more = remote_more(b, i)); i++) {
		if (more->id != ROP_FAST_TRANSFER_SOURCE_GET_BUFFER || more->return_value)
			return false;
		last = more->body;
	}
	return last->transfer_buffer.n && last->transfer_status != TRANSFER_ERROR && last->transfer_status != TRANSFER_DONE;
}

/* The next ones are on their way while these are used. When they cannot be asked for now, they are when they are needed. */
static void look_ahead(struct sync_stream *t, struct remote_batch *b)
{
	struct reason unused;

	if (!has_more_behind(t, b))
		return;
	b = remote_batch_ahead(t->remote);
	ask_for_piece(t, b);
	t->ahead = remote_run_begin(b, true, &unused) ? NULL : b;
}

/* The first of those that came in an answer. */
static status take_pieces(struct sync_stream *t, struct remote_batch *b, struct reason *why)
{
	size_t last = remote_count(b) - 1;
	struct rop_fast_transfer_source_get_buffer_response *body = NULL;
	status s;

	for (size_t i = 0; i < last; i++)
		if ((s = remote_answer(b, i, NULL))) {
			(void)reason_set(why, s, "0x%x", s);
			return reason_prefix(why, s, "what changed in a folder cannot be asked for (operation %zu)", i);
		}
	s = sync_expect(b, last, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, &body, why);
	if (s)
		return s;
	t->first = body;
	t->next_piece = 0;
	look_ahead(t, b);
	return ecNone;
}

static status take_ahead(struct sync_stream *t, struct reason *why)
{
	struct remote_batch *b = t->ahead;
	status s;

	remote_batch_drop(t->remote);
	s = remote_run_end(b, why);
	t->ahead = NULL;
	return s ? s : take_pieces(t, b, why);
}

static status take(struct sync_stream *t, const struct rop_fast_transfer_source_get_buffer_response *p, struct bytes *piece, struct reason *why)
{
	if (p->transfer_status == TRANSFER_ERROR)
		return reason_set(why, ecError, "the server breaks off the transfer");
	t->ended = p->transfer_status == TRANSFER_DONE;
	t->bytes += p->transfer_buffer.n;
	t->empty = p->transfer_buffer.n || t->ended ? 0 : t->empty + 1;
	if (t->empty > BUSY_TRIES)
		return reason_set(why, ecCorruptData, "the server says that there is more, and gives nothing");
	*piece = p->transfer_buffer;
	return ecNone;
}

static void rest(unsigned ms)
{
	(void)nanosleep(&(struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 }, NULL);
}

/* Another request for pieces; a server that is busy is given the time it asks for. */
static status ask_again(struct sync_stream *t, struct reason *why)
{
	unsigned wait = 250;
	status s = t->ahead ? take_ahead(t, why) : ecServerBusy;

	for (unsigned i = 0; i < BUSY_TRIES && s == ecServerBusy; i++) {
		struct remote_batch *b = remote_batch(t->remote);

		if (i)
			rest(wait);
		wait = 2 * wait < BUSY_MOST_MS ? 2 * wait : BUSY_MOST_MS;
		ask_for_piece(t, b);
		s = remote_run(b, true, why);
		if (!s)
			s = take_pieces(t, b, why);
	}
	return s;
}

static status piece_from_elsewhere(struct sync_stream *t, struct bytes *piece, struct reason *why)
{
	status s = t->elsewhere(t->context, piece, why);

	t->bytes += s ? 0 : piece->n;
	t->ended = !s && !piece->n;
	return s;
}

static status next_piece(struct sync_stream *t, struct bytes *piece, struct reason *why)
{
	struct remote_batch *b = NULL;
	const struct rop_response *more;
	status s;

	if (t->elsewhere)
		return piece_from_elsewhere(t, piece, why);

	if (t->first) {
		const struct rop_fast_transfer_source_get_buffer_response *p = t->first;

		t->first = NULL;
		return take(t, p, piece, why);
	}
	b = remote_batch_of(t->remote);
	more = remote_more(b, t->next_piece++);
	if (more && more->id == ROP_FAST_TRANSFER_SOURCE_GET_BUFFER && !more->return_value)
		return take(t, more->body, piece, why);
	s = ask_again(t, why);
	return s ? s : next_piece(t, piece, why);
}

status sync_stream_next(struct sync_stream *t, struct ft_event *e, struct reason *why)
{
	struct bytes piece;
	status s;

	arena_reset(&t->arena);
	while (!(s = ft_lexer_next(&t->lexer, &t->arena, e)) && e->kind == FT_MORE && !t->ended) {
		if ((s = next_piece(t, &piece, why)))
			return s;
		ft_lexer_feed(&t->lexer, piece);
	}
	if (!s && e->kind == FT_MORE)
		s = ft_lexer_finish(&t->lexer);
	return s ? reason_set(why, s, "what the server sends cannot be understood: %s", t->lexer.why.text) : ecNone;
}

status sync_stream_piece(struct sync_stream *t, struct bytes *piece, struct reason *why)
{
	status s = ecNone;

	for (*piece = bytes_of(NULL, 0); !s && !piece->n && !t->ended;)
		s = next_piece(t, piece, why);
	return s;
}

bool sync_stream_has_more(const struct sync_stream *t)
{
	return t->ahead != NULL;
}

/* Beginning ----------------------------------------------------------------------------------------------------------------------- */

static void init(struct sync_stream *t, struct remote *r)
{
	*t = (struct sync_stream){ .remote = r, .folder = REMOTE_NO_SLOT, .source = REMOTE_NO_SLOT };
	arena_init(&t->arena, ARENA_MOST);
	ft_lexer_init(&t->lexer, &ft_limits_wire);
}

status sync_stream_begin(struct sync_stream *t, struct remote *r, const struct sync_stream_ask *ask, struct reason *why)
{
	struct remote_batch *b = remote_batch(r);
	struct rop_open_folder_request *open = arena_zalloc(remote_arena(b), sizeof *open);
	struct rop_synchronization_configure_request *q = arena_zalloc(remote_arena(b), sizeof *q);
	bool contents = ask->kind == STREAM_CONTENTS;
	status s;

	init(t, r);
	if (!open || !q)
		return reason_set(why, ecMemory, "out of memory");
	open->folder_id = ask->folder;
	q->synchronization_type = (uint8_t)ask->kind;
	q->send_options = SEND_UNICODE | SEND_FORCE_UNICODE | (contents && ask->partial ? SEND_PARTIAL_ITEM : 0);
	q->synchronization_flags = (uint16_t)(UNICODE | (contents ? READ_STATE | FAI | NORMAL : 0));
	q->synchronization_extra_flags = EXTRA_EID | EXTRA_CN | (contents ? EXTRA_MESSAGE_SIZE | EXTRA_NEWEST_FIRST : 0);
	q->restriction_data = ask->restriction;
	q->property_tags.n = (uint32_t)ask->n_left_out;
	q->property_tags.v = (uint32_t *)(uintptr_t)ask->left_out;
	t->folder = remote_add(b, ROP_OPEN_FOLDER, remote_logon_handle(r), open);
	t->source = remote_add(b, ROP_SYNCHRONIZATION_CONFIGURE, t->folder, q);
	s = sync_put_state(r, b, t->source, ask->state, !contents, why);
	if (s)
		return s;
	ask_for_piece(t, b);
	s = remote_run(b, true, why);
	return s ? s : take_pieces(t, b, why);
}

status sync_stream_message(struct sync_stream *t, struct remote *r, uint64_t folder, uint64_t message, struct reason *why)
{
	struct rop_open_message_request open = { .code_page_id = 0x0FFF, .folder_id = folder, .message_id = message };
	struct rop_fast_transfer_source_copy_to_request q = { .send_options = SEND_UNICODE | SEND_FORCE_UNICODE };
	struct remote_batch *b = remote_batch(r);
	status s;

	init(t, r);
	t->folder = remote_add(b, ROP_OPEN_MESSAGE, remote_logon_handle(r), &open);
	t->source = remote_add(b, ROP_FAST_TRANSFER_SOURCE_COPY_TO, t->folder, &q);
	ask_for_piece(t, b);
	s = remote_run(b, true, why);
	return s ? s : take_pieces(t, b, why);
}

status sync_stream_of(struct sync_stream *t, struct remote *r, uint8_t rop, unsigned slot, void *request, struct reason *why)
{
	struct remote_batch *b = remote_batch(r);
	status s;

	init(t, r);
	t->source = remote_add(b, rop, slot, request);
	ask_for_piece(t, b);
	s = remote_run(b, true, why);
	return s ? s : take_pieces(t, b, why);
}

void sync_stream_from(struct sync_stream *t, sync_stream_source *next, void *context)
{
	init(t, NULL);
	t->elsewhere = next;
	t->context = context;
}

void sync_stream_end(struct sync_stream *t)
{
	struct reason unused;

	/* A session goes on only when each of its answers was heard. */
	if (t->ahead)
		(void)!remote_run_end(t->ahead, &unused);
	if (t->source != REMOTE_NO_SLOT)
		remote_release(t->remote, t->source);
	if (t->folder != REMOTE_NO_SLOT)
		remote_release(t->remote, t->folder);
	ft_lexer_free(&t->lexer);
	arena_free(&t->arena);
}
