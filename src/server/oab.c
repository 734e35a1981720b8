/* The offline address book over HTTPS. */
#include "server/oab.h"

#include "server/http.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#define MANIFEST_MOST ((size_t)64 << 10)

struct oab {
	pthread_mutex_t lock;
	bool made;
	uint64_t number; /* of the picture it was made from */
	char name[64];
	struct buf manifest, container;
};

struct asked {
	struct task task;
	struct http_request *http;
};

status oab_new(struct oab **out)
{
	struct oab *o = calloc(1, sizeof *o);

	if (!o)
		return ecMemory;
	(void)pthread_mutex_init(&o->lock, NULL);
	o->manifest = (struct buf)BUF_MAX(MANIFEST_MOST);
	o->container = (struct buf)BUF_MAX(OAB_MOST);
	*out = o;
	return ecNone;
}

void oab_free(struct oab *o)
{
	if (!o)
		return;
	buf_free(&o->manifest);
	buf_free(&o->container);
	(void)pthread_mutex_destroy(&o->lock);
	free(o);
}

/* With the lock. */
static status make(struct oab *o, const struct nspi_picture *p, struct reason *why)
{
	CLEANUP_BUF struct buf file = BUF_MAX(OAB_MOST);
	/* Numbers of changes are far below 32 bits. */
	uint32_t sequence = (uint32_t)p->number;
	status s;

	if (o->made && o->number == p->number)
		return ecNone;
	o->made = false;
	buf_clear(&o->container);
	buf_clear(&o->manifest);
	s = oab_details(p, sequence, &file, why);
	if (s)
		return s;
	oab_store(buf_bytes(&file), &o->container);
	if (o->container.failed)
		return reason_set(why, ecTooBig, "the offline address book is too long");
	s = oab_manifest(p, sequence, buf_bytes(&o->container), file.n, &o->manifest);
	if (s)
		return reason_set(why, s, "the manifest of the offline address book could not be made");
	oab_file_name(p, sequence, o->name);
	o->number = p->number;
	o->made = true;
	return ecNone;
}

/* "bytes=100-199", "bytes=100-", "bytes=-50" of n bytes; false when it is no one range: then all is sent. *good: it lies within. */
static bool range(const char *header, size_t n, size_t *from, size_t *to, bool *good)
{
	char *end;

	if (!header || strncasecmp(header, "bytes=", 6) != 0 || strchr(header, ','))
		return false;
	header += 6;
	bool last = *header == '-';
	header += last;
	if (*header < '0' || *header > '9')
		return false;
	errno = 0;
	unsigned long long first = strtoull(header, &end, 10), until = n ? n - 1 : 0;
	if (errno || (!last && *end++ != '-'))
		return false;
	if (!last && *end >= '0' && *end <= '9') {
		unsigned long long said = strtoull(end, &end, 10);

		until = said < until ? said : until;
	}
	if (errno || *end)
		return false;
	*good = last ? first > 0 && n > 0 : first < n && first <= until;
	*from = last ? (first < n ? n - (size_t)first : 0) : (size_t)first;
	*to = (size_t)until;
	return true;
}

/* The piece of it that the client wants, copied with the lock held. */
static void send(struct http_request *r, struct bytes file, const char *type)
{
	size_t from = 0, to = file.n ? file.n - 1 : 0;
	struct buf copy = BUF_MAX(OAB_MOST);
	bool good = true;
	bool part = range(http_header(r, "Range"), file.n, &from, &to, &good);

	http_set(r, "Accept-Ranges", "bytes");
	if (!good) {
		http_set(r, "Content-Range", "bytes */%zu", file.n);
		http_respond_text(r, 416, "There are no such bytes.");
		return;
	}
	buf_add(&copy, file.p + from, file.n ? to - from + 1 : 0);
	if (copy.failed) {
		buf_free(&copy);
		http_respond_text(r, 500, "The server is out of memory.");
		return;
	}
	if (part) {
		http_status(r, 206);
		http_set(r, "Content-Range", "bytes %zu-%zu/%zu", from, to, file.n);
	}
	http_set(r, "Content-Type", "%s", type);
	http_respond_buf(r, &copy);
	buf_free(&copy);
}

static void answer(struct http_request *r)
{
	struct web *w = web_of(r);
	struct oab *o = web_oab(w);
	const struct nspi_picture *p = NULL;
	const char *name = strrchr(http_path(r), '/');
	struct reason why;
	status s = nspi_book_picture(web_book(w), &p, &why);

	name = name ? name + 1 : "";
	(void)pthread_mutex_lock(&o->lock);
	if (!s)
		s = make(o, p, &why);
	if (s)
		http_respond_text(r, 503, "The offline address book cannot be made now.");
	else if (strcasecmp(name, "oab.xml") == 0)
		send(r, buf_bytes(&o->manifest), "text/xml");
	else if (strcasecmp(name, o->name) == 0)
		send(r, buf_bytes(&o->container), "application/octet-stream");
	else
		http_respond_text(r, 404, "There is no such file: see oab.xml.");
	(void)pthread_mutex_unlock(&o->lock);
	nspi_picture_return(web_book(w), p);
}

static void run(struct task *t)
{
	answer(task_of(t, struct asked, task)->http);
}

/* Who it is is known; making the file may take long. */
static void begin(struct http_request *r, uint64_t user)
{
	struct asked *a = arena_zalloc(http_arena(r), sizeof *a);
	struct guid asker = { { 0 } };

	if (!a) {
		http_respond_text(r, 500, "The server is out of memory.");
		return;
	}
	memcpy(asker.b, &user, sizeof user);
	a->task = (struct task){ run, NULL };
	a->http = r;
	strand_post(sessions_strand(web_server(web_of(r))->sessions, &asker), &a->task);
}

void oab_handle(struct http_request *r)
{
	const char *method = http_method(r);

	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		http_set(r, "Allow", "GET, HEAD");
		http_respond_text(r, 405, "The offline address book is read with GET.");
		return;
	}
	auth_request(web_auth(web_of(r)), r, begin);
}
