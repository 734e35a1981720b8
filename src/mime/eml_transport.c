/* The header a mail came with: passed on as it was, but for what is about MIME, which is made anew. */
#include "mime/eml.h"

#include <strings.h>

/* A longer one is no header of a mail: then it is made from the properties. */
#define TRANSPORT_MAX ((size_t)2 << 20)
/* No line may be longer than 998 [RFC 5322] 2.1.1. */
#define LINE_OCTETS 980

static const struct {
	const char *name;
	enum eml_field field;
} names[] = {
	{ "From", FIELD_FROM },
	{ "Sender", FIELD_SENDER },
	{ "To", FIELD_TO },
	{ "Cc", FIELD_CC },
	{ "Bcc", FIELD_BCC },
	{ "Reply-To", FIELD_REPLY_TO },
	{ "Subject", FIELD_SUBJECT },
	{ "Date", FIELD_DATE },
	{ "Message-ID", FIELD_MESSAGE_ID },
	{ "In-Reply-To", FIELD_IN_REPLY_TO },
	{ "References", FIELD_REFERENCES },
	{ "Importance", FIELD_IMPORTANCE },
	{ "X-Priority", FIELD_IMPORTANCE },
	{ "Priority", FIELD_IMPORTANCE },
	{ "Sensitivity", FIELD_SENSITIVITY },
	{ "Disposition-Notification-To", FIELD_RECEIPT_TO },
	{ "Thread-Index", FIELD_THREAD_INDEX },
	{ "Thread-Topic", FIELD_THREAD_TOPIC },
	{ "Keywords", FIELD_KEYWORDS },
	{ "X-Message-Class", FIELD_CLASS },
	{ "X-Message-Flag", FIELD_FLAG },
	{ "Status", FIELD_STATUS },
	{ "X-Status", FIELD_STATUS },
};

enum eml_field eml_field_of(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i].name) == n && strncasecmp(names[i].name, name, n) == 0)
			return names[i].field;
	return FIELD_COUNT;
}

/* Where the line at `s` ends; *next is the one after it. */
static size_t line_length(const char *s, const char *end, const char **next)
{
	const char *at = s;

	while (at < end && *at != '\r' && *at != '\n')
		at++;
	*next = at;
	if (*next < end)
		*next += *at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
	return (size_t)(at - s);
}

static size_t name_length(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] > 32 && s[i] < 127 && s[i] != ':')
		i++;
	return i && i < n && s[i] == ':' ? i : 0;
}

static bool starts_with(const char *s, size_t n, const char *prefix)
{
	size_t m = strlen(prefix);

	return n >= m && strncasecmp(s, prefix, m) == 0;
}

/*
 * Fields about MIME are made anew.  Status fields and the class are what the properties say today, and "X-Folder" is
 * where the mail was when it last stood in an mbox.
 */
static bool is_made_anew(const char *s, size_t n)
{
	enum eml_field field = eml_field_of(s, n);

	return starts_with(s, n, "Content-") || (n == 12 && starts_with(s, n, "MIME-Version")) || field == FIELD_STATUS ||
	       field == FIELD_CLASS || (n == 8 && starts_with(s, n, "X-Folder"));
}

static void put_line(struct emit *e, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i && i % LINE_OCTETS == 0)
			emit_str(e, "\r\n ");
		emit_bytes(e, (unsigned char)s[i] < 32 && s[i] != '\t' ? bytes_of(" ", 1) : bytes_of(s + i, 1));
	}
	emit_str(e, "\r\n");
}

static bool is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] > 32)
			return false;
	return true;
}

static uint64_t put_fields(struct emit *e, const char *s, const char *end)
{
	uint64_t seen = 0;
	bool passing = false;

	while (s < end) {
		const char *next;
		size_t n = line_length(s, end, &next), name = name_length(s, n);
		bool more = n && (*s == ' ' || *s == '\t');

		if (!more) {
			passing = name && !is_made_anew(s, name);
			if (passing && eml_field_of(s, name) != FIELD_COUNT)
				seen |= 1ull << eml_field_of(s, name);
		}
		/* A line of nothing but spaces would end the header for some readers. */
		if (passing && !is_blank(s, n))
			put_line(e, s, n);
		s = next;
	}
	return seen;
}

uint64_t eml_transport_headers(struct eml *w)
{
	struct value v = kept_value(w->g, &w->m->o, PidTagTransportMessageHeaders);
	CLEANUP_BUF struct buf text = BUF_MAX(TRANSPORT_MAX + 1);
	uint8_t *p;
	size_t got;

	if (!v.present || !v.data.n || v.data.n > TRANSPORT_MAX)
		return 0;
	p = buf_extend(&text, (size_t)v.data.n);
	if (!p || extent_read(&v.data, 0, p, (size_t)v.data.n, &got))
		return 0;
	return put_fields(w->e, (const char *)p, (const char *)p + got);
}
