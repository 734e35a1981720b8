#include "mime/addresses.h"

#include "base/hex.h"
#include "base/reader.h"
#include "base/utf16.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define NOBODY "invalid"
#define ADDRESS_MAX 320

const struct address_tags tags_of_recipient = { PidTagDisplayName, PidTagAddressType, PidTagEmailAddress, PidTagSmtpAddress,
						PidTagEntryId };
const struct address_tags tags_of_sender = { PidTagSenderName, PidTagSenderAddressType, PidTagSenderEmailAddress,
					     PidTagSenderSmtpAddress, PidTagSenderEntryId };
const struct address_tags tags_of_representing = { PidTagSentRepresentingName, PidTagSentRepresentingAddressType,
						   PidTagSentRepresentingEmailAddress,
						   PidTagSentRepresentingSmtpAddress, PidTagSentRepresentingEntryId };

static bool is_atext(unsigned char c)
{
	return isalnum(c) || c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_dot_atom(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool dot = s[i] == '.';

		if (dot ? i == 0 || i + 1 == n || s[i - 1] == '.' : !is_atext((unsigned char)s[i]))
			return false;
	}
	return n > 0;
}

static bool is_domain(const char *s)
{
	size_t n = strlen(s);

	if (n > 2 && s[0] == '[' && s[n - 1] == ']')
		return strspn(s + 1, "0123456789abcdefABCDEFIPvip:.") == n - 2;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (!isalnum(c) && c < 0x80 && c != '-' && c != '_' && (c != '.' || i == 0 || i + 1 == n || s[i - 1] == '.'))
			return false;
	}
	return n > 0;
}

static bool is_printable(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 32 || s[i] == 127)
			return false;
	return true;
}

static char *quoted_local(struct arena *a, const char *local, size_t n, const char *domain)
{
	char *out = arena_alloc(a, 2 * n + strlen(domain) + 4), *at = out;

	if (!out)
		return NULL;
	*at++ = '"';
	for (size_t i = 0; i < n; i++) {
		if (local[i] == '"' || local[i] == '\\')
			*at++ = '\\';
		*at++ = local[i];
	}
	*at++ = '"';
	*at++ = '@';
	memcpy(at, domain, strlen(domain) + 1);
	return out;
}

/* A valid addr-spec of it, with the local part quoted if need be; NULL when it is none. */
static const char *as_addr_spec(struct arena *a, const char *s)
{
	const char *at = strrchr(s, '@');
	size_t n = at ? (size_t)(at - s) : 0;

	if (!at || !n || strlen(s) > ADDRESS_MAX || !is_domain(at + 1) || !is_printable(s, n))
		return NULL;
	if (is_dot_atom(s, n))
		return s;
	if (n > 2 && s[0] == '"' && s[n - 1] == '"' && !memchr(s + 1, '"', n - 2) && !memchr(s + 1, '\\', n - 2))
		return s;
	return quoted_local(a, s, n, at + 1);
}

/* What people and programs put around an address. */
static const char *bare(struct arena *a, const char *s)
{
	size_t n;

	s += strspn(s, " \t");
	if (strncasecmp(s, "mailto:", 7) == 0 || strncasecmp(s, "smtp:", 5) == 0)
		s = strchr(s, ':') + 1;
	n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	if (n > 2 && ((s[0] == '<' && s[n - 1] == '>') || (s[0] == '\'' && s[n - 1] == '\''))) {
		s++;
		n -= 2;
	}
	return arena_strndup(a, s, n);
}

static const char *encapsulate(struct arena *a, const char *type, const char *email)
{
	size_t n = strlen(email), room = 3 * n + 48;
	char *out, *at;

	if (n > ADDRESS_MAX) {
		n = ADDRESS_MAX;
		room = 3 * n + 48;
	}
	out = arena_alloc(a, room);
	if (!out)
		return NULL;
	at = out + snprintf(out, 32, "IMCEA%.16s-", type);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)email[i];

		if (c < 0x80 && (isalnum(c) || c == '-' || c == '='))
			*at++ = (char)c;
		else if (c == '/')
			*at++ = '_';
		else
			at += snprintf(at, 4, "+%02X", c);
	}
	memcpy(at, "@" NOBODY, sizeof "@" NOBODY);
	return out;
}

static const char *type_name(struct arena *a, const char *type)
{
	char clean[17];
	size_t n = 0;

	for (; type && *type && n < sizeof clean - 1; type++)
		if (isalnum((unsigned char)*type) && (unsigned char)*type < 0x80)
			clean[n++] = *type;
	return n ? arena_strndup(a, clean, n) : "UNKNOWN";
}

/* A name alone: it becomes the local part. */
static const char *placeholder(struct arena *a, const char *name)
{
	char local[64];
	size_t n = 0;

	for (; *name && n < sizeof local; name++) {
		unsigned char c = (unsigned char)*name;

		if (c < 0x80 || (c & 0xC0) != 0x80)
			local[n++] = c < 32 || c >= 127 || c == '"' || c == '\\' ? '_' : (char)c;
	}
	return quoted_local(a, local, n, NOBODY);
}

bool address_from(struct arena *a, const char *name, const char *type, const char *email, struct address *out)
{
	struct address made = { name ? name : "", NULL };

	if (email && *email) {
		const char *e = bare(a, email);

		if (!e)
			return false;
		if (!type || strcasecmp(type, "SMTP") == 0 || strchr(e, '@'))
			made.address = as_addr_spec(a, e);
		/* Within an organization the name may be the address people elsewhere know. */
		if (!made.address && type && strcasecmp(type, "EX") == 0 && name)
			made.address = as_addr_spec(a, name);
		if (!made.address)
			made.address = encapsulate(a, type_name(a, type), email);
	} else if (name && *name) {
		const char *e = bare(a, name);

		made.address = e ? as_addr_spec(a, e) : NULL;
		if (!made.address)
			made.address = placeholder(a, name);
	}
	if (!made.address)
		return false;
	if (strcmp(made.name, made.address) == 0)
		made.name = "";
	*out = made;
	return true;
}

/* One string of a one-off entry id; NULL when it does not end within. */
static const char *one_off_string(struct reader *r, bool unicode, unsigned codepage, struct arena *a)
{
	size_t unit = unicode ? 2 : 1, n = 0, left = reader_left(r);
	struct bytes text;

	while (n + unit <= left && (r->p[n] || (unicode && r->p[n + 1])))
		n += unit;
	text = reader_bytes(r, n);
	(void)reader_bytes(r, unit);
	if (r->failed)
		return NULL;
	return prop_text(&(struct prop){ .tag = unicode ? PT_UNICODE : PT_STRING8, .count = 1, .value = text }, codepage, a);
}

bool address_from_one_off(struct arena *a, unsigned codepage, struct bytes entry_id, struct address *out)
{
	static const uint8_t provider[16] = { 0x81, 0x2b, 0x1f, 0xa4, 0xbe, 0xa3, 0x10, 0x19,
					      0x9d, 0x6e, 0x00, 0xdd, 0x01, 0x0f, 0x54, 0x02 };
	struct reader r = reader_of(entry_id);
	const char *name, *type, *email;
	struct bytes uid;
	bool unicode;

	(void)reader_u32(&r);
	uid = reader_bytes(&r, sizeof provider);
	(void)reader_u16(&r);
	unicode = (reader_u16(&r) & 0x8000) != 0;
	if (r.failed || !bytes_equal(uid, bytes_of(provider, sizeof provider)))
		return false;
	name = one_off_string(&r, unicode, codepage, a);
	type = name ? one_off_string(&r, unicode, codepage, a) : NULL;
	email = type ? one_off_string(&r, unicode, codepage, a) : NULL;
	return email && address_from(a, name, type, email, out);
}

bool address_of(const struct view *v, const struct address_tags *tags, struct address *out)
{
	const char *name = view_text(v, tags->name), *type = view_text(v, tags->type);
	const char *email = view_text(v, tags->email), *smtp = view_text(v, tags->smtp);
	struct address one_off;

	if (smtp && as_addr_spec(v->arena, bare(v->arena, smtp) ? bare(v->arena, smtp) : ""))
		return address_from(v->arena, name, "SMTP", smtp, out);
	if (!email && address_from_one_off(v->arena, v->codepage, bag_bytes(v->props, tag_id(tags->entry_id)), &one_off)) {
		if (name)
			one_off.name = name;
		*out = one_off;
		return true;
	}
	return address_from(v->arena, name, type, email, out);
}

void header_address(struct header *h, const struct address *address, bool last)
{
	const char *comma = last ? "" : ",";
	char token[ADDRESS_MAX * 3 + 64];
	bool named = *address->name != '\0';

	if (named)
		header_phrase(h, address->name);
	snprintf(token, sizeof token, named ? "<%s>%s" : "%s%s", address->address, comma);
	header_token(h, token);
}

bool address_decapsulate(struct arena *a, const char *addr_spec, const char **type, const char **email)
{
	const char *dash = strchr(addr_spec, '-'), *end = strrchr(addr_spec, '@');
	char *out, *at;

	if (strncasecmp(addr_spec, "IMCEA", 5) != 0 || !dash || dash == addr_spec + 5 || !end || end < dash)
		return false;
	out = at = arena_alloc(a, (size_t)(end - dash) + 1);
	if (!out)
		return false;
	for (const char *s = dash + 1; s < end; s++) {
		int byte = *s == '+' && end - s > 2 ? hex_byte(s + 1) : -1;

		*at++ = byte >= 0 ? (char)byte : *s == '_' ? '/' : *s;
		s += byte >= 0 ? 2 : 0;
	}
	*at = '\0';
	if (strlen(out) != (size_t)(at - out) || !*out)
		return false;
	*type = arena_strndup(a, addr_spec + 5, (size_t)(dash - addr_spec) - 5);
	*email = out;
	return *type != NULL;
}
