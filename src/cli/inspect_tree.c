#include "cli/inspect_tree.h"

#include <stdlib.h>

#include "mapi/label.h"

#define TREE_MEMORY ((size_t)512 << 20)

static struct tree *tree_of(struct item_sink *s)
{
	return (struct tree *)s;
}

static struct tree_folder *innermost(struct tree *t)
{
	return t->depth ? &t->folders[t->open[t->depth - 1]] : NULL;
}

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct tree *t = tree_of(s);

	t->codepage = e->codepage;
	t->names = e->names ? name_map_count(e->names) : 0;
	return ecNone;
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct tree *t = tree_of(s);
	const char *name = bag_text(e->props, tag_id(PidTagDisplayName), t->codepage, &t->arena);

	if (t->depth > ITEM_FOLDER_DEPTH_MAX)
		return ecTooComplex;
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		struct tree_folder *more = reallocarray(t->folders, cap, sizeof *more);

		if (!more)
			return ecMemory;
		t->folders = more;
		t->cap = cap;
	}
	t->folders[t->n] = (struct tree_folder){
		.name = name ? name : "", .depth = t->depth, .role = e->role, .id = e->id
	};
	t->open[t->depth++] = t->n++;
	return ecNone;
}

static status on_folder_end(struct item_sink *s)
{
	tree_of(s)->depth--;
	return ecNone;
}

static status count_class(struct tree *t, struct tree_folder *f, const struct message_event *e)
{
	struct arena_mark mark = arena_mark(&t->arena);
	const char *name = bag_text(e->props, tag_id(PidTagMessageClass), t->codepage, &t->arena);
	struct class_count *c;

	name = name && *name ? name : "(no class)";
	for (c = f->classes; c && strcmp(c->name, name) != 0; c = c->next)
		;
	if (c) {
		arena_rewind(&t->arena, mark);
	} else {
		c = arena_zalloc(&t->arena, sizeof *c);
		if (!c)
			return ecMemory;
		c->name = name;
		c->next = f->classes;
		f->classes = c;
	}
	c->associated += e->associated;
	c->messages += !e->associated;
	return ecNone;
}

static status keep_deleted(struct tree *t, const struct message_event *e)
{
	struct tree_item *i;

	t->undeleted++;
	innermost(t)->undeleted++;
	if (!t->keep_undeleted)
		return ecNone;
	i = arena_zalloc(&t->arena, sizeof *i);
	if (!i)
		return ecMemory;
	i->title = item_title(e->props, t->codepage, &t->arena);
	i->folder = t->open[t->depth - 1];
	i->confidence = e->confidence;
	*t->deleted_end = i;
	t->deleted_end = &i->next;
	return ecNone;
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct tree *t = tree_of(s);
	struct tree_folder *f = innermost(t);

	if (!f)
		return ecNone;
	if (t->messages++) {
		f->embedded++;
		return ecNone;
	}
	if (e->associated)
		f->associated++;
	else
		f->messages++;
	f->server_known += e->origin == ORIGIN_SERVER;
	f->local_only += e->origin == ORIGIN_LOCAL;
	if (e->confidence < 100) {
		status st = keep_deleted(t, e);

		if (st)
			return st;
	}
	return count_class(t, f, e);
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	struct tree *t = tree_of(s);

	if (t->messages)
		t->messages--;
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static status on_recipient(struct item_sink *s, const struct bag *props)
{
	struct tree_folder *f = innermost(tree_of(s));

	(void)props;
	if (f)
		f->recipients++;
	return ecNone;
}

static status on_attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	struct tree_folder *f = innermost(tree_of(s));

	(void)e;
	if (f)
		f->attachments++;
	return ecNone;
}

static const struct item_sink_ops tree_ops = {
	.store_begin = on_store_begin,
	.folder_begin = on_folder_begin,
	.folder_end = on_folder_end,
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment_begin,
};

void tree_init(struct tree *t)
{
	memset(t, 0, sizeof *t);
	t->sink.ops = &tree_ops;
	t->deleted_end = &t->deleted;
	arena_init(&t->arena, TREE_MEMORY);
}

void tree_free(struct tree *t)
{
	free(t->folders);
	arena_free(&t->arena);
}
