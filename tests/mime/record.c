#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf16.h"
#include "mapi/propset.h"
#include "mime/libraries.h"

int record_setup(void **state)
{
	(void)state;
	return mime_libraries(NULL) ? -1 : 0;
}

static struct recorder *of(struct item_sink *s)
{
	return (struct recorder *)s;
}

static void copy_bag(struct bag *to, const struct bag *from, struct arena *a)
{
	bag_init(to, a);
	for (size_t i = 0; i < from->n; i++)
		if (!(from->v[i].flags & PROP_LARGE))
			assert_int_equal(bag_copy(to, &from->v[i]), 0);
}

static status store_begin(struct item_sink *s, const struct store_event *e)
{
	struct recorder *r = of(s);

	r->kept_names = name_map_new();
	for (uint32_t id = NAMED_ID_FIRST; (id = name_map_next(e->names, id)) != 0; id++)
		assert_int_equal(name_map_add(r->kept_names, (uint16_t)id, name_map_name(e->names, (uint16_t)id)), 0);
	return ecNone;
}

static status folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct recorder *r = of(s);
	const char *name = bag_text(e->props, tag_id(PidTagDisplayName), 1252, &r->arena);
	size_t n = strlen(r->path);

	r->path_length[r->depth++] = n;
	if (name && *name)
		snprintf(r->path + n, sizeof r->path - n, "%s%s", n ? "/" : "", name);
	r->folders++;
	return ecNone;
}

static status folder_end(struct item_sink *s)
{
	struct recorder *r = of(s);

	r->path[r->path_length[--r->depth]] = '\0';
	return ecNone;
}

static status message_begin(struct item_sink *s, const struct message_event *e)
{
	struct recorder *r = of(s);
	struct recorded_item *item = arena_zalloc(&r->arena, sizeof *item);

	assert_non_null(item);
	item->folder = arena_strdup(&r->arena, r->path);
	item->parent = r->open;
	item->depth = e->depth;
	item->last = &item->attachments;
	copy_bag(&item->props, e->props, &r->arena);
	if (r->open) {
		r->attachment->message = item;
		r->embedded_count++;
	} else {
		*r->last = item;
		r->last = &item->next;
		r->item_count++;
	}
	r->open = item;
	r->object = &item->props;
	return ecNone;
}

static status message_end(struct item_sink *s, struct item_result *result)
{
	struct recorder *r = of(s);

	result->outcome = OUTCOME_WRITTEN;
	r->open = r->open->parent;
	r->object = r->open ? &r->attachment->props : NULL;
	return ecNone;
}

static status recipient(struct item_sink *s, const struct bag *props)
{
	struct recorder *r = of(s);

	if (r->open->recipient_count < 400)
		copy_bag(&r->open->recipients[r->open->recipient_count], props, &r->arena);
	r->open->recipient_count++;
	return ecNone;
}

static status attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	struct recorder *r = of(s);
	struct recorded_attachment *a = arena_zalloc(&r->arena, sizeof *a);

	copy_bag(&a->props, e->props, &r->arena);
	*r->open->last = a;
	r->open->last = &a->next;
	r->attachment = a;
	r->object = &a->props;
	return ecNone;
}

static status attachment_end(struct item_sink *s)
{
	of(s)->object = &of(s)->open->props;
	return ecNone;
}

static status value_begin(struct item_sink *s, const struct prop *p)
{
	struct recorder *r = of(s);

	buf_clear(&r->value);
	r->value_tag = p->tag;
	r->value_size = p->size;
	return ecNone;
}

static status value_chunk(struct item_sink *s, struct bytes chunk)
{
	assert_true(chunk.n <= ITEM_CHUNK_MAX);
	buf_add(&of(s)->value, chunk.p, chunk.n);
	return ecNone;
}

static status value_end(struct item_sink *s, bool complete)
{
	struct recorder *r = of(s);

	assert_true(complete);
	assert_int_equal(r->value.n, r->value_size); /* as it was announced */
	assert_int_equal(bag_set_bytes(r->object, r->value_tag, buf_bytes(&r->value)), 0);
	return ecNone;
}

static status problem(struct item_sink *s, const struct item_problem *p)
{
	struct recorder *r = of(s);
	size_t n = strlen(r->problems);

	snprintf(r->problems + n, sizeof r->problems - n, "%s\n", p->text);
	r->problem_count++;
	return ecNone;
}

static const struct item_sink_ops recorder_ops = {
	.store_begin = store_begin,
	.folder_begin = folder_begin,
	.folder_end = folder_end,
	.message_begin = message_begin,
	.message_end = message_end,
	.recipient = recipient,
	.attachment_begin = attachment_begin,
	.attachment_end = attachment_end,
	.value_begin = value_begin,
	.value_chunk = value_chunk,
	.value_end = value_end,
	.problem = problem,
};

void recorder_init(struct recorder *r)
{
	*r = (struct recorder){ .sink.ops = &recorder_ops };
	arena_init(&r->arena, (size_t)256 << 20);
	buf_init(&r->value, (size_t)64 << 20);
	r->last = &r->items;
}

void recorder_free(struct recorder *r)
{
	name_map_free(r->kept_names);
	buf_free(&r->value);
	arena_free(&r->arena);
}

static void run(struct recorder *r, struct mime_source *source)
{
	struct item_source *items = mime_source_items(source);
	struct reason why = { "" };
	status st = items->run(items, &r->sink, &why);

	if (st)
		fail_msg("the source failed: %s", why.text);
	mime_source_close(source);
	assert_int_equal(r->depth, 0);
	assert_null(r->open);
}

void record_bytes(struct recorder *r, const char *data, size_t n)
{
	struct mime_source *source;
	struct input *in;

	assert_int_equal(input_open_memory(bytes_of(data, n), "test", &in), 0);
	assert_int_equal(mime_source_open_input(in, &source, NULL), 0);
	run(r, source);
	input_close(in);
}

char *crlf(const char *text)
{
	char *out = malloc(2 * strlen(text) + 1), *to = out;

	for (; *text; text++) {
		if (*text == '\n')
			*to++ = '\r';
		*to++ = *text;
	}
	*to = '\0';
	return out;
}

void record_text(struct recorder *r, const char *text)
{
	char *data = crlf(text);

	record_bytes(r, data, strlen(data));
	free(data);
}

void record_path(struct recorder *r, const char *path)
{
	struct mime_source *source;
	struct reason why = { "" };

	if (mime_source_open(path, &source, &why))
		fail_msg("%s", why.text);
	run(r, source);
}

const char *text_of(struct recorder *r, const struct bag *props, uint32_t tag)
{
	return bag_text(props, tag_id(tag), 1252, &r->arena);
}

struct bytes bytes_of_prop(const struct bag *props, uint32_t tag)
{
	return bag_bytes(props, tag_id(tag));
}

const struct prop *named_of(struct recorder *r, const struct bag *props, const struct guid *set, uint32_t lid)
{
	uint16_t id = name_map_id(r->kept_names, &(struct prop_name){ .set = *set, .lid = lid });

	return id ? bag_find(props, id) : NULL;
}

const char *named_text_of(struct recorder *r, const struct bag *props, const struct guid *set, uint32_t lid)
{
	const struct prop *p = named_of(r, props, set, lid);

	return p ? prop_text(p, 1252, &r->arena) : NULL;
}

uint64_t named_number_of(struct recorder *r, const struct bag *props, const struct guid *set, uint32_t lid)
{
	const struct prop *p = named_of(r, props, set, lid);

	assert_non_null(p);
	return p->value.n == 8 ? le64(p->value.p) : p->value.n == 4 ? le32(p->value.p) : p->value.p[0];
}

struct recorded_attachment *attachment_at(struct recorded_item *item, size_t i)
{
	struct recorded_attachment *a = item->attachments;

	for (; a && i; i--)
		a = a->next;
	assert_non_null(a);
	return a;
}

/* Capture --------------------------------------------------------------------------------------------- */

static struct capture *capture_of(struct mime_destination *d)
{
	return (struct capture *)d;
}

static status entry_begin(struct mime_destination *d, const struct mime_entry *e, struct reason *why)
{
	struct capture *c = capture_of(d);

	(void)why;
	assert_true(c->n < CAPTURED_MAX);
	buf_init(&c->entry[c->n], (size_t)64 << 20);
	c->kind[c->n] = e->kind;
	snprintf(c->name[c->n], sizeof c->name[0], "%s", e->name);
	snprintf(c->folder[c->n], sizeof c->folder[0], "%s", e->folder);
	return ecNone;
}

static status write_piece(struct mime_destination *d, struct bytes piece, struct reason *why)
{
	struct capture *c = capture_of(d);

	if (c->fail_after && --c->fail_after == 0)
		return reason_set(why, ecDiskError, "the disk is full");
	buf_add(&c->entry[c->n], piece.p, piece.n);
	return ecNone;
}

static status entry_end(struct mime_destination *d, bool whole, struct reason *why)
{
	(void)why;
	(void)whole;
	capture_of(d)->n++;
	return ecNone;
}

static status finish(struct mime_destination *d, struct reason *why)
{
	(void)why;
	capture_of(d)->finished = true;
	return ecNone;
}

static void release(struct mime_destination *d)
{
	capture_of(d)->freed = true;
}

void capture_init(struct capture *c)
{
	*c = (struct capture){ .d = { .entry_begin = entry_begin, .write = write_piece, .entry_end = entry_end,
				      .finish = finish, .free = release } };
}

void capture_free(struct capture *c)
{
	for (size_t i = 0; i <= c->n && i < CAPTURED_MAX; i++)
		buf_free(&c->entry[i]);
}

status convert_bytes(struct capture *c, const char *data, size_t n)
{
	struct mime_source *source;
	struct mime_sink *sink;
	struct reason why = { "" };
	struct input *in;
	status st;

	assert_int_equal(input_open_memory(bytes_of(data, n), "test", &in), 0);
	assert_int_equal(mime_source_open_input(in, &source, NULL), 0);
	assert_int_equal(mime_sink_to(&c->d, &sink, NULL), 0);
	st = mime_source_items(source)->run(mime_source_items(source), mime_sink_sink(sink), &why);
	if (!st)
		st = mime_sink_finish(sink, &why);
	if (st)
		assert_true(why.text[0] != '\0');
	mime_sink_free(sink);
	assert_true(c->freed);
	mime_source_close(source);
	input_close(in);
	return st;
}

void convert_text(struct capture *c, const char *text)
{
	char *data = crlf(text);

	assert_int_equal(convert_bytes(c, data, strlen(data)), 0);
	free(data);
}

const char *captured(struct capture *c, size_t i)
{
	assert_true(i < c->n);
	return buf_cstr(&c->entry[i]);
}
