/*
 * Exchanges that were written down as a server executed them (tests/server/rop_record.h) are read by the codec, and come out of it again byte by byte: each operation
 * of the list has at least one.
 */
#include "rop_support.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#define LINE_MOST   8192
#define COLUMNS_MOST 64u

static uint32_t tags[COLUMNS_MOST];
static struct rop_columns columns = { 0, tags };
static bool seen[256];

static bool columns_of(void *user, const struct rop_request *asked, struct rop_columns *out)
{
	(void)user;
	(void)asked;
	*out = columns;
	return columns.n > 0;
}

/* What follows the word in the next line; "" when there is no such line. */
static const char *line_of(FILE *f, const char *word, char line[static LINE_MOST])
{
	size_t n = strlen(word);

	if (!fgets(line, LINE_MOST, f) || strncmp(line, word, n) != 0)
		return "";
	line[strcspn(line, "\n")] = '\0';
	return line[n] == ' ' ? line + n + 1 : line + n;
}

static void read_columns(const char *text)
{
	char *end = NULL;

	for (columns.n = 0; *text && columns.n < COLUMNS_MOST; text = *end ? end + 1 : end)
		tags[columns.n++] = (uint32_t)strtoul(text, &end, 16);
}

static void replay(const char *folder, const char *name)
{
	char path[600], line[LINE_MOST];
	struct rop_request asked;
	struct rop_response r;
	struct bytes bytes;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "r");
	assert_non_null(f);
	(void)forget(NULL);
	context.columns = columns_of;
	rop_context_set_public(&context, 0, strcmp(line_of(f, "public", line), "1") == 0);
	read_columns(line_of(f, "columns", line));
	bytes = hex(line_of(f, "request", line));
	asked = request_of(bytes);
	assert_int_equal(asked.id, strtoul(name, NULL, 16));
	seen[asked.id] = true;
	bytes = hex(line_of(f, "response", line));
	(void)fclose(f);
	if (asked.info->kind == ROP_KIND_NO_ANSWER) {
		assert_int_equal(bytes.n, 0);
		return;
	}
	r = response_of(&asked, bytes);
	assert_int_equal(r.return_value != 0, strstr(name, " refused") != NULL);
}

static void replays(void **state)
{
	char folder[400];
	struct dirent *e;
	unsigned n = 0;

	(void)state;
	(void)snprintf(folder, sizeof folder, "%s/tests/rop/exchanges", getenv("POSTERN_SOURCE"));
	DIR *d = opendir(folder);
	if (!d)
		fail_msg("%s: %s", folder, strerror(errno));
	while ((e = readdir(d)))
		if (*e->d_name != '.') {
			replay(folder, e->d_name);
			n++;
		}
	(void)closedir(d);
	print_message("# %u exchanges\n", n);
}

static void every_operation_has_one(void **state)
{
	CLEANUP_BUF struct buf missing = BUF_MAX(8192);

	(void)state;
	for (unsigned id = 0; id < 256; id++) {
		const struct rop_info *i = rop_info((uint8_t)id);

		if (i && i->kind != ROP_KIND_NO_REQUEST && !seen[id])
			buf_printf(&missing, " %s", i->name);
	}
	if (missing.n)
		fail_msg("no exchange of:%s", buf_cstr(&missing));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(replays, forget),
		cmocka_unit_test(every_operation_has_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
