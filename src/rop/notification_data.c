#include "rop/rops_notification.h"

/* Which fields there are ----------------------------------------------------------------------- */

static bool has_row(const struct notification_data *n)
{
	return n->table_event_type == TABLE_ROW_ADDED || n->table_event_type == TABLE_ROW_MODIFIED;
}

static bool has_table_field(const struct notification_data *n, enum notification_field field)
{
	bool message = n->notification_flags & NOTIFY_MESSAGE;

	switch (field) {
	case NOTIFICATION_TABLE_EVENT_TYPE:
		return true;
	case NOTIFICATION_TABLE_ROW_FOLDER_ID:
		return has_row(n) || n->table_event_type == TABLE_ROW_DELETED;
	case NOTIFICATION_TABLE_ROW_MESSAGE_ID:
	case NOTIFICATION_TABLE_ROW_INSTANCE:
		return message && (has_row(n) || n->table_event_type == TABLE_ROW_DELETED);
	case NOTIFICATION_INSERT_AFTER_TABLE_ROW_FOLDER_ID:
	case NOTIFICATION_TABLE_ROW_DATA:
		return has_row(n);
	case NOTIFICATION_INSERT_AFTER_TABLE_ROW_ID:
	case NOTIFICATION_INSERT_AFTER_TABLE_ROW_INSTANCE:
		return message && has_row(n);
	default:
		return false;
	}
}

/* Of a message in a search folder, or of a folder. */
static bool has_parent(const struct notification_data *n)
{
	bool message = n->notification_flags & NOTIFY_MESSAGE;
	bool search = n->notification_flags & NOTIFY_IN_SEARCH_FOLDER;

	return message == search;
}

static bool has_object_field(const struct notification_data *n, enum notification_field field)
{
	uint16_t type = n->notification_flags & NOTIFY_TYPE_MASK;
	bool message = n->notification_flags & NOTIFY_MESSAGE;
	bool moved = type == NOTIFY_OBJECT_MOVED || type == NOTIFY_OBJECT_COPIED;
	bool made = type == NOTIFY_OBJECT_CREATED || type == NOTIFY_OBJECT_DELETED;

	switch (field) {
	case NOTIFICATION_FOLDER_ID:
		return type != NOTIFY_EXTENDED;
	case NOTIFICATION_MESSAGE_ID:
		return type != NOTIFY_EXTENDED && message;
	case NOTIFICATION_PARENT_FOLDER_ID:
		return (made || moved) && has_parent(n);
	case NOTIFICATION_OLD_FOLDER_ID:
		return moved;
	case NOTIFICATION_OLD_MESSAGE_ID:
		return moved && message;
	case NOTIFICATION_OLD_PARENT_FOLDER_ID:
		return moved && !message;
	case NOTIFICATION_TAGS:
		return type == NOTIFY_OBJECT_CREATED || type == NOTIFY_OBJECT_MODIFIED;
	case NOTIFICATION_MESSAGE_FLAGS:
	case NOTIFICATION_UNICODE_FLAG:
	case NOTIFICATION_MESSAGE_CLASS:
		return type == NOTIFY_NEW_MAIL;
	default:
		return false;
	}
}

bool notification_has(const struct notification_data *n, enum notification_field field)
{
	if (field == NOTIFICATION_TOTAL_MESSAGE_COUNT)
		return n->notification_flags & NOTIFY_TOTAL_CHANGED;
	if (field == NOTIFICATION_UNREAD_MESSAGE_COUNT)
		return n->notification_flags & NOTIFY_UNREAD_CHANGED;
	return (n->notification_flags & NOTIFY_TYPE_MASK) == NOTIFY_TABLE_MODIFIED
		       ? has_table_field(n, field)
		       : has_object_field(n, field);
}

/* In the order in which they come -------------------------------------------------------------- */

enum form { FORM_U8, FORM_U16, FORM_U32, FORM_U64, FORM_ROW, FORM_TAGS, FORM_TEXT };

struct field {
	const char *name;
	uint16_t offset;
	uint8_t form;
};

#define AT(member, form)                                                  \
	{                                                                 \
#member, offsetof(struct notification_data, member), form \
	}

static const struct field fields[NOTIFICATION_FIELDS] = {
	[NOTIFICATION_TABLE_EVENT_TYPE] = AT(table_event_type, FORM_U16),
	[NOTIFICATION_TABLE_ROW_FOLDER_ID] = AT(table_row_folder_id, FORM_U64),
	[NOTIFICATION_TABLE_ROW_MESSAGE_ID] = AT(table_row_message_id, FORM_U64),
	[NOTIFICATION_TABLE_ROW_INSTANCE] = AT(table_row_instance, FORM_U32),
	[NOTIFICATION_INSERT_AFTER_TABLE_ROW_FOLDER_ID] =
		AT(insert_after_table_row_folder_id, FORM_U64),
	[NOTIFICATION_INSERT_AFTER_TABLE_ROW_ID] = AT(insert_after_table_row_id, FORM_U64),
	[NOTIFICATION_INSERT_AFTER_TABLE_ROW_INSTANCE] =
		AT(insert_after_table_row_instance, FORM_U32),
	[NOTIFICATION_TABLE_ROW_DATA] = AT(table_row_data, FORM_ROW),
	[NOTIFICATION_FOLDER_ID] = AT(folder_id, FORM_U64),
	[NOTIFICATION_MESSAGE_ID] = AT(message_id, FORM_U64),
	[NOTIFICATION_PARENT_FOLDER_ID] = AT(parent_folder_id, FORM_U64),
	[NOTIFICATION_OLD_FOLDER_ID] = AT(old_folder_id, FORM_U64),
	[NOTIFICATION_OLD_MESSAGE_ID] = AT(old_message_id, FORM_U64),
	[NOTIFICATION_OLD_PARENT_FOLDER_ID] = AT(old_parent_folder_id, FORM_U64),
	[NOTIFICATION_TAGS] = AT(tag_count, FORM_TAGS),
	[NOTIFICATION_TOTAL_MESSAGE_COUNT] = AT(total_message_count, FORM_U32),
	[NOTIFICATION_UNREAD_MESSAGE_COUNT] = AT(unread_message_count, FORM_U32),
	[NOTIFICATION_MESSAGE_FLAGS] = AT(message_flags, FORM_U32),
	[NOTIFICATION_UNICODE_FLAG] = AT(unicode_flag, FORM_U8),
	[NOTIFICATION_MESSAGE_CLASS] = AT(message_class, FORM_TEXT),
};

#define NO_TAGS 0xFFFFu

static uint32_t tags_there(const struct notification_data *n)
{
	return n->tag_count == NO_TAGS ? 0 : n->tag_count;
}

/* Decoding ------------------------------------------------------------------------------------- */

static bool pull_tags(struct wire_in *in, struct notification_data *n)
{
	uint32_t count;

	if (!wire_pull_u16(in, &n->tag_count))
		return false;
	count = tags_there(n);
	if (!count)
		return true;
	if (!(n->tags = wire_pull_room(in, count, sizeof *n->tags, 4)))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!wire_pull_u32(in, &n->tags[i]))
			return wire_fail_at(&in->error, NULL, i);
	return true;
}

static bool pull_row(struct wire_in *in, struct bytes *row)
{
	uint32_t size = 0;

	return wire_pull_count(in, 2, &size) && wire_pull_bytes(in, size, row);
}

static bool pull_field(struct wire_in *in, const struct field *f, struct notification_data *n)
{
	void *member = (char *)n + f->offset;

	switch (f->form) {
	case FORM_U8:
		return wire_pull_u8(in, member);
	case FORM_U16:
		return wire_pull_u16(in, member);
	case FORM_U32:
		return wire_pull_u32(in, member);
	case FORM_U64:
		return wire_pull_u64(in, member);
	case FORM_ROW:
		return pull_row(in, member);
	case FORM_TAGS:
		return pull_tags(in, n);
	default:
		return n->unicode_flag ? wire_pull_str16(in, member) : wire_pull_str8(in, member);
	}
}

static bool data_pull(struct wire_in *in, void *field)
{
	struct notification_data *n = field;

	memset(n, 0, sizeof *n);
	if (!wire_pull_u16(in, &n->notification_flags))
		return false;
	for (unsigned i = 0; i < NOTIFICATION_FIELDS; i++)
		if (notification_has(n, i) && !pull_field(in, &fields[i], n))
			return wire_fail_at(&in->error, fields[i].name, 0);
	return true;
}

/* Encoding ------------------------------------------------------------------------------------- */

static bool push_tags(struct wire_out *out, const struct notification_data *n)
{
	if (!wire_push_u16(out, n->tag_count))
		return false;
	for (uint32_t i = 0; i < tags_there(n); i++)
		if (!wire_push_u32(out, n->tags[i]))
			return false;
	return true;
}

static bool push_field(struct wire_out *out, const struct field *f,
		       const struct notification_data *n)
{
	const void *member = (const char *)n + f->offset;

	switch (f->form) {
	case FORM_U8:
		return wire_push_u8(out, *(const uint8_t *)member);
	case FORM_U16:
		return wire_push_u16(out, *(const uint16_t *)member);
	case FORM_U32:
		return wire_push_u32(out, *(const uint32_t *)member);
	case FORM_U64:
		return wire_push_u64(out, *(const uint64_t *)member);
	case FORM_ROW:
		return wire_push_count(out, 2, n->table_row_data.n) &&
		       wire_push_bytes(out, n->table_row_data);
	case FORM_TAGS:
		return push_tags(out, n);
	default:
		return n->unicode_flag ? wire_push_str16(out, n->message_class)
				       : wire_push_str8(out, n->message_class);
	}
}

static bool data_push(struct wire_out *out, const void *field)
{
	const struct notification_data *n = field;

	if (!wire_push_u16(out, n->notification_flags))
		return false;
	for (unsigned i = 0; i < NOTIFICATION_FIELDS; i++)
		if (notification_has(n, i) && !push_field(out, &fields[i], n))
			return wire_fail_at(&out->error, fields[i].name, 0);
	return true;
}

/* The rest ------------------------------------------------------------------------------------- */

static void print_tags(const struct notification_data *n, struct buf *out)
{
	buf_add_u8(out, '[');
	for (uint32_t i = 0; i < tags_there(n) && !out->failed; i++)
		buf_printf(out, "%s0x%x", i ? " " : "", n->tags[i]);
	buf_add_u8(out, ']');
}

static void print_field(const struct field *f, const struct notification_data *n, struct buf *out)
{
	const void *member = (const char *)n + f->offset;

	switch (f->form) {
	case FORM_U8:
		buf_printf(out, "%u", *(const uint8_t *)member);
		break;
	case FORM_U16:
		buf_printf(out, "0x%x", *(const uint16_t *)member);
		break;
	case FORM_U32:
		buf_printf(out, "0x%x", *(const uint32_t *)member);
		break;
	case FORM_U64:
		buf_printf(out, "0x%llx", *(const unsigned long long *)member);
		break;
	case FORM_ROW:
		wire_print_bytes(out, n->table_row_data);
		break;
	case FORM_TAGS:
		print_tags(n, out);
		break;
	default:
		if (n->unicode_flag)
			wire_print_str16(out, n->message_class);
		else
			wire_print_str8(out, n->message_class);
	}
}

static void data_print(struct buf *out, const void *field)
{
	const struct notification_data *n = field;

	buf_printf(out, "{notification_flags=0x%x", n->notification_flags);
	for (unsigned i = 0; i < NOTIFICATION_FIELDS; i++) {
		if (!notification_has(n, i))
			continue;
		buf_printf(out, " %s=", fields[i].name);
		print_field(&fields[i], n, out);
	}
	buf_add_u8(out, '}');
}

static bool field_equal(const struct field *f, const struct notification_data *a,
			const struct notification_data *b)
{
	static const uint8_t sizes[] = { 1, 2, 4, 8 };

	switch (f->form) {
	case FORM_ROW:
		return bytes_equal(a->table_row_data, b->table_row_data);
	case FORM_TAGS:
		return a->tag_count == b->tag_count &&
		       (!tags_there(a) ||
			!memcmp(a->tags, b->tags, tags_there(a) * sizeof *a->tags));
	case FORM_TEXT:
		return bytes_equal(a->message_class, b->message_class);
	default:
		return !memcmp((const char *)a + f->offset, (const char *)b + f->offset,
			       sizes[f->form]);
	}
}

static bool data_equal(const void *a, const void *b)
{
	const struct notification_data *x = a, *y = b;
	bool same = x->notification_flags == y->notification_flags &&
		    x->table_event_type == y->table_event_type;

	for (unsigned i = 0; same && i < NOTIFICATION_FIELDS; i++)
		same = !notification_has(x, i) || field_equal(&fields[i], x, y);
	return same;
}

static bool random_tags(struct wire_random *r, struct notification_data *n)
{
	uint32_t count = wire_random_below(r, 4);

	n->tag_count = (uint16_t)(count == 3 ? NO_TAGS : count);
	if (!(n->tags = arena_array(r->arena, count, sizeof *n->tags)))
		return false;
	for (uint32_t i = 0; i < count; i++)
		n->tags[i] = (uint32_t)wire_random_u64(r);
	return true;
}

static bool random_field(struct wire_random *r, const struct field *f, struct notification_data *n)
{
	char *member = (char *)n + f->offset;

	switch (f->form) {
	case FORM_U8:
		*(uint8_t *)member = (uint8_t)wire_random_below(r, 2);
		return true;
	case FORM_U16:
		*(uint16_t *)(void *)member = (uint16_t)wire_random_below(r, 8);
		return true;
	case FORM_U32:
		*(uint32_t *)(void *)member = (uint32_t)wire_random_u64(r);
		return true;
	case FORM_U64:
		*(uint64_t *)(void *)member = wire_random_u64(r);
		return true;
	case FORM_ROW:
		return wire_random_bytes(r, wire_random_below(r, 20), &n->table_row_data);
	case FORM_TAGS:
		return random_tags(r, n);
	default:
		return n->unicode_flag ? wire_random_str16(r, &n->message_class)
				       : wire_random_str8(r, &n->message_class);
	}
}

static bool data_random(struct wire_random *r, void *field)
{
	struct notification_data *n = field;
	unsigned type = 1u << wire_random_below(r, 12), flags = wire_random_below(r, 16) << 12;

	memset(n, 0, sizeof *n);
	n->notification_flags = (uint16_t)(type | flags);
	for (unsigned i = 0; i < NOTIFICATION_FIELDS; i++)
		if (notification_has(n, i) && !random_field(r, &fields[i], n))
			return false;
	return true;
}

const struct wire_custom notification_data_custom = { data_pull, data_push, data_print, data_equal,
						      data_random };
