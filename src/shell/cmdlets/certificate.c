/* New-, Import- and Remove-ExchangeCertificate; Get- and Enable- are rows of the directory's table. */
#include "base/input.h"
#include "base/output.h"
#include "net/certificate.h"
#include "shell/cmdlets/directory_cmdlet.h"
#include "shell/cmdlets/event_log.h"
#include "store/event_log.h"

#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST ((size_t)1 << 20)
#define BITS_USUAL 2048

/* The file --------------------------------------------------------------------------------------------------------------- */

/* Beside the directory, or with the host's state; closed to others. */
static const char *path_of(struct call *c, struct site *site, const char *thumbprint)
{
	const char *folder = event_log_folder(site_location(site), c->item), *own;

	if (!folder)
		return NULL;
	(void)mkdir(folder, 0700);
	own = arena_printf(c->item, "%s/certificates", folder);
	if (!own || (mkdir(own, 0700) != 0 && access(own, W_OK) != 0))
		return NULL;
	return arena_printf(c->item, "%s/%s.pem", own, thumbprint);
}

static status write_file(const char *path, const struct buf *pem, struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	mode_t before = umask(077);
	status rc = output_create(path, true, &o, why);

	if (!rc) {
		rc = output_append(o, pem->p, pem->n);
		rc = rc ? reason_set(why, rc, "%s: %s", path, output_failure(o)) : output_commit(o, why);
	}
	(void)umask(before);
	return rc;
}

/* The row of the directory ------------------------------------------------------------------------------------------------ */

static const char *time_text(struct call *c, uint64_t filetime)
{
	char text[FILETIME_TEXT_SIZE];

	filetime_format(filetime, text);
	return arena_strdup(c->item, text);
}

static status add_names(struct call *c, const struct directory_class *as, const struct certificate *cert, struct settings *s, struct reason *why)
{
	struct directory_setting *more = arena_array(c->item, s->n + 1, sizeof *more);
	struct directory *d = NULL;
	status rc = call_directory(c, &d);

	if (rc || !cert->n_names)
		return rc;
	if (!more)
		return reason_set(why, ecMemory, "the settings need too much memory");
	memcpy(more, s->items, s->n * sizeof *more);
	rc = directory_setting(d, as, "CertificateDomains", DIRECTORY_SET, cert->names, cert->n_names, c->item, &more[s->n], why);
	if (rc)
		return rc;
	s->items = more;
	s->cap = ++s->n;
	return ecNone;
}

static status describe(struct call *c, const struct certificate *cert, const char *path, struct settings *s, struct reason *why)
{
	const struct directory_class *as = directory_cmdlet_of(c)->as;
	const char *const texts[][2] = {
		{ "Thumbprint", cert->thumbprint },
		{ "Subject", cert->subject },
		{ "Issuer", cert->issuer },
		{ "SerialNumber", cert->serial },
		{ "NotBefore", time_text(c, cert->not_before) },
		{ "NotAfter", time_text(c, cert->not_after) },
		{ "PublicKeySize", arena_printf(c->item, "%u", cert->bits) },
		{ "IsSelfSigned", cert->self_signed ? "True" : "False" },
		{ "HasPrivateKey", "True" },
		{ "Status", "Valid" },
		{ "Path", path },
	};
	status rc = ecNone;

	for (size_t i = 0; i < sizeof texts / sizeof *texts && !rc; i++)
		if (texts[i][1] && *texts[i][1])
			rc = settings_add(c, as, texts[i][0], texts[i][1], s, why);
	return rc ? rc : add_names(c, as, cert, s, why);
}

/* The file first: a row without its file would be a promise that nobody keeps. */
static status keep(struct call *c, const struct certificate *cert, const struct buf *pem)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	struct settings s = { .n = 0 };
	struct reason why = { "" };
	struct site *site = NULL;
	const char *path;
	uint64_t id = 0;
	bool go = false;
	status rc = call_should_process(c, row->row->name, cert->subject, &go);

	if (!rc && go)
		rc = call_site(c, &site);
	if (rc || !go)
		return rc;
	path = path_of(c, site, cert->thumbprint);
	if (!path)
		return call_error(c, ecAccessDenied, "there is no folder for certificates that can be written to");
	rc = call_settings(c, &s, &why);
	if (!rc)
		rc = describe(c, cert, path, &s, &why);
	if (!rc && access(path, F_OK) == 0)
		rc = reason_set(&why, ecDuplicateName, "the certificate %s is here already", cert->thumbprint);
	if (!rc)
		rc = write_file(path, pem, &why);
	if (rc)
		return call_report(c, rc, &why);
	rc = directory_create(site_directory(site), row->as, cert->thumbprint, 0, s.items, s.n, &id, &why);
	if (rc) {
		(void)unlink(path);
		return call_report(c, rc, &why);
	}
	log_change(c, cert->subject);
	return directory_emit(c, row->as, id);
}

/* New-ExchangeCertificate ------------------------------------------------------------------------------------------------- */

static const char *const sizes[] = { "2048", "3072", "4096", NULL };

const struct parameter certificate_new_parameters[] = {
	{ .name = "SubjectName", .type = PARAMETER_TEXT, .help = "Whose it is: CN=mail.contoso.example; the first of the names unless given." },
	{ .name = "DomainName", .type = PARAMETER_TEXT, .flags = PARAMETER_LIST, .help = "Names of hosts that it is good for; those of the server unless given." },
	{ .name = "KeySize", .type = PARAMETER_WORD, .words = sizes, .help = "Bits of the key; 2048 unless given." },
	{ .name = NULL },
};

/* The whole name of the only server. */
static const char *server_name(struct call *c)
{
	struct directory_query q = { .as = directory_class("ExchangeServer") };
	const struct directory_object *o;
	struct directory *d = NULL;
	uint64_t *ids = NULL;
	size_t n = 0;

	if (call_directory(c, &d) || directory_list(d, &q, c->item, &ids, &n, NULL) || n != 1 || directory_get(d, q.as, ids[0], c->item, &o, NULL))
		return NULL;
	return directory_text(o, "Fqdn");
}

status certificate_new(struct call *c, const struct value *in)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(FILE_MOST);
	struct value_list domains = call_list(c, "DomainName");
	const char **names = arena_array(c->item, domains.n + 1, sizeof *names);
	const char *size = call_text(c, "KeySize");
	struct certificate_wish wish = { .subject = call_text(c, "SubjectName"), .names = names, .bits = BITS_USUAL };
	struct certificate cert;
	struct reason why = { "" };
	struct value bits;
	status rc;

	(void)in;
	if (!names)
		return call_fail(c, ecMemory, "the names need too much memory");
	for (size_t i = 0; i < domains.n; i++)
		names[wish.n_names++] = domains.items[i].text;
	if (!wish.n_names && (names[0] = server_name(c)) != NULL)
		wish.n_names = 1;
	if (!wish.n_names)
		return call_error(c, ecInvalidParam, "-DomainName is needed where there is more than one server");
	if (!wish.subject)
		wish.subject = arena_printf(c->item, "CN=%s", names[0]);
	if (size && number_parse(size, &bits))
		wish.bits = (unsigned)bits.integer;
	wish.now = filetime_to_unix(clock_system.now(&clock_system));
	rc = wish.subject ? certificate_make(&wish, c->item, &cert, &pem, &why) : reason_set(&why, ecMemory, "out of memory");
	rc = rc ? call_report(c, rc, &why) : keep(c, &cert, &pem);
	if (pem.p)
		explicit_bzero(pem.p, pem.cap);
	return rc;
}

/* Import-ExchangeCertificate ---------------------------------------------------------------------------------------------- */

const struct parameter certificate_import_parameters[] = {
	{ .name = "FileName", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE,
	  .help = "PEM or PKCS #12 (.pfx) with the certificate, its private key and those of its issuers." },
	{ .name = "Password", .type = PARAMETER_SECRET, .help = "What opens the file: (Read-Host -AsSecureString)." },
	{ .name = NULL },
};

static status read_file(const char *path, struct buf *out, struct reason *why)
{
	CLEANUP_INPUT struct input *in = NULL;
	status rc = input_open_file(path, &in, why);
	uint8_t *to;

	if (rc)
		return rc;
	to = in->size && in->size <= out->max ? buf_extend(out, (size_t)in->size) : NULL;
	if (!to)
		return reason_set(why, ecTooBig, "%s is empty, or longer than certificates are", path);
	rc = input_read(in, 0, to, (size_t)in->size);
	return rc ? reason_set(why, rc, "%s cannot be read", path) : ecNone;
}

status certificate_import(struct call *c, const struct value *in)
{
	CLEANUP_BUF struct buf file = BUF_MAX(FILE_MOST), pem = BUF_MAX(FILE_MOST);
	const char *path = call_text(c, "FileName");
	struct certificate cert = { .subject = NULL };
	struct reason why = { "" };
	status rc = read_file(path ? path : "", &file, &why);

	(void)in;
	if (!rc) {
		rc = certificate_read(buf_bytes(&file), call_secret(c, "Password"), c->item, &cert, &pem, &why);
		if (rc)
			reason_put_before(&why, "%s", path);
	}
	rc = rc ? call_report(c, rc, &why) : keep(c, &cert, &pem);
	if (file.p)
		explicit_bzero(file.p, file.cap);
	if (pem.p)
		explicit_bzero(pem.p, pem.cap);
	return rc;
}

/* Get and Remove ----------------------------------------------------------------------------------------------------------- */

/* Time goes by after it was written down. */
status certificate_show(struct call *c, const struct directory_object *o, struct object *shown)
{
	int64_t now = (int64_t)clock_system.now(&clock_system);

	(void)c;
	if (now < directory_number(o, "NotBefore", 0) || now > directory_number(o, "NotAfter", INT64_MAX))
		object_set(shown, "Status", value_text("DateInvalid"));
	return ecNone;
}

status certificate_remove(struct call *c, const struct value *in)
{
	const struct directory_cmdlet *row = directory_cmdlet_of(c);
	const struct directory_object *o = NULL;
	struct reason why = { "" };
	struct directory *d = NULL;
	const char *path;
	bool go = false;
	status rc = call_object(c, row->as, "Thumbprint", in, &o);

	if (rc || !o)
		return rc;
	rc = call_should_process(c, row->row->name, call_target(c, o), &go);
	if (!rc && go)
		rc = call_directory(c, &d);
	if (rc || !go)
		return rc;
	path = directory_text(o, "Path");
	rc = directory_remove(d, o->id, &why);
	if (rc)
		return call_report(c, rc, &why);
	if (path && unlink(path) != 0)
		call_warning(c, "The file %s could not be removed.", path);
	log_change(c, call_target(c, o));
	return ecNone;
}
