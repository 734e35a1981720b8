#include "store/import_private.h"

#include "mapi/own_ids.h"
#include "store/fulltext.h"
#include "store/message_sums.h"

#include <stdlib.h>

#define FOLDERS_MOST ((size_t)1 << 22)

/* Numbers in the journal: ids of the source are below 2^32, or GLOBCNTs. */
#define ITEM_WITHOUT_ID ((uint64_t)1 << 62)
#define ITEM_EXTRA	((uint64_t)1 << 61)

static struct import *of(struct item_sink *s)
{
	return (struct import *)s;
}

/* Choosing ------------------------------------------------------------------------------------------------------ */

/* What a rescue pieced together may have the id of something else. */
static uint64_t number_of(struct import *i, const struct message_event *e)
{
	if (e->confidence && e->confidence < 100)
		return ITEM_EXTRA | ++i->extras;
	return e->id ? e->id : ITEM_WITHOUT_ID | ++i->items;
}

static status accept(void *context, const struct sink_message *message, enum sink_choice *choice, uint64_t *replaces)
{
	static const enum sink_choice choices[] = {
		[IMPORT_NEW] = SINK_TAKE,	 [IMPORT_THERE] = SINK_DUPLICATE, [IMPORT_OLDER] = SINK_DUPLICATE,
		[IMPORT_NEWER] = SINK_REPLACE, [IMPORT_MAIL] = SINK_DUPLICATE,
	};
	struct import *i = context;
	status st = import_match(&i->matcher, message->info, &i->finding, &i->found);

	if (st)
		return st;
	/* Half a message does not take the place of a whole one. */
	if (i->finding == IMPORT_NEWER && i->harmed)
		i->finding = IMPORT_NEW;
	*choice = choices[i->finding];
	/* Read in one place is read. */
	if (i->finding == IMPORT_THERE && message->info->read)
		st = message_set_read(i->m, i->found, true);
	if (st)
		return st;
	*replaces = i->finding == IMPORT_NEWER ? i->found : 0;
	return ecNone;
}

static void count(struct import *i)
{
	uint64_t *const counters[] = {
		[IMPORT_NEW] = &i->counts.added,      [IMPORT_THERE] = &i->counts.there, [IMPORT_OLDER] = &i->counts.older,
		[IMPORT_NEWER] = &i->counts.replaced, [IMPORT_MAIL] = &i->counts.mail,
	};

	++*counters[i->finding];
}

static void done(void *context, const struct sink_message *message, enum item_outcome outcome, uint64_t id)
{
	struct import *i = context;
	status st;

	(void)message;
	if (outcome != OUTCOME_WRITTEN && outcome != OUTCOME_DUPLICATE)
		return;
	count(i);
	st = import_journal_add(&i->journal, i->item, outcome == OUTCOME_WRITTEN ? id : i->found);
	if (!st && outcome == OUTCOME_WRITTEN && i->points)
		st = import_journal_add_reference(&i->journal, id);
	i->failed = i->failed ? i->failed : st;
}

static void folder_found(void *context, uint64_t source_id, uint64_t folder)
{
	struct import *i = context;
	status st = source_id ? map_put_u64(&i->folders, source_id, folder) : ecNone;

	i->failed = i->failed ? i->failed : st;
}

static status unless_failed(struct import *i, status st)
{
	return !st && i->failed ? reason_set(&i->forward.sink.why, i->failed, "%s", mailbox_failure(i->m)) : st;
}

/* Events -------------------------------------------------------------------------------------------------------- */

static void look_at(struct import *i, const struct bag *props)
{
	for (size_t n = 0; i->has_key && !i->points && n < props->n; n++)
		i->points = own_ids_maybe(&props->v[n], &i->key);
}

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct import *i = of(s);

	i->has_key = own_ids_key(e->props, &i->key);
	return forward_store_begin(s, e);
}

static status begin_item(struct import *i, const struct message_event *e)
{
	uint64_t message = 0;
	status st = ecNone;

	i->item = number_of(i, e);
	i->points = i->harmed = false;
	i->finding = IMPORT_NEW;
	i->found = 0;
	if (i->journal.items)
		st = import_journal_find(&i->journal, i->item, &message);
	i->forward.holding = !st && message;
	return st ? reason_set(&i->forward.sink.why, st, "%s", sql_failure(mailbox_sql(i->m))) : ecNone;
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	return unless_failed(of(s), forward_folder_begin(s, e));
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct import *i = of(s);
	status st = i->depth ? ecNone : begin_item(i, e);

	if (st)
		return st;
	i->depth++;
	if (i->forward.holding)
		return ecNone;
	look_at(i, e->props);
	return forward_message_begin(s, e);
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	struct import *i = of(s);

	i->depth--;
	if (!i->forward.holding)
		return unless_failed(i, forward_message_end(s, result));
	result->outcome = OUTCOME_DUPLICATE;
	i->counts.known += !i->depth;
	i->forward.holding = i->depth > 0;
	return ecNone;
}

static status on_value_end(struct item_sink *s, bool complete)
{
	of(s)->harmed |= !complete;
	return forward_value_end(s, complete);
}

static status on_problem(struct item_sink *s, const struct item_problem *p)
{
	of(s)->harmed |= p->kind != PROBLEM_FLAGGED;
	return forward_problem(s, p);
}

static const struct item_sink_ops operations = {
	.store_begin = on_store_begin,
	.store_end = forward_store_end,
	.folder_begin = on_folder_begin,
	.folder_end = forward_folder_end,
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = forward_recipient,
	.attachment_begin = forward_attachment_begin,
	.attachment_end = forward_attachment_end,
	.value_begin = forward_value_begin,
	.value_chunk = forward_value_chunk,
	.value_end = on_value_end,
	.problem = on_problem,
};

/* The import ---------------------------------------------------------------------------------------------------- */

/* The same file below another folder is another import. */
static status identity_of(const struct import_options *o, struct buf *out)
{
	if (!o->identity.n)
		return ecNone;
	buf_add(out, o->identity.p, o->identity.n);
	buf_add_u64(out, o->folder);
	return buf_status(out);
}

static status open_import(struct import *i, const struct import_options *o, struct reason *why)
{
	CLEANUP_BUF struct buf identity = BUF_MAX((size_t)1 << 16);
	struct mailbox_sink_options to = {
		.folder = o->folder,
		.batch_messages = o->batch,
		.keep_versions = true,
		.accept = accept,
		.done = done,
		.folder_found = folder_found,
		.context = i,
	};
	status st = identity_of(o, &identity);

	i->name = strdup(o->name ? o->name : "");
	if (st || !i->name)
		return reason_set(why, ecMemory, "not enough memory");
	st = message_sum_all(i->m);
	if (st)
		return reason_set(why, st, "%s", mailbox_failure(i->m));
	st = import_journal_open(i->m, buf_bytes(&identity), i->name, o->again, &i->journal, why);
	if (!st)
		st = mailbox_sink_new(i->m, &to, &i->to, why);
	if (st)
		return st;
	i->counts.resumed = i->journal.items && !i->journal.finished;
	i->forward.next = mailbox_sink_sink(i->to);
	return ecNone;
}

status import_new(struct mailbox *m, const struct import_options *o, struct import **out, struct reason *why)
{
	struct import *i = calloc(1, sizeof *i);
	status st;

	if (!i)
		return reason_set(why, ecMemory, "not enough memory");
	i->forward.sink.ops = &operations;
	i->m = m;
	i->options = *o;
	fulltext_set_later(m, true);
	map_init(&i->folders, FOLDERS_MOST);
	import_matcher_init(&i->matcher, &i->journal, o->anywhere);
	st = open_import(i, o, why);
	if (st) {
		import_free(i);
		return st;
	}
	*out = i;
	return ecNone;
}

struct item_sink *import_sink(struct import *i)
{
	return &i->forward.sink;
}

const struct import_counts *import_counts(const struct import *i)
{
	return &i->counts;
}

status import_finish(struct import *i, struct reason *why)
{
	status st = i->failed;

	if (!st)
		st = import_write_ids(i);
	if (!st)
		st = mailbox_begin(i->m);
	if (!st)
		st = import_journal_finish(&i->journal);
	if (!st)
		st = mailbox_commit(i->m);
	if (!st)
		st = fulltext_catch_up_all(i->m);
	if (st) {
		st = reason_set(why, st, "%s", mailbox_failure(i->m));
		mailbox_rollback(i->m);
	}
	return st;
}

void import_free(struct import *i)
{
	if (!i)
		return;
	fulltext_set_later(i->m, false);
	mailbox_sink_free(i->to);
	import_matcher_free(&i->matcher);
	map_free(&i->folders);
	free(i->name);
	free(i);
}
