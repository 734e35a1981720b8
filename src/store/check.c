#include "store/check.h"

#include "store/check_private.h"
#include "store/fulltext.h"
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

bool check_found(struct checking *c, const struct found *f, const char *format, ...)
{
	char text[400];
	va_list args;
	bool repair = c->options->repair && f->fixable;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	c->summary->findings[f->kind]++;
	c->summary->repairable += f->fixable && f->lossless;
	c->summary->repaired += repair;
	c->summary->incomplete += !f->lossless && f->kind == MAILBOX_CHECK_CONTENT;
	if (c->options->found)
		c->options->found(c->options->context, &(struct mailbox_finding){
							       .kind = f->kind,
							       .folder = f->folder,
							       .message = f->message,
							       .repairable = f->fixable && f->lossless,
							       .repaired = repair,
							       .text = text,
						       });
	return repair;
}

/* The engine's own check of its file. */
static status check_database(struct checking *c)
{
	const struct found f = { .kind = MAILBOX_CHECK_DATABASE };
	bool row = false;
	status st;

	if (sql_engine(c->m->db) != SQL_SQLITE)
		return ecNone;
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(c->m->db, c->options->quick ? "PRAGMA quick_check(20)" : "PRAGMA integrity_check(20)");
	while (!(st = sql_step(s, &row)) && row)
		if (strcmp(sql_text(s, 0), "ok") != 0)
			(void)check_found(c, &f, "the database file is damaged: %.200s; restore a backup, or export what can be read",
					  sql_text(s, 0));
	if (st == ecCorruptData) {
		(void)check_found(c, &f, "the database file is damaged: %.200s", sql_failure(c->m->db));
		return ecNone;
	}
	return mailbox_error(c->m, st);
}

static status highest(struct checking *c, const char *query, uint64_t *most)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(c->m->db, query);
	bool row = false;
	status st = sql_step(s, &row);

	if (!st && row && sql_i64(s, 0) > 0 && (uint64_t)sql_i64(s, 0) > *most)
		*most = (uint64_t)sql_i64(s, 0);
	return mailbox_error(c->m, st);
}

/* An id that is given twice would be two things: the counter stands above all of them. Ids of objects of a copy come from elsewhere. */
static status check_counter_of_ids(struct checking *c)
{
	static const char *const queries[] = {
		"SELECT MAX(cn) FROM message",	  "SELECT MAX(read_cn) FROM message", "SELECT MAX(cn) FROM folder",
		"SELECT MAX(changed) FROM per_user",
		"SELECT MAX(cn) FROM tombstone",  "SELECT MAX(id) FROM content",      "SELECT MAX(content) FROM large",
		"SELECT MAX(content) FROM piece", "SELECT MAX(id) FROM message",      "SELECT MAX(id) FROM folder",
	};
	const size_t n = sizeof queries / sizeof *queries - (c->m->is_copy ? 2 : 0);
	const struct found f = { .kind = MAILBOX_CHECK_IDS, .lossless = true, .fixable = true };
	uint64_t most = 0;
	status s = ecNone;

	for (size_t i = 0; !s && i < n; i++)
		s = highest(c, queries[i], &most);
	/* In a repair some ids are new. */
	if (s || most < c->m->counters.next_id)
		return s;
	if (check_found(c, &f, "the counter of ids stands at %llx, below an id that is in use (%llx); it is set above it",
			(unsigned long long)c->m->counters.next_id, (unsigned long long)most))
		c->m->counters = (struct mailbox_counters){ .next_id = most + 1, .granted = c->m->counters.granted };
	return ecNone;
}

/* Of what was granted to a copy nothing is in use. The server grants more when it is asked. */
static status check_grants(struct checking *c)
{
	static const char used[] = "SELECT id FROM (SELECT id FROM message UNION ALL SELECT id FROM folder) u WHERE (id >= $1 AND id < $2)"
				   " OR EXISTS (SELECT 1 FROM granted_id g WHERE u.id BETWEEN g.first AND g.last) LIMIT 1";
	const struct found f = { .kind = MAILBOX_CHECK_IDS, .lossless = true, .fixable = true };
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(c->m->db, used);
	bool row = false;

	bind_u64(s, 1, c->m->counters.granted.next);
	bind_u64(s, 2, c->m->counters.granted.end);
	status st = mailbox_error(c->m, sql_step(s, &row));
	if (st || !row || !check_found(c, &f, "id %llx was set aside for what is made here, and is in use; other ids are asked for",
				       (unsigned long long)sql_i64(s, 0)))
		return st;
	c->m->counters.granted = (struct globcnt_run){ 0, 0 };
	return mailbox_error(c->m, sql_run(sql_prepare(c->m->db, "DELETE FROM granted_id")));
}

static status check_ids(struct checking *c)
{
	status s = check_counter_of_ids(c);

	return s || !c->m->is_copy ? s : check_grants(c);
}

static status all_checks(struct checking *c)
{
	status s = check_ids(c);

	if (!s)
		s = check_tree(c);
	if (!s && !c->options->quick)
		s = check_messages(c);
	if (!s)
		s = check_orphans(c);
	if (!s)
		s = check_marks(c);
	return s ? s : check_counters(c);
}

status mailbox_check(struct mailbox *m, const struct mailbox_check_options *o, struct mailbox_check_summary *out,
		     struct reason *why)
{
	static const struct mailbox_check_options none;
	struct mailbox_check_summary summary = { .folders = 0 };
	struct checking c = { .m = m, .options = o ? o : &none, .summary = &summary };
	bool index_anew = false;
	status s = m->in_transaction ? reason_set(&m->why, ecInvalidParam, "the mailbox is in a transaction") : check_database(&c);

	if (!s)
		s = check_words(&c, &index_anew);
	/* Without one, a page that cannot be read is a finding and not the end. */
	if (!s && c.options->repair)
		s = mailbox_begin(m);
	if (!s)
		s = all_checks(&c);
	if (!s && index_anew)
		s = fulltext_rebuild(m);
	if (!s && c.options->repair)
		s = mailbox_commit(m);
	m->total_known = false; /* what was repaired was counted anew */
	if (s && c.options->repair && m->in_transaction)
		mailbox_rollback(m);
	if (s)
		return reason_set(why, s, "%s", m->why.text);
	*out = summary;
	return ecNone;
}

bool mailbox_sound(const struct mailbox_check_summary *s)
{
	for (size_t i = 0; i < MAILBOX_CHECK_KINDS; i++)
		if (s->findings[i])
			return false;
	return true;
}
