#include "net/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/filetime.h"
#include "base/output.h"
#include "net/certificate.h"

#define DAY       ((int64_t)86400)
#define BACKDATED (DAY / 24) /* clocks of clients may be behind */
#define FILE_MOST ((size_t)256 << 10)
#define ROOT_NAME "CN=Postern local authority"

struct authority {
	const char *folder;
	int64_t now;
	int lock;
	struct arena arena;
	struct buf root, key, own; /* PEM */
	struct certificate root_says, own_says;
};

#define AUTHORITY(of, at)                                                                            \
	{                                                                                            \
		.folder = (of), .now = (at), .lock = -1, .arena = ARENA_BUDGET((size_t)4 << 20),     \
		.root = BUF_MAX(FILE_MOST), .key = BUF_MAX(FILE_MOST), .own = BUF_MAX(2 * FILE_MOST) \
	}

static void secret_free(struct buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	buf_free(b);
}

static void authority_close(struct authority *a)
{
	if (a->lock >= 0)
		(void)close(a->lock);
	secret_free(&a->key);
	secret_free(&a->own);
	buf_free(&a->root);
	arena_free(&a->arena);
}

#define CLEANUP_AUTHORITY __attribute__((cleanup(authority_close)))

/* Files ----------------------------------------------------------------------------------------------- */

static const char *path_of(struct authority *a, const char *name)
{
	const char *path = arena_printf(&a->arena, "%s/%s", a->folder, name);

	return path ? path : name;
}

/* Nothing when it is not there. */
static status read_file(struct authority *a, const char *name, struct buf *out, struct reason *why)
{
	const char *path = path_of(a, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;

	if (fd < 0)
		return errno == ENOENT ? ecNone : reason_set(why, ecAccessDenied, "%s: %m", path);
	while (n > 0 && buf_reserve(out, 4096)) {
		n = read(fd, out->p + out->n, 4096);
		out->n += n > 0 ? (size_t)n : 0;
	}
	(void)close(fd);
	return n < 0 || out->failed ? reason_set(why, ecDiskError, "%s cannot be read: %s", path,
						 out->failed ? "it is too long" : strerror(errno))
				    : ecNone;
}

static status write_file(struct authority *a, const char *name, mode_t mode, const struct buf *text,
			 struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	const char *path = path_of(a, name);
	mode_t before = umask(077); /* from the first moment on nobody else can read it */
	status rc = output_create(path, true, &o, why);

	if (!rc) {
		rc = output_append(o, text->p, text->n);
		rc = rc ? reason_set(why, rc, "%s: %s", path, output_failure(o)) : output_commit(o, why);
	}
	(void)umask(before);
	if (!rc && chmod(path, mode))
		rc = reason_set(why, ecAccessDenied, "%s: %m", path);
	return rc;
}

static status lock_folder(struct authority *a, struct reason *why)
{
	const char *path = path_of(a, "authority.lock");

	if (mkdir(a->folder, 0700) && errno != EEXIST)
		return reason_set(why, ecAccessDenied, "%s: %m", a->folder);
	a->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (a->lock < 0 || flock(a->lock, LOCK_EX))
		return reason_set(why, ecAccessDenied, "%s: %m", path);
	return ecNone;
}

/* The root -------------------------------------------------------------------------------------------- */

static int64_t seconds_of(uint64_t filetime)
{
	return filetime_to_unix(filetime);
}

/* Key and certificate as one, which is how certificates are read. */
static status both(const struct buf *key, const struct buf *certificate, struct buf *out)
{
	buf_add(out, key->p, key->n);
	buf_add(out, certificate->p, certificate->n);
	return buf_status(out);
}

/* What certificate_make gives is the key, then the certificate. */
static bool split(const struct buf *pem, struct buf *key, struct buf *certificate)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	const uint8_t *at = memmem(pem->p, pem->n, begin, sizeof begin - 1);

	if (!at)
		return false;
	buf_clear(key);
	buf_clear(certificate);
	buf_add(key, pem->p, (size_t)(at - pem->p));
	buf_add(certificate, at, pem->n - (size_t)(at - pem->p));
	return !key->failed && !certificate->failed;
}

static status root_make(struct authority *a, struct reason *why)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(2 * FILE_MOST);
	struct certificate_wish w = { .subject = ROOT_NAME,
				      .authority = true,
				      .now = a->now - BACKDATED,
				      .until = a->now + AUTHORITY_ROOT_DAYS * DAY };
	bool had_key = a->key.n > 0;
	status rc;

	w.key = buf_bytes(&a->key);
	rc = certificate_make(&w, &a->arena, &a->root_says, &pem, why);
	if (!rc && !split(&pem, &a->key, &a->root))
		rc = reason_set(why, ecError, "the certificate of the authority cannot be made");
	/* The key first: a certificate without its key could never be used. */
	if (!rc && !had_key)
		rc = write_file(a, "authority-key.pem", 0600, &a->key, why);
	if (!rc)
		rc = write_file(a, "authority.pem", 0644, &a->root, why);
	explicit_bzero(pem.p, pem.n);
	return rc;
}

static status root_have(struct authority *a, struct reason *why)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(2 * FILE_MOST), again = BUF_MAX(2 * FILE_MOST);
	status rc = lock_folder(a, why);

	if (!rc)
		rc = read_file(a, "authority-key.pem", &a->key, why);
	if (!rc)
		rc = read_file(a, "authority.pem", &a->root, why);
	if (rc)
		return rc;
	if (!a->key.n || !a->root.n)
		return root_make(a, why);
	rc = both(&a->key, &a->root, &pem);
	if (!rc)
		rc = certificate_read(buf_bytes(&pem), NULL, &a->arena, &a->root_says, &again, why);
	if (rc)
		rc = reason_prefix(
			why, rc,
			"the authority in %s: remove authority-key.pem and authority.pem to have a new one, which all clients have to be told of",
			a->folder);
	else if (seconds_of(a->root_says.not_after) < a->now + (AUTHORITY_SERVER_DAYS + 1) * DAY)
		rc = root_make(a, why);
	secret_free(&pem);
	secret_free(&again);
	return rc;
}

/* The server's ---------------------------------------------------------------------------------------- */

static bool is_among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool is_good(struct authority *a, const struct authority_wish *w)
{
	CLEANUP_BUF struct buf again = BUF_MAX(2 * FILE_MOST);
	const struct certificate *says = &a->own_says;
	bool good;

	if (!a->own.n || certificate_read(buf_bytes(&a->own), NULL, &a->arena, &a->own_says, &again, NULL))
		return false;
	secret_free(&again);
	good = seconds_of(says->not_after) >= w->now + AUTHORITY_RENEW_DAYS * DAY &&
	       seconds_of(says->not_before) <= w->now;
	for (size_t i = 0; i < w->n_names && good; i++)
		good = is_among(w->names[i], says->names, says->n_names) ||
		       is_among(w->names[i], says->addresses, says->n_addresses);
	return good && certificate_is_issuer(buf_bytes(&a->root), buf_bytes(&a->own));
}

static status server_make(struct authority *a, const struct authority_wish *w, struct reason *why)
{
	CLEANUP_BUF struct buf issuer = BUF_MAX(2 * FILE_MOST);
	struct certificate_wish wish = { .names = w->names,
					 .n_names = w->n_names,
					 .now = w->now - BACKDATED,
					 .until = w->now + AUTHORITY_SERVER_DAYS * DAY };
	status rc = both(&a->key, &a->root, &issuer);

	wish.subject = arena_printf(&a->arena, "CN=%s", w->names[0]);
	wish.issuer = buf_bytes(&issuer);
	secret_free(&a->own);
	if (!rc && !wish.subject)
		rc = ecMemory;
	if (!rc)
		rc = certificate_make(&wish, &a->arena, &a->own_says, &a->own, why);
	secret_free(&issuer);
	if (rc)
		return reason_prefix(why, rc, "the certificate of the server");
	buf_add(&a->own, a->root.p, a->root.n);
	return a->own.failed ? reason_set(why, ecTooBig, "the certificate of the server is too long")
			     : write_file(a, "server.pem", 0600, &a->own, why);
}

status authority_server(const struct authority_wish *w, struct buf *pem, bool *made, struct reason *why)
{
	CLEANUP_AUTHORITY struct authority a = AUTHORITY(w->folder, w->now);
	bool good = false;
	status rc;

	if (!w->n_names || w->n_names > AUTHORITY_NAMES_MOST)
		return reason_set(why, ecInvalidParam, "a certificate needs one to %u names, not %zu",
				  AUTHORITY_NAMES_MOST, w->n_names);
	rc = root_have(&a, why);
	if (!rc)
		rc = read_file(&a, "server.pem", &a.own, why);
	if (!rc) {
		good = is_good(&a, w);
		rc = good ? ecNone : server_make(&a, w, why);
	}
	if (rc)
		return rc;
	buf_add(pem, a.own.p, a.own.n);
	if (pem->failed)
		return reason_set(why, ecTooBig, "the certificate of the server is too long");
	*made = !good;
	return ecNone;
}

status authority_root(const char *folder, int64_t now, struct buf *pem, struct reason *why)
{
	CLEANUP_AUTHORITY struct authority a = AUTHORITY(folder, now);
	status rc = root_have(&a, why);

	if (rc)
		return rc;
	buf_add(pem, a.root.p, a.root.n);
	return pem->failed ? reason_set(why, ecTooBig, "the certificate of the authority is too long") : ecNone;
}
