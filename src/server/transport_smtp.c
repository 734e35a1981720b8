#include "server/transport_smtp.h"

#include "mime/mime.h"
#include "net/curl_library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_SECONDS 20L
#define TOTAL_SECONDS 600L
#define CODEPAGE 1252u

/* Settings ---------------------------------------------------------------------------------------------------------------- */

status smtp_host_read(struct host *h, struct smtp_host *out, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	const struct directory_object *o;
	const char *name, *tls;
	struct directory *d = NULL;
	status s = host_directory(h, &d, why);

	if (s)
		return s;
	s = directory_find(d, directory_class("TransportConfig"), NULL, &arena, &o, why);
	if (!s) {
		name = directory_text(o, "SmartHost");
		tls = directory_text(o, "SmartHostTls");
		*out = (struct smtp_host){ .port = (uint16_t)directory_number(o, "SmartHostPort", 25), .tls = SMTP_TLS_OPPORTUNISTIC };
		(void)snprintf(out->host, sizeof out->host, "%s", name ? name : "");
		if (tls && strcmp(tls, "None") == 0)
			out->tls = SMTP_TLS_NONE;
		if (tls && strcmp(tls, "Required") == 0)
			out->tls = SMTP_TLS_REQUIRED;
	}
	host_directory_return(h, d);
	return s;
}

/* As mail ----------------------------------------------------------------------------------------------------------------- */

struct mail_destination {
	struct mime_destination base;
	struct buf *out;
};

static status write_piece(struct mime_destination *d, struct bytes piece, struct reason *why)
{
	struct buf *out = ((struct mail_destination *)d)->out;

	buf_add(out, piece.p, piece.n);
	return buf_status(out) ? reason_set(why, ecTooBig, "the message is larger than mail may be") : ecNone;
}

static void free_destination(struct mime_destination *d)
{
	free(d);
}

static status emit(const struct message_part *part, const struct name_map *names, struct item_sink *sink)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct bag none;
	status s;

	bag_init(&none, &arena);
	s = item_store_begin(sink, &(struct store_event){ .props = &none, .names = names, .codepage = CODEPAGE, .format = "queue" });
	if (!s)
		s = item_folder_begin(sink, &(struct folder_event){ .id = 1, .role = FOLDER_PLAIN, .props = &none, .messages = { -1, -1, -1, -1 }, .associated = { -1, -1, -1, -1 } });
	if (!s)
		s = message_part_emit(part, NULL, 1, false, 0, sink, &result);
	if (!s && result.outcome != OUTCOME_WRITTEN)
		s = reason_set(&sink->why, ecError, "%s", result.why.text);
	if (!s)
		s = item_folder_end(sink);
	return s ? s : item_store_end(sink);
}

status smtp_make_mail(const struct message_part *part, const struct name_map *names, struct buf *out, struct reason *why)
{
	struct mail_destination *d = calloc(1, sizeof *d);
	struct mime_sink *sink = NULL;
	status s;

	if (!d)
		return reason_set(why, ecMemory, "out of memory");
	*d = (struct mail_destination){ .base = { .mail_only = true, .no_folders = false, .write = write_piece, .free = free_destination }, .out = out };
	s = mime_sink_to(&d->base, &sink, why);
	if (s)
		return s;
	s = emit(part, names, mime_sink_sink(sink));
	if (s)
		(void)reason_set(why, s, "%s", mime_sink_sink(sink)->why.text);
	else
		s = mime_sink_finish(sink, why);
	mime_sink_free(sink);
	return s;
}

/* Sending --------------------------------------------------------------------------------------------------------------------- */

struct reading {
	struct bytes mail;
	size_t at;
};

static size_t read_mail(char *to, size_t size, size_t n, void *context)
{
	struct reading *r = context;
	size_t left = r->mail.n - r->at, most = size * n < left ? size * n : left;

	memcpy(to, r->mail.p + r->at, most);
	r->at += most;
	return most;
}

/* Neither brackets nor line ends get into a command. */
static bool sound(const char *address)
{
	size_t n = strlen(address);

	return n <= SMTP_ADDRESS_MAX && !strpbrk(address, "<>\r\n \t") && (n == 0 || strchr(address, '@'));
}

static long use_ssl(enum smtp_tls tls)
{
	return tls == SMTP_TLS_NONE ? CURLUSESSL_NONE : tls == SMTP_TLS_REQUIRED ? CURLUSESSL_ALL : CURLUSESSL_TRY;
}

static CURLcode set_up(CURL *c, const struct smtp_host *to, const char *name, const char *from, struct curl_slist *recipients, struct reading *r)
{
	char url[1024], sender[SMTP_ADDRESS_MAX + 3];
	CURLcode e;

	(void)snprintf(url, sizeof url, "smtp://%s:%u/%s", to->host, (unsigned)to->port, name);
	(void)snprintf(sender, sizeof sender, "<%s>", from);
	e = curl.curl_easy_setopt(c, CURLOPT_URL, url);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp");
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_TIMEOUT, TOTAL_SECONDS);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_USE_SSL, use_ssl(to->tls));
	/* Who takes whatever protection there is cannot ask whose it is. */
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, to->tls == SMTP_TLS_REQUIRED ? 1L : 0L);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, to->tls == SMTP_TLS_REQUIRED ? 2L : 0L);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_MAIL_FROM, sender);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	if (!e)
		e = curl.curl_easy_setopt(c, CURLOPT_READFUNCTION, read_mail);
	return e ? e : curl.curl_easy_setopt(c, CURLOPT_READDATA, r);
}

static status outcome(CURL *c, CURLcode e, const struct smtp_host *to, struct reason *why)
{
	long code = 0;

	if (e == CURLE_OK)
		return ecNone;
	if (curl.curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK && code >= 500 && code < 600)
		return reason_set(why, ecAccessDenied, "%s refused it (%ld)", to->host, code);
	return reason_set(why, ecBusy, "%s: %s", to->host, curl.curl_easy_strerror(e));
}

status smtp_send(const struct smtp_host *to, const char *name, const char *from, const char *recipient, struct bytes mail, struct reason *why)
{
	char address[SMTP_ADDRESS_MAX + 3];
	struct reading r = { .mail = mail };
	struct curl_slist *recipients = NULL;
	CURL *c = NULL;
	status s;

	if (!sound(from) || !sound(recipient) || !*recipient)
		return reason_set(why, ecAccessDenied, "%.80s is no address that mail can be sent to", recipient);
	s = curl_open(why);
	if (s)
		return s;
	(void)snprintf(address, sizeof address, "<%s>", recipient);
	recipients = curl.curl_slist_append(NULL, address);
	c = curl.curl_easy_init();
	if (c && recipients) {
		CURLcode e = set_up(c, to, name, from, recipients, &r);

		s = outcome(c, e ? e : curl.curl_easy_perform(c), to, why);
	} else {
		s = reason_set(why, ecMemory, "out of memory");
	}
	curl.curl_slist_free_all(recipients);
	if (c)
		curl.curl_easy_cleanup(c);
	return s;
}
