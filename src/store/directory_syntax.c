#include "store/directory_syntax.h"

#include "base/base64.h"

#include "store/version_range.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <wctype.h>

/* One character, or 0 where the bytes are none: overlong forms, surrogates and what is cut off too ([RFC 3629] 4). */
static uint32_t next_character(const uint8_t **at)
{
	const uint8_t *p = *at;
	unsigned more = *p < 0x80 ? 0 : *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
	static const uint32_t least[4] = { 1, 0x80, 0x800, 0x10000 };
	uint32_t c = more ? *p & (0x3Fu >> more) : *p;

	if ((*p >= 0x80 && *p < 0xC2) || *p > 0xF4)
		return 0;
	for (unsigned i = 0; i < more; i++) {
		if ((*++p & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (*p & 0x3F);
	}
	if (c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return 0;
	*at = p + 1;
	return c;
}

bool utf8_valid(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;

	while (*at)
		if (!next_character(&at))
			return false;
	return true;
}

/* Folding ------------------------------------------------------------------------------------------------------- */

locale_t fold_open(void)
{
	return newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
}

static void add_character(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_u8(out, (uint8_t)c);
	} else if (c < 0x800) {
		buf_add_u8(out, (uint8_t)(0xC0 | c >> 6));
		buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3F)));
	} else {
		buf_add_u8(out, (uint8_t)(c < 0x10000 ? 0xE0 | c >> 12 : 0xF0 | c >> 18));
		if (c >= 0x10000)
			buf_add_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3F)));
		buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
		buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3F)));
	}
}

void fold(locale_t with, const char *utf8, struct buf *out)
{
	const uint8_t *at = (const uint8_t *)utf8;

	while (*at) {
		uint32_t c = next_character(&at);

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		else if (c >= 0x80 && with)
			c = (uint32_t)towlower_l((wint_t)c, with);
		else if (!c)
			c = *at++; /* no text of ours has it, what somebody looks for may */
		add_character(out, c);
	}
}

/* Forms ----------------------------------------------------------------------------------------------------------- */

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool no_controls(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;

	while (*at) {
		uint32_t c = next_character(&at);

		if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
			return false;
	}
	return true;
}

static bool is_name(const char *text)
{
	size_t n = strlen(text);

	return n && text[0] != ' ' && text[n - 1] != ' ' && !strpbrk(text, "\\*?\"") && no_controls(text);
}

/* [RFC 5322] 3.2.3 dot-atom, of `n` bytes. */
static bool is_dot_atom(const char *text, size_t n)
{
	bool dot = true;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '.' && dot)
			return false;
		dot = text[i] == '.';
		if (!dot && !is_alnum(text[i]) && !strchr("!#$%&'*+-/=?^_`{|}~", text[i]))
			return false;
	}
	return n && !dot;
}

/* An alias becomes the left side of an address. */
static bool is_alias(const char *text)
{
	return is_dot_atom(text, strlen(text));
}

/* Labels of letters, digits and hyphens ([RFC 1123] 2.1); how many, 0 when it is none. */
static unsigned labels(const char *text, size_t n)
{
	unsigned count = 1;
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '.') {
			if (!length || text[i - 1] == '-')
				return 0;
			count++;
			length = 0;
		} else if ((text[i] != '-' || !length) && !is_alnum(text[i])) {
			return 0;
		} else if (++length > 63) {
			return 0;
		}
	}
	return n && n <= 253 && length && text[n - 1] != '-' ? count : 0;
}

static bool is_domain(const char *text)
{
	return labels(text, strlen(text)) > 1;
}

static bool is_host(const char *text)
{
	struct in6_addr address;

	return labels(text, strlen(text)) || inet_pton(AF_INET6, text, &address) == 1;
}

static bool is_smtp(const char *text)
{
	const char *at = strrchr(text, '@');

	return at && at - text <= 64 && is_dot_atom(text, (size_t)(at - text)) && is_domain(at + 1);
}

static bool is_proxy(const char *text)
{
	size_t type = strcspn(text, ":");

	for (size_t i = 0; i < type; i++)
		if (!is_alnum(text[i]))
			return false;
	if (!type || type > 9 || !text[type] || !text[type + 1])
		return false;
	text += type + 1;
	if (proxy_is_smtp(text - type - 1))
		return is_smtp(text);
	return no_controls(text) && strlen(text) <= 1024;
}

/* The host of a URL, its port left out; `path` is what comes behind. NULL when it is no URL of ours. */
static const char *url_host(const char *text, size_t *host, const char **path)
{
	size_t scheme = strncasecmp(text, "https://", 8) == 0 ? 8 : strncasecmp(text, "http://", 7) == 0 ? 7 : 0;
	const char *at = text + scheme;
	size_t n = strcspn(at, "/?#"), port;

	if (!scheme)
		return NULL;
	*path = at + n;
	if (*at == '[') {
		*host = strcspn(at, "]") + 1;
		if (*host < 4 || *host > n || strspn(at + 1, "0123456789abcdefABCDEF:.") + 2 != *host)
			return NULL;
	} else {
		*host = strcspn(at, ":/?#");
		if (!labels(at, *host))
			return NULL;
	}
	if (*host == n)
		return at;
	port = strspn(at + *host + 1, "0123456789");
	return at[*host] == ':' && port && port <= 5 && *host + 1 + port == n ? at : NULL;
}

static bool is_url(const char *text)
{
	const char *path;
	size_t host;

	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr("\"<>\\^`{|}", *c))
			return false;
	return url_host(text, &host, &path) != NULL;
}

static bool is_versions(const char *text)
{
	return version_ranges_check(text, NULL) == ecNone;
}

static bool is_legacy_dn(const char *text)
{
	return strncasecmp(text, "/o=", 3) == 0 && text[3] && text[strlen(text) - 1] != '/' && no_controls(text);
}

static bool is_thumbprint(const char *text)
{
	return strlen(text) == 40 && strspn(text, "0123456789abcdefABCDEF") == 40;
}

static bool is_token(const char *text)
{
	for (const char *c = text; *c; c++)
		if (!is_alnum(*c) && !strchr("-_.", *c))
			return false;
	return *text;
}

/* A DER SEQUENCE, whole: more is not looked at here. */
static bool is_x509(const char *text)
{
	size_t room = strlen(text) / 4 * 3 + 3, n = 0;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(room + 64);
	uint8_t *der = arena_alloc(&arena, room);
	size_t length = 0, at = 2;

	if (!der || !base64_decode(text, strlen(text), der, room, &n) || n < 2 || der[0] != 0x30)
		return false;
	if (der[1] < 0x80)
		length = der[1];
	for (unsigned more = der[1] & 0x7F; der[1] > 0x80 && more && at < n; more--)
		length = length << 8 | der[at++];
	return der[1] != 0x80 && der[1] <= 0x84 && n - at == length;
}

static const struct {
	bool (*holds)(const char *text);
	const char *wanted;
} forms[] = {
	[SYNTAX_ANY] = { no_controls, "text without control characters" },
	[SYNTAX_NAME] = { is_name, "a name without \\ * ? and quotation marks, and without a space at its ends" },
	[SYNTAX_ALIAS] = { is_alias, "an alias of letters, digits, single dots and !#$%&'*+-/=?^_`{|}~" },
	[SYNTAX_SMTP] = { is_smtp, "an address like alice@contoso.example" },
	[SYNTAX_PROXY] = { is_proxy, "an address like smtp:alice@contoso.example (SMTP: for the primary one) or X500:/o=..." },
	[SYNTAX_DOMAIN] = { is_domain, "a domain like contoso.example" },
	[SYNTAX_HOST] = { is_host, "a host like mail.contoso.example" },
	[SYNTAX_URL] = { is_url, "a URL like https://mail.contoso.example/owa" },
	[SYNTAX_VERSIONS] = { is_versions, "ranges of versions like -6.0.0;10.0.0-11.5603.0" },
	[SYNTAX_LEGACY_DN] = { is_legacy_dn, "an X.500 address like /o=Contoso/ou=Exchange/cn=Recipients/cn=alice" },
	[SYNTAX_THUMBPRINT] = { is_thumbprint, "a thumbprint of 40 hexadecimal digits" },
	[SYNTAX_PRINCIPAL] = { is_smtp, "a name like alice@contoso.example" },
	[SYNTAX_TOKEN] = { is_token, "a word of letters, digits, dots, hyphens and underscores" },
	[SYNTAX_X509] = { is_x509, "a certificate: DER in base64, on one line" },
};

bool syntax_holds(enum directory_syntax s, const char *text, const char **wanted)
{
	*wanted = forms[s].wanted;
	return forms[s].holds(text);
}

/* Addresses ----------------------------------------------------------------------------------------------------------- */

const char *address_domain(const char *address)
{
	const char *at = strrchr(address, '@');

	return at ? at + 1 : NULL;
}

bool proxy_is_smtp(const char *proxy)
{
	return strncasecmp(proxy, "smtp:", 5) == 0;
}

bool proxy_is_primary(const char *proxy)
{
	return strncmp(proxy, "SMTP:", 5) == 0;
}

const char *proxy_address(const char *proxy)
{
	const char *colon = strchr(proxy, ':');

	return colon ? colon + 1 : proxy;
}

/* The port that a URL leads to. */
static unsigned port_of(const char *url, const char *host, size_t n)
{
	unsigned port = 0;

	if (host[n] != ':')
		return strncasecmp(url, "https", 5) == 0 ? 443 : 80;
	for (const char *c = host + n + 1; *c >= '0' && *c <= '9'; c++)
		port = port * 10 + (unsigned)(*c - '0');
	return port;
}

bool url_equal(const char *a, const char *b)
{
	const char *path_a, *path_b;
	size_t n_a, n_b;
	const char *host_a = url_host(a, &n_a, &path_a), *host_b = url_host(b, &n_b, &path_b);

	if (!host_a || !host_b)
		return strcmp(a, b) == 0;
	if (host_a - a != host_b - b || n_a != n_b || strncasecmp(host_a, host_b, n_a) != 0 || port_of(a, host_a, n_a) != port_of(b, host_b, n_b))
		return false;
	size_t length_a = strlen(path_a), length_b = strlen(path_b);
	length_a -= length_a && path_a[length_a - 1] == '/';
	length_b -= length_b && path_b[length_b - 1] == '/';
	return length_a == length_b && strncasecmp(path_a, path_b, length_a) == 0;
}
