/* Import-Csv: the lines of a file as objects. */
#include "base/buf.h"
#include "shell/cmdlets/builtin.h"

#define CSV_MAX ((size_t)64 << 20)

static const struct parameter parameters[] = {
	{ .name = "Path", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE, .help = "The file to read." },
	{ .name = "Delimiter", .type = PARAMETER_TEXT, .help = "What stands between the values; a comma unless given." },
	{ .name = "Header", .type = PARAMETER_TEXT, .flags = PARAMETER_LIST, .help = "The names of the columns, when the first line has none." },
	{ .name = "Encoding", .type = PARAMETER_TEXT, .help = "Taken for handbooks' sake: the file is UTF-8." },
	{ .name = NULL },
};

static const struct object_type row_type = { .name = "CsvRow" };

struct reading {
	char *at;
	size_t line;
	char delimiter;
};

/* One value, quoted or not, cut out in place; *more: another follows on the same line. */
static status read_field(struct call *c, struct reading *r, char **out, bool *more)
{
	char *to = r->at;
	bool quoted = *r->at == '"';

	*out = to;
	if (quoted) {
		size_t start = r->line;

		for (r->at++; *r->at != '"' || r->at[1] == '"'; r->at++) {
			if (!*r->at)
				return call_fail(c, ecCorruptData, "line %zu: the text that begins here has no closing \"", start);
			r->at += *r->at == '"';
			r->line += *r->at == '\n';
			*to++ = *r->at;
		}
		r->at++;
	} else {
		while (*r->at && *r->at != r->delimiter && *r->at != '\n')
			*to++ = *r->at++;
		if (to > *out && to[-1] == '\r' && *r->at == '\n')
			to--;
	}
	if (quoted && *r->at == '\r' && r->at[1] == '\n')
		r->at++;
	if (quoted && *r->at && *r->at != r->delimiter && *r->at != '\n')
		return call_fail(c, ecCorruptData, "line %zu: something stands behind a closing \"", r->line);
	*more = *r->at == r->delimiter && *r->at;
	r->line += *r->at == '\n';
	r->at += *r->at != '\0';
	*to = '\0';
	return ecNone;
}

static status read_row(struct call *c, struct reading *r, struct arena *a, struct kept_values *row)
{
	bool more = true;

	row->n = 0;
	while (more) {
		char *text;
		struct value v;
		status rc = read_field(c, r, &text, &more);

		if (rc)
			return rc;
		if (row->n == OBJECT_PROPERTIES_MAX)
			return call_fail(c, ecTooBig, "line %zu: more than %u values", r->line, OBJECT_PROPERTIES_MAX);
		v = value_text(text);
		if (kept_values_add(row, a, &v))
			return call_fail(c, ecMemory, "the file needs too much memory");
	}
	return ecNone;
}

static status emit_row(struct call *c, const struct kept_values *names, const struct kept_values *row)
{
	struct object *o = object_new(c->item, &row_type);

	for (size_t i = 0; i < names->n; i++)
		object_set(o, names->items[i].text, i < row->n ? row->items[i] : value_null());
	return call_emit_object(c, o);
}

static status process(struct call *c, const struct value *in)
{
	CLEANUP_BUF struct buf text = BUF_MAX(CSV_MAX);
	struct value_list header = call_list(c, "Header");
	struct kept_values names = { .n = 0 };
	const char *delimiter = call_text(c, "Delimiter");
	struct reading r = { .line = 1, .delimiter = delimiter ? *delimiter : ',' };
	status rc = content_read(c, call_text(c, "Path"), &text);

	(void)in;
	if (rc || !text.n)
		return rc;
	if (delimiter && (strlen(delimiter) != 1 || strchr("\"\r\n", *delimiter)))
		return call_fail(c, ecInvalidParam, "-Delimiter is one character, such as ';'");
	r.at = (char *)text.p;
	for (size_t i = 0; i < header.n && !rc; i++)
		rc = kept_values_add(&names, c->keep, &header.items[i]);
	if (!header.n)
		rc = read_row(c, &r, c->keep, &names);
	while (!rc && *r.at) {
		CLEANUP_ARENA struct arena line = ARENA_BUDGET(CSV_MAX);
		struct kept_values row = { .n = 0 };

		if (*r.at == '\n' || (*r.at == '\r' && r.at[1] == '\n')) { /* an empty line */
			r.at += 1 + (*r.at == '\r');
			r.line++;
			continue;
		}
		rc = read_row(c, &r, &line, &row);
		if (!rc)
			rc = emit_row(c, &names, &row);
	}
	return rc;
}

const struct cmdlet cmdlet_import_csv = {
	.name = "Import-Csv",
	.synopsis = "Reads a file of comma-separated values: one object for each line, its properties named by the first.",
	.parameters = parameters,
	.output = "CsvRow",
	.example = "Import-Csv people.csv | New-Mailbox",
	.process = process,
};
