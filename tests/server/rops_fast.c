/* Fast transfer: what was uploaded is downloaded again, whichever way, in pieces of any size. */
#include "sync_steps.h"

#include "rop/rops_message.h"
#include "store/changes_import.h"
#include "server/fast_message.h"
#include "store/permission.h"

#include "../store/mailboxes.h"

#define BIG ((size_t)200000)

static struct fixture f;

static void put_text(struct buf *b, uint32_t tag, const char *text)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(1 << 16);
	struct bytes v = utf16_bytes(&a, text);
	const struct prop p = { .tag = tag, .count = 1, .size = v.n, .value = v };

	ft_put_prop(b, &p, NULL);
}

static void put_u32(struct buf *b, uint32_t tag, uint32_t v)
{
	uint8_t raw[4];
	const struct prop p = { .tag = tag, .count = 1, .size = 4, .value = bytes_of(raw, 4) };

	put_le32(raw, v);
	ft_put_prop(b, &p, NULL);
}

static void put_big(struct buf *b, uint32_t tag, uint8_t seed)
{
	uint8_t *v = malloc(BIG);
	const struct prop p = { .tag = tag, .count = 1, .size = BIG, .value = bytes_of(v, BIG) };

	assert_non_null(v);
	for (size_t i = 0; i < BIG; i++)
		v[i] = (uint8_t)(seed + i * 7);
	ft_put_prop(b, &p, NULL);
	free(v);
}

static void put_recipient(struct buf *b, uint32_t row, const char *name)
{
	ft_put_marker(b, FT_START_RECIP);
	put_u32(b, PidTagRowid, row);
	put_u32(b, PidTagRecipientType, 1);
	put_text(b, PidTagDisplayName, name);
	put_text(b, PidTagEmailAddress, "grace@contoso.example");
	ft_put_marker(b, FT_END_TO_RECIP);
}

/* propList messageChildren, with all there can be. */
static void message_content(struct buf *b)
{
	put_text(b, PidTagMessageClass, "IPM.Note");
	put_text(b, PidTagSubject, "Fast");
	put_text(b, PidTagBody, "A body that was sent in pieces");
	put_big(b, PidTagHtml, 3);
	put_u32(b, MetaTagFXDelProp, PidTagMessageRecipients);
	put_recipient(b, 0, "Grace");
	put_recipient(b, 1, "Ada");
	put_u32(b, MetaTagFXDelProp, PidTagMessageAttachments);
	ft_put_marker(b, FT_NEW_ATTACH);
	put_u32(b, PidTagAttachNumber, 0);
	put_u32(b, PidTagAttachMethod, ATTACH_BY_VALUE);
	put_text(b, PidTagAttachLongFilename, "data.bin");
	put_big(b, PidTagAttachDataBinary, 5);
	ft_put_marker(b, FT_END_ATTACH);
	ft_put_marker(b, FT_NEW_ATTACH);
	put_u32(b, PidTagAttachNumber, 1);
	put_u32(b, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE);
	ft_put_marker(b, FT_START_EMBED);
	put_text(b, PidTagMessageClass, "IPM.Note");
	put_text(b, PidTagSubject, "Within");
	put_recipient(b, 0, "Edith");
	ft_put_marker(b, FT_END_EMBED);
	ft_put_marker(b, FT_END_ATTACH);
}

static void upload(uint8_t index, struct bytes stream, size_t step)
{
	for (size_t at = 0; at < stream.n; at += step) {
		size_t n = stream.n - at < step ? stream.n - at : step;
		struct rop_fast_transfer_destination_put_buffer_request q = { .transfer_data = bytes_of(stream.p + at, n) };
		struct rop_fast_transfer_destination_put_buffer_response *r = fixture_ok(&f, ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, index, &q);

		/* MS-OXCFXICS_R318200101 */
		/* MS-OXCFXICS_R2156 */
		assert_int_equal(r->buffer_used_size, n);
		/* MS-OXCFXICS_R3178001 */
		assert_int_equal(r->total_step_count, 1);
		/* MS-OXCFXICS_R31701 */
		assert_int_equal(r->in_progress_count, 0);
	}
}

static void configure(uint8_t index, uint8_t operation, uint8_t into)
{
	struct rop_fast_transfer_destination_configure_request q = { .output_handle_index = into, .source_operation = operation };

	(void)fixture_ok(&f, ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, index, &q);
}

static uint64_t save(uint8_t index)
{
	struct rop_save_changes_message_request q = { .save_flags = 0x0A };
	struct rop_save_changes_message_response *r = fixture_ok(&f, ROP_SAVE_CHANGES_MESSAGE, index, &q);

	return r->message_id;
}

/* Does a stream say this, as bytes, somewhere? */
static bool says(struct bytes stream, struct bytes what)
{
	return memmem(stream.p, stream.n, what.p, what.n) != NULL;
}

/* What was uploaded is all there: every element of it, each as it was. */
static void assert_holds(struct bytes down, const struct buf *sent)
{
	struct stream_reader r;
	size_t from = 0;

	reader_begin(&r, buf_bytes(sent));
	while (reader_next(&r)) {
		struct bytes element = bytes_of(sent->p + from, (size_t)r.lexer.used - from);

		if (r.e.kind == FT_PROP && r.e.prop.tag != PidTagRowid && r.e.prop.tag != MetaTagFXDelProp && !says(down, element))
			fail_msg("a property of tag 0x%08x is gone", r.e.prop.tag);
		from = (size_t)r.lexer.used;
	}
	reader_end(&r);
}

static void begin(void)
{
	(void)fixture_logon(&f, 0, "alice");
	fixture_open_folder(&f, 0, fixture_folder_id(&f, 0, MAILBOX_INBOX), 1);
}

static void new_message(uint8_t into)
{
	struct rop_create_message_request q = { .output_handle_index = into, .code_page_id = 0x0FFF, .folder_id = fixture_folder_id(&f, 0, MAILBOX_INBOX) };

	(void)fixture_ok(&f, ROP_CREATE_MESSAGE, 1, &q);
}

static void message_up_and_down(void **unused)
{
	static const size_t steps[] = { 30000, 997 };
	CLEANUP_BUF struct buf sent = BUF_MAX(4 << 20), down = BUF_MAX(4 << 20);

	(void)unused;
	message_content(&sent);
	begin();
	for (size_t i = 0; i < 2; i++) {
		struct rop_fast_transfer_source_copy_to_request q = { .output_handle_index = 4, .send_options = SEND_FORCE_UNICODE };
		uint64_t id;

		new_message(2);
		configure(2, 1, 3);
		upload(3, buf_bytes(&sent), steps[i]);
		/* Before it is saved, and after. */
		(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &q);
		download(&f, 4, 5000, &down);
		assert_holds(buf_bytes(&down), &sent);
		id = save(2);
		struct rop_fast_transfer_source_copy_messages_request m = {
			.output_handle_index = 5, .message_ids = { 1, &id }, .send_options = SEND_FORCE_UNICODE };
		(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, 1, &m);
		download(&f, 5, 5000, &down);
		assert_holds(buf_bytes(&down), &sent);
		/* What goes on after the save would go nowhere. */
		struct rop_fast_transfer_destination_put_buffer_request more = { .transfer_data = bytes_of(sent.p, 100) };
		fixture_refused(&f, ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, 3, &more, ecError);
	}
}

static void text_forms(void **unused)
{
	static const struct {
		uint8_t options;
		uint16_t type;
	} forms[] = { { 0, PT_STRING8 }, { SEND_UNICODE, PT_UNICODE }, { SEND_FORCE_UNICODE, PT_UNICODE },
		      { SEND_USE_CPID | SEND_UNICODE, 0x84B0 }, { SEND_USE_CPID, 0x84B0 } };
	CLEANUP_BUF struct buf sent = BUF_MAX(4 << 20), down = BUF_MAX(4 << 20);

	(void)unused;
	put_text(&sent, PidTagMessageClass, "IPM.Note");
	put_text(&sent, PidTagSubject, "Fast");
	begin();
	new_message(2);
	configure(2, 1, 3);
	upload(3, buf_bytes(&sent), 100);
	(void)save(2);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct rop_fast_transfer_source_copy_to_request q = { .output_handle_index = 4, .send_options = forms[i].options };
		uint8_t head[4];

		(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &q);
		download(&f, 4, 5000, &down);
		put_le16(head, forms[i].type);
		put_le16(head + 2, tag_id(PidTagSubject));
		assert_true(says(buf_bytes(&down), bytes_of(head, 4)));
	}
}

/* 3.2.5.8.1.1: what is listed is left out, or is all there is. */
static void filters(void **unused)
{
	CLEANUP_BUF struct buf sent = BUF_MAX(4 << 20), down = BUF_MAX(4 << 20);
	uint32_t tags[] = { PidTagSubject, PidTagMessageAttachments };
	uint8_t subject[4], attach[4], recipient[4];

	(void)unused;
	put_le32(subject, tag_make(tag_id(PidTagSubject), PT_UNICODE));
	put_le16(subject, PT_UNICODE);
	put_le16(subject + 2, tag_id(PidTagSubject));
	put_le32(attach, FT_NEW_ATTACH);
	put_le32(recipient, FT_START_RECIP);
	message_content(&sent);
	begin();
	new_message(2);
	configure(2, 1, 3);
	upload(3, buf_bytes(&sent), 20000);
	(void)save(2);
	struct rop_fast_transfer_source_copy_to_request to = {
		.output_handle_index = 4, .send_options = SEND_UNICODE, .property_tags = { 2, tags } };
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &to);
	download(&f, 4, 5000, &down);
	/* MS-OXCFXICS_R3440 */
	assert_false(says(buf_bytes(&down), bytes_of(attach, 4)));
	assert_true(says(buf_bytes(&down), bytes_of(recipient, 4)));
	to.level = 1;
	to.property_tags.n = 0;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &to);
	download(&f, 4, 5000, &down);
	/* MS-OXCFXICS_R3441 */
	assert_false(says(buf_bytes(&down), bytes_of(attach, 4)) || says(buf_bytes(&down), bytes_of(recipient, 4)));
	struct rop_fast_transfer_source_copy_properties_request only = {
		.output_handle_index = 4, .send_options = SEND_UNICODE, .property_tags = { 1, tags } };
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 2, &only);
	download(&f, 4, 5000, &down);
	assert_true(down.n < 60 && says(buf_bytes(&down), bytes_of(subject, 4)));
}

/* A folder with what is in it, and into another one. */
static void folders(void **unused)
{
	CLEANUP_BUF struct buf sent = BUF_MAX(4 << 20), down = BUF_MAX(8 << 20), again = BUF_MAX(8 << 20);
	struct rop_fast_transfer_source_copy_folder_request q = { .output_handle_index = 6, .copy_flags = 0x10, .send_options = SEND_UNICODE };

	(void)unused;
	message_content(&sent);
	begin();
	(void)fixture_create_folder(&f, 1, "Source", 4);
	(void)fixture_create_folder(&f, 4, "Below", 5);
	configure(4, 3, 3);
	{
		CLEANUP_BUF struct buf list = BUF_MAX(4 << 20);

		ft_put_marker(&list, FT_START_MESSAGE);
		buf_add(&list, sent.p, sent.n);
		ft_put_marker(&list, FT_END_MESSAGE);
		upload(3, buf_bytes(&list), 9999);
	}
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, 4, &q);
	download(&f, 6, 20000, &down);
	assert_holds(buf_bytes(&down), &sent);
	(void)fixture_create_folder(&f, 1, "Target", 7);
	configure(7, 4, 8);
	upload(8, buf_bytes(&down), 4321);
	q.output_handle_index = 9;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, 7, &q);
	download(&f, 9, 20000, &again);
	assert_holds(buf_bytes(&again), &sent);
	assert_true(again.n + 200 > down.n);
}

static void extended(void **unused)
{
	CLEANUP_BUF struct buf sent = BUF_MAX(4 << 20), down = BUF_MAX(4 << 20);
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 4, .send_options = SEND_FORCE_UNICODE };

	(void)unused;
	put_text(&sent, PidTagMessageClass, "IPM.Note");
	put_text(&sent, PidTagSubject, "In one piece");
	begin();
	new_message(2);
	configure(2, 1, 3);
	struct rop_fast_transfer_destination_put_buffer_extended_request q = { .transfer_data = buf_bytes(&sent) };
	struct rop_fast_transfer_destination_put_buffer_extended_response *r =
		fixture_ok(&f, ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER_EXTENDED, 3, &q);
	/* MS-OXCFXICS_R2156002 */
	/* MS-OXCFXICS_R318303003 */
	assert_int_equal(r->buffer_used_size, sent.n);
	/* MS-OXCFXICS_R318302101 */
	assert_int_equal(r->in_progress_count, 0);
	/* MS-OXCFXICS_R318302601 */
	assert_int_equal(r->total_step_count, 1);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &to);
	download(&f, 4, 5000, &down);
	/* MS-OXCFXICS_R3183001 */
	assert_holds(buf_bytes(&down), &sent);
}

static void hostile(void **unused)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);

	(void)unused;
	begin();
	for (unsigned i = 0; i < 4; i++) {
		static const uint32_t markers[] = { FT_END_MESSAGE, FT_START_EMBED, FT_START_SUB_FOLDER, FT_INCR_SYNC_CHG };
		struct rop_fast_transfer_destination_put_buffer_request q;

		new_message(2);
		configure(2, 1, 3);
		buf_clear(&b);
		ft_put_marker(&b, markers[i]);
		q.transfer_data = buf_bytes(&b);
		fixture_refused(&f, ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, 3, &q, ecCorruptData);
		/* It stays so. */
		buf_clear(&b);
		put_text(&b, PidTagSubject, "x");
		q.transfer_data = buf_bytes(&b);
		fixture_refused(&f, ROP_FAST_TRANSFER_DESTINATION_PUT_BUFFER, 3, &q, ecCorruptData);
	}
	struct rop_fast_transfer_destination_configure_request q = { .output_handle_index = 3, .source_operation = 9 };
	fixture_refused(&f, ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, 1, &q, ecInvalidParam);
	/* A folder is not sent into a message. */
	q.source_operation = 4;
	fixture_refused(&f, ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, 2, &q, ecInvalidParam);
}

/* Flags -------------------------------------------------------------------------------------------------------------------------- */

static uint64_t put_one(void)
{
	CLEANUP_BUF struct buf sent = BUF_MAX(4 << 20);

	message_content(&sent);
	new_message(2);
	configure(2, 1, 3);
	upload(3, buf_bytes(&sent), 30000);
	return save(2);
}

static void unknown_flags(void **unused)
{
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 4, .copy_flags = 0x10000000 };
	struct rop_fast_transfer_source_copy_properties_request properties = { .output_handle_index = 4, .copy_flags = 0x40 };
	struct rop_fast_transfer_source_copy_folder_request folder = { .output_handle_index = 4, .copy_flags = 0x20 };
	struct rop_fast_transfer_source_copy_messages_request messages = { .output_handle_index = 4, .copy_flags = 0x08 };
	struct rop_fast_transfer_destination_configure_request into = { .output_handle_index = 4, .source_operation = 1, .copy_flags = 0x40 };

	(void)unused;
	begin();
	/* MS-OXCFXICS_R3445 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 1, &to, ecInvalidParam);
	to.copy_flags = 0x01;
	/* MS-OXCFXICS_R3442001 */
	/* MS-OXCFXICS_R3442003 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 1, &to, ecInvalidParam);
	to.copy_flags = 0;
	to.send_options = 0x80;
	/* MS-OXCFXICS_R3463 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 1, &to, ecInvalidParam);
	/* MS-OXCFXICS_R3466 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 1, &properties, ecInvalidParam);
	properties.copy_flags = 0;
	properties.send_options = 0x80;
	/* MS-OXCFXICS_R3470 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 1, &properties, ecInvalidParam);
	properties.copy_flags = 0x01;
	properties.send_options = 0;
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 1, &properties, 0x80040FFF);
	/* MS-OXCFXICS_R3483 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, 1, &folder, ecInvalidParam);
	folder.copy_flags = 0;
	folder.send_options = 0x80;
	/* MS-OXCFXICS_R3487 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, 1, &folder, ecInvalidParam);
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, 1, &messages, ecInvalidParam);
	messages.copy_flags = 0;
	messages.send_options = 0x80;
	/* MS-OXCFXICS_R3479 */
	fixture_refused(&f, ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, 1, &messages, ecInvalidParam);
	/* MS-OXCFXICS_R3492001 */
	fixture_refused(&f, ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, 1, &into, ecInvalidParam);
}

static void assert_same(const struct buf *a, const struct buf *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->p, b->p, a->n);
}

/* Flags that are ignored, each by itself. */
static void unused_flags(void **unused)
{
	static const uint32_t to_flags[] = { 0x02, 0x04, 0x08, 0x200, 0x400 };
	static const uint8_t options[] = { 0x20, 0x40 };
	CLEANUP_BUF struct buf plain = BUF_MAX(4 << 20), down = BUF_MAX(4 << 20);
	uint32_t tag = PidTagSubject;
	uint64_t id;

	(void)unused;
	begin();
	id = put_one();
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 4, .send_options = SEND_UNICODE };
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &to);
	/* MS-OXCFXICS_R3326 */
	download(&f, 4, 5000, &plain);
	for (size_t i = 0; i < sizeof to_flags / sizeof *to_flags; i++) {
		to.copy_flags = to_flags[i];
		(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &to);
		download(&f, 4, 5000, &down);
		/* MS-OXCFXICS_R2707 */
		/* MS-OXCFXICS_R2708 */
		/* MS-OXCFXICS_R2709 */
		/* MS-OXCFXICS_R2710 */
		/* MS-OXCFXICS_R2711 */
		assert_same(&down, &plain);
	}
	to.copy_flags = 0;
	for (size_t i = 0; i < sizeof options; i++) {
		to.send_options = SEND_UNICODE | options[i];
		(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &to);
		download(&f, 4, 5000, &down);
		/* MS-OXCFXICS_R42002 */
		/* MS-OXCFXICS_R42202 */
		assert_same(&down, &plain);
	}
	struct rop_fast_transfer_source_copy_properties_request properties = {
		.output_handle_index = 4, .send_options = SEND_UNICODE, .property_tags = { 1, &tag } };
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 2, &properties);
	download(&f, 4, 5000, &plain);
	for (size_t i = 0; i < 3; i++) {
		properties.copy_flags = (uint8_t)to_flags[i];
		(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 2, &properties);
		download(&f, 4, 5000, &down);
		/* MS-OXCFXICS_R2712 */
		/* MS-OXCFXICS_R2713 */
		/* MS-OXCFXICS_R2714 */
		assert_same(&down, &plain);
	}
	struct rop_fast_transfer_source_copy_messages_request messages = {
		.output_handle_index = 4, .send_options = SEND_UNICODE, .message_ids = { 1, &id } };
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, 1, &messages);
	download(&f, 4, 5000, &plain);
	for (size_t i = 0; i < 2; i++) {
		messages.copy_flags = (uint8_t)to_flags[i];
		(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, 1, &messages);
		download(&f, 4, 5000, &down);
		/* MS-OXCFXICS_R2715 */
		/* MS-OXCFXICS_R2716 */
		assert_same(&down, &plain);
	}
}

/* The elements of a stream, at its top and one below. */
struct elements {
	uint32_t first_marker, first_tag;
	uint32_t tags[256]; /* of the first message, or of all when there is none */
	size_t n_tags;
	unsigned messages, warnings;
};

static void elements_of(struct bytes stream, struct elements *out)
{
	struct stream_reader r;

	memset(out, 0, sizeof *out);
	reader_begin(&r, stream);
	while (reader_next(&r)) {
		if (r.e.kind == FT_MARKER) {
			out->first_marker = out->first_marker ? out->first_marker : r.e.marker;
			out->messages += r.e.marker == FT_START_MESSAGE;
		} else if (r.e.kind == FT_PROP) {
			out->first_tag = out->first_tag ? out->first_tag : r.e.prop.tag;
			out->warnings += r.e.prop.tag == 0x400F0003;
			if (out->n_tags < 256 && r.lexer.depth <= 1)
				out->tags[out->n_tags++] = r.e.prop.tag;
		}
	}
	reader_end(&r);
}

static bool has(const struct elements *e, uint32_t tag)
{
	for (size_t i = 0; i < e->n_tags; i++)
		if (tag_id(e->tags[i]) == tag_id(tag))
			return true;
	return false;
}

static void copy_messages(uint8_t flags, uint64_t *id, struct elements *out)
{
	CLEANUP_BUF struct buf down = BUF_MAX(4 << 20);
	struct rop_fast_transfer_source_copy_messages_request q = {
		.output_handle_index = 5, .copy_flags = flags, .send_options = SEND_UNICODE, .message_ids = { 1, id } };

	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_MESSAGES, 1, &q);
	download(&f, 5, 5000, &down);
	elements_of(buf_bytes(&down), out);
	fixture_release(&f, 5);
}

static void identities(void **unused)
{
	static const uint32_t identity[] = { PidTagSourceKey, PidTagChangeKey, PidTagLastModificationTime, PidTagPredecessorChangeList,
					     PidTagOriginalEntryId };
	struct elements e;
	uint64_t id;

	(void)unused;
	begin();
	id = put_one();
	copy_messages(0, &id, &e);
	/* MS-OXCFXICS_R3330 */
	/* MS-OXCFXICS_R1132 */
	assert_int_equal(e.first_marker, FT_START_MESSAGE);
	/* MS-OXCFXICS_R3311 */
	/* MS-OXCFXICS_R3311002 */
	assert_int_equal(e.first_tag, PidTagMid);
	for (size_t i = 0; i < 5; i++)
		/* MS-OXCFXICS_R3134 */
		assert_false(has(&e, identity[i]));
	copy_messages(0x20, &id, &e);
	assert_int_equal(e.first_tag, PidTagMid);
	for (size_t i = 0; i < 5; i++)
		/* MS-OXCFXICS_R3132 */
		/* MS-OXCFXICS_R3133 */
		assert_true(has(&e, identity[i]));
}

/* What a folder computes goes when it is asked for, and is nothing that could be set where it comes to. */
static void access_of_folder(void **unused)
{
	static uint32_t access[] = { PidTagAccess, PidTagAccessLevel };
	CLEANUP_BUF struct buf down = BUF_MAX(8 << 20);
	struct rop_fast_transfer_source_copy_properties_request only = { .output_handle_index = 6,
									 .send_options = SEND_UNICODE | SEND_RECOVER_MODE,
									 .property_tags = { 1, access } };
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 6, .level = 1, .send_options = SEND_UNICODE };
	struct elements e;

	(void)unused;
	begin();
	(void)fixture_create_folder(&f, 1, "Accessible", 4);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 4, &only);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	assert_int_equal(e.n_tags, 1);
	assert_int_equal(e.tags[0], PidTagAccess);
	only.property_tags.n = 2;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 4, &only);
	buf_clear(&down);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	assert_int_equal(e.n_tags, 2);
	assert_int_equal(e.tags[1], PidTagAccessLevel);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 4, &to);
	buf_clear(&down);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	for (size_t i = 0; i < e.n_tags; i++)
		assert_true(e.tags[i] != PidTagAccess && e.tags[i] != PidTagAccessLevel);
}

static void folder_content(void **unused)
{
	CLEANUP_BUF struct buf down = BUF_MAX(8 << 20);
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 6, .send_options = SEND_UNICODE };
	struct rop_fast_transfer_source_copy_folder_request folder = { .output_handle_index = 6, .send_options = SEND_UNICODE };
	struct elements e;

	(void)unused;
	begin();
	(void)fixture_create_folder(&f, 1, "Content", 4);
	(void)fixture_create_folder(&f, 4, "Within content", 5);
	to.level = 1;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 4, &to);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	/* MS-OXCFXICS_R3324 */
	assert_int_equal(e.first_marker, 0);
	assert_int_equal(e.tags[0], PidTagDisplayName);
	assert_int_equal(e.tags[1], PidTagComment);
	for (size_t i = 0; i < e.n_tags; i++)
		assert_false(tag_id(e.tags[i]) >= 0x6600 && tag_id(e.tags[i]) <= 0x67FF);
	to.level = 0;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 4, &to);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	assert_int_equal(e.first_marker, FT_START_SUB_FOLDER);
	for (size_t i = 0; i + 2 < e.n_tags; i++)
		if (e.tags[i] == PidTagFolderId) {
			/* MS-OXCFXICS_R1347 */
			assert_int_equal(e.tags[i + 1], PidTagDisplayName);
			/* MS-OXCFXICS_R1350 */
			assert_int_equal(e.tags[i + 2], PidTagComment);
		}
	/* MS-OXCFXICS_R1344 */
	assert_true(has(&e, PidTagFolderId));
	/* MS-OXCFXICS_R1113 */
	/* MS-OXCFXICS_R2620 */
	assert_true(has(&e, MetaTagFXDelProp));
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_FOLDER, 4, &folder);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	/* MS-OXCFXICS_R3331 */
	assert_int_equal(e.first_marker, FT_START_TOP_FOLDER);
	/* MS-OXCFXICS_R1345 */
	assert_false(has(&e, PidTagFolderId));
	/* MS-OXCFXICS_R1348 */
	assert_false(has(&e, PidTagDisplayName));
}

static void open_attachment(uint8_t message, uint32_t number, uint8_t into)
{
	struct rop_open_attachment_request q = { .output_handle_index = into, .attachment_id = number };

	(void)fixture_ok(&f, ROP_OPEN_ATTACHMENT, message, &q);
}

static void attachments(void **unused)
{
	CLEANUP_BUF struct buf down = BUF_MAX(4 << 20);
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 6, .send_options = SEND_UNICODE };
	uint32_t tag = PidTagAttachMethod, object = PidTagAttachDataObject;
	struct rop_fast_transfer_source_copy_properties_request only = {
		.output_handle_index = 6, .send_options = SEND_UNICODE, .property_tags = { 1, &tag } };
	struct elements e;

	(void)unused;
	begin();
	(void)put_one();
	open_attachment(2, 1, 5);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 5, &to);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	/* MS-OXCFXICS_R3328 */
	assert_int_equal(e.first_marker, FT_START_EMBED);
	assert_true(has(&e, PidTagAttachMethod));
	to.level = 1;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 5, &to);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	assert_int_equal(e.first_marker, 0);
	assert_true(has(&e, PidTagAttachMethod));
	to.level = 0;
	to.property_tags.n = 1;
	to.property_tags.v = &object;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 5, &to);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	/* MS-OXCFXICS_R379 */
	assert_int_equal(e.first_marker, 0);
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_PROPERTIES, 5, &only);
	download(&f, 6, 5000, &down);
	elements_of(buf_bytes(&down), &e);
	/* MS-OXCFXICS_R3329 */
	/* MS-OXCFXICS_R450 */
	assert_true(e.n_tags == 1 && e.tags[0] == PidTagAttachMethod);
}

/* What somebody has no right to is left out, and the stream says so. */
static void rights(void **unused)
{
	struct session *alice = f.session, *bob = fixture_session(&f, "bob");
	uint64_t inbox, id;
	struct elements e;
	struct mailbox *m;

	(void)unused;
	begin();
	id = put_one();
	m = fixture_lock(&f, 0);
	assert_int_equal(folder_by_role(m, MAILBOX_INBOX, &inbox), 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(permission_set(m, inbox, MEMBER_DEFAULT, RIGHT_VISIBLE), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	fixture_use(&f, bob);
	begin();
	copy_messages(0, &id, &e);
	assert_int_equal(e.messages, 0);
	/* MS-OXCFXICS_R1168 */
	/* MS-OXCFXICS_R34381 */
	assert_int_equal(e.warnings, 1);
	m = fixture_lock(&f, 0);
	assert_int_equal(mailbox_begin(m), 0);
	assert_int_equal(permission_set(m, inbox, MEMBER_DEFAULT, RIGHT_VISIBLE | RIGHT_READ_ANY), 0);
	assert_int_equal(mailbox_commit(m), 0);
	fixture_unlock(&f, 0);
	copy_messages(0, &id, &e);
	assert_true(e.messages == 1 && e.warnings == 0);
	copy_messages(0x01, &id, &e);
	/* MS-OXCFXICS_R2631 */
	assert_true(e.messages == 0 && e.warnings == 1);
	session_close(bob);
	fixture_use(&f, alice);
}

static void take_all(uint8_t index, uint16_t size, struct buf *out)
{
	struct rop_fast_transfer_source_get_buffer_request q = { .buffer_size = size, .maximum_buffer_size = 0x7000 };
	struct rop_fast_transfer_source_get_buffer_response *r;

	do {
		r = fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, index, &q);
		assert_true(size == 0xBABE || r->transfer_buffer.n <= size);
		buf_add(out, r->transfer_buffer.p, r->transfer_buffer.n);
	} while (r->transfer_status == TRANSFER_PARTIAL);
	assert_int_equal(r->transfer_status, TRANSFER_DONE);
}

/* As few bytes as a client asks for, wherever that cuts what belongs together. */
static void tiny_pieces(void **unused)
{
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 4, .send_options = SEND_UNICODE };
	struct rop_fast_transfer_source_get_buffer_request none = { .buffer_size = 0 };
	struct rop_request nothing = { .id = ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, .input_handle_index = 5, .response_handle_index = 5, .body = &none };
	CLEANUP_BUF struct buf whole = BUF_MAX(4 << 20), tiny = BUF_MAX(4 << 20);
	struct rop_output out;

	(void)unused;
	begin();
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 1, &to);
	take_all(4, 0xBABE, &whole);
	to.output_handle_index = 5;
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 1, &to);
	assert_int_equal(fixture_rops(&f, &nothing, 1, &out), 0x47D);
	take_all(5, 10, &tiny);
	assert_true(whole.n > 10 && bytes_equal(buf_bytes(&whole), buf_bytes(&tiny)));
}

static void buffer_sizes(void **unused)
{
	struct rop_fast_transfer_source_get_buffer_request q = { .buffer_size = 1024 };
	struct rop_fast_transfer_source_get_buffer_response *r;
	struct rop_fast_transfer_source_copy_to_request to = { .output_handle_index = 4, .send_options = SEND_UNICODE };

	(void)unused;
	begin();
	(void)put_one();
	(void)fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_COPY_TO, 2, &to);
	r = fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, 4, &q);
	/* MS-OXCFXICS_R2142 */
	/* MS-OXCFXICS_R2143 */
	assert_true(r->transfer_buffer.n > 0 && r->transfer_buffer.n <= 1024);
	assert_int_equal(r->transfer_status, TRANSFER_PARTIAL);
	q.buffer_size = 0xBABE;
	q.maximum_buffer_size = 2000;
	r = fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, 4, &q);
	/* MS-OXCFXICS_R2138 */
	assert_true(r->transfer_buffer.n > 0 && r->transfer_buffer.n <= 2000);
	q.maximum_buffer_size = UINT16_MAX;
	r = fixture_ok(&f, ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, 4, &q);
	assert_true(r->transfer_buffer.n > 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_up_and_down), cmocka_unit_test(text_forms), cmocka_unit_test(filters),
		cmocka_unit_test(folders), cmocka_unit_test(extended), cmocka_unit_test(hostile),
		cmocka_unit_test(unknown_flags), cmocka_unit_test(unused_flags), cmocka_unit_test(identities),
		cmocka_unit_test(access_of_folder), cmocka_unit_test(folder_content), cmocka_unit_test(rights), cmocka_unit_test(buffer_sizes), cmocka_unit_test(tiny_pieces), cmocka_unit_test(attachments),
	};

	return FIXTURE_RUN(&f, tests);
}
