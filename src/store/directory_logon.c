#include "store/directory_logon.h"

#include "base/utf16.h"
#include "store/directory_private.h"
#include "store/password.h"

/* However many failures: an account that is not locked is closed no longer than this. */
#define DELAY_MOST 300u
#define OBJECT_MOST ((size_t)8 << 20)

struct rules {
	int64_t delay_after, threshold, duration, window, least_length;
};

struct logon {
	char hash[256]; /* "" when there is none */
	int64_t failures;
	uint64_t last_failure, closed_until;
	bool locked;
};

const char *logon_result_name(enum logon_result r)
{
	static const char *const names[] = {
		[LOGON_GOOD] = "good",	     [LOGON_UNKNOWN] = "no such account", [LOGON_WRONG] = "wrong password",
		[LOGON_NONE_SET] = "no password is set", [LOGON_DELAYED] = "too soon after failures", [LOGON_LOCKED] = "locked after failures",
		[LOGON_DISABLED] = "the account is disabled",
	};

	return names[r];
}

static status read_rules(struct directory *d, struct rules *out, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 20);
	const struct directory_object *o;
	status s = directory_find(d, directory_class("OrganizationConfig"), NULL, &scratch, &o, why);

	if (!s)
		*out = (struct rules){ directory_number(o, "LockoutDelayAfter", 3), directory_number(o, "LockoutThreshold", 10),
				       directory_number(o, "LockoutDuration", 900), directory_number(o, "LockoutObservationWindow", 900),
				       directory_number(o, "MinPasswordLength", 8) };
	return s;
}

static status read_logon(struct directory *d, uint64_t user, struct logon *out, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(d->db, "SELECT hash, failures, last_failure, closed_until, locked FROM logons WHERE object = $1");
	struct logon l = { .hash = "" };
	bool row;

	sql_bind_i64(q, 1, (int64_t)user);
	status s = sql_step(q, &row);
	if (s)
		return directory_sql_failed(d, s, why);
	if (row) {
		struct bytes hash = sql_blob(q, 0);

		if (hash.n && hash.n < sizeof l.hash)
			memcpy(l.hash, hash.p, hash.n);
		l.failures = sql_i64(q, 1);
		l.last_failure = (uint64_t)sql_i64(q, 2);
		l.closed_until = (uint64_t)sql_i64(q, 3);
		l.locked = sql_i64(q, 4) != 0;
	}
	*out = l;
	return ecNone;
}

static status write_logon(struct directory *d, uint64_t user, const struct logon *l, struct reason *why)
{
	struct sql_statement *q = sql_prepare(
		d->db, "INSERT INTO logons (object, hash, failures, last_failure, closed_until, locked) VALUES ($1, $2, $3, $4, $5, $6)"
		       " ON CONFLICT (object) DO UPDATE SET hash = EXCLUDED.hash, failures = EXCLUDED.failures,"
		       " last_failure = EXCLUDED.last_failure, closed_until = EXCLUDED.closed_until, locked = EXCLUDED.locked");

	sql_bind_i64(q, 1, (int64_t)user);
	sql_bind_text(q, 2, *l->hash ? l->hash : NULL);
	sql_bind_i64(q, 3, l->failures);
	sql_bind_i64(q, 4, (int64_t)l->last_failure);
	sql_bind_i64(q, 5, (int64_t)l->closed_until);
	sql_bind_i64(q, 6, l->locked);
	status s = sql_run(q);
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

/* Closed accounts ------------------------------------------------------------------------------------------------------- */

static uint64_t steps(int64_t seconds)
{
	return (uint64_t)seconds * FILETIME_PER_SECOND;
}

/* An end that no rule of today would set comes from a clock that was wrong: it does not hold. */
static bool is_closed(const struct logon *l, const struct rules *r, uint64_t now)
{
	uint64_t most = steps(r->duration > DELAY_MOST ? r->duration : DELAY_MOST);

	return l->closed_until > now && l->closed_until - now <= most;
}

static void judge_closed(const struct logon *l, struct logon_verdict *v)
{
	v->result = l->locked ? LOGON_LOCKED : LOGON_DELAYED;
	v->retry_at = l->closed_until;
	v->failures = (unsigned)l->failures;
}

/* One more failure, and what follows from it. */
static void count_failure(struct logon *l, const struct rules *r, uint64_t now)
{
	bool forgotten = l->last_failure > now || now - l->last_failure > steps(r->window);

	/* A lock that is over has been paid for. */
	if (forgotten || l->locked)
		l->failures = 0;
	l->failures++;
	l->last_failure = now;
	l->locked = r->threshold && l->failures >= r->threshold;
	l->closed_until = 0;
	if (l->locked) {
		l->closed_until = now + steps(r->duration);
	} else if (l->failures >= r->delay_after) {
		int64_t doublings = l->failures - r->delay_after;
		int64_t delay = doublings < 9 ? (int64_t)1 << doublings : DELAY_MOST;

		l->closed_until = now + steps(delay < DELAY_MOST ? delay : DELAY_MOST);
	}
}

/* Writes down how it went; the account may have been closed by others who asked at the same time, and then it did not. */
static status settle(struct directory *d, uint64_t user, bool good, const char *hash, const struct rules *r, struct logon_verdict *v,
		     struct reason *why)
{
	uint64_t now = d->clock->now(d->clock);
	struct logon l;
	status s = read_logon(d, user, &l, why);

	if (s)
		return s;
	if (is_closed(&l, r, now)) {
		judge_closed(&l, v);
		return ecNone;
	}
	if (strcmp(l.hash, hash) != 0)
		good = false; /* the password was changed meanwhile */
	if (good) {
		v->result = LOGON_GOOD;
		if (!l.failures && !l.closed_until)
			return ecNone;
		l.failures = 0;
		l.closed_until = l.last_failure = 0;
		l.locked = false;
		return write_logon(d, user, &l, why);
	}
	count_failure(&l, r, now);
	v->result = *l.hash ? LOGON_WRONG : LOGON_NONE_SET;
	v->failures = (unsigned)l.failures;
	v->retry_at = l.closed_until;
	return write_logon(d, user, &l, why);
}

/* Verifying ---------------------------------------------------------------------------------------------------------------- */

/* The time that a look at a password takes. */
static status waste(const char *password, struct reason *why)
{
	bool good;

	return password_verify(password, NULL, &good, why);
}

static status look_at(struct directory *d, const struct directory_object *o, const char *password, struct logon_verdict *v, struct reason *why)
{
	struct rules r;
	struct logon l;
	bool good = false, own;
	status s = read_rules(d, &r, why);

	if (!s)
		s = read_logon(d, o->id, &l, why);
	if (s)
		return s;
	if (directory_is(o, "AccountDisabled")) {
		v->result = LOGON_DISABLED;
		return waste(password, why);
	}
	if (is_closed(&l, &r, d->clock->now(d->clock))) {
		judge_closed(&l, v);
		return waste(password, why);
	}
	s = password_verify(password, *l.hash ? l.hash : NULL, &good, why);
	if (!s && good && !l.failures && !l.closed_until) {
		v->result = LOGON_GOOD;
		return ecNone;
	}
	if (!s)
		s = directory_enter(d, &own, why);
	return s ? s : directory_leave(d, own, settle(d, o->id, good, l.hash, &r, v, why), why);
}

status directory_verify(struct directory *d, const char *identity, const char *password, struct arena *arena,
			const struct directory_object **out, struct logon_verdict *verdict, struct reason *why)
{
	struct logon_verdict v = { .result = LOGON_UNKNOWN };
	const struct directory_object *o = NULL;
	status s = directory_find_surely(d, directory_class("User"), identity, arena, &o, why);

	if (s == ecNotFound || s == ecAmbiguousRecip)
		s = waste(password, why);
	if (!s && o) {
		v.change_number = o->change_number;
		s = look_at(d, o, password, &v, why);
	}
	if (s)
		return s;
	*verdict = v;
	if (v.result != LOGON_GOOD)
		return reason_set(why, ecLoginFailure, "the name or the password is wrong, or the account is closed for now");
	const struct directory_class *as = directory_class("Mailbox");
	return directory_get(d, directory_belongs(as, o) ? as : directory_class("User"), o->id, arena, out, why);
}

/* Setting ------------------------------------------------------------------------------------------------------------------- */

static status check_password(struct directory *d, const char *password, struct reason *why)
{
	struct rules r;
	status s = read_rules(d, &r, why);

	if (s)
		return s;
	if (strnlen(password, PASSWORD_MOST + 1) > PASSWORD_MOST)
		return reason_set(why, ecInvalidParam, "the password is too long: at most %u bytes", PASSWORD_MOST);
	if (!utf8_valid(password))
		return reason_set(why, ecInvalidParam, "the password is not UTF-8 text");
	if (utf8_length(password) < (size_t)r.least_length)
		return reason_set(why, ecInvalidParam, "the password is too short: MinPasswordLength asks for %lld characters", (long long)r.least_length);
	return ecNone;
}

/* Whoever keeps verified passwords must hear of it. */
static status touch(struct directory *d, uint64_t user, struct reason *why)
{
	status s = directory_count_change(d, why);
	struct sql_statement *q;

	if (s)
		return s;
	q = sql_prepare(d->db, "UPDATE objects SET changed = $1, change_number = $2 WHERE id = $3 AND kind = 'User'");
	sql_bind_i64(q, 1, (int64_t)d->clock->now(d->clock));
	sql_bind_i64(q, 2, d->change_number);
	sql_bind_i64(q, 3, (int64_t)user);
	s = sql_run(q);
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

static status check_user(struct directory *d, uint64_t user, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(OBJECT_MOST);
	const struct directory_object *o;

	return directory_get(d, directory_class("User"), user, &scratch, &o, why);
}

static status set_hash(struct directory *d, uint64_t user, const char *hash, struct reason *why)
{
	struct logon l = { .hash = "" };
	status s = check_user(d, user, why);

	if (s)
		return s;
	if (hash && strlen(hash) >= sizeof l.hash)
		return reason_set(why, ecTooBig, "the hash of the password is too long");
	if (hash)
		memcpy(l.hash, hash, strlen(hash) + 1);
	s = touch(d, user, why);
	return s ? s : write_logon(d, user, &l, why);
}

status directory_set_password(struct directory *d, uint64_t user, const char *password, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(4096);
	const char *hash = NULL;
	bool own;
	status s = password ? check_password(d, password, why) : ecNone;

	if (!s && password)
		s = password_hash(password, &scratch, &hash, why);
	if (!s)
		s = directory_enter(d, &own, why);
	return s ? s : directory_leave(d, own, set_hash(d, user, hash, why), why);
}

static status forget_failures(struct directory *d, uint64_t user, struct reason *why)
{
	struct logon l;
	status s = check_user(d, user, why);

	if (!s)
		s = read_logon(d, user, &l, why);
	if (s)
		return s;
	l.failures = 0;
	l.last_failure = l.closed_until = 0;
	l.locked = false;
	return write_logon(d, user, &l, why);
}

status directory_unlock(struct directory *d, uint64_t user, struct reason *why)
{
	bool own;
	status s = directory_enter(d, &own, why);

	return s ? s : directory_leave(d, own, forget_failures(d, user, why), why);
}

status directory_logon_state(struct directory *d, uint64_t user, struct logon_verdict *out, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(OBJECT_MOST);
	struct logon_verdict v = { .result = LOGON_GOOD };
	const struct directory_object *o;
	struct rules r;
	struct logon l;
	status s = directory_get(d, directory_class("User"), user, &scratch, &o, why);

	if (!s)
		s = read_rules(d, &r, why);
	if (!s)
		s = read_logon(d, user, &l, why);
	if (s)
		return s;
	v.failures = (unsigned)l.failures;
	v.change_number = o->change_number;
	if (directory_is(o, "AccountDisabled"))
		v.result = LOGON_DISABLED;
	else if (is_closed(&l, &r, d->clock->now(d->clock)))
		judge_closed(&l, &v);
	else if (!*l.hash)
		v.result = LOGON_NONE_SET;
	*out = v;
	return ecNone;
}
