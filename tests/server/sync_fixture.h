/* The fixture of tests of synchronisation, downloads of a folder that are looked into, and messages for them. Included once by each. */
#ifndef TESTS_SERVER_SYNC_FIXTURE_H
#define TESTS_SERVER_SYNC_FIXTURE_H

#include "sync_steps.h"

#include "rop/rops_message.h"
#include "rop/xid.h"
#include "store/changes_import.h"
#include "store/permission.h"

#include "../store/mailboxes.h"

static struct fixture f;

/* What a stream says, counted. */
struct seen {
	size_t changes, messages, deleted, out_of_scope, read, unread, folders;
	size_t recipients, attachments;
	struct buf order; /* markers, 4 bytes each, top level only */
};

static inline size_t ids_in(struct bytes value)
{
	struct idset s;
	size_t n;

	idset_init(&s, 1000);
	assert_int_equal(idset_decode(value, IDSET_REPLID, &s, NULL), 0);
	n = (size_t)idset_count(&s);
	idset_free(&s);
	return n;
}

static inline void look(struct bytes stream, struct seen *out)
{
	struct stream_reader r;

	*out = (struct seen){ .order = BUF_MAX(1 << 20) };
	reader_begin(&r, before_state(stream));
	while (reader_next(&r)) {
		if (r.e.kind == FT_MARKER) {
			out->changes += r.e.marker == FT_INCR_SYNC_CHG;
			out->messages += r.e.marker == FT_INCR_SYNC_MESSAGE;
			out->recipients += r.e.marker == FT_START_RECIP;
			out->attachments += r.e.marker == FT_NEW_ATTACH;
			if (r.lexer.depth <= 1)
				buf_add_u32(&out->order, r.e.marker);
		} else if (r.e.kind == FT_PROP) {
			out->deleted += r.e.prop.tag == MetaTagIdsetDeleted ? ids_in(r.e.prop.value) : 0;
			out->out_of_scope += r.e.prop.tag == MetaTagIdsetNoLongerInScope ? ids_in(r.e.prop.value) : 0;
			out->read += r.e.prop.tag == MetaTagIdsetRead ? ids_in(r.e.prop.value) : 0;
			out->unread += r.e.prop.tag == MetaTagIdsetUnread ? ids_in(r.e.prop.value) : 0;
		}
	}
	reader_end(&r);
}

static const struct rop_synchronization_configure_request everything = {
	.output_handle_index = 2,
	.synchronization_type = SYNC_TYPE_CONTENTS,
	.send_options = SEND_UNICODE,
	.synchronization_flags = SYNC_UNICODE | SYNC_NORMAL | SYNC_FAI | SYNC_READ_STATE,
	.synchronization_extra_flags = SYNC_EID | SYNC_MESSAGE_SIZE | SYNC_CN,
};

static inline void synchronise(struct sync_state *state, uint16_t size, struct seen *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(64 << 20);
	struct rop_synchronization_configure_request q = everything;

	(void)fixture_ok(&f, ROP_SYNCHRONIZATION_CONFIGURE, 1, &q);
	upload_state(&f, 2, state, false);
	download(&f, 2, size, &b);
	look(buf_bytes(&b), out);
	state_of(buf_bytes(&b), state);
	fixture_release(&f, 2);
}

static inline void begin(struct mailbox **m, uint64_t *inbox)
{
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
	*m = fixture_lock(&f, 0);
	assert_int_equal(folder_by_role(*m, MAILBOX_INBOX, inbox), 0);
}

/* A message that has all those properties in its body that the header is there for. */
static inline uint64_t put_told(struct mailbox *m, uint64_t folder, bool associated)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const struct message_options o = { .associated = associated };
	struct bag b = plain_mail(&arena, "told twice");
	uint64_t id = 0;

	assert_int_equal(bag_set_u64(&b, PidTagLastModificationTime, FIXTURE_NOW), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagSourceKey, bytes_of("0123456789012345678901", 22)), 0);
	assert_int_equal(bag_set_bytes(&b, PidTagOriginalEntryId, bytes_of("x", 1)), 0);
	assert_int_equal(bag_set_u32(&b, 0x67110003, 7), 0);
	mailbox_ok(m, try_put(m, folder, &b, &o, &id));
	return id;
}

#endif
