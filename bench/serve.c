/*
 * `postern serve` from outside, over TLS on this machine: a client that synchronises, clients that ask, clients that wait, mailboxes that grow.
 *
 *     POSTERN=program bench-serve MESSAGES MANY WAITING LARGEST [PART...]
 *
 * MESSAGES and MANY are downloaded, WAITING sessions wait, a mailbox grows up to LARGEST messages.  Parts: download many ask wait change (all).  CPU and
 * memory are the server's, from the kernel.
 */
#include "serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "rop/property_row.h"
#include "rop/rops_folder.h"
#include "rop/rops_table.h"

#define SMALL_MAILBOX  1000u
#define SMALLEST       1000u
#define FOLDERS_ASKED  500u

struct served served;
static const char *const people[] = { "alice", "bob", "carol", "dave", NULL };

void die(const char *what, const char *why)
{
	fprintf(stderr, "bench-serve: %s: %s\n", what, why);
	served_free(&served);
	exit(1);
}

double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void good(struct mapi_client *c, status st, const char *what)
{
	if (st)
		die(what, c->why.text);
}

void *ok(struct mapi_client *c, uint8_t id, uint8_t index, void *request)
{
	void *body = NULL;

	good(c, mapi_client_rop(c, id, index, request, &body), rop_info(id)->name);
	return body;
}

void all_ok(struct mapi_client *c, struct rop_request *r, size_t n, const char *what)
{
	struct rop_output *out = NULL;

	good(c, mapi_client_execute(c, r, n, &out), what);
	for (uint32_t k = 0; k < out->n_responses; k++)
		if (out->responses[k].return_value)
			die(what, "it failed");
	mapi_client_forget(c);
}

void begin(struct mapi_client *c, const struct mapi_account *a)
{
	mapi_client_init(c, a);
	good(c, mapi_client_connect(c), "Connect");
	good(c, mapi_client_logon(c, LOGON), "RopLogon");
}

void end(struct mapi_client *c)
{
	good(c, mapi_client_disconnect(c), "Disconnect");
	mapi_client_free(c);
}

uint64_t fullest(struct mapi_client *c)
{
	struct rop_open_folder_request open = { .output_handle_index = FOLDER, .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_IPM_SUBTREE] };
	struct rop_get_hierarchy_table_request q = { .output_handle_index = TABLE, .table_flags = 0x04 };
	uint32_t tags[] = { PidTagFolderId, PidTagContentCount };
	struct rop_set_columns_request columns = { .property_tags = { 2, tags } };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = FOLDERS_ASKED };
	uint64_t found = 0;
	uint32_t most = 0;

	(void)ok(c, ROP_OPEN_FOLDER, LOGON, &open);
	(void)ok(c, ROP_GET_HIERARCHY_TABLE, FOLDER, &q);
	(void)ok(c, ROP_SET_COLUMNS, TABLE, &columns);
	const struct rop_query_rows_response *r = ok(c, ROP_QUERY_ROWS, TABLE, &rows);
	struct bytes data = r->rows.data;
	for (uint16_t i = 0; i < r->rows.count; i++) {
		struct prop v[2];

		good(c, property_row_next(&data, tags, 2, &c->arena, v, &c->why), "a row");
		if (le32(v[1].value.p) > most) {
			most = le32(v[1].value.p);
			found = le64(v[0].value.p);
		}
	}
	open.folder_id = found;
	(void)ok(c, ROP_OPEN_FOLDER, LOGON, &open);
	(void)ok(c, ROP_RELEASE, TABLE, NULL);
	return found;
}

void server_begin(void)
{
	if (served_start(&served, NULL))
		die("postern serve", served.why.text);
}

void server_end(void)
{
	if (served_stop(&served, SIGTERM))
		die("postern serve", "it does not end well");
}

/* A change costs the same, however many messages there are. */
static void growing(unsigned largest)
{
	for (unsigned size = SMALLEST, before = 0; size <= largest; before = size, size *= 10) {
		fill_small("carol", before, size);
		server_begin();
		measure_changes("carol", size);
		server_end();
		if (size > largest / 10)
			break;
	}
}

static void more_files(void)
{
	struct rlimit files;

	(void)getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

static bool is_wanted(const char *part, char **parts)
{
	if (!*parts)
		return true;
	for (; *parts; parts++)
		if (strcmp(*parts, part) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	unsigned numbers[4] = { 0 };

	for (int i = 1; i < argc && i <= 4; i++)
		numbers[i - 1] = (unsigned)strtoul(argv[i], NULL, 10);
	if (argc < 5 || !numbers[0] || !numbers[2]) {
		fprintf(stderr, "usage: bench-serve MESSAGES MANY WAITING LARGEST [download|many|ask|wait|change...]\n");
		return 64;
	}
	char **parts = argv + 5;
	bool downloads = is_wanted("download", parts), many = numbers[1] && is_wanted("many", parts);
	more_files();
	if (served_make(&served, people))
		die("an organisation", served.why.text);
	if (downloads)
		fill_by_import("alice", numbers[0]);
	if (many)
		fill_large("dave", numbers[1]);
	if (is_wanted("ask", parts))
		fill_by_import("bob", SMALL_MAILBOX);
	server_begin();
	if (downloads)
		measure_download("alice", numbers[0], 2, "download");
	if (many)
		measure_download("dave", numbers[1], 1, "many");
	for (unsigned sessions = 1; is_wanted("ask", parts) && sessions <= 256; sessions *= 16)
		measure_round_trips("bob", sessions);
	server_end();
	if (is_wanted("wait", parts)) {
		server_begin();
		measure_waiting("bob", numbers[2]);
		server_end();
	}
	if (is_wanted("change", parts))
		growing(numbers[3]);
	served_free(&served);
	return 0;
}
