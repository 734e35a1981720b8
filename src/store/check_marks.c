/* What people have read in public folders: can it be read, and is it of a folder that is there? */
#include "mapi/entryid.h"
#include "rop/idset.h"
#include "store/check_private.h"
#include "store/per_user.h"
#include "store/read_marks.h"

#define PAGE 64u

struct row {
	struct guid person;
	uint8_t folder[PER_USER_FOLDER_SIZE];
	bool good; /* it can be read */
};

static bool is_good(struct bytes data)
{
	CLEANUP_IDSET struct idset set = { .max = READ_MARKS_RANGES_MAX };

	return !idset_decode(data, IDSET_REPLGUID, &set, NULL);
}

/* Those of the mailbox's own folders; of others it only keeps what a client said. */
static status next_page(struct checking *c, const struct row *after, struct row v[static PAGE], size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(
		c->m->db, "SELECT person, folder, data FROM per_user WHERE substr(folder, 1, 16) = $1 AND (person, folder) > ($2, $3)"
			  " ORDER BY person, folder LIMIT 64");
	bool row = false;
	status st;

	sql_bind_blob(s, 1, bytes_of(c->m->identity.replica.b, sizeof c->m->identity.replica.b));
	sql_bind_blob(s, 2, bytes_of(after->person.b, sizeof after->person.b));
	sql_bind_blob(s, 3, bytes_of(after->folder, sizeof after->folder));
	for (*n = 0; *n < PAGE && !(st = sql_step(s, &row)) && row;) {
		struct bytes person = sql_blob(s, 0), folder = sql_blob(s, 1);

		if (person.n != sizeof v->person.b || folder.n != sizeof v->folder)
			continue;
		memcpy(v[*n].person.b, person.p, person.n);
		memcpy(v[*n].folder, folder.p, folder.n);
		v[(*n)++].good = is_good(sql_blob(s, 2));
	}
	return *n < PAGE ? mailbox_error(c->m, st) : ecNone;
}

static status drop(struct checking *c, const struct row *r)
{
	struct sql_statement *s = sql_prepare(c->m->db, "DELETE FROM per_user WHERE person = $1 AND folder = $2");

	sql_bind_blob(s, 1, bytes_of(r->person.b, sizeof r->person.b));
	sql_bind_blob(s, 2, bytes_of(r->folder, sizeof r->folder));
	return mailbox_error(c->m, sql_run(s));
}

static status check_row(struct checking *c, const struct row *r)
{
	uint64_t folder = global_counter_get(r->folder + sizeof(struct guid));
	const struct found damaged = { .kind = MAILBOX_CHECK_CONTENT, .folder = folder, .fixable = true };
	const struct found orphan = { .kind = MAILBOX_CHECK_ORPHAN, .lossless = true, .fixable = true };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f;
	status s = folder_get(c->m, folder, &arena, &f);

	if (s && s != ecNotFound)
		return s;
	if (s)
		return check_found(c, &orphan, "what somebody read in folder %llx, which is not there; it is dropped", (unsigned long long)folder) ? drop(c, r) :
																		     ecNone;
	if (!r->good && check_found(c, &damaged, "what somebody has read in folder %llx cannot be read; it is dropped: all of it is unread", (unsigned long long)folder))
		return drop(c, r);
	return ecNone;
}

status check_marks(struct checking *c)
{
	struct row v[PAGE], after = { .good = false };
	size_t n = PAGE;
	status s = ecNone;

	while (!s && n == PAGE) {
		s = next_page(c, &after, v, &n);
		for (size_t i = 0; !s && i < n; i++)
			s = check_row(c, &v[i]);
		if (n)
			after = v[n - 1];
	}
	/* What is in memory is as it was. */
	read_marks_forget(c->m);
	return s;
}
