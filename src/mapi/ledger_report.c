/* What the ledger says: a short table for people, and all of it as JSON. */
#include "base/buf.h"
#include "base/quantity.h"
#include "base/utf16.h"
#include "mapi/ledger_private.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_COLUMNS 40u
#define REASONS_SHOWN 10u

static const char *const problem_names[] = {
	[PROBLEM_FLAGGED] = "flagged",	   [PROBLEM_VALUE] = "values lost",	 [PROBLEM_RECIPIENTS] = "recipients lost",
	[PROBLEM_ATTACHMENT] = "attachments lost", [PROBLEM_MESSAGE] = "messages lost", [PROBLEM_FOLDER] = "folders lost",
};

/* 1234567 as "1,234,567". */
static const char *grouped(uint64_t v, char out[static 28])
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
	char *at = out;

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return out;
}

/* Text ---------------------------------------------------------------------------------------------------------- */

static struct ledger_counts both(const struct ledger_row *r)
{
	struct ledger_counts c = r->messages;

	c.expected += r->associated.expected;
	c.emitted += r->associated.emitted;
	c.written += r->associated.written;
	c.filtered += r->associated.filtered;
	c.duplicate += r->associated.duplicate;
	c.failed += r->associated.failed;
	return c;
}

/* The first bytes of UTF-8 text that take at most n columns, counting a character as one. */
static size_t cut(const char *text, size_t columns)
{
	size_t at = 0;

	while (text[at] && columns--) {
		at++;
		while ((text[at] & 0xC0) == 0x80)
			at++;
	}
	return at;
}

/* Indented by depth; a name too long is cut and ends in "...". */
static void put_name(struct buf *out, const char *path)
{
	unsigned depth = 0;
	const char *name = path;

	for (const char *p = path; *p; p++)
		if (*p == '/') {
			depth++;
			name = p + 1;
		}
	depth = depth > 8 ? 8 : depth;
	if (!*name)
		name = "(root)";
	size_t room = NAME_COLUMNS - 2 * depth, n = utf8_length(name);
	buf_printf(out, "%*s", (int)(2 * depth), "");
	if (n <= room)
		buf_printf(out, "%s%*s", name, (int)(room - n), "");
	else
		buf_printf(out, "%.*s...", (int)cut(name, room - 3), name);
}

/* Mail in files comes without a list of what there should be. */
static bool promised(const struct ledger_row *r)
{
	const struct folder_expect *e[] = { &r->expect_messages, &r->expect_associated };

	for (size_t i = 0; i < 2; i++)
		if (e[i]->nodes >= 0 || e[i]->table >= 0 || e[i]->mid_map >= 0 || e[i]->stated >= 0)
			return true;
	return false;
}

static bool any_promised(const struct ledger *l)
{
	for (size_t i = 0; i < l->n_rows; i++)
		if (promised(&l->rows[i]))
			return true;
	return false;
}

static void put_numbers(struct buf *out, const struct ledger_counts *c, bool expected)
{
	char t[5][28];

	buf_printf(out, " %11s %11s %11s %9s %9s\n", expected ? grouped(c->expected, t[0]) : "-", grouped(c->emitted, t[1]), grouped(c->written, t[2]),
		   grouped(c->filtered + c->duplicate, t[3]), grouped(c->failed, t[4]));
}

static void put_rows(const struct ledger *l, struct buf *out)
{
	uint64_t quiet = 0;

	for (size_t i = 0; i < l->n_rows; i++) {
		struct ledger_counts c = both(&l->rows[i]);

		if (!c.expected && !c.emitted) {
			quiet++;
			continue;
		}
		put_name(out, l->rows[i].path);
		put_numbers(out, &c, promised(&l->rows[i]));
	}
	if (quiet)
		buf_printf(out, "(%llu folder%s without items)\n", (unsigned long long)quiet, plural(quiet));
}

static void put_problems(const struct ledger *l, struct buf *out)
{
	unsigned shown = 0;
	char n[28];

	for (unsigned kind = 0; kind <= PROBLEM_FOLDER; kind++)
		if (l->totals.problems[kind])
			buf_printf(out, "%s: %s\n", problem_names[kind], grouped(l->totals.problems[kind], n));
	for (const struct ledger_problem *p = l->problems; p && shown < REASONS_SHOWN; p = p->next, shown++) {
		buf_printf(out, "  %s", *p->folder ? p->folder : "(store)");
		if (p->id)
			buf_printf(out, ", item 0x%llx", (unsigned long long)p->id);
		if (p->tag) {
			const struct tag_info *info = tag_info(p->tag);

			buf_printf(out, ", %s (0x%08X)", info && info->tag == p->tag ? info->name : "property", p->tag);
		}
		buf_printf(out, ": %s\n", p->text);
	}
	uint64_t all = 0;
	for (unsigned kind = 0; kind <= PROBLEM_FOLDER; kind++)
		all += l->totals.problems[kind];
	if (all > shown)
		buf_printf(out, "  ... and %s more; the JSON ledger has them\n", grouped(all - shown, n));
}

static void put_sentence(const struct ledger *l, struct buf *out)
{
	const struct ledger_row *sum = &l->totals.sum;
	struct ledger_counts c = both(sum);
	uint64_t promised = sum->messages.expected > sum->messages.emitted ? sum->messages.expected : sum->messages.emitted;
	char t[6][28];

	static const char *const verdicts[] = { "Complete", "Complete, with remarks", "NOT complete" };
	buf_printf(out, "%s: %s of %s message%s", l->ended ? verdicts[ledger_verdict(l)] : "Stopped before the end",
		   grouped(sum->messages.written, t[0]),
		   grouped(promised, t[1]), plural(promised));
	if (sum->associated.emitted)
		buf_printf(out, ", %s associated item%s", grouped(sum->associated.written, t[2]), plural(sum->associated.written));
	if (sum->attachments)
		buf_printf(out, ", %s attachment%s", grouped(sum->attachments, t[3]), plural(sum->attachments));
	if (sum->embedded)
		buf_printf(out, ", %s embedded message%s", grouped(sum->embedded, t[4]), plural(sum->embedded));
	if (c.filtered)
		buf_printf(out, "; %s left out as asked", grouped(c.filtered, t[5]));
	if (c.duplicate)
		buf_printf(out, "; %s there already", grouped(c.duplicate, t[5]));
	if (l->totals.missing)
		buf_printf(out, "; %s missing", grouped(l->totals.missing, t[5]));
	if (c.failed)
		buf_printf(out, "; %s failed", grouped(c.failed, t[5]));
	if (sum->partial)
		buf_printf(out, "; %s arrived without some part", grouped(sum->partial, t[5]));
	buf_add_str(out, ledger_verdict(l) == LEDGER_LOSS ? ".\n" : "; nothing is missing.\n");
}

void ledger_format(const struct ledger *l, struct buf *out)
{
	struct ledger_counts sum = both(&l->totals.sum);

	buf_printf(out, "%-*s %11s %11s %11s %9s %9s\n", (int)NAME_COLUMNS, "Folder", "expected", "emitted", "written", "left out", "failed");
	put_rows(l, out);
	buf_printf(out, "%-*s", (int)NAME_COLUMNS, "Total");
	put_numbers(out, &sum, any_promised(l));
	put_problems(l, out);
	put_sentence(l, out);
}

/* JSON -------------------------------------------------------------------------------------------------------------- */

static void put_number(cJSON *to, const char *name, uint64_t v)
{
	(void)cJSON_AddNumberToObject(to, name, (double)v);
}

static void put_counts(cJSON *to, const char *name, const struct ledger_counts *c)
{
	cJSON *o = cJSON_AddObjectToObject(to, name);

	put_number(o, "expected", c->expected);
	put_number(o, "emitted", c->emitted);
	put_number(o, "written", c->written);
	put_number(o, "filtered", c->filtered);
	put_number(o, "duplicate", c->duplicate);
	put_number(o, "failed", c->failed);
}

static void put_expect(cJSON *to, const char *name, const struct folder_expect *e)
{
	const struct {
		const char *name;
		int64_t v;
	} sources[] = { { "nodes", e->nodes }, { "table", e->table }, { "midMap", e->mid_map }, { "stated", e->stated } };
	cJSON *o = cJSON_AddObjectToObject(to, name);

	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		if (sources[i].v >= 0)
			put_number(o, sources[i].name, (uint64_t)sources[i].v);
}

static cJSON *row_json(const struct ledger_row *r)
{
	cJSON *o = cJSON_CreateObject();

	if (r->path)
		(void)cJSON_AddStringToObject(o, "path", r->path);
	put_counts(o, "messages", &r->messages);
	put_counts(o, "associated", &r->associated);
	put_number(o, "attachments", r->attachments);
	put_number(o, "embedded", r->embedded);
	put_number(o, "recipients", r->recipients);
	put_number(o, "partial", r->partial);
	put_number(o, "localOnly", r->local_only);
	put_number(o, "serverKnown", r->server_known);
	if (r->path) {
		put_expect(o, "expectedMessages", &r->expect_messages);
		put_expect(o, "expectedAssociated", &r->expect_associated);
	}
	return o;
}

static cJSON *problem_json(const struct ledger_problem *p)
{
	cJSON *o = cJSON_CreateObject();
	char hex[24];

	(void)cJSON_AddStringToObject(o, "kind", problem_names[p->kind]);
	(void)cJSON_AddStringToObject(o, "folder", p->folder);
	(void)snprintf(hex, sizeof hex, "0x%llx", (unsigned long long)p->id);
	(void)cJSON_AddStringToObject(o, "item", hex);
	if (p->tag) {
		(void)snprintf(hex, sizeof hex, "0x%08X", p->tag);
		(void)cJSON_AddStringToObject(o, "property", hex);
	}
	put_number(o, "count", p->count);
	(void)snprintf(hex, sizeof hex, "0x%08X", p->code);
	(void)cJSON_AddStringToObject(o, "code", hex);
	(void)cJSON_AddStringToObject(o, "text", p->text);
	return o;
}

static void put_totals(const struct ledger *l, cJSON *root)
{
	cJSON *sum = row_json(&l->totals.sum);

	put_number(sum, "folders", l->totals.folders);
	put_number(sum, "bytes", l->totals.bytes);
	put_number(sum, "missing", l->totals.missing);
	(void)cJSON_AddItemToObject(root, "total", sum);
	cJSON *problems = cJSON_AddObjectToObject(root, "problemCounts");
	for (unsigned kind = 0; kind <= PROBLEM_FOLDER; kind++)
		put_number(problems, problem_names[kind], l->totals.problems[kind]);
}

void ledger_json(const struct ledger *l, struct buf *out)
{
	static const char *const verdicts[] = { "complete", "warnings", "loss" };
	cJSON *root = cJSON_CreateObject();

	(void)cJSON_AddStringToObject(root, "verdict", verdicts[ledger_verdict(l)]);
	(void)cJSON_AddBoolToObject(root, "ended", l->ended);
	put_totals(l, root);
	cJSON *classes = cJSON_AddObjectToObject(root, "classes");
	struct bytes key;
	uint64_t count;
	for (size_t at = 0; map_next(&l->classes, &at, &key, &count);) {
		char name[256];

		(void)snprintf(name, sizeof name, "%.*s", key.n < 255 ? (int)key.n : 255, (const char *)key.p);
		put_number(classes, name, count);
	}
	cJSON *folders = cJSON_AddArrayToObject(root, "folders");
	for (size_t i = 0; i < l->n_rows; i++)
		(void)cJSON_AddItemToArray(folders, row_json(&l->rows[i]));
	cJSON *problems = cJSON_AddArrayToObject(root, "problems");
	for (const struct ledger_problem *p = l->problems; p; p = p->next)
		(void)cJSON_AddItemToArray(problems, problem_json(p));
	char *text = cJSON_Print(root);
	if (text)
		buf_add_str(out, text);
	else
		out->failed = true;
	cJSON_free(text);
	cJSON_Delete(root);
}
