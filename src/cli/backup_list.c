/* postern backup list DEST, postern backup prune DEST */
#include "base/quantity.h"
#include "cli/backup.h"

#include <inttypes.h>
#include <string.h>

#include "base/filetime.h"
#include "cli/json.h"
#include "cli/text.h"

static uint64_t added(const struct backup_manifest *m)
{
	char mine[24];
	uint64_t size = m->seal.size;

	(void)snprintf(mine, sizeof mine, "/%06" PRIu64, m->number);
	for (uint32_t i = 0; i < m->n; i++)
		for (uint32_t k = 0; k < m->entries[i].n; k++)
			size += strstr(m->entries[i].parts[k].file, mine) ? m->entries[i].parts[k].seal.size : 0;
	return size;
}

struct sums {
	uint64_t mailboxes, carried, messages, bytes;
};

static struct sums sums_of(const struct backup_manifest *m)
{
	struct sums s = { 0 };

	for (uint32_t i = 0; i < m->n; i++) {
		const struct backup_entry *e = &m->entries[i];

		s.mailboxes += !e->directory;
		s.carried += e->carried;
		s.messages += e->messages;
		s.bytes += e->bytes;
	}
	return s;
}

static void json_entry(struct json *j, const struct backup_entry *e)
{
	char text[GUID_TEXT_SIZE], time[FILETIME_TEXT_SIZE];

	json_object(j, NULL);
	json_text(j, "name", e->name);
	guid_format(&e->mailbox, text);
	json_text(j, "mailbox", e->directory ? NULL : text);
	json_text(j, "address", e->address);
	json_text(j, "database", e->database);
	filetime_format(e->taken, time);
	json_text(j, "time", time);
	json_bool(j, "carried", e->carried);
	json_number(j, "change_number", e->upto);
	json_number(j, "folders", e->folders);
	json_number(j, "messages", e->messages);
	json_number(j, "bytes", e->bytes);
	json_array(j, "parts");
	for (uint32_t i = 0; i < e->n; i++)
		json_text(j, NULL, e->parts[i].file);
	json_end_array(j);
	json_end_object(j);
}

static void json_backup(struct json *j, const struct backup_manifest *m)
{
	struct sums s = sums_of(m);
	char time[FILETIME_TEXT_SIZE];

	filetime_format(m->time, time);
	json_object(j, NULL);
	json_number(j, "backup", m->number);
	json_number(j, "parent", m->parent);
	json_text(j, "time", time);
	json_text(j, "organization", m->organization);
	json_text(j, "location", m->location);
	json_text(j, "version", m->version);
	json_bool(j, "whole", m->whole);
	json_number(j, "mailboxes", s.mailboxes);
	json_number(j, "carried", s.carried);
	json_number(j, "messages", s.messages);
	json_number(j, "bytes_written", added(m));
	json_array(j, "subjects");
	for (uint32_t i = 0; i < m->n; i++)
		json_entry(j, &m->entries[i]);
	json_end_array(j);
	json_end_object(j);
}

static void print_entry(const struct backup_entry *e)
{
	char time[FILETIME_TEXT_SIZE], count[TEXT_NUMBER_SIZE], size[TEXT_NUMBER_SIZE];

	filetime_format(e->taken, time);
	printf("          ");
	text_put(stdout, e->name);
	if (*e->address) {
		printf(" <");
		text_put(stdout, e->address);
		putchar('>');
	}
	if (!e->directory)
		printf("  %s message%s, %s", text_count(e->messages, count), plural(e->messages), text_bytes(e->bytes, size));
	printf("  %" PRIu32 " part%s", e->n, plural(e->n));
	if (e->carried)
		printf("  as of %s", time);
	putchar('\n');
}

static void print_backup(const struct backup_manifest *m, bool verbose)
{
	struct sums s = sums_of(m);
	char time[FILETIME_TEXT_SIZE], count[TEXT_NUMBER_SIZE], size[TEXT_NUMBER_SIZE];

	filetime_format(m->time, time);
	printf("%8" PRIu64 "  %.20s  %" PRIu64 " mailbox%s, %s message%s", m->number, time, s.mailboxes,
	       plural_es(s.mailboxes), text_count(s.messages, count), plural(s.messages));
	printf("; %s written%s", text_bytes(added(m), size), m->parent ? "" : ", the first");
	if (s.carried)
		printf("; %" PRIu64 " as of an earlier backup", s.carried);
	printf("%s\n", m->whole ? "" : "; not the whole site");
	for (uint32_t i = 0; verbose && i < m->n; i++)
		print_entry(&m->entries[i]);
}

static status list(const struct backup_command *o, const struct backup_set *set, struct json *j, struct reason *why)
{
	status worst = ecNone;

	for (size_t i = 0; i < set->n; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BACKUP_MANIFEST_MAX);
		struct backup_manifest m;
		status st = backup_set_read(set, set->numbers[i], &arena, &m, why);

		if (st) {
			worst = st;
			complain_status(st, why);
		} else if (o->common.json) {
			json_backup(j, &m);
		} else {
			print_backup(&m, o->common.verbose);
		}
	}
	return worst;
}

int backup_list(const struct backup_command *o)
{
	CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };
	struct reason why = { "" };
	struct json j;
	status st = backup_set_open(o->destination, BACKUP_SET_READ, &set, &why);

	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	json_start(&j, stdout);
	if (o->common.json)
		json_array(&j, NULL);
	st = list(o, &set, &j, &why);
	if (o->common.json) {
		json_end_array(&j);
		json_finish(&j);
	}
	return st ? EXIT_LOSS : EXIT_COMPLETE;
}

static void say_dropped(const struct backup_command *o, const struct backup_set *set, const struct backup_pruned *p)
{
	char size[TEXT_NUMBER_SIZE];
	struct json j;

	if (!o->common.json) {
		printf("%s%s: %" PRIu64 " backup%s and %" PRIu64 " part%s, %s; %zu stay\n", o->dry_run ? "would remove from " : "removed from ",
		       o->destination, p->backups, plural(p->backups), p->parts, plural(p->parts), text_bytes(p->bytes, size),
		       o->dry_run ? set->n - (size_t)p->backups : set->n);
		return;
	}
	json_start(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "command", "backup prune");
	json_text(&j, "destination", o->destination);
	json_bool(&j, "dry_run", o->dry_run);
	json_number(&j, "backups", p->backups);
	json_number(&j, "parts", p->parts);
	json_number(&j, "bytes", p->bytes);
	json_end_object(&j);
	json_finish(&j);
}

int backup_drop(const struct backup_command *o)
{
	CLEANUP_BACKUP_SET struct backup_set set = { .lock = -1 };
	struct backup_pruned p = { 0 };
	struct reason why = { "" };
	status st = backup_set_open(o->destination, BACKUP_SET_CHANGE, &set, &why);

	if (!st)
		st = backup_set_prune(&set, o->keep, o->dry_run, &p, &why);
	if (st) {
		complain_status(st, &why);
		return EXIT_LOSS;
	}
	say_dropped(o, &set, &p);
	return EXIT_COMPLETE;
}
