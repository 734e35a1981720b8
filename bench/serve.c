/*
 * `postern serve` from outside, over TLS on this machine: a client that synchronises, clients that ask, clients that wait.  The server's CPU and memory are
 * from /proc.
 *
 *     POSTERN=program bench-serve MESSAGES WAITING
 *
 * Prints lines of NAME VALUE UNIT.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "client/served.h"
#include "rop/rops_fasttransfer.h"
#include "rop/rops_folder.h"
#include "rop/rops_ics.h"
#include "rop/rops_message.h"
#include "rop/property_row.h"
#include "rop/rops_table.h"

#define ROUND_SECONDS 5.0
#define SMALL_MAILBOX 1000u
#define CHANGES       300u
#define TIMES_MOST    1000000u
#define TEXT_OF_MAIL  3900u /* characters, which make a message of 8.5 KB */

enum { LOGON, FOLDER, SYNC, MESSAGE, TABLE, SUBSCRIPTION };

static struct served served;
static const char *const people[] = { "alice", "bob", NULL };

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench-serve: %s: %s\n", what, why);
	served_free(&served);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void good(struct mapi_client *c, status st, const char *what)
{
	if (st)
		die(what, c->why.text);
}

static void *ok(struct mapi_client *c, uint8_t id, uint8_t index, void *request)
{
	void *body = NULL;

	good(c, mapi_client_rop(c, id, index, request, &body), rop_info(id)->name);
	return body;
}

static void begin(struct mapi_client *c, const struct mapi_account *a)
{
	mapi_client_init(c, a);
	good(c, mapi_client_connect(c), "Connect");
	good(c, mapi_client_logon(c, LOGON), "RopLogon");
}

/* Mailboxes ---------------------------------------------------------------------------------------------------------------- */

static void write_mail(FILE *f, unsigned i)
{
	uint64_t state = i * 0x9E3779B97F4A7C15u + 1;

	fprintf(f, "From someone@example.net Thu Jan  1 00:00:00 2026\r\nFrom: Someone %u <someone%u@example.net>\r\nTo: Alice <alice@contoso.example>\r\n"
		   "Subject: Message number %u of many\r\nMessage-ID: <%u@example.net>\r\nDate: Thu, 1 Jan 2026 %02u:%02u:%02u +0000\r\n\r\n",
		i % 97, i % 97, i, i, i / 3600 % 24, i / 60 % 60, i % 60);
	for (unsigned n = 0; n < TEXT_OF_MAIL; n++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		if (n % 72 == 71)
			(void)fputs("\r\n", f);
		else
			(void)fputc(state >> 60 < 3 ? ' ' : (int)('a' + (state >> 33) % 26), f);
	}
	(void)fputs("\r\n\r\n", f);
}

static void fill(const char *who, unsigned n)
{
	CLEANUP_BUF struct buf said = BUF_MAX((size_t)1 << 20);
	char path[300];

	(void)snprintf(path, sizeof path, "%s/mail.mbox", served.folder);
	FILE *f = fopen(path, "w");
	if (!f)
		die(path, "cannot be written");
	for (unsigned i = 0; i < n; i++)
		write_mail(f, i);
	(void)fclose(f);
	const char *arguments[] = { "import", "--quiet", path, who, NULL };
	if (served_run(&served, arguments, &said))
		die("import", buf_cstr(&said));
	(void)remove(path);
}

/* The folder with the most messages: where the import has put them. */
static uint64_t fullest(struct mapi_client *c)
{
	struct rop_open_folder_request open = { .output_handle_index = FOLDER, .folder_id = c->logon.folder_ids.id[LOGON_FOLDER_IPM_SUBTREE] };
	struct rop_get_hierarchy_table_request q = { .output_handle_index = TABLE, .table_flags = 0x04 };
	uint32_t tags[] = { PidTagFolderId, PidTagContentCount };
	struct rop_set_columns_request columns = { .property_tags = { 2, tags } };
	struct rop_query_rows_request rows = { .forward_read = 1, .row_count = 500 };
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

/* Synchronisation ------------------------------------------------------------------------------------------------------------- */

/* All of the folder; the bytes of its stream, and the state that it ends with in *state. */
static uint64_t synchronise(struct mapi_client *c, struct buf *last)
{
	struct rop_synchronization_configure_request q = { .output_handle_index = SYNC,
							   .synchronization_type = 1,
							   .send_options = 1,
							   .synchronization_flags = 0x003D,
							   .synchronization_extra_flags = 0x0007 };
	struct rop_fast_transfer_source_get_buffer_request get = { .buffer_size = ROP_SIZE_AUTO, .maximum_buffer_size = 0x7BC0 };
	uint16_t how = TRANSFER_PARTIAL;
	uint64_t bytes = 0;

	c->execute_flags |= MAPIHTTP_EXECUTE_CHAIN;
	c->max_rops = MAPIHTTP_ROPS_MAX;
	(void)ok(c, ROP_SYNCHRONIZATION_CONFIGURE, FOLDER, &q);
	while (how == TRANSFER_PARTIAL) {
		struct rop_request r = { .id = ROP_FAST_TRANSFER_SOURCE_GET_BUFFER, .input_handle_index = SYNC, .body = &get };

		mapi_client_forget(c);
		good(c, mapi_client_execute(c, &r, 1, NULL), "GetBuffer");
		for (size_t i = 0; i < c->n_outputs; i++)
			for (uint32_t k = 0; k < c->outputs[i].n_responses; k++) {
				const struct rop_response *a = &c->outputs[i].responses[k];
				const struct rop_fast_transfer_source_get_buffer_response *b = a->body;

				if (a->id != ROP_FAST_TRANSFER_SOURCE_GET_BUFFER)
					continue;
				if (a->return_value)
					die("GetBuffer", "it failed");
				bytes += b->transfer_buffer.n;
				how = b->transfer_status;
				if (last)
					buf_add(last, b->transfer_buffer.p, b->transfer_buffer.n);
			}
	}
	if (how != TRANSFER_DONE)
		die("GetBuffer", "the stream broke off");
	(void)ok(c, ROP_RELEASE, SYNC, NULL);
	c->execute_flags &= ~(uint32_t)MAPIHTTP_EXECUTE_CHAIN;
	c->max_rops = 0x10008;
	return bytes;
}

static void download(const struct mapi_account *a, unsigned n)
{
	struct mapi_client c;

	begin(&c, a);
	(void)fullest(&c);
	for (unsigned turn = 0; turn < 2; turn++) { /* from the disk, then from memory */
		double cpu = served_cpu_seconds(&served), began = now();
		uint64_t bytes = synchronise(&c, NULL);
		double took = now() - began;

		cpu = served_cpu_seconds(&served) - cpu;
		printf("download_%u_size %.0f B/message\n", turn, (double)bytes / n);
		printf("download_%u_cpu %.1f us/message\n", turn, cpu / n * 1e6);
		printf("download_%u_core %.0f MB/s\n", turn, cpu > 0 ? (double)bytes / cpu / 1e6 : 0);
		printf("download_%u_wall %.0f MB/s\n", turn, (double)bytes / took / 1e6);
		printf("download_%u_messages %.0f /s\n", turn, n / took);
		(void)fflush(stdout);
	}
	good(&c, mapi_client_disconnect(&c), "Disconnect");
	mapi_client_free(&c);
}

/* A message more or less costs the same, however many there are. */
static void changes(const struct mapi_account *a, const char *name)
{
	struct mapi_client c;

	begin(&c, a);
	uint64_t folder = fullest(&c);
	double cpu = served_cpu_seconds(&served), began = now();
	for (unsigned i = 0; i < CHANGES; i++) {
		struct rop_create_message_request create = { .output_handle_index = MESSAGE, .code_page_id = 0x0FFF, .folder_id = folder };
		struct rop_save_changes_message_request keep = { .save_flags = 0 };
		struct rop_request r[] = {
			{ .id = ROP_CREATE_MESSAGE, .input_handle_index = LOGON, .body = &create },
			{ .id = ROP_SAVE_CHANGES_MESSAGE, .input_handle_index = MESSAGE, .response_handle_index = MESSAGE, .body = &keep },
			{ .id = ROP_RELEASE, .input_handle_index = MESSAGE },
		};
		struct rop_output *out = NULL;

		good(&c, mapi_client_execute(&c, r, 3, &out), "a message");
		for (uint32_t k = 0; k < out->n_responses; k++)
			if (out->responses[k].return_value)
				die("a message", "it cannot be made");
		mapi_client_forget(&c);
	}
	printf("change_%s_cpu %.0f us\n", name, (served_cpu_seconds(&served) - cpu) / CHANGES * 1e6);
	printf("change_%s_wall %.2f ms\n", name, (now() - began) / CHANGES * 1e3);
	(void)fflush(stdout);
	good(&c, mapi_client_disconnect(&c), "Disconnect");
	mapi_client_free(&c);
}

/* Round trips ------------------------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* All of them ask, then all of them are answered, and so on. */
static void round_trips(const struct mapi_account *a, unsigned n)
{
	static double times[TIMES_MOST];
	struct mapi_client *c = calloc(n, sizeof *c);
	double *asked = calloc(n, sizeof *asked);
	size_t done = 0;

	if (!c || !asked)
		die("round trips", "out of memory");
	for (unsigned i = 0; i < n; i++)
		begin(&c[i], a);
	struct rop_long_term_id_from_id_request q = { .object_id = c[0].logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_request r = { .id = ROP_LONG_TERM_ID_FROM_ID, .input_handle_index = LOGON, .body = &q };
	double cpu = served_cpu_seconds(&served), began = now();
	while (now() - began < ROUND_SECONDS && done + n < TIMES_MOST) {
		for (unsigned i = 0; i < n; i++) {
			asked[i] = now();
			good(&c[i], mapi_client_execute_begin(&c[i], &r, 1), "Execute");
		}
		for (unsigned i = 0; i < n; i++) {
			good(&c[i], mapi_client_execute_end(&c[i], &r, 1, NULL), "Execute");
			times[done++] = now() - asked[i];
			mapi_client_forget(&c[i]);
		}
	}
	double took = now() - began;
	cpu = served_cpu_seconds(&served) - cpu;
	qsort(times, done, sizeof *times, by_size);
	printf("execute_%u %.0f /s\n", n, (double)done / took);
	printf("execute_%u_cpu %.1f us\n", n, cpu / (double)done * 1e6);
	printf("execute_%u_p50 %.2f ms\n", n, times[done / 2] * 1e3);
	printf("execute_%u_p99 %.2f ms\n", n, times[done * 99 / 100] * 1e3);
	(void)fflush(stdout);
	for (unsigned i = 0; i < n; i++) {
		good(&c[i], mapi_client_disconnect(&c[i]), "Disconnect");
		mapi_client_free(&c[i]);
	}
	free(asked);
	free(c);
}

/* Waiting ---------------------------------------------------------------------------------------------------------------------------- */

static void waiting(const struct mapi_account *a, unsigned n)
{
	struct mapi_client *c = calloc(n, sizeof *c), other;
	struct rop_register_notification_request q = { .output_handle_index = SUBSCRIPTION, .notification_types = NOTIFY_OBJECT_CREATED, .want_whole_store = 1 };
	unsigned heard = 0;

	if (!c)
		die("waiting", "out of memory");
	begin(&other, a);
	long before = served_resident_kb(&served);
	double cpu = served_cpu_seconds(&served), began = now();
	for (unsigned i = 0; i < n; i++) {
		begin(&c[i], a);
		(void)ok(&c[i], ROP_REGISTER_NOTIFICATION, LOGON, &q);
		c[i].one_link = true;
		good(&c[i], mapi_client_wait_begin(&c[i]), "NotificationWait");
		mapi_client_forget(&c[i]);
		arena_free(&c[i].arena);
	}
	printf("waiting_begin_cpu %.2f ms\n", (served_cpu_seconds(&served) - cpu) / n * 1e3);
	printf("waiting_begin_wall %.1f s\n", now() - began);
	printf("waiting_memory %.1f KB/session\n", (double)(served_resident_kb(&served) - before) * 1.024 / n);
	(void)fflush(stdout);
	struct rop_create_message_request create = { .output_handle_index = MESSAGE,
						     .code_page_id = 0x0FFF,
						     .folder_id = other.logon.folder_ids.id[LOGON_FOLDER_INBOX] };
	struct rop_save_changes_message_request keep = { .save_flags = 0 };
	(void)ok(&other, ROP_CREATE_MESSAGE, LOGON, &create);
	cpu = served_cpu_seconds(&served);
	began = now();
	(void)ok(&other, ROP_SAVE_CHANGES_MESSAGE, MESSAGE, &keep);
	for (unsigned i = 0; i < n; i++) {
		bool event = false;

		good(&c[i], mapi_client_wait_end(&c[i], &event), "NotificationWait");
		heard += event;
	}
	printf("waiting_heard %u of_%u\n", heard, n);
	printf("waiting_heard_wall %.2f s\n", now() - began);
	printf("waiting_heard_cpu %.1f us\n", (served_cpu_seconds(&served) - cpu) / n * 1e6);
	(void)fflush(stdout);
	for (unsigned i = 0; i < n; i++)
		mapi_client_free(&c[i]);
	mapi_client_free(&other);
	free(c);
}

int main(int argc, char **argv)
{
	unsigned messages = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 0, sessions = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	struct rlimit files;

	if (!messages || !sessions) {
		fprintf(stderr, "usage: bench-serve MESSAGES WAITING\n");
		return 64;
	}
	(void)getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (served_make(&served, people))
		die("an organisation", served.why.text);
	fill("alice", messages);
	fill("bob", SMALL_MAILBOX);
	if (served_start(&served, NULL))
		die("postern serve", served.why.text);
	struct mapi_account alice = served_account(&served, "alice"), bob = served_account(&served, "bob");
	download(&alice, messages);
	changes(&bob, "small");
	changes(&alice, "large");
	round_trips(&bob, 1);
	round_trips(&bob, 16);
	round_trips(&bob, 256);
	waiting(&bob, sessions);
	if (served_stop(&served, SIGTERM))
		die("postern serve", "it does not end well");
	served_free(&served);
	return 0;
}
