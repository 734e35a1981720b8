/* ConvertTo-Json, ConvertTo-Csv and Export-Csv. */
#include "base/output.h"
#include "shell/cmdlets/builtin.h"
#include "shell/json.h"
#include "shell/printable.h"

#define CSV_LINE_MAX ((size_t)16 << 20)

/* JSON -------------------------------------------------------------------------------------------------------- */

static const struct parameter json_parameters[] = {
	{ .name = "Depth", .type = PARAMETER_INTEGER, .help = "Levels of objects in objects; what lies deeper becomes text." },
	{ .name = "Compress", .type = PARAMETER_SWITCH, .help = "All on one line." },
	{ .name = "AsArray", .type = PARAMETER_SWITCH, .help = "An array even of one object." },
	{ .name = NULL },
};

static status json_process(struct call *c, const struct value *in)
{
	if (!in)
		return ecNone;
	/* The host makes JSON of everything already. */
	return call_is_json(c) ? call_emit(c, *in) : kept_values_add(c->state, c->keep, in);
}

static status json_end(struct call *c)
{
	const struct kept_values *k = c->state;
	CLEANUP_BUF struct buf out = BUF_MAX(JSON_MAX_BYTES);
	int64_t depth = call_integer(c, "Depth", VALUE_DEPTH_MAX);
	bool list = k->n > 1 || call_switch(c, "AsArray");
	struct value v = list ? value_list(k->items, k->n) : k->n ? k->items[0] : value_null();
	status rc;

	if (!k->n && !list)
		return ecNone;
	if (depth < 0 || depth > VALUE_DEPTH_MAX)
		return call_fail(c, ecInvalidParam, "-Depth is from 0 to %u", VALUE_DEPTH_MAX);
	/* The list that holds them all is no level. */
	rc = json_print(&v, call_switch(c, "Compress"), (unsigned)depth + 1 + list, 0, &out);
	if (rc)
		return call_fail(c, rc, "the JSON needs too much memory");
	buf_cstr(&out);
	return out.failed ? call_fail(c, ecMemory, "the JSON needs too much memory") : call_emit(c, value_text(buf_cstr(&out)));
}

const struct cmdlet cmdlet_convert_to_json = {
	.name = "ConvertTo-Json",
	.synopsis = "Makes JSON of the objects.",
	.parameters = json_parameters,
	.output = "Text",
	.example = "Get-Mailbox | select Name,Guid | ConvertTo-Json",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct kept_values),
	.process = json_process,
	.end = json_end,
};

/* CSV --------------------------------------------------------------------------------------------------------- */

struct csv {
	const char **names; /* the columns: the properties of the first object */
	size_t n;
	char delimiter;
	struct buf line;
	struct output *file; /* of Export-Csv */
};

static status csv_begin(struct call *c)
{
	struct csv *s = c->state;
	const char *delimiter = call_text(c, "Delimiter");

	buf_init(&s->line, CSV_LINE_MAX);
	s->delimiter = delimiter ? *delimiter : ',';
	if (delimiter && (strlen(delimiter) != 1 || strchr("\"\r\n", *delimiter)))
		return call_fail(c, ecInvalidParam, "-Delimiter is one character, such as ';'");
	return ecNone;
}

static void csv_release(struct call *c)
{
	struct csv *s = c->state;

	buf_free(&s->line);
	output_close(s->file);
}

static status csv_names(struct call *c, struct csv *s, const struct object *o)
{
	s->names = arena_array(c->keep, o->n, sizeof *s->names);
	s->n = s->names ? o->n : 0;
	for (size_t i = 0; i < s->n; i++) {
		s->names[i] = arena_strdup(c->keep, o->properties[i].name);
		if (!s->names[i])
			return ecMemory;
	}
	return s->names ? ecNone : ecMemory;
}

/* "a ""b""" */
static void add_quoted(const char *text, struct buf *out)
{
	buf_add_u8(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			buf_add_u8(out, '"');
		buf_add_u8(out, (uint8_t)*text);
	}
	buf_add_u8(out, '"');
}

static status add_cell(struct csv *s, size_t i, const struct value *v)
{
	CLEANUP_BUF struct buf text = BUF_MAX(CSV_LINE_MAX), clean = BUF_MAX(CSV_LINE_MAX);

	if (i)
		buf_add_u8(&s->line, (uint8_t)s->delimiter);
	if (!v || v->kind == VALUE_NULL)
		return ecNone;
	/* Lists without the braces that are for people. */
	for (size_t j = 0; v->kind == VALUE_LIST && j < v->list.n; j++) {
		buf_add_str(&text, j ? ", " : "");
		value_print(&v->list.items[j], &text);
	}
	if (v->kind != VALUE_LIST)
		value_print(v, &text);
	printable_add_utf8(&clean, buf_cstr(&text));
	add_quoted(buf_cstr(&clean), &s->line);
	return text.failed || clean.failed ? ecTooBig : buf_status(&s->line);
}

/* Where a line goes: into the file, or down the pipe. */
static status put_line(struct call *c, struct csv *s)
{
	struct reason why = { "" };
	status rc;

	if (!s->file) {
		buf_cstr(&s->line);
		return s->line.failed ? ecMemory : call_emit(c, value_text(buf_cstr(&s->line)));
	}
	buf_add_u8(&s->line, '\n');
	rc = buf_status(&s->line);
	if (!rc)
		rc = output_append(s->file, s->line.p, s->line.n);
	if (rc)
		reason_write(&why, "cannot write %s: %s", output_path(s->file), output_failure(s->file));
	return rc ? call_fail(c, rc, "%s", why.text) : ecNone;
}

static status csv_header(struct call *c, struct csv *s)
{
	status rc = ecNone;

	buf_clear(&s->line);
	for (size_t i = 0; i < s->n && !rc; i++) {
		struct value name = value_text(s->names[i]);

		rc = add_cell(s, i, &name);
	}
	return rc ? rc : put_line(c, s);
}

static status csv_process(struct call *c, const struct value *in)
{
	struct csv *s = c->state;
	struct value kept;
	status rc = ecNone;

	if (!in)
		return ecNone;
	if (in->kind != VALUE_OBJECT)
		return call_error(c, ecInvalidParam, "a value of the type %s has no properties to make columns of", value_kind_name(in->kind));
	kept = *in;
	if (!s->names) {
		rc = csv_names(c, s, in->object);
		if (!rc)
			rc = csv_header(c, s);
	}
	buf_clear(&s->line);
	for (size_t i = 0; i < s->n && !rc; i++)
		rc = add_cell(s, i, object_get(kept.object, s->names[i]));
	return rc ? rc : put_line(c, s);
}

#define DELIMITER { .name = "Delimiter", .type = PARAMETER_TEXT, .help = "What stands between the values; a comma unless given." }
#define NO_TYPE                                                                                                                 \
	{ .name = "NoTypeInformation", .alias = "NTI", .type = PARAMETER_SWITCH, .help = "No line with the type; there never is one." }

static const struct parameter csv_parameters[] = { DELIMITER, NO_TYPE, { .name = NULL } };

const struct cmdlet cmdlet_convert_to_csv = {
	.name = "ConvertTo-Csv",
	.synopsis = "Makes lines of comma-separated values of the objects.",
	.parameters = csv_parameters,
	.output = "Text",
	.example = "Get-Mailbox | select Name,Guid | ConvertTo-Csv -NoTypeInformation",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct csv),
	.begin = csv_begin,
	.process = csv_process,
	.release = csv_release,
};

static const char *const encodings[] = { "UTF8", NULL };

static const struct parameter export_parameters[] = {
	{ .name = "Path", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY, .help = "The file to write." },
	{ .name = "NoClobber", .type = PARAMETER_SWITCH, .help = "Do not replace a file that is there." },
	{ .name = "Force", .type = PARAMETER_SWITCH, .help = "Replace a file that is there; this is so unless -NoClobber is given." },
	{ .name = "Encoding", .type = PARAMETER_WORD, .words = encodings, .help = "UTF8, which it always is." },
	DELIMITER,
	NO_TYPE,
	{ .name = NULL },
};

static status export_begin(struct call *c)
{
	struct csv *s = c->state;
	const char *path = call_text(c, "Path");
	struct reason why = { "" };
	status rc = csv_begin(c);

	if (rc)
		return rc;
	if (!path || !*path)
		return call_fail(c, ecInvalidParam, "-Path is empty");
	rc = output_create(path, !call_switch(c, "NoClobber"), &s->file, &why);
	return rc ? call_fail(c, rc, "%s", why.text) : ecNone;
}

/* Nothing appears under the name before all is there. */
static status export_end(struct call *c)
{
	struct csv *s = c->state;
	struct reason why = { "" };
	status rc = output_commit(s->file, &why);

	return rc ? call_fail(c, rc, "%s", why.text) : ecNone;
}

const struct cmdlet cmdlet_export_csv = {
	.name = "Export-Csv",
	.synopsis = "Writes the objects into a file of comma-separated values, whole or not at all.",
	.parameters = export_parameters,
	.example = "Get-Mailbox | select Name,Guid | Export-Csv -Path mailboxes.csv -NoTypeInformation",
	.flags = CMDLET_INPUT,
	.state_size = sizeof(struct csv),
	.begin = export_begin,
	.process = csv_process,
	.end = export_end,
	.release = csv_release,
};
