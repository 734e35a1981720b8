#include "cli/rescue_propose.h"

#include <stdio.h>

#include "cli/census.h"
#include "cli/json.h"
#include "cli/source.h"
#include "cli/text.h"

/* So many messages tell whose they are. */
#define MESSAGES_ENOUGH 2000

struct proposal {
	const char *file;
	char address[CENSUS_ADDRESS_SIZE], name[CENSUS_ADDRESS_SIZE];
	const char *by; /* how the address was found; "" when none was */
	struct reason failure;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "alice@contoso.example.ost", "alice@contoso.example - Outlook.ost" */
static bool address_of_file(const char *file, char out[static CENSUS_ADDRESS_SIZE])
{
	char name[1024];
	size_t n;

	(void)snprintf(name, sizeof name, "%s", base_name(file));
	n = strlen(name);
	if (n > 4)
		name[n - 4] = '\0';
	return census_find_address(name, out);
}

static status sees_all(struct item_sink *s, struct item_result *result)
{
	(void)s;
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static void look_into(struct proposal *p, const char *path)
{
	static const struct item_sink_ops nothing = { .message_end = sees_all };
	struct item_sink sink = { .ops = &nothing };
	struct source_options how = { .rescue = RESCUE_DAMAGED };
	struct source s = { 0 };
	struct census c;
	status st = source_open(path, &how, &s, &p->failure);

	if (st)
		return;
	census_init(&c, s.items, MESSAGES_ENOUGH);
	st = c.source.run(&c.source, &sink, &p->failure);
	if (!st || st == ecUserCanceled)
		p->failure.text[0] = '\0';
	(void)snprintf(p->name, sizeof p->name, "%s", c.name);
	if (*c.owner) {
		(void)snprintf(p->address, sizeof p->address, "%s", c.owner);
		p->by = "the name of the store";
	} else if (!*p->by && census_receiver(&c, p->address)) {
		p->by = "most mail was received by it";
	}
	census_free(&c);
	source_close(&s);
}

/* A field as [RFC 4180] wants it. */
static void put_field(const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void put_line(const struct proposal *p)
{
	put_field(p->file);
	putchar(',');
	put_field(p->address);
	putchar(',');
	put_field(p->name);
	putchar(',');
	put_field(*p->by ? p->by : *p->failure.text ? p->failure.text : "nothing says whose it is");
	fputs("\r\n", stdout);
}

static void put_json(struct json *j, const struct proposal *p)
{
	json_object(j, NULL);
	json_text(j, "file", p->file);
	json_text(j, "address", *p->address ? p->address : NULL);
	json_text(j, "name", *p->name ? p->name : NULL);
	json_text(j, "found_by", *p->by ? p->by : NULL);
	json_text(j, "failure", *p->failure.text ? p->failure.text : NULL);
	json_end_object(j);
}

int rescue_propose(const struct rescue_files *files, const struct common_options *o)
{
	int code = EXIT_COMPLETE;
	struct json j;

	json_start(&j, stdout);
	if (o->json)
		json_array(&j, NULL);
	else
		fputs("file,address,name,found by\r\n", stdout);
	for (size_t i = 0; i < files->n; i++) {
		struct proposal p = { .file = files->v[i] + files->prefix, .by = "" };

		if (address_of_file(p.file, p.address))
			p.by = "the name of the file";
		look_into(&p, files->v[i]);
		if (!*p.address)
			code = EXIT_WARNINGS;
		if (o->json)
			put_json(&j, &p);
		else
			put_line(&p);
	}
	if (o->json) {
		json_end_array(&j);
		json_finish(&j);
	} else if (!o->quiet) {
		note("this is a proposal: look through it, complete it, and give it to --map");
	}
	return code;
}
