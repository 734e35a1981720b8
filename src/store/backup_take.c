#include "store/backup_take.h"

#include "store/backup_place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* Parts that one run may have begun and not ended. */
#define LEFTOVERS_MAX 16u

static const struct guid *subject_guid(const struct backup_entry *e)
{
	return e->directory ? NULL : &e->mailbox;
}

/* The name of the part that comes next in this run: "000007.part", or "000007-2.part" behind what an interrupted one left. */
static const char *part_name(const struct backup_run *run, const struct backup_entry *e, unsigned kth)
{
	const char *name = backup_part_name(subject_guid(e), run->number, run->arena);

	if (!name || kth == 1)
		return name;
	return arena_printf(run->arena, "%.*s-%u.part", (int)(strlen(name) - 5), name, kth);
}

static status room_for_parts(struct backup_run *run, struct backup_entry *e, const struct backup_entry *before, struct reason *why)
{
	uint32_t n = before ? before->n : 0;

	e->parts = arena_array(run->arena, n + LEFTOVERS_MAX + 1, sizeof *e->parts);
	e->n = n;
	if (!e->parts)
		return reason_set(why, ecMemory, "out of memory");
	if (n)
		memcpy(e->parts, before->parts, n * sizeof *e->parts);
	return ecNone;
}

static uint64_t reached(const struct backup_entry *e)
{
	return e->n ? e->parts[e->n - 1].upto : 0;
}

static struct backup_head head_of(const struct backup_run *run, const struct backup_entry *e)
{
	struct backup_head h = { .kind = BACKUP_PART, .backup = run->id, .time = run->time, .since = reached(e), .upto = e->upto,
				 .lineage = e->lineage };

	if (!e->directory)
		h.subject = e->mailbox;
	if (e->n)
		h.parent = e->parts[e->n - 1].seal.digest;
	return h;
}

/* What an interrupted run had written ----------------------------------------------------------------------------------- */

static status count_records(struct backup_reader *r, struct arena *arena, struct backup_part *p, struct reason *why)
{
	struct backup_tables tables = { .arena = arena };
	bool end = false;
	status s = ecNone;

	while (!s && !end) {
		struct backup_record rec;

		s = backup_next_record(r, &tables, &rec, &end, why);
		if (s || end)
			continue;
		bool message = strcmp(rec.defined->name, "message") == 0;
		p->rows += rec.kind == RECORD_ROW;
		p->messages += rec.kind == RECORD_ROW && message;
	}
	return s ? s : backup_reader_finish(r, &p->seal, why);
}

/* Whole, of this mailbox, and going on from where we are? Then it need not be written again. */
static bool adopt(struct backup_run *run, struct backup_entry *e, const char *file)
{
	CLEANUP_ARENA struct arena work = ARENA_BUDGET((size_t)4 << 20);
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	const char *path = backup_set_path(run->set, file, &work);
	const struct backup_head want = head_of(run, e), *h;
	struct backup_part p = { .file = file };

	if (!path || access(path, R_OK) != 0 || backup_reader_open(path, &r, NULL))
		return false;
	h = backup_reader_head(r);
	if (h->kind != BACKUP_PART || !guid_equal(&h->subject, &want.subject) || !guid_equal(&h->lineage, &want.lineage) ||
	    h->since != want.since || h->upto > want.upto || !backup_digest_equal(&h->parent, &want.parent))
		return false;
	p.since = h->since;
	p.upto = h->upto;
	if (count_records(r, &work, &p, NULL))
		return false;
	e->parts[e->n++] = p;
	return true;
}

/* Writing a part ---------------------------------------------------------------------------------------------------------- */

static void tick(void *context, uint64_t messages, uint64_t bytes)
{
	struct backup_run *run = context;

	run->progress.messages = messages;
	run->progress.bytes = bytes;
	if (run->o->progress)
		run->o->progress(run->o->context, &run->progress);
}

static status dump(struct backup_run *run, struct backup_db *db, const struct backup_entry *e, struct backup_writer *w,
		   struct backup_counts *counts, struct reason *why)
{
	const struct backup_dump_options o = { .since = reached(e), .progress = tick, .context = run };
	struct reason words = { "" };
	struct backup_seal seal;
	status s = e->directory ? backup_dump_whole(db, w, counts, &words) : backup_dump_mailbox(db, &o, w, counts, &words);

	/* When it was the writing that failed, the writer has the words. */
	if (s && !words.text[0])
		(void)!backup_writer_finish(w, &seal, &words);
	return s ? reason_set(why, s, "%s", words.text) : ecNone;
}

static bool unchanged(const struct backup_entry *e, const struct backup_entry *before, const struct backup_counts *counts)
{
	return before && e->n && e->n == before->n && reached(e) == e->upto && backup_digest_equal(&before->tables, &counts->tables);
}

static status write_part(struct backup_run *run, struct backup_db *db, const struct backup_entry *before, struct backup_entry *e,
			 struct backup_done *done, unsigned kth, struct reason *why)
{
	CLEANUP_BACKUP_WRITER struct backup_writer *w = NULL;
	struct backup_counts counts = { 0 };
	struct backup_part p = { .file = part_name(run, e, kth), .since = reached(e), .upto = e->upto };
	const char *path = p.file ? backup_set_path(run->set, p.file, run->arena) : NULL;
	const struct backup_head head = head_of(run, e);
	status s = path ? backup_set_make_folder(run->set, subject_guid(e), run->arena, why) : reason_set(why, ecMemory, "out of memory");

	if (!s)
		s = backup_writer_new(path, &head, &w, why);
	if (!s)
		s = dump(run, db, e, w, &counts, why);
	if (s)
		return s;
	e->folders = counts.folders;
	e->tables = counts.tables;
	if (unchanged(e, before, &counts)) {
		done->outcome = BACKUP_UNCHANGED;
		return ecNone;
	}
	s = backup_writer_finish(w, &p.seal, why);
	if (s)
		return s;
	p.rows = counts.rows;
	p.messages = counts.messages;
	p.erased = counts.erased;
	done->outcome = p.since || (e->n && !e->directory) ? BACKUP_TAKEN_CHANGES : BACKUP_TAKEN_FULL;
	done->messages = p.messages;
	done->erased = p.erased;
	done->size = p.seal.size;
	if (e->directory)
		e->n = 0; /* each is whole */
	e->parts[e->n++] = p;
	return ecNone;
}

/* Mailboxes ----------------------------------------------------------------------------------------------------------------- */

/* Changes alone, unless the chain has become longer, or larger, than it is worth. */
static bool goes_on(const struct backup_run *run, const struct backup_entry *before, const struct backup_facts *f)
{
	uint64_t changes = 0;

	if (!before || run->o->full || !guid_equal(&before->lineage, &f->lineage) || before->schema != f->schema || before->upto > f->upto ||
	    before->n >= BACKUP_CHAIN_MAX)
		return false;
	for (uint32_t i = 1; i < before->n; i++)
		changes += before->parts[i].seal.size;
	return changes <= before->parts[0].seal.size || before->n < 4;
}

static status take_snapshot(struct backup_run *run, struct backup_db *db, const struct backup_entry *before, struct backup_entry *e,
			    struct backup_done *done, struct reason *why)
{
	struct backup_facts f;
	status s = backup_mailbox_facts(db, &f, why);
	unsigned kth = 1;

	if (s)
		return s;
	if (!guid_equal(&f.mailbox, &e->mailbox))
		return reason_set(why, ecCorruptData, "the database holds another mailbox");
	e->lineage = f.lineage;
	e->upto = f.upto;
	e->schema = f.schema;
	e->messages = f.messages;
	e->bytes = f.bytes;
	if (!goes_on(run, before, &f))
		before = NULL;
	s = room_for_parts(run, e, before, why);
	while (!s && kth <= LEFTOVERS_MAX) {
		const char *file = part_name(run, e, kth);

		if (!file || !adopt(run, e, file))
			break;
		done->resumed = true;
		kth++;
	}
	return s ? s : write_part(run, db, before, e, done, kth, why);
}

static status take(struct backup_run *run, const struct guid *mailbox, const struct backup_entry *before, struct backup_entry *e,
		   struct backup_done *done, struct reason *why)
{
	CLEANUP_BACKUP_DB struct backup_db b = { 0 };
	struct sql *db;
	status s = backup_place_open(run->location, mailbox, SQL_READ, &db, why);

	if (!s)
		s = backup_db_open(db, &b, why);
	if (!s)
		s = backup_snapshot_begin(&b, why);
	if (s)
		return s;
	if (mailbox) {
		s = take_snapshot(run, &b, before, e, done, why);
	} else {
		s = room_for_parts(run, e, before, why);
		if (!s)
			s = write_part(run, &b, before, e, done, 1, why);
	}
	backup_snapshot_end(&b);
	return s;
}

status backup_take_mailbox(struct backup_run *run, const struct backup_subject *subject, const struct backup_entry *before,
			   struct backup_entry *out, struct backup_done *done, struct reason *why)
{
	struct backup_entry e = { .mailbox = subject->mailbox,
				  .name = arena_strdup(run->arena, subject->name),
				  .address = arena_strdup(run->arena, subject->address),
				  .database = arena_strdup(run->arena, subject->database),
				  .database_guid = subject->database_guid,
				  .taken = run->time };
	status s = e.name && e.address && e.database ? ecNone : reason_set(why, ecMemory, "out of memory");

	run->progress.name = subject->name;
	run->progress.messages = run->progress.bytes = 0;
	if (!s)
		s = take(run, &e.mailbox, before, &e, done, why);
	if (!s)
		*out = e;
	return s;
}

status backup_take_directory(struct backup_run *run, const struct backup_entry *before, struct backup_entry *out, struct backup_done *done,
			     struct reason *why)
{
	struct backup_entry e = { .directory = true, .name = "directory", .address = "", .database = "", .taken = run->time };
	status s = take(run, NULL, before, &e, done, why);

	if (!s)
		*out = e;
	return s;
}
