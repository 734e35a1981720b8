/*
 * Operations of a client who is logged on, on a real mailbox: the input is a list of requests, the objects they may name are open: a
 * logon, folders, tables, a message, an attachment, a stream's worth of contexts.  Whatever comes, an answer comes back that
 * fits the buffer, and the mailbox is sound.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf16.h"
#include "rop/rop_buffer.h"
#include "rop/rops_fasttransfer.h"
#include "rop/rops_folder.h"
#include "rop/rops_ics.h"
#include "rop/rops_logon.h"
#include "rop/rops_message.h"
#include "rop/rops_table.h"
#include "server/notify_hub.h"
#include "server/rop_call.h"
#include "server/server.h"
#include "store/folder.h"

#define HANDLES 16u
#define MOST ((size_t)32 << 10)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	struct host *host;
	struct counters counters;
	struct server server;
	uint64_t user;
	char dn[400];
	char folder[64];
} world;

static void check(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void remove_folder(void)
{
	char command[128];

	host_close(world.host);
	notify_hub_free(world.server.notify);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", world.folder);
	if (system(command))
		fprintf(stderr, "%s stays\n", world.folder);
}

/* An organisation of one person, in memory where there is such a place. */
static void begin(void)
{
	struct host_options o = { .site = { .create = true, .domain = "contoso.example", .host = "cas.contoso.example" } };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct site_first first;
	struct directory *d = NULL;
	struct person p;

	if (world.host)
		return;
	(void)snprintf(world.folder, sizeof world.folder, "%s/postern-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	check(mkdtemp(world.folder) != NULL, "no place for a mailbox");
	check(!atexit(remove_folder), "no exit");
	world.server.notify = notify_hub_new();
	o.changes = notify_hub_changes;
	o.context = world.server.notify;
	check(world.server.notify && !host_open(world.folder, &o, &first, &world.host, NULL), "no organisation");
	world.server.host = world.host;
	world.server.counters = &world.counters;
	world.server.fqdn = "cas.contoso.example";
	check(!host_directory(world.host, &d, NULL) && !person_find(d, "Administrator", &arena, &p, NULL), "no administrator");
	world.user = p.id;
	(void)snprintf(world.dn, sizeof world.dn, "%s", p.legacy_dn);
	host_directory_return(world.host, d);
}

static status execute(struct session *s, struct rop_request *requests, uint32_t n, uint32_t *handles)
{
	CLEANUP_BUF struct buf in = BUF_MAX(1 << 20), out = BUF_MAX(1 << 20);
	struct rop_input input = { .requests = requests, .n_requests = n, .handles = handles, .n_handles = HANDLES };
	status st;

	for (uint32_t i = 0; i < n; i++)
		requests[i].info = rop_info(requests[i].id);
	check(!rop_input_encode(&input, &in, NULL), "a request that cannot be written");
	st = rop_execute(s, buf_bytes(&in), MOST, &out, NULL);
	check(st || out.n >= HANDLES * 4, "no table of handles");
	for (uint32_t i = 0; !st && i < HANDLES; i++)
		handles[i] = le32(out.p + out.n - (HANDLES - i) * 4);
	return st;
}

static void one(struct session *s, uint8_t id, uint8_t index, void *body, uint32_t *handles)
{
	struct rop_request r = { .id = id, .input_handle_index = index, .response_handle_index = index, .body = body };

	check(!execute(s, &r, 1, handles), "the preparations failed");
}

/* What the requests of the input may name, by index. */
static void open_objects(struct session *s, uint32_t *handles)
{
	static uint32_t columns[] = { PidTagSubject, PidTagMid, PidTagMessageFlags };
	struct rop_logon_request logon = { .logon_flags = 0x01, .open_flags = 0x01000000, .essdn = bytes_of(world.dn, strlen(world.dn) + 1) };
	struct rop_open_folder_request folder = { .output_handle_index = 1 };
	struct rop_get_contents_table_request contents = { .output_handle_index = 2 };
	struct rop_set_columns_request set = { .property_tags = { 3, columns } };
	struct rop_get_hierarchy_table_request hierarchy = { .output_handle_index = 3, .table_flags = 4 };
	struct rop_create_message_request message = { .output_handle_index = 4, .code_page_id = 0x0FFF };
	struct rop_create_attachment_request attachment = { .output_handle_index = 5 };
	struct rop_synchronization_configure_request sync = {
		.output_handle_index = 6, .synchronization_type = 1, .send_options = 1, .synchronization_flags = 0x39 };
	struct rop_synchronization_open_collector_request collector = { .output_handle_index = 7, .is_contents_collector = 1 };
	struct rop_fast_transfer_destination_configure_request upload = { .output_handle_index = 8, .source_operation = 1 };
	struct mailbox *m;
	uint64_t inbox;

	one(s, ROP_LOGON, 0, &logon, handles);
	check(s->logons[0] != NULL, "no logon");
	m = shared_mailbox_lock(s->logons[0]->store);
	check(!folder_by_role(m, MAILBOX_INBOX, &inbox), "no Inbox");
	shared_mailbox_unlock(s->logons[0]->store);
	folder.folder_id = message.folder_id = id_from_counter(inbox);
	one(s, ROP_OPEN_FOLDER, 0, &folder, handles);
	one(s, ROP_GET_CONTENTS_TABLE, 1, &contents, handles);
	one(s, ROP_SET_COLUMNS, 2, &set, handles);
	one(s, ROP_GET_HIERARCHY_TABLE, 1, &hierarchy, handles);
	one(s, ROP_SET_COLUMNS, 3, &set, handles);
	one(s, ROP_CREATE_MESSAGE, 1, &message, handles);
	one(s, ROP_CREATE_ATTACHMENT, 4, &attachment, handles);
	one(s, ROP_SYNCHRONIZATION_CONFIGURE, 1, &sync, handles);
	one(s, ROP_SYNCHRONIZATION_OPEN_COLLECTOR, 1, &collector, handles);
	one(s, ROP_FAST_TRANSFER_DESTINATION_CONFIGURE, 4, &upload, handles);
}

/* The list of requests of the input, with our handles. */
static void run(struct session *s, struct bytes list, const uint32_t *handles)
{
	CLEANUP_BUF struct buf in = BUF_MAX(1 << 20), out = BUF_MAX(1 << 20);
	status st;

	buf_add_u16(&in, (uint16_t)(list.n + 2));
	buf_add(&in, list.p, list.n);
	for (uint32_t i = 0; i < HANDLES; i++)
		buf_add_u32(&in, handles[i]);
	st = rop_execute(s, buf_bytes(&in), MOST, &out, NULL);
	check(st || out.n <= MOST, "more than there was room for");
	check(st || (out.n >= 2 && le16(out.p) >= 2 && le16(out.p) <= out.n), "no size of the answers");
}

/* As fuzz/rop.c has it: a byte that is not looked at, RopSize, the list, handles (which are not looked at). */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct client_info client = { .version = { 16, 0, 4266, 1001 }, .mode = CLIENT_MODE_CACHED, .encrypted = true, .codepage = 1252 };
	uint32_t handles[HANDLES];
	struct session *s;
	size_t n;

	if (size < 3)
		return 0;
	n = le16(data + 1);
	if (n < 2 || n > size - 1)
		n = size - 1;
	begin();
	memset(handles, 0xFF, sizeof handles);
	check(!session_open(&world.server, world.user, &client, &s, NULL), "no session");
	open_objects(s, handles);
	run(s, bytes_of(data + 3, n - 2), handles);
	session_close(s);
	return 0;
}
