/* What tests of open messages have in common: a mailbox, handles, properties past the operations on them. */
#ifndef TESTS_SERVER_MESSAGE_STEPS_H
#define TESTS_SERVER_MESSAGE_STEPS_H

#include "rop_fixture.h"

#include "rop/recipient_row.h"
#include "rop/rops_message.h"
#include "server/message_object.h"
#include "store/message.h"

static struct fixture f;
static uint64_t drafts;

/* The handles that the tests use. */
enum { LOGON, FOLDER, MESSAGE, OTHER, ATTACHMENT, EMBEDDED, INNER };

static inline void create(uint8_t into)
{
	struct rop_create_message_request r = { .output_handle_index = into, .code_page_id = 0x0FFF, .folder_id = drafts };
	const struct rop_create_message_response *a = fixture_ok(&f, ROP_CREATE_MESSAGE, LOGON, &r);

	/* MS-OXCMSG_R991 */
	assert_int_equal(a->has_message_id, 0);
}

static inline struct rop_response save_as(uint8_t index, uint8_t flags)
{
	struct rop_save_changes_message_request r = { .save_flags = flags };

	return fixture_rop(&f, ROP_SAVE_CHANGES_MESSAGE, index, &r);
}

static inline uint64_t save(uint8_t index)
{
	struct rop_response a = save_as(index, 0x02);

	assert_int_equal(a.return_value, 0);
	return ((const struct rop_save_changes_message_response *)a.body)->message_id;
}

static inline struct rop_response try_open(uint8_t into, uint64_t id, uint8_t mode)
{
	struct rop_open_message_request r = { .output_handle_index = into, .code_page_id = 0x0FFF, .folder_id = drafts, .open_mode_flags = mode, .message_id = id };

	return fixture_rop(&f, ROP_OPEN_MESSAGE, LOGON, &r);
}

static inline const struct rop_open_message_response *open_as(uint8_t into, uint64_t id, uint8_t mode)
{
	struct rop_response a = try_open(into, id, mode);

	assert_int_equal(a.return_value, 0);
	return a.body;
}

/* Properties, past the operations that rops_property tests. */
static inline struct prop value(uint8_t index, uint32_t tag)
{
	struct object *o = fixture_object(&f, index);
	struct prop p = { .tag = 0 };
	status s;

	(void)fixture_lock(&f, LOGON);
	s = o->class->value(o, tag, &f.arena, &p);
	fixture_unlock(&f, LOGON);
	if (s)
		fail_msg("%08x: 0x%x", tag, s);
	return p;
}

static inline bool has(uint8_t index, uint32_t tag)
{
	struct object *o = fixture_object(&f, index);
	struct bag got;

	bag_init(&got, &f.arena);
	(void)fixture_lock(&f, LOGON);
	assert_int_equal(o->class->get(o, &tag, 1, SIZE_MAX, &got), 0);
	fixture_unlock(&f, LOGON);
	return got.n > 0;
}

static inline uint32_t number(uint8_t index, uint32_t tag)
{
	struct prop p = value(index, tag);

	return p.value.n == 4 ? le32(p.value.p) : p.value.p[0];
}

static inline const char *text(uint8_t index, uint32_t tag)
{
	struct prop p = value(index, tag);

	return prop_text(&p, 1252, &f.arena);
}

static inline size_t set(uint8_t index, const struct bag *b)
{
	struct object *o = fixture_object(&f, index);
	struct property_problems problems = { .arena = &f.arena };

	(void)fixture_lock(&f, LOGON);
	assert_int_equal(o->class->set(o, b, &problems), 0);
	fixture_unlock(&f, LOGON);
	return problems.n;
}

static inline void set_text(uint8_t index, uint32_t tag, const char *utf8)
{
	struct bag b;

	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_text(&b, tag, utf8), 0);
	assert_int_equal(set(index, &b), 0);
}

static inline void set_bytes(uint8_t index, uint32_t tag, const void *p, size_t n)
{
	struct bag b;

	bag_init(&b, &f.arena);
	assert_int_equal(bag_set_bytes(&b, tag, bytes_of(p, n)), 0);
	assert_int_equal(set(index, &b), 0);
}

static inline void remove_prop(uint8_t index, uint32_t tag)
{
	struct object *o = fixture_object(&f, index);
	struct property_problems problems = { .arena = &f.arena };

	(void)fixture_lock(&f, LOGON);
	assert_int_equal(o->class->remove(o, &tag, 1, &problems), 0);
	fixture_unlock(&f, LOGON);
	assert_int_equal(problems.n, 0);
}

static inline void release(uint8_t index)
{
	fixture_release(&f, index);
}

/* A row of RopModifyRecipients without columns. */
static inline struct bytes row_of(const char *name, const char *address)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct recipient_row r;
	struct bag bag;

	bag_init(&bag, &f.arena);
	assert_int_equal(bag_set_text(&bag, PidTagDisplayName, name), 0);
	assert_int_equal(bag_set_text(&bag, PidTagAddressType, "SMTP"), 0);
	assert_int_equal(bag_set_text(&bag, PidTagEmailAddress, address), 0);
	assert_int_equal(recipient_row_from_bag(&bag, NULL, 0, &f.arena, &r), 0);
	assert_int_equal(recipient_row_encode(&r, NULL, 0, &b, NULL), 0);
	return bytes_of(arena_memdup(&f.arena, b.p, b.n), b.n);
}

static inline void put_recipients(uint8_t index, const struct modify_recipient_row *rows, uint32_t n)
{
	struct rop_modify_recipients_request r = { .recipient_rows = { .n = n } };
	struct modify_recipient_row *copy = arena_memdup(&f.arena, rows, n * sizeof *rows);

	r.recipient_rows.v = copy;
	(void)fixture_ok(&f, ROP_MODIFY_RECIPIENTS, index, &r);
}

static inline int set_up_group(void **state)
{
	(void)state;
	fixture_begin(&f, SQL_SQLITE);
	fixture_logon(&f, LOGON, "alice");
	drafts = fixture_folder_id(&f, LOGON, MAILBOX_DRAFTS);
	return 0;
}

static inline int tear_down_group(void **state)
{
	(void)state;
	fixture_end(&f);
	return 0;
}

#endif
