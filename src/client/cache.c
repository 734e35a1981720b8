#include "client/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cache_private.h"
#include "store/fulltext.h"
#include "store/message_sums.h"

/* Statements ---------------------------------------------------------------------------------------------------------------------- */

static struct sql_statement *prepare(struct cache *c, const char *text, const uint64_t *v, size_t n)
{
	struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), text);

	for (size_t i = 0; i < n; i++)
		sql_bind_i64(s, (int)i + 1, v[i] > INT64_MAX ? INT64_MAX : (int64_t)v[i]);
	return s;
}

status cache_run(struct cache *c, const char *text, const uint64_t *v, size_t n)
{
	return sql_run(prepare(c, text, v, n));
}

status cache_ask(struct cache *c, const char *text, const uint64_t *v, size_t n, uint64_t *out, bool *found)
{
	CLEANUP_STATEMENT struct sql_statement *s = prepare(c, text, v, n);
	status st = sql_step(s, found);

	if (!st && *found)
		*out = cache_u64(s, 0);
	return st;
}

uint64_t cache_u64(struct sql_statement *s, int column)
{
	int64_t v = sql_i64(s, column);

	return v < 0 ? 0 : (uint64_t)v;
}

/* Opening ------------------------------------------------------------------------------------------------------------------------- */

status cache_take(const char *folder, const struct clock *clock, unsigned patience_ms, struct cache **out, struct reason *why)
{
	struct cache *c = calloc(1, sizeof *c);
	status s;

	if (!c)
		return reason_set(why, ecMemory, "out of memory");
	c->lock = c->wanted = -1;
	c->clock = *clock;
	c->folder = strdup(folder);
	s = c->folder ? cache_lock_open(c, why) : reason_set(why, ecMemory, "out of memory");
	if (!s)
		s = cache_lock_take(c, patience_ms, why);
	if (s) {
		cache_close(c);
		return s;
	}
	cache_move_finish(folder);
	*out = c;
	return ecNone;
}

static void copy_text(char *to, size_t room, const char *from)
{
	(void)snprintf(to, room, "%s", from ? from : "");
}

static status load_binding(struct cache *c)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), "SELECT address, mailbox_dn, server, made FROM client_binding");
	struct cache_binding *b = &c->binding;
	bool row = false;
	status st = sql_step(s, &row);

	if (st || !row)
		return st ? st : ecCorruptData;
	b->identity = *mailbox_identity(c->mailbox);
	copy_text(b->address, sizeof b->address, sql_text(s, 0));
	copy_text(b->mailbox_dn, sizeof b->mailbox_dn, sql_text(s, 1));
	copy_text(b->server, sizeof b->server, sql_text(s, 2));
	b->made = cache_u64(s, 3);
	return ecNone;
}

status cache_attach(struct cache *c, struct reason *why)
{
	struct reason words = { "" };
	status s = mailbox_is_copy(c->mailbox) ? cache_schema_prepare(c, false, &words) : ecCorruptData;

	if (s == ecVersion)
		return reason_set(why, s, "%s: %s", c->folder, words.text);
	if (!s)
		s = load_binding(c);
	if (!s)
		s = cache_keep_journal(c);
	if (!s)
		cache_keep_base(c);
	return s ? reason_set(why, s, "%s/cache.db is no cache, or damaged: postern cache check tells", c->folder) : ecNone;
}

status cache_open_mailbox(struct cache *c, bool *attached, struct reason *why)
{
	char path[CACHE_PATH_ROOM];
	struct sql *db = NULL;
	status s = cache_path(c->folder, path, why);

	if (!s)
		s = sql_open_sqlite(path, SQL_FRUGAL, &db, why);
	if (!s)
		s = mailbox_open(db, &c->clock, &c->mailbox, why);
	if (s)
		return s == ecCorruptData && why ? reason_set(why, s, "%s: %.300s (postern cache check tells more)", path, why->text) : s;
	s = cache_attach(c, why);
	*attached = !s;
	return s == ecVersion ? s : ecNone;
}

status cache_reopen(struct cache *c, struct reason *why)
{
	bool attached = false;
	status s = cache_open_mailbox(c, &attached, why);

	if (!s && attached && c->filling)
		sql_fill(mailbox_sql(c->mailbox), true);
	return s || attached ? s : ecCorruptData;
}

void cache_fill(struct cache *c, bool fill)
{
	if (c->filling != fill && c->mailbox)
		sql_fill(mailbox_sql(c->mailbox), fill);
	c->filling = fill;
}

void cache_fill_flush(struct cache *c)
{
	sql_fill_flush(mailbox_sql(c->mailbox));
}

bool cache_is_filling(const struct cache *c)
{
	return c->filling;
}

/* A link is a cache too, also when the disk that it leads to is not there. */
bool cache_exists(const char *folder)
{
	char path[CACHE_PATH_ROOM];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/cache.db", folder);
	return lstat(path, &st) == 0;
}

/* Who only reads makes a log and removes it; what was changed is in the file when the changer closes it. */
uint64_t cache_stamp(const char *folder)
{
	char path[CACHE_PATH_ROOM];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/cache.db", folder);
	if (stat(path, &st))
		return 0;
	return ((uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec) ^ (uint64_t)st.st_ino << 40 ^ (uint64_t)st.st_size << 20;
}

status cache_open(const char *folder, const struct clock *clock, unsigned patience_ms, struct cache **out, struct reason *why)
{
	struct cache *c = NULL;
	status s;

	if (!cache_exists(folder))
		return reason_set(why, ecNotFound, "%s holds no cache yet: postern sync makes it", folder);
	s = cache_take(folder, clock, patience_ms, &c, why);
	if (!s)
		s = cache_reopen(c, why);
	if (s)
		cache_close(c);
	else
		*out = c;
	return s;
}

status cache_bind(struct cache *c, const struct cache_binding *b)
{
	struct sql_statement *s = sql_prepare(mailbox_sql(c->mailbox), "INSERT INTO client_binding (address, mailbox_dn, server, made) VALUES ($1, $2, $3, $4)");

	sql_bind_text(s, 1, b->address);
	sql_bind_text(s, 2, b->mailbox_dn);
	sql_bind_text(s, 3, b->server);
	sql_bind_i64(s, 4, (int64_t)b->made);
	return sql_run(s);
}

/* Nobody else's from the start, whatever the umask; what the database engine puts beside it is as it is. */
static status own_file(const char *path, struct reason *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return reason_set(why, ecDiskError, "%s: %s", path, strerror(errno));
	(void)close(fd);
	return ecNone;
}

status cache_prepare_file(struct cache *c, const struct cache_binding *b, uint64_t root, struct reason *why)
{
	char path[CACHE_PATH_ROOM];
	struct sql *db = NULL;
	status s;

	(void)snprintf(path, sizeof path, "%s/cache.new", c->folder);
	if (unlink(path) && errno != ENOENT)
		return reason_set(why, ecDiskError, "%s: %s", path, strerror(errno));
	s = own_file(path, why);
	if (!s)
		s = sql_open_sqlite(path, SQL_CREATE | SQL_FRUGAL, &db, why);
	if (!s)
		s = mailbox_make_copy(db, &c->clock, &b->identity, root, &c->mailbox, why);
	if (s)
		return s;
	s = cache_schema_prepare(c, true, why);
	if (!s)
		s = cache_bind(c, b);
	if (s)
		(void)reason_set(why, s, "%s: %s", path, sql_failure(mailbox_sql(c->mailbox)));
	mailbox_close(c->mailbox);
	c->mailbox = NULL;
	return s;
}

status cache_put_file(struct cache *c, struct reason *why)
{
	char path[CACHE_PATH_ROOM], whole[CACHE_PATH_ROOM];

	(void)snprintf(path, sizeof path, "%s/cache.new", c->folder);
	(void)snprintf(whole, sizeof whole, "%s/cache.db", c->folder);
	if (rename(path, whole))
		return reason_set(why, ecDiskError, "%s: %s", whole, strerror(errno));
	return cache_reopen(c, why);
}

status cache_make(const char *folder, const struct clock *clock, const struct cache_binding *b, uint64_t root, struct cache **out, struct reason *why)
{
	struct cache *c = NULL;
	status s = cache_take(folder, clock, 0, &c, why);

	if (!s && cache_exists(folder))
		s = reason_set(why, ecDuplicateName, "%s holds a cache already", folder);
	if (!s)
		s = cache_prepare_file(c, b, root, why);
	if (!s)
		s = cache_put_file(c, why);
	if (s)
		cache_close(c);
	else
		*out = c;
	return s;
}

void cache_close(struct cache *c)
{
	if (!c)
		return;
	mailbox_close(c->mailbox);
	if (c->folder)
		cache_announce(c);
	cache_lock_close(c);
	free(c->folder);
	free(c);
}

status cache_pause(struct cache *c, struct reason *why)
{
	struct guid was = c->binding.identity.mailbox;
	status s;

	mailbox_close(c->mailbox);
	c->mailbox = NULL;
	c->applying = false;
	cache_announce(c);
	s = cache_lock_lend(c, why);
	if (!s)
		s = cache_reopen(c, why);
	if (s || guid_equal(&was, &c->binding.identity.mailbox))
		return s;
	/* Whoever was let in has replaced it: what was to be written belongs to the other one. */
	mailbox_close(c->mailbox);
	c->mailbox = NULL;
	return reason_set(why, ecBusy, "the cache in %s was set aside, and another one is in its place", c->folder);
}

struct mailbox *cache_mailbox(struct cache *c)
{
	return c->mailbox;
}

const struct cache_binding *cache_binding(const struct cache *c)
{
	return &c->binding;
}

status cache_remap(struct cache *c, const struct guid *mapping_signature)
{
	status s = mailbox_set_mapping_signature(c->mailbox, mapping_signature);

	if (!s)
		c->binding.identity.mapping_signature = *mapping_signature;
	return s;
}

/* Applying ------------------------------------------------------------------------------------------------------------------------ */

/* What comes from the server is not looked into: its words are indexed, and what it holds summed up, when that is needed. */
static void bring(struct cache *c, bool bringing)
{
	fulltext_set_later(c->mailbox, bringing);
	message_sum_later(c->mailbox, bringing);
}

status cache_apply_begin(struct cache *c)
{
	status s = mailbox_begin(c->mailbox);

	c->applying = !s;
	bring(c, true);
	return s;
}

status cache_apply_commit(struct cache *c)
{
	status s = mailbox_commit(c->mailbox);

	c->binding.identity = *mailbox_identity(c->mailbox);
	c->applying = false;
	bring(c, false);
	return s;
}

void cache_apply_rollback(struct cache *c)
{
	mailbox_rollback(c->mailbox);
	c->binding.identity = *mailbox_identity(c->mailbox);
	c->applying = false;
	bring(c, false);
}

status cache_apply_end(struct cache *c, status s)
{
	if (!s)
		s = cache_apply_commit(c);
	if (s)
		cache_apply_rollback(c);
	return s;
}

bool cache_is_applying(const struct cache *c)
{
	return c->applying;
}

status cache_set_local(struct cache *c, uint64_t folder)
{
	return cache_run(c, "INSERT INTO client_local (folder) VALUES ($1) ON CONFLICT (folder) DO NOTHING", &folder, 1);
}

/* A failure fails the transaction. */
bool cache_is_local(struct cache *c, uint64_t folder)
{
	uint64_t id = 0;
	bool found = false;

	return !cache_ask(c, "SELECT folder FROM client_local WHERE folder = $1", &folder, 1, &id, &found) && found;
}
