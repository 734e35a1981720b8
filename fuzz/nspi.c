/*
 * The address book on a real directory: the input is a list of requests, each a byte for its type, a length of two bytes, and its body.  Whatever
 * comes, an answer comes back that can be written, and the people are still there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/nspi.h"
#include "server/person.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	struct host *host;
	struct nspi_book *book;
	uint64_t user;
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

	nspi_book_free(world.book);
	host_close(world.host);
	(void)snprintf(command, sizeof command, "rm -rf '%s'", world.folder);
	if (system(command))
		fprintf(stderr, "%s stays\n", world.folder);
}

static void add_group(struct directory *d, struct arena *arena)
{
	const struct directory_class *class = directory_class("DistributionGroup");
	static const char *const alias[] = { "crew" }, *const members[] = { "bob", "Administrator" };
	static const char *const address[] = { "SMTP:crew@contoso.example" }, *const dn[] = { "/o=Contoso/ou=Main/cn=Recipients/cn=crew" };
	static const char *const owner[] = { "Administrator" };
	struct directory_setting s[5];
	uint64_t id;

	check(!directory_setting(d, class, "Alias", DIRECTORY_SET, alias, 1, arena, &s[0], NULL) &&
		      !directory_setting(d, class, "Members", DIRECTORY_SET, members, 2, arena, &s[1], NULL) &&
		      !directory_setting(d, class, "EmailAddresses", DIRECTORY_SET, address, 1, arena, &s[2], NULL) &&
		      !directory_setting(d, class, "LegacyExchangeDN", DIRECTORY_SET, dn, 1, arena, &s[3], NULL) &&
		      !directory_setting(d, class, "ManagedBy", DIRECTORY_SET, owner, 1, arena, &s[4], NULL) &&
		      !directory_create(d, class, "crew", 0, s, 5, &id, NULL),
	      "no group");
}

/* An organisation of two people and a group, in memory where there is such a place. */
static void begin(void)
{
	struct host_options o = { .site = { .create = true, .domain = "contoso.example", .host = "cas.contoso.example" } };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 22);
	struct site_first first;
	struct directory *d = NULL;
	struct person p;

	if (world.host)
		return;
	(void)snprintf(world.folder, sizeof world.folder, "%s/postern-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	check(mkdtemp(world.folder) != NULL, "no place for a directory");
	check(!atexit(remove_folder), "no exit");
	check(!host_open(world.folder, &o, &first, &world.host, NULL), "no organisation");
	check(!host_create_mailbox(world.host, "bob", NULL, 0, NULL), "no bob");
	check(!host_directory(world.host, &d, NULL) && !person_find(d, "Administrator", &arena, &p, NULL), "no administrator");
	world.user = p.id;
	add_group(d, &arena);
	host_directory_return(world.host, d);
	check(!nspi_book_new(world.host, "cas.contoso.example", &world.book), "no address book");
}

static void one(uint8_t type, struct bytes body)
{
	const struct mapihttp_type *t = &mapihttp_types[type];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)4 << 20);
	struct nspi_caller c = { world.book, world.user };
	struct reason why = { "" };
	void *request = arena_zalloc(&arena, t->request_body->size), *response = arena_zalloc(&arena, t->response_body->size);

	check(request && response, "no memory");
	if (mapihttp_request_read(t, body, &arena, request, NULL))
		return;
	status s = nspi_call(&c, (enum mapihttp_request)type, request, &arena, response, &why);
	/* Only what is beyond the budget fails. */
	check(!s || s == ecMemory || s == ecTooBig, why.text);
	if (!s)
		check(!mapihttp_response_write(t, response, &out, &why) || out.n == 0, why.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned first = MAPIHTTP_BIND, types = MAPIHTTP_REQUESTS - first;

	begin();
	for (size_t at = 0; at + 3 <= size;) {
		size_t n = (size_t)data[at + 1] | (size_t)data[at + 2] << 8;

		if (n > size - at - 3)
			n = size - at - 3;
		/* A copy of its own, so that reading beyond it is seen. */
		uint8_t *copy = malloc(n + 1);
		check(copy != NULL, "no memory");
		memcpy(copy, data + at + 3, n);
		one((uint8_t)(first + data[at] % types), bytes_of(copy, n));
		free(copy);
		at += 3 + n;
	}
	/* The people are still there. */
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct update_stat_request q = { .has_state = 0xFF, .state = { .code_page = 1252 } };
	struct update_stat_response r = { .error_code = 0 };
	struct nspi_caller c = { world.book, world.user };
	check(!nspi_call(&c, MAPIHTTP_UPDATE_STAT, &q, &arena, &r, NULL) && !r.error_code && r.state.total_recs == 3, "somebody is missing");
	return 0;
}
