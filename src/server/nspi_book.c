/* The picture that all share: drawn by whoever finds the directory changed. */
#include "server/nspi_book.h"

#include <pthread.h>
#include <stdlib.h>

struct nspi_book {
	struct host *host;
	char *fqdn;
	pthread_mutex_t lock;    /* of what follows */
	pthread_mutex_t drawing; /* held by the one who draws */
	struct nspi_picture *now;
	bool changed; /* by one of ours */
};

status nspi_book_new(struct host *host, const char *fqdn, struct nspi_book **out)
{
	struct nspi_book *b = calloc(1, sizeof *b);
	size_t n = strlen(fqdn) + 1;

	if (!b)
		return ecMemory;
	b->host = host;
	b->fqdn = malloc(n);
	if (!b->fqdn) {
		free(b);
		return ecMemory;
	}
	memcpy(b->fqdn, fqdn, n);
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_mutex_init(&b->drawing, NULL);
	*out = b;
	return ecNone;
}

static void picture_free(struct nspi_picture *p)
{
	if (!p)
		return;
	arena_free(&p->arena);
	free(p);
}

void nspi_book_free(struct nspi_book *b)
{
	if (!b)
		return;
	picture_free(b->now);
	(void)pthread_mutex_destroy(&b->lock);
	(void)pthread_mutex_destroy(&b->drawing);
	free(b->fqdn);
	free(b);
}

struct host *nspi_book_host(const struct nspi_book *b)
{
	return b->host;
}

const char *nspi_book_fqdn(const struct nspi_book *b)
{
	return b->fqdn;
}

void nspi_book_changed(struct nspi_book *b)
{
	(void)pthread_mutex_lock(&b->lock);
	b->changed = true;
	(void)pthread_mutex_unlock(&b->lock);
}

static uint64_t monotonic(const struct nspi_book *b)
{
	const struct clock *clock = host_clock(b->host);

	return clock->monotonic(clock);
}

/* The one there is, counted, when it still does. One that took long does as long as another is being drawn (`drawing`). */
static struct nspi_picture *take(struct nspi_book *b, uint64_t number, bool drawing)
{
	uint64_t now = monotonic(b);
	struct nspi_picture *p;

	(void)pthread_mutex_lock(&b->lock);
	p = b->now;
	bool good = p && p->number == number;

	if (p && !good && !b->changed && p->took > NSPI_QUICK_MS * (uint64_t)1000000)
		good = drawing || now - p->drawn < 10 * p->took;
	if (good)
		p->users++;
	(void)pthread_mutex_unlock(&b->lock);
	return good ? p : NULL;
}

static void put(struct nspi_book *b, struct nspi_picture *p)
{
	struct nspi_picture *before;

	p->users = 2; /* the book, and who drew it */
	(void)pthread_mutex_lock(&b->lock);
	before = b->now;
	b->now = p;
	b->changed = false;
	bool last = before && --before->users == 0;
	(void)pthread_mutex_unlock(&b->lock);
	if (last)
		picture_free(before);
}

void nspi_picture_return(struct nspi_book *b, const struct nspi_picture *p)
{
	struct nspi_picture *mine = (struct nspi_picture *)(uintptr_t)p;

	if (!p)
		return;
	(void)pthread_mutex_lock(&b->lock);
	bool last = --mine->users == 0;
	(void)pthread_mutex_unlock(&b->lock);
	if (last)
		picture_free(mine);
}

/* The one there is, whatever it shows, counted; NULL when there is none. */
static const struct nspi_picture *hold(struct nspi_book *b)
{
	(void)pthread_mutex_lock(&b->lock);
	if (b->now)
		b->now->users++;
	const struct nspi_picture *p = b->now;
	(void)pthread_mutex_unlock(&b->lock);
	return p;
}

/* The number is read first: what changes while it is drawn makes the next one. */
static status draw(struct nspi_book *b, struct directory *d, uint64_t number, const struct nspi_picture **out, struct reason *why)
{
	struct nspi_picture *p = calloc(1, sizeof *p);
	uint64_t began = monotonic(b);
	status s;

	if (!p)
		return reason_set(why, ecMemory, "out of memory");
	arena_init(&p->arena, (size_t)4 << 30);
	p->number = number;
	const struct nspi_picture *before = hold(b);

	s = nspi_draw(d, before, p, why);
	nspi_picture_return(b, before);
	if (s) {
		picture_free(p);
		return s;
	}
	p->drawn = monotonic(b);
	p->took = p->drawn - began;
	put(b, p);
	*out = p;
	return ecNone;
}

/* With the right to draw: somebody else may have done it meanwhile. */
static status look_again(struct nspi_book *b, struct directory *d, const struct nspi_picture **out, struct reason *why)
{
	uint64_t number = 0;
	status s = directory_change_number(d, &number, why);

	if (s)
		return s;
	*out = take(b, number, false);
	return *out ? ecNone : draw(b, d, number, out, why);
}

static status look(struct nspi_book *b, struct directory *d, const struct nspi_picture **out, struct reason *why)
{
	uint64_t number = 0;
	status s = directory_change_number(d, &number, why);

	if (s)
		return s;
	*out = take(b, number, false);
	if (*out)
		return ecNone;
	if (pthread_mutex_trylock(&b->drawing)) {
		*out = take(b, number, true);
		if (*out)
			return ecNone;
		(void)pthread_mutex_lock(&b->drawing);
	}
	s = look_again(b, d, out, why);
	(void)pthread_mutex_unlock(&b->drawing);
	return s;
}

status nspi_book_picture(struct nspi_book *b, const struct nspi_picture **out, struct reason *why)
{
	struct directory *d = NULL;
	status s = host_directory(b->host, &d, why);

	if (!s)
		s = look(b, d, out, why);
	host_directory_return(b->host, d);
	return s;
}
