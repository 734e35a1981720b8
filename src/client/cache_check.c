#include "client/cache_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/cache_check_private.h"

static const char *const kinds[MAILBOX_CHECK_KINDS] = {
	[MAILBOX_CHECK_DATABASE] = "database", [MAILBOX_CHECK_CONTENT] = "content", [MAILBOX_CHECK_COLUMNS] = "columns", [MAILBOX_CHECK_COUNTERS] = "counters",
	[MAILBOX_CHECK_ORPHAN] = "orphan",     [MAILBOX_CHECK_NAMES] = "names",     [MAILBOX_CHECK_IDS] = "ids",         [MAILBOX_CHECK_WORDS] = "words",
};

static bool tell(struct cache_checking *k, const struct cache_finding *f)
{
	k->summary->findings++;
	k->summary->repairable += f->repairable;
	k->summary->repaired += f->repaired;
	if (k->options->found)
		k->options->found(k->options->context, f);
	return f->repaired;
}

bool cache_found(struct cache_checking *k, const struct cache_finding *f, bool fixable, const char *format, ...)
{
	struct cache_finding all = *f;
	char text[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	all.text = text;
	all.repaired = k->options->repair && fixable;
	return tell(k, &all);
}

/* The mailbox ------------------------------------------------------------------------------------------------------------------------- */

static void remember(struct cache_checking *k, const struct mailbox_finding *f)
{
	if (k->n_again == k->cap_again) {
		size_t cap = k->cap_again ? 2 * k->cap_again : 64;
		struct check_again *v = cap > CHECK_AGAIN_MOST ? NULL : reallocarray(k->again, cap, sizeof *v);

		k->failed = k->failed || !v;
		if (!v)
			return;
		k->again = v;
		k->cap_again = cap;
	}
	k->again[k->n_again++] = (struct check_again){ f->kind, f->folder, f->message };
}

/* Where the server has it whole, something that is lost here is not lost. */
static void on_found(void *context, const struct mailbox_finding *f)
{
	struct cache_checking *k = context;
	bool of_object = (f->kind == MAILBOX_CHECK_CONTENT || f->kind == MAILBOX_CHECK_ORPHAN) && (f->message || f->folder);

	(void)tell(k, &(struct cache_finding){ .kind = kinds[f->kind],
					       .folder = f->folder,
					       .message = f->message,
					       .repairable = f->repairable || (of_object && f->kind == MAILBOX_CHECK_CONTENT),
					       .repaired = f->repaired,
					       .text = f->text });
	if (of_object && f->repaired)
		remember(k, f);
}

static void on_progress(void *context, uint64_t done, uint64_t of)
{
	const struct cache_checking *k = context;

	if (k->options->progress)
		k->options->progress(k->options->context, done, of);
}

/* What the store mends is not the user's doing. */
static status check_mailbox(struct cache_checking *k, struct reason *why)
{
	const struct mailbox_check_options o = {
		.repair = k->options->repair, .quick = k->options->quick, .found = on_found, .progress = on_progress, .context = k
	};
	struct mailbox_check_summary summary;
	status s;

	k->c->applying = true;
	s = mailbox_check(k->c->mailbox, &o, &summary, why);
	k->c->applying = false;
	if (s)
		return s;
	k->summary->folders = summary.folders;
	k->summary->messages = summary.messages;
	k->summary->bytes = summary.bytes;
	/* Of a cache whose tables are damaged it is not known. */
	if (cache_partial_count(k->c, &k->summary->headers))
		k->summary->headers = 0;
	return k->failed ? reason_set(why, ecTooBig,
				      "there is too much to be mended: postern export saves what can be read, and postern sync makes a new cache when this one "
				      "is put aside")
			 : ecNone;
}

/* All of it --------------------------------------------------------------------------------------------------------------------------- */

/* In a transaction of its own when it is a repair. */
static status part(struct cache_checking *k, status (*check)(struct cache_checking *k), struct reason *why)
{
	status s = k->options->repair ? cache_apply_begin(k->c) : ecNone;

	if (!s)
		s = check(k);
	if (!s && k->options->repair)
		s = cache_apply_commit(k->c);
	if (s)
		(void)reason_set(why, s, "the cache cannot be checked: %s", sql_failure(mailbox_sql(k->c->mailbox)));
	if (s && k->options->repair)
		cache_apply_rollback(k->c);
	return s;
}

/* What makes the mailbox a cache is missing: tables, or whose copy it is, which is only words. */
static status mend_tables(struct cache_checking *k)
{
	static const struct cache_binding nobody;
	uint64_t n = 0;
	bool found = false;
	status s = cache_schema_mend(k->c);

	if (!s)
		s = cache_ask(k->c, "SELECT COUNT(*) FROM client_binding", NULL, 0, &n, &found);
	return s || n ? s : cache_bind(k->c, &nobody);
}

static status check_attached(struct cache_checking *k, bool *attached, struct reason *why)
{
	const struct cache_finding f = { .kind = "tables" };
	status s;

	if (*attached)
		return ecNone;
	if (!mailbox_is_copy(k->c->mailbox))
		return reason_set(why, ecInvalidParam, "%s/cache.db is a mailbox, but not a cache", k->c->folder);
	if (!cache_found(k, &f, true,
			 "tables of the cache are missing or damaged; they are made anew, and what was to be told to the server by them is told no more"))
		return ecNone;
	s = part(k, mend_tables, why);
	if (!s)
		s = cache_attach(k->c, why);
	*attached = !s;
	return s;
}

static status check_all(struct cache_checking *k, bool attached, struct reason *why)
{
	status s = check_attached(k, &attached, why);

	if (!s && attached && k->options->repair)
		s = part(k, check_homeless, why);
	if (!s)
		s = check_mailbox(k, why);
	if (!s && attached && k->n_again)
		s = part(k, check_bring_again, why);
	return s || !attached ? s : part(k, check_rows, why);
}

/* The engine cannot even open it. */
static status unreadable(struct cache_checking *k, status s, struct reason *why)
{
	const struct cache_finding f = { .kind = "database" };

	if (s != ecCorruptData && s != ecError)
		return s;
	(void)cache_found(
		k, &f, false,
		"the cache cannot be opened: %.150s. What the server has comes again when the file is put aside (postern sync); a backup of it has the rest",
		why->text);
	return ecNone;
}

status cache_check(const char *folder, const struct cache_care *how, const struct cache_check_options *o, struct cache_check_summary *out, struct reason *why)
{
	struct cache_checking k = { .options = o, .summary = out };
	struct reason words = { "" };
	bool attached = false;
	status s;

	*out = (struct cache_check_summary){ 0 };
	if (!cache_exists(folder))
		return reason_set(why, ecNotFound, "%s holds no cache yet: postern sync makes it", folder);
	s = cache_take(folder, how->clock, how->patience_ms, &k.c, why);
	if (s)
		return s;
	s = cache_open_mailbox(k.c, &attached, &words);
	if (s && (s = unreadable(&k, s, &words)))
		s = reason_set(why, s, "%s", words.text);
	else if (k.c->mailbox)
		s = check_all(&k, attached, why);
	cache_close(k.c);
	free(k.again);
	return s;
}
