#include "cli/inspect_dump.h"

#include <inttypes.h>

#include "cli/text.h"
#include "mapi/label.h"

/* Of a large value, this much of its beginning is shown. */
#define HEAD_MAX 256

static struct dump *dump_of(struct item_sink *s)
{
	return (struct dump *)s;
}

static int indent(const struct dump *d)
{
	return (int)(2 * d->depth);
}

/* --- objects --- */

static void close_properties(struct dump *d)
{
	if (d->depth && d->levels[d->depth - 1].properties && d->json)
		json_end_array(d->json);
	if (d->depth)
		d->levels[d->depth - 1].properties = false;
}

static void json_open(struct dump *d, const char *kind, uint64_t id, const char *name)
{
	close_properties(d);
	if (d->depth && !d->levels[d->depth - 1].parts) {
		json_array(d->json, "parts");
		d->levels[d->depth - 1].parts = true;
	}
	json_object(d->json, NULL);
	json_text(d->json, "kind", kind);
	if (id)
		json_hex(d->json, "id", id);
	if (!d->depth)
		json_text(d->json, "folder", buf_cstr(&d->path));
	if (name)
		json_text(d->json, "name", name);
	json_array(d->json, "properties");
}

static void text_open(struct dump *d, const char *kind, uint64_t id, const char *name)
{
	printf("%*s%s%s%s", indent(d), "", text_style(stdout, TEXT_BOLD), kind,
	       text_style(stdout, TEXT_PLAIN));
	if (id)
		printf("  0x%" PRIX64, id);
	if (name && *name) {
		fputs("  ", stdout);
		text_put(stdout, name);
	}
	putchar('\n');
}

static status open_object(struct dump *d, const char *kind, uint64_t id, const char *name)
{
	if (d->depth == DUMP_LEVELS)
		return ecTooComplex;
	if (d->json)
		json_open(d, kind, id, name);
	else
		text_open(d, kind, id, name);
	d->levels[d->depth++] = (struct dump_level){ .properties = true };
	return ecNone;
}

static void close_object(struct dump *d)
{
	if (!d->depth)
		return;
	close_properties(d);
	d->depth--;
	if (!d->json)
		return;
	if (d->levels[d->depth].parts)
		json_end_array(d->json);
	json_end_object(d->json);
}

/* --- properties --- */

static void put_value(struct dump *d, const char *label, const struct prop *p, const char *value)
{
	const char *type = prop_type_name(prop_type(p));
	unsigned flags = p->flags & ~(unsigned)PROP_LARGE;

	if (d->json) {
		json_object(d->json, NULL);
		json_text(d->json, "property", label);
		json_hex(d->json, "tag", p->tag);
		json_text(d->json, "value", value);
		if (flags)
			json_number(d->json, "flags", flags);
		json_end_object(d->json);
		return;
	}
	printf("%*s%s  0x%08" PRIX32 " %s  ", indent(d), "", label, p->tag,
	       type ? type : "unknown type");
	text_put(stdout, value);
	fputs(flags & PROP_DAMAGED ? "  (damaged)\n" : "\n", stdout);
}

/* `before` are words before the value; NULL: none. */
static void put_prop(struct dump *d, const struct prop *p, const struct prop *shown,
		     const char *before)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	CLEANUP_BUF struct buf value = BUF_MAX((size_t)16 << 20);
	const char *label;

	label = prop_label(p, d->names, &a);
	buf_add_str(&value, before ? before : "");
	prop_format(shown, d->codepage, &value);
	put_value(d, label ? label : "", p, buf_cstr(&value));
}

static void put_bag(struct dump *d, const struct bag *props)
{
	for (size_t i = 0; i < props->n; i++)
		if (!(props->v[i].flags & PROP_LARGE))
			put_prop(d, &props->v[i], &props->v[i], NULL);
}

static status on_value_begin(struct item_sink *s, const struct prop *p)
{
	struct dump *d = dump_of(s);

	d->large = *p;
	d->large_size = 0;
	buf_clear(&d->large_head);
	return item_value_begin(d->next, p);
}

static status on_value_chunk(struct item_sink *s, struct bytes chunk)
{
	struct dump *d = dump_of(s);
	size_t room = HEAD_MAX - d->large_head.n;

	buf_add(&d->large_head, chunk.p, chunk.n < room ? chunk.n : room);
	d->large_size += chunk.n;
	return item_value_chunk(d->next, chunk);
}

/* A large value: its size and beginning. */
static status on_value_end(struct item_sink *s, bool complete)
{
	struct dump *d = dump_of(s);
	struct prop head = { .tag = d->large.tag, .count = 1, .value = buf_bytes(&d->large_head) };
	char before[96];

	head.size = head.value.n;
	if (prop_is_list(head.tag) || prop_type_fixed_size(prop_type(&head)))
		head.tag = tag_make(prop_id(&head), PT_BINARY);
	snprintf(before, sizeof before, "%" PRIu64 " bytes%s, beginning with ", d->large_size,
		 complete ? "" : " (incomplete)");
	put_prop(d, &d->large, &head, before);
	return item_value_end(d->next, complete);
}

/* --- events --- */

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct dump *d = dump_of(s);
	status st;

	d->names = e->names;
	d->codepage = e->codepage;
	if (d->json)
		json_array(d->json, "objects");
	st = open_object(d, "store", 0, NULL);
	if (st)
		return st;
	put_bag(d, e->props);
	close_object(d);
	return item_store_begin(d->next, e);
}

static status on_store_end(struct item_sink *s)
{
	struct dump *d = dump_of(s);

	if (d->json)
		json_end_array(d->json);
	else
		putchar('\n');
	return item_store_end(d->next);
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct dump *d = dump_of(s);
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	const char *name;
	status st;

	if (d->folders > ITEM_FOLDER_DEPTH_MAX)
		return ecTooComplex;
	name = bag_text(e->props, tag_id(PidTagDisplayName), d->codepage, &a);
	d->path_length[d->folders++] = d->path.n;
	if (d->path.n)
		buf_add_u8(&d->path, '/');
	buf_add_str(&d->path, name ? name : "");
	st = open_object(d, "folder", e->id, buf_cstr(&d->path));
	if (st)
		return st;
	put_bag(d, e->props);
	if (e->search) {
		st = open_object(d, "search criteria", 0, NULL);
		if (st)
			return st;
		put_bag(d, e->search);
		close_object(d);
	}
	close_object(d);
	return item_folder_begin(d->next, e);
}

static status on_folder_end(struct item_sink *s)
{
	struct dump *d = dump_of(s);

	buf_truncate(&d->path, d->path_length[--d->folders]);
	return item_folder_end(d->next);
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct dump *d = dump_of(s);
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	status st;

	st = open_object(d, e->associated ? "associated item" : "message", e->id,
			 item_title(e->props, d->codepage, &a));
	if (st)
		return st;
	put_bag(d, e->props);
	return item_message_begin(d->next, e);
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	close_object(dump_of(s));
	return item_message_end(dump_of(s)->next, result);
}

static status on_recipient(struct item_sink *s, const struct bag *props)
{
	struct dump *d = dump_of(s);
	status st = open_object(d, "recipient", 0, NULL);

	if (st)
		return st;
	put_bag(d, props);
	close_object(d);
	return item_recipient(d->next, props);
}

static status on_attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	struct dump *d = dump_of(s);
	status st = open_object(d, "attachment", e->id, NULL);

	if (st)
		return st;
	put_bag(d, e->props);
	return item_attachment_begin(d->next, e);
}

static status on_attachment_end(struct item_sink *s)
{
	close_object(dump_of(s));
	return item_attachment_end(dump_of(s)->next);
}

static status on_problem(struct item_sink *s, const struct item_problem *p)
{
	return item_problem(dump_of(s)->next, p);
}

static const struct item_sink_ops dump_ops = {
	on_store_begin,	  on_store_end,	 on_folder_begin,     on_folder_end,	on_message_begin,
	on_message_end,	  on_recipient,	 on_attachment_begin, on_attachment_end, on_value_begin,
	on_value_chunk,	  on_value_end,	 on_problem,
};

void dump_init(struct dump *d, struct item_sink *next, struct json *json)
{
	memset(d, 0, sizeof *d);
	d->sink.ops = &dump_ops;
	d->next = next;
	d->json = json;
	buf_init(&d->path, (size_t)1 << 20);
	buf_init(&d->large_head, HEAD_MAX);
}

void dump_free(struct dump *d)
{
	buf_free(&d->path);
	buf_free(&d->large_head);
}
