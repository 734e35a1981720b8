/*
 * Lines for the management shell.  The first byte says how wide the screen is and whether programs read the output.
 * Cmdlets that touch files are replaced; the others are the shell's own and one that makes objects and takes every
 * type of parameter.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "shell/shell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUTPUT_MAX ((size_t)1 << 20)

static const char *const words[] = { "Red", "Green", "Grey", NULL };

static const struct parameter parameters[] = {
	{ .name = "Identity", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_BY_VALUE | PARAMETER_BY_NAME },
	{ .name = "Size", .type = PARAMETER_SIZE, .position = 2, .flags = PARAMETER_BY_NAME | PARAMETER_NULLABLE },
	{ .name = "Number", .type = PARAMETER_INTEGER },
	{ .name = "Enabled", .type = PARAMETER_BOOL },
	{ .name = "Force", .type = PARAMETER_SWITCH },
	{ .name = "Colour", .type = PARAMETER_WORD, .words = words },
	{ .name = "When", .type = PARAMETER_TIME },
	{ .name = "Guid", .type = PARAMETER_GUID },
	{ .name = "Tags", .type = PARAMETER_TEXT, .flags = PARAMETER_LIST | PARAMETER_REST, .position = 3 },
	{ .name = "Anything", .type = PARAMETER_ANY },
	{ .name = "Password", .type = PARAMETER_SECRET },
	{ .name = "Block", .type = PARAMETER_BLOCK },
	{ .name = NULL },
};

static status process(struct call *c, const struct value *in)
{
	static const struct object_type type = { .name = "Thing" };
	const char *identity = call_text(c, "Identity");
	bool go;
	status rc = call_should_process(c, "Thing", identity ? identity : "", &go);

	(void)in;
	for (unsigned i = 0; i < 3 && !rc && go; i++) {
		struct object *o = object_new(c->item, &type);

		object_set(o, "Index", value_integer(i));
		for (const struct parameter *p = parameters; p->name; p++)
			if (call_value(c, p->name) && p->type != PARAMETER_BLOCK)
				object_set(o, p->name, *call_value(c, p->name));
		rc = call_emit_object(c, o);
	}
	return rc;
}

static status refuse(struct call *c, const struct value *in)
{
	(void)in;
	return call_error(c, ecAccessDenied, "no files here");
}

static const struct parameter path[] = { { .name = "Path", .type = PARAMETER_TEXT, .position = 1 }, { .name = NULL } };
static const struct cmdlet thing = { .name = "Thing", .parameters = parameters, .synopsis = "Makes things.",
				     .flags = CMDLET_WHAT_IF | CMDLET_INPUT, .process = process };
static const struct cmdlet export = { .name = "Export-Csv", .parameters = path, .synopsis = "No.", .flags = CMDLET_INPUT, .process = refuse };
static const struct cmdlet import = { .name = "Import-Csv", .parameters = path, .synopsis = "No.", .process = refuse };
static const char *const content_names[] = { "gc", "cat", "type", NULL };
static const struct cmdlet content = { .name = "Get-Content", .aliases = content_names, .parameters = path, .synopsis = "No.", .process = refuse };
static const struct cmdlet *const rows[] = { &thing, &export, &import, &content, NULL };
static const struct cmdlet *const *const tables[] = { rows, NULL };

static void check(bool good)
{
	if (!good)
		abort();
}

/* What is shown cannot drive a terminal, and is not endless. */
static status take(void *context, const char *text, size_t n)
{
	size_t *written = context;

	for (size_t i = 0; i < n; i++)
		check((uint8_t)text[i] >= 0x20 || text[i] == '\n' || text[i] == '\t');
	*written += n;
	return *written > OUTPUT_MAX ? ecTooBig : ecNone;
}

static void hear(void *context, enum shell_message kind, status code, const char *text)
{
	check(*text && (kind != SHELL_ERROR || code));
	(void)(take(context, text, strlen(text)) == ecNone);
}

static void ignore(void *to, const char *word)
{
	(void)to;
	check(*word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t written = 0, start;
	struct shell_host host = { .context = &written, .write = take, .message = hear, .memory = (size_t)8 << 20 };
	CLEANUP_SHELL struct shell *s = NULL;
	CLEANUP_BUF struct buf line = BUF_MAX((size_t)2 << 20);

	if (size < 1)
		return 0;
	host.width = *data & 0x7F;
	host.json = *data & 0x80;
	check(!shell_new(tables, NULL, &host, &s));
	/* Bytes behind the end are the sanitizer's. */
	buf_add(&line, data + 1, size - 1);
	shell_complete(s, buf_cstr(&line), line.n, &start, ignore, NULL);
	check(start <= line.n);
	(void)shell_is_incomplete((const char *)data + 1, size - 1);
	(void)(shell_run(s, (const char *)data + 1, size - 1) == ecNone);
	(void)(shell_finish(s) == ecNone);
	return 0;
}
