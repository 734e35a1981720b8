/* The offline address book over HTTPS. */
#include "server/oab.h"

#include "rop/oab_patch.h"
#include "server/host.h"
#include "server/http.h"
#include "store/directory_generation.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#define MANIFEST_MOST ((size_t)256 << 10)

struct difference {
	uint32_t sequence; /* of the generation that it makes */
	size_t uncompressed;
	struct buf patch;
};

struct oab {
	pthread_mutex_t lock;
	bool made;
	uint64_t number;   /* of the picture that it was last looked at for */
	uint32_t sequence; /* of the generation */
	size_t uncompressed;
	struct buf manifest, container;
	struct difference differences[OAB_DIFFERENCES_MOST]; /* each to the generation before it, the last to this one */
	size_t n;
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

static void forget_differences(struct oab *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_free(&o->differences[i].patch);
	o->n -= n;
	memmove(o->differences, o->differences + n, o->n * sizeof *o->differences);
}

void oab_free(struct oab *o)
{
	if (!o)
		return;
	forget_differences(o, o->n);
	buf_free(&o->manifest);
	buf_free(&o->container);
	(void)pthread_mutex_destroy(&o->lock);
	free(o);
}

/* Making, with the lock ------------------------------------------------------------------------------------------------- */

/* Who would have to take more than this takes the whole. */
static void keep_few(struct oab *o)
{
	size_t all = 0, keep = 0;

	for (size_t i = o->n; i-- > 0; keep++) {
		all += o->differences[i].patch.n;
		if (all > o->container.n / OAB_DIFFERENCES_PART)
			break;
	}
	forget_differences(o, o->n - keep);
}

/* What makes the new file of the one before, when that is the generation before; without it clients take the whole. */
static void add_difference(struct oab *o, uint32_t sequence, struct bytes file)
{
	CLEANUP_BUF struct buf old = BUF_MAX(OAB_MOST);
	struct difference d = { .sequence = sequence, .uncompressed = file.n, .patch = BUF_MAX(o->container.n / OAB_DIFFERENCES_PART + 64) };

	if (!o->made || sequence != o->sequence + 1 || oab_unpack(buf_bytes(&o->container), &old, NULL) ||
	    oab_patch_make(buf_bytes(&old), file, &d.patch, NULL)) {
		buf_free(&d.patch);
		forget_differences(o, o->n);
		return;
	}
	if (o->n == OAB_DIFFERENCES_MOST)
		forget_differences(o, 1);
	o->differences[o->n++] = d;
}

static status write_manifest(struct oab *o, const struct nspi_picture *p, struct reason *why)
{
	struct oab_file files[OAB_DIFFERENCES_MOST + 1] = { { .kind = OAB_FULL, .sequence = o->sequence, .data = buf_bytes(&o->container), .uncompressed = o->uncompressed } };
	status s;

	for (size_t i = 0; i < o->n; i++) {
		const struct difference *d = &o->differences[o->n - 1 - i];

		files[1 + i] = (struct oab_file){ .kind = OAB_DIFFERENCE, .sequence = d->sequence, .data = buf_bytes(&d->patch), .uncompressed = d->uncompressed };
	}
	buf_clear(&o->manifest);
	s = oab_manifest(p, files, o->n + 1, &o->manifest);
	return s ? reason_set(why, s, "the manifest of the offline address book could not be made") : ecNone;
}

static status make_generation(struct oab *o, const struct nspi_picture *p, uint32_t sequence, struct reason *why)
{
	CLEANUP_BUF struct buf file = BUF_MAX(OAB_MOST);
	status s = oab_details(p, sequence, &file, why);

	if (s)
		return s;
	add_difference(o, sequence, buf_bytes(&file));
	o->made = false;
	buf_clear(&o->container);
	oab_store(buf_bytes(&file), &o->container);
	if (o->container.failed)
		return reason_set(why, ecTooBig, "the offline address book is too long");
	o->sequence = sequence;
	o->uncompressed = file.n;
	keep_few(o);
	s = write_manifest(o, p, why);
	o->made = !s;
	return s;
}

static status find_sequence(struct host *h, const struct nspi_picture *p, uint32_t *out, struct reason *why)
{
	struct directory *d;
	uint8_t hash[20];
	status s = oab_hash(p, hash, why);

	if (!s)
		s = host_directory(h, &d, why);
	if (s)
		return s;
	/* Numbers of changes, which the files of older servers have, are far below 32 bits. */
	s = directory_generation(d, bytes_of(hash, sizeof hash), (uint32_t)p->number, out, why);
	host_directory_return(h, d);
	return s;
}

/* Most of what changes in a directory changes nothing here: then it is the same generation. */
static status make(struct oab *o, struct host *h, const struct nspi_picture *p, struct reason *why)
{
	uint32_t sequence = 0;
	status s;

	if (o->made && o->number == p->number)
		return ecNone;
	s = find_sequence(h, p, &sequence, why);
	/* While others change the directory, what is there is good for once more. */
	if (s == ecBusy && o->made)
		return ecNone;
	if (!s && !(o->made && o->sequence == sequence))
		s = make_generation(o, p, sequence, why);
	if (!s)
		o->number = p->number;
	return s;
}

static bool find_file(const struct oab *o, const struct nspi_picture *p, const char *asked, struct bytes *out)
{
	char name[OAB_NAME_SIZE];

	*out = buf_bytes(&o->container);
	oab_file_name(p, OAB_FULL, o->sequence, name);
	if (strcasecmp(asked, name) == 0)
		return true;
	for (size_t i = 0; i < o->n; i++) {
		*out = buf_bytes(&o->differences[i].patch);
		oab_file_name(p, OAB_DIFFERENCE, o->differences[i].sequence, name);
		if (strcasecmp(asked, name) == 0)
			return true;
	}
	return false;
}

/* Answering ------------------------------------------------------------------------------------------------------------- */

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
	struct bytes file;
	struct reason why;
	status s = nspi_book_picture(web_book(w), &p, &why);

	name = name ? name + 1 : "";
	(void)pthread_mutex_lock(&o->lock);
	if (!s)
		s = make(o, web_server(w)->host, p, &why);
	if (s)
		http_respond_text(r, 503, "The offline address book cannot be made now.");
	else if (strcasecmp(name, "oab.xml") == 0)
		send(r, buf_bytes(&o->manifest), "text/xml");
	else if (find_file(o, p, name, &file))
		send(r, file, "application/octet-stream");
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
