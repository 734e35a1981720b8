/* The tables of a cache: every row is of something that is there. */
#include "client/cache_check_private.h"

#define PAGE 64u

#define LIVE(column)   "EXISTS (SELECT 1 FROM message m WHERE m.id = " column " AND m.kind < 2)"
#define HERE(column)   "EXISTS (SELECT 1 FROM message m WHERE m.id = " column ")"
#define FOLDER(column) "EXISTS (SELECT 1 FROM folder f WHERE f.id = " column ")"

/* Rows that are not as they should be; `find` names them by a key that `mend` takes. */
struct rule {
	const char *kind, *what, *remedy;
	bool lossy;
	const char *find, *mend;
	bool folders; /* there was a folder of the server's: it tells of all again */
};

static const struct rule rules[] = {
	{ "state", "the state of a folder that is not there", "it is forgotten, and folders come again", false,
	  "SELECT folder FROM client_state WHERE folder <> 0 AND NOT " FOLDER("client_state.folder"), "DELETE FROM client_state WHERE folder = $1", true },
	{ "partial", "a message that is not there counts as one of which only the headers are here:", "that is forgotten", false,
	  "SELECT message FROM client_partial WHERE NOT " HERE("client_partial.message"), "DELETE FROM client_partial WHERE message = $1", false },
	{ "local", "a folder that is not there counts as one that stays here:", "that is forgotten", false,
	  "SELECT folder FROM client_local WHERE NOT " FOLDER("client_local.folder"), "DELETE FROM client_local WHERE folder = $1", false },
	{ "outbox", "a message that is not there waits to be sent:", "it waits no more", true,
	  "SELECT message FROM client_outbox WHERE NOT " HERE("client_outbox.message"), "DELETE FROM client_outbox WHERE message = $1", false },
	{ "outbox", "how far sending has come is not known of message", "the server is asked whether it has it", false,
	  "SELECT message FROM client_outbox WHERE state NOT BETWEEN 0 AND 4", "UPDATE client_outbox SET state = 2 WHERE message = $1", false },
	{ "journal", "nobody knows what this entry of the journal is to tell, number", "it is taken out", true,
	  "SELECT seq FROM client_journal WHERE kind NOT BETWEEN 0 AND 5", "DELETE FROM client_journal WHERE seq = $1", false },
	{ "journal", "the journal tells of a change of a folder that is not there, entry", "it is taken out", false,
	  "SELECT seq FROM client_journal WHERE kind = 0 AND NOT " FOLDER("client_journal.object"), "DELETE FROM client_journal WHERE seq = $1", false },
	{ "journal", "the journal tells that a folder was deleted which is there, entry", "it is taken out", false,
	  "SELECT seq FROM client_journal WHERE kind = 1 AND " FOLDER("client_journal.object"), "DELETE FROM client_journal WHERE seq = $1", false },
	{ "journal", "the journal tells of a change of a message that is not there, entry", "it is taken out", false,
	  "SELECT seq FROM client_journal WHERE kind IN (2, 3, 4) AND NOT " LIVE("client_journal.object"), "DELETE FROM client_journal WHERE seq = $1", false },
	{ "journal", "the journal tells that a message was deleted which is there, entry", "it is taken out", false,
	  "SELECT seq FROM client_journal WHERE kind = 5 AND " LIVE("client_journal.object"), "DELETE FROM client_journal WHERE seq = $1", false },
	{ "journal", "the journal tells of something in a folder that is not there, entry", "it is taken out", false,
	  "SELECT seq FROM client_journal WHERE kind = 5 AND NOT " FOLDER("client_journal.folder"), "DELETE FROM client_journal WHERE seq = $1", false },
	{ "journal", "the journal has another folder than the one that the message is in, entry", "it is set right", false,
	  "SELECT seq FROM client_journal WHERE kind IN (2, 3, 4) AND folder <> (SELECT m.folder FROM message m WHERE m.id = client_journal.object)",
	  "UPDATE client_journal SET folder = (SELECT m.folder FROM message m WHERE m.id = client_journal.object) WHERE seq = $1", false },
	{ "journal", "the journal tells of something that stays here, entry", "it is taken out", false,
	  "SELECT seq FROM client_journal WHERE kind <> 3 AND folder IN (SELECT folder FROM client_local)", "DELETE FROM client_journal WHERE seq = $1",
	  false },
	{ "journal", "the journal tells of a message that is told of by being sent, entry", "it is taken out", false,
	  "SELECT seq FROM client_journal WHERE kind IN (2, 4) AND object IN (SELECT message FROM client_outbox)", "DELETE FROM client_journal WHERE seq = $1",
	  false },
	{ "base", "what a message was before it was changed is kept, though no change is to be told:", "it is forgotten", false,
	  "SELECT DISTINCT message FROM client_base WHERE NOT EXISTS (SELECT 1 FROM client_journal j WHERE j.object = client_base.message AND j.kind = 2)",
	  "DELETE FROM client_base WHERE message = $1", false },
};

static status page_of(struct cache *c, const struct rule *r, uint64_t keys[static PAGE], size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(mailbox_sql(c->mailbox), r->find);
	bool row = false;
	status s;

	for (*n = 0; !(s = sql_step(q, &row)) && row && *n < PAGE; ++*n)
		keys[*n] = cache_u64(q, 0);
	return s;
}

static status mend(struct cache_checking *k, const struct rule *r, uint64_t key)
{
	status s = cache_run(k->c, r->mend, &key, 1);

	return s || !r->folders ? s : check_unsee(k->c, CACHE_HIERARCHY);
}

/* What is not mended would be found again: then the first page is enough to say that there are such rows. */
static status check_rule(struct cache_checking *k, const struct rule *r)
{
	uint64_t keys[PAGE];
	size_t n = PAGE;
	status s = ecNone;

	while (!s && n == PAGE) {
		s = page_of(k->c, r, keys, &n);
		for (size_t i = 0; !s && i < n; i++) {
			const struct cache_finding f = { .kind = r->kind, .repairable = !r->lossy };

			if (cache_found(k, &f, true, "%s %llx; %s", r->what, (unsigned long long)keys[i], r->remedy))
				s = mend(k, r, keys[i]);
		}
		if (!k->options->repair)
			break;
	}
	return s;
}

/* States that nobody can read -------------------------------------------------------------------------------------------------------- */

static status next_state(struct cache *c, int64_t after, uint64_t *folder, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(mailbox_sql(c->mailbox), "SELECT folder FROM client_state WHERE folder > $1 AND state IS NOT NULL ORDER BY folder LIMIT 1");
	status s;

	sql_bind_i64(q, 1, after);
	s = sql_step(q, found);
	if (!s && *found)
		*folder = cache_u64(q, 0);
	return s;
}

static status check_state(struct cache_checking *k, uint64_t folder)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(IDSET_RANGES_MAX);
	const struct cache_finding f = { .kind = "state", .folder = folder, .repairable = true };
	status s = cache_state(k->c, folder, &state);

	if (s != ecCorruptData)
		return s;
	if (!cache_found(k, &f, true, "the state of folder %llx cannot be read; all that is in it is compared with the server again",
			 (unsigned long long)folder))
		return ecNone;
	return cache_forget_folder(k->c, folder);
}

static status check_states(struct cache_checking *k)
{
	uint64_t folder = 0;
	bool found = true;
	int64_t after = -1;
	status s = ecNone;

	while (!s && found) {
		s = next_state(k->c, after, &folder, &found);
		if (!s && found)
			s = check_state(k, folder);
		after = (int64_t)folder;
	}
	return s;
}

status check_rows(struct cache_checking *k)
{
	status s = check_states(k);

	if (!s)
		s = check_special_folders(k);
	for (size_t i = 0; !s && i < sizeof rules / sizeof *rules; i++)
		s = check_rule(k, &rules[i]);
	return s;
}
