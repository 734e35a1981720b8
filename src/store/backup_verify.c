#include "store/backup_verify.h"

#include "store/backup_compare.h"
#include "store/backup_dump.h"
#include "store/backup_place.h"
#include "store/backup_restore.h"
#include "store/check.h"
#include "store/directory_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEXT_MAX 640
/* Of one mailbox; more are counted. */
#define FINDINGS_TOLD 20u

struct verify {
	const struct backup_set *set;
	const struct backup_manifest *m;
	struct site *site;
	const struct backup_verify_options *o;
	struct backup_verdict v;
	struct reason *why;
	const struct backup_entry *e; /* at hand */
	uint64_t wrong;		      /* findings about it that count against the backup */
	bool *good;		      /* of each entry */
};

static void found(struct verify *v, enum backup_finding_kind kind, const char *name, const char *text)
{
	const struct backup_finding f = { kind, name, text };

	v->v.findings[kind]++;
	v->wrong += kind != BACKUP_FINDING_LOST;
	if (v->o->found && v->wrong + v->v.findings[BACKUP_FINDING_LOST] <= FINDINGS_TOLD)
		v->o->found(v->o->context, &f);
}

static bool stopped(const struct verify *v)
{
	return v->o->stop && v->o->stop(v->o->context);
}

static void tell_progress(const struct verify *v, const char *name, uint64_t nth, uint64_t of)
{
	if (v->o->progress)
		v->o->progress(v->o->context, name, nth, of);
}

/* Files --------------------------------------------------------------------------------------------------------------------- */

static status check_part(struct verify *v, const struct backup_part *p, const struct guid *subject)
{
	CLEANUP_BACKUP_READER struct backup_reader *r = NULL;
	struct reason words = { "" };
	struct backup_seal seal = { .size = 0 };
	bool end = false;
	status s = backup_set_open_part(v->set, p, subject, &r, &words);

	while (!s && !end) {
		(void)backup_reader_take_frame(r);
		s = backup_reader_at_end(r, &end, &words);
	}
	if (!s)
		s = backup_reader_finish(r, &seal, &words);
	if (!s && !backup_digest_equal(&seal.digest, &p->seal.digest))
		s = reason_set(&words, ecCorruptData, "%s is sound, but not the file that the backup was made of (byte %" PRIu64 ")", p->file,
			       seal.size - sizeof seal.digest.b);
	if (s == ecMemory)
		return reason_set(v->why, s, "%s", words.text);
	if (s)
		found(v, BACKUP_FINDING_FILE, p->file, words.text);
	v->v.files++;
	return ecNone;
}

/* Backups older than this one, whose parts may be others. */
static status check_older(struct verify *v, uint64_t number)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BACKUP_MANIFEST_MAX);
	struct backup_manifest m;
	struct reason words = { "" };
	char name[32];
	status s = backup_set_read(v->set, number, &arena, &m, &words);

	(void)snprintf(name, sizeof name, "%06" PRIu64 ".backup", number);
	v->v.files++;
	if (s) {
		found(v, BACKUP_FINDING_FILE, name, words.text);
		return s == ecMemory ? reason_set(v->why, s, "%s", words.text) : ecNone;
	}
	for (uint32_t i = 0; !s && i < m.n; i++) {
		const struct backup_entry *now = m.entries[i].directory ? NULL : backup_manifest_mailbox(v->m, &m.entries[i].mailbox);

		/* Parts that the backup at hand has are read when it is restored. */
		for (uint32_t k = 0; !s && k < m.entries[i].n; k++) {
			bool shared = now && k < now->n && strcmp(now->parts[k].file, m.entries[i].parts[k].file) == 0;

			if (!shared)
				s = check_part(v, &m.entries[i].parts[k], m.entries[i].directory ? NULL : &m.entries[i].mailbox);
		}
	}
	return s;
}

static status check_files(struct verify *v)
{
	status s = ecNone;

	for (size_t i = 0; !s && v->o->every_file && i < v->set->n; i++) {
		if (v->set->numbers[i] == v->m->number)
			continue;
		tell_progress(v, "files of other backups", i, v->set->n);
		s = check_older(v, v->set->numbers[i]);
	}
	v->v.files++; /* the manifest at hand was read */
	return s;
}

/* Mailboxes ----------------------------------------------------------------------------------------------------------------- */

static void check_found(void *context, const struct mailbox_finding *f)
{
	struct verify *v = context;

	found(v, BACKUP_FINDING_CHECK, v->e->name, f->text);
}

static void check_count(struct verify *v, const char *what, uint64_t is, uint64_t should)
{
	char text[TEXT_MAX];

	if (is == should)
		return;
	(void)snprintf(text, sizeof text, "%" PRIu64 " %s were restored, %" PRIu64 " were backed up", is, what, should);
	found(v, BACKUP_FINDING_COUNT, v->e->name, text);
}

static status check_mailbox(struct verify *v, struct backup_verified *result)
{
	const struct mailbox_check_options o = { .found = check_found, .context = v };
	struct mailbox_check_summary sum;
	struct mailbox *m;
	struct sql *db;
	status s = backup_place_open(v->o->scratch, &v->e->mailbox, 0, &db, v->why);

	if (!s)
		s = mailbox_open(db, &clock_system, &m, v->why);
	if (s)
		return s;
	s = mailbox_check(m, &o, &sum, v->why);
	mailbox_close(m);
	if (s)
		return s;
	result->messages = sum.messages;
	check_count(v, "messages", sum.messages, v->e->messages);
	check_count(v, "folders", sum.folders, v->e->folders);
	return ecNone;
}

static void differs(void *context, enum backup_difference d, uint64_t id)
{
	static const struct {
		enum backup_finding_kind kind;
		const char *what;
	} kinds[] = {
		[BACKUP_DIFFERS] = { BACKUP_FINDING_CONTENT, "is another than in the mailbox, which did not change it since" },
		[BACKUP_NOT_HERE] = { BACKUP_FINDING_MISSING, "was in the mailbox, and is not in the backup" },
		[BACKUP_NOT_LIVE] = { BACKUP_FINDING_LOST, "is in the backup; the mailbox lacks it, though nobody deleted it" },
	};
	struct verify *v = context;
	char text[TEXT_MAX];

	(void)snprintf(text, sizeof text, "message %" PRIx64 " %s", id, kinds[d].what);
	found(v, kinds[d].kind, v->e->name, text);
}

/* The live mailbox as of the backup's change number. */
static status compare_with(struct verify *v, struct backup_db *live, struct backup_verified *result)
{
	struct backup_comparison c = { .upto = v->e->upto, .found = differs, .context = v };
	struct backup_facts f;
	struct sql *restored;
	status s = backup_mailbox_facts(live, &f, v->why);

	if (s)
		return s;
	if (!guid_equal(&f.lineage, &v->e->lineage)) {
		result->not_compared = "the mailbox was restored since";
		return ecNone;
	}
	s = backup_place_open(v->o->scratch, &v->e->mailbox, 0, &restored, v->why);
	if (s)
		return s;
	s = backup_compare(restored, live->db, &c, v->why);
	sql_close(restored);
	result->compared = c.equal;
	result->changed = c.changed;
	return s;
}

static status compare_mailbox(struct verify *v, struct backup_verified *result)
{
	CLEANUP_BACKUP_DB struct backup_db live = { 0 };
	struct reason words = { "" };
	struct sql *db;
	bool there = false;
	status s = v->site ? backup_place_exists(site_location(v->site), &v->e->mailbox, &there, v->why) : ecNone;

	result->not_compared = v->site ? "the mailbox is not there any more" : "the site is not here";
	if (s || !there)
		return s;
	s = backup_place_open(site_location(v->site), &v->e->mailbox, SQL_READ, &db, &words);
	if (!s)
		s = backup_db_open(db, &live, &words);
	if (s) {
		result->not_compared = s == ecBusy ? "another process has the mailbox" : "the mailbox cannot be opened";
		return ecNone;
	}
	result->not_compared = NULL;
	s = backup_snapshot_begin(&live, v->why);
	if (!s)
		s = compare_with(v, &live, result);
	backup_snapshot_end(&live);
	return s;
}

static status directory_found(void *context, const struct directory_finding *f)
{
	struct verify *v = context;
	char text[TEXT_MAX];

	(void)snprintf(text, sizeof text, "%s%s%s", f->name, *f->name ? ": " : "", f->words);
	found(v, BACKUP_FINDING_CHECK, "directory", text);
	return ecNone;
}

/* The directory: it can be opened, and every object and value of it is as it should be. */
static status check_directory(struct verify *v)
{
	struct reason words = { "" };
	struct directory *d = NULL;
	unsigned findings = 0;
	struct sql *db;
	status s = backup_place_open(v->o->scratch, NULL, 0, &db, v->why);

	if (s)
		return s;
	s = directory_open(db, &clock_system, false, &d, &words);
	if (!s)
		s = directory_check(d, directory_found, v, &findings, &words);
	if (s)
		found(v, BACKUP_FINDING_CHECK, "directory", words.text);
	directory_close(d);
	return s == ecMemory ? reason_set(v->why, s, "%s", words.text) : ecNone;
}

static status verify_restored(struct verify *v, const struct backup_restored *restored, struct backup_verified *result)
{
	status s;

	if (v->e->directory) {
		result->not_compared = "it changes with every backup";
		result->messages = restored->rows;
		return check_directory(v);
	}
	s = check_mailbox(v, result);
	return s ? s : compare_mailbox(v, result);
}

static status verify_entry(struct verify *v, uint32_t i)
{
	const struct backup_restore_options o = { .stop = v->o->stop, .context = v->o->context };
	const struct guid *mailbox = v->m->entries[i].directory ? NULL : &v->m->entries[i].mailbox;
	struct backup_verified result = { .name = v->m->entries[i].name, .directory = v->m->entries[i].directory };
	struct backup_restored restored = { .rows = 0 };
	struct reason ignored;
	status s;

	v->e = &v->m->entries[i];
	v->wrong = 0;
	s = backup_restore_place(v->set, v->e, v->o->scratch, BACKUP_RESTORE_EXACT, &o, &restored, v->why);
	if (s == ecMemory || s == ecUserCanceled || s == ecDuplicateName || s == ecAccessDenied)
		return s;
	v->v.files += v->e->n;
	if (s == ecCorruptData || s == ecNotFound || s == ecVersion)
		found(v, s == ecVersion ? BACKUP_FINDING_RESTORE : BACKUP_FINDING_FILE, v->e->name, v->why->text);
	else if (s)
		return s; /* the scratch place is full, or cannot be written */
	else
		s = verify_restored(v, &restored, &result);
	(void)!backup_place_remove(v->o->scratch, mailbox, &ignored);
	if (s && s != ecCorruptData && s != ecNotFound && s != ecVersion)
		return s;
	if (s && !v->wrong)
		found(v, BACKUP_FINDING_RESTORE, v->e->name, v->why->text);
	result.good = v->good[i] = !v->wrong;
	v->v.mailboxes += mailbox && result.good;
	v->v.messages += mailbox ? result.messages : 0;
	v->v.compared += result.compared;
	if (v->o->done)
		v->o->done(v->o->context, &result);
	return ecNone;
}

/* The verdict ----------------------------------------------------------------------------------------------------------------- */

/* Every mailbox of the database that is there is in the backup, and good. */
static bool database_good(const struct verify *v, const struct guid *database)
{
	bool any = false;

	for (uint32_t i = 0; i < v->m->n; i++) {
		if (v->m->entries[i].directory ? !v->good[i] : guid_equal(&v->m->entries[i].database_guid, database) && !v->good[i])
			return false;
		any = any || (!v->m->entries[i].directory && guid_equal(&v->m->entries[i].database_guid, database));
	}
	return any || v->m->whole;
}

static status note_databases(struct verify *v)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)256 << 20);
	const struct directory_class *as = directory_class("MailboxDatabase");
	struct directory *d = site_directory(v->site);
	const struct directory_query q = { .as = as };
	char place[TEXT_MAX];
	uint64_t *ids = NULL;
	size_t n = 0;
	bool changed;
	status s = directory_list(d, &q, &arena, &ids, &n, v->why);

	(void)snprintf(place, sizeof place, "%.600s, backup %" PRIu64, v->set->path, v->m->number);
	for (size_t i = 0; !s && i < n; i++) {
		const struct directory_value time = { .number = (int64_t)clock_system.now(&clock_system) }, text = { .text = place };
		const struct directory_setting settings[] = { { "LastVerifiedBackup", DIRECTORY_SET, &time, 1 },
							      { "LastVerifiedBackupPlace", DIRECTORY_SET, &text, 1 } };
		const struct directory_object *o;

		s = directory_get(d, as, ids[i], &arena, &o, v->why);
		if (!s && database_good(v, &o->guid)) {
			s = directory_update(d, as, ids[i], settings, 2, &changed, v->why);
			v->v.noted = !s;
		}
	}
	return s;
}

/* Is the live site the one that the backup is of? */
static status is_its_site(struct verify *v, bool *yes)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	const struct directory_object *o;
	status s = directory_find(site_directory(v->site), directory_class("OrganizationConfig"), NULL, &arena, &o, v->why);

	if (!s)
		*yes = guid_equal(&o->guid, &v->m->site);
	return s;
}

static status run(struct verify *v)
{
	bool its = true;
	status s = v->site ? is_its_site(v, &its) : ecNone;

	if (!its)
		v->site = NULL;
	if (!s)
		s = backup_place_make(v->o->scratch, v->why);
	if (!s)
		s = check_files(v);
	for (uint32_t i = 0; !s && i < v->m->n; i++) {
		if (stopped(v))
			return reason_set(v->why, ecUserCanceled, "stopped: nothing is known of the backup");
		tell_progress(v, v->m->entries[i].name, i, v->m->n);
		s = verify_entry(v, i);
	}
	v->v.good = true;
	for (size_t i = 0; i < BACKUP_FINDINGS; i++)
		v->v.good = v->v.good && (i == BACKUP_FINDING_LOST || !v->v.findings[i]);
	return s || !v->site ? s : note_databases(v);
}

status backup_verify(const struct backup_set *set, const struct backup_manifest *m, struct site *site,
		     const struct backup_verify_options *o, struct backup_verdict *out, struct reason *why)
{
	struct reason words = { "" };
	struct verify v = { .set = set, .m = m, .site = site, .o = o, .v = { .number = m->number }, .why = &words };
	status s;

	v.good = calloc(m->n ? m->n : 1, sizeof *v.good);
	s = v.good ? run(&v) : reason_set(&words, ecMemory, "out of memory");
	free(v.good);
	if (s)
		return reason_set(why, s, "%s", words.text);
	*out = v.v;
	return ecNone;
}
