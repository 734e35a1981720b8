/* Names of recipients that nobody gave: an alias, an address, an X.500 address. */
#include "store/recipient_names.h"

#include <stdio.h>
#include <string.h>

#define ALIAS_MOST 60
#define TRIES_MOST 1000u
#define NAME_MOST 50
#define WORK_MOST ((size_t)16 << 20)

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "out of memory");
}

/* Alias ------------------------------------------------------------------------------------------------------------------ */

/* Letters of Western Europe as people write them where there are no others; by their UTF-8. */
static const struct {
	const char *letter, *ascii;
} spelled[] = {
	{ "ä", "ae" }, { "ö", "oe" }, { "ü", "ue" }, { "ß", "ss" }, { "Ä", "Ae" }, { "Ö", "Oe" }, { "Ü", "Ue" }, { "à", "a" }, { "á", "a" },
	{ "â", "a" },  { "ã", "a" },  { "å", "a" },  { "æ", "ae" }, { "ç", "c" },  { "è", "e" },  { "é", "e" },	 { "ê", "e" }, { "ë", "e" },
	{ "ì", "i" },  { "í", "i" },  { "î", "i" },  { "ï", "i" },  { "ñ", "n" },  { "ò", "o" },  { "ó", "o" },	 { "ô", "o" }, { "õ", "o" },
	{ "ø", "o" },  { "ù", "u" },  { "ú", "u" },  { "û", "u" },  { "ý", "y" },  { "ÿ", "y" },  { "É", "E" },	 { "Å", "A" }, { "Ø", "O" },
};

static size_t spell(const char *at, const char **ascii)
{
	for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++) {
		size_t n = strlen(spelled[i].letter);

		if (strncmp(at, spelled[i].letter, n) == 0) {
			*ascii = spelled[i].ascii;
			return n;
		}
	}
	return 0;
}

static bool may_stand(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
}

/* "Jürgen K. Groß" becomes "Juergen.K.Gross", or "JuergenKGross"; what can be said in no letters becomes what else there is. */
static void alias_of(const char *name, const struct recipient_alias *as, char out[static ALIAS_MOST + 1])
{
	size_t n = 0;
	bool gap = false;

	while (*name && n + 3 < ALIAS_MOST) {
		const char *ascii = NULL;
		size_t step = spell(name, &ascii);
		char one[2] = { *name, '\0' };

		if (!step) {
			step = 1;
			gap = gap || *name == ' ' || *name == '.';
			ascii = may_stand(*name) ? one : NULL;
		}
		name += step;
		if (!ascii)
			continue;
		if (gap && n && as->dots)
			out[n++] = '.';
		gap = false;
		for (; *ascii; ascii++)
			out[n++] = *ascii;
	}
	out[n] = '\0';
	if (!n)
		(void)snprintf(out, ALIAS_MOST + 1, "%s", as->otherwise);
}

/* Does nobody else have the alias, nor the address that is made of it? */
static status is_free(struct directory *d, const char *alias, const char *domain, uint64_t self, bool *free_, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(WORK_MOST);
	static const char *const attributes[] = { "Alias", "SamAccountName", "EmailAddresses", "UserPrincipalName" };
	const char *address = arena_printf(&scratch, "%s@%s", alias, domain), *proxy = arena_printf(&scratch, "smtp:%s@%s", alias, domain);
	const char *texts[] = { alias, alias, proxy, address };
	status st = ecNone;

	*free_ = true;
	for (size_t i = 0; i < 4 && !st && *free_; i++) {
		struct directory_value v = { .text = texts[i] };
		struct directory_query q = { .as = directory_class(i == 3 ? "User" : "Recipient"), .attribute = attributes[i], .value = &v };
		uint64_t *ids;
		size_t n;

		if (!v.text)
			return no_memory(why);
		st = directory_list(d, &q, &scratch, &ids, &n, why);
		for (size_t k = 0; !st && k < n; k++)
			*free_ = *free_ && self && ids[k] == self;
	}
	return st;
}

status recipient_make_alias(struct directory *d, const char *name, const char *domain, const struct recipient_alias *as, struct arena *arena,
			    const char **out, struct reason *why)
{
	char base[ALIAS_MOST + 1];
	bool is_it = false;
	status st = ecNone;

	alias_of(name, as, base);
	for (unsigned i = 1; i <= TRIES_MOST && !st && !is_it; i++) {
		*out = i == 1 ? arena_strdup(arena, base) : arena_printf(arena, "%s%u", base, i);
		if (!*out)
			return no_memory(why);
		st = is_free(d, *out, domain, as->self, &is_it, why);
	}
	return st || is_it ? st : reason_set(why, ecDuplicateName, "Alias: all that are like \"%s\" are taken; give one", base);
}

/* Name ------------------------------------------------------------------------------------------------------------------- */

/* As a name may be: no more letters than that, none of those that stand for something, no space at the ends. */
static void name_of(const char *wanted, char out[static NAME_MOST + 1])
{
	size_t n = strlen(wanted);

	if (n > NAME_MOST)
		for (n = NAME_MOST; n && ((unsigned char)wanted[n] & 0xC0) == 0x80;)
			n--;
	memcpy(out, wanted, n);
	for (size_t i = 0; i < n; i++)
		if (strchr("\\*?\"", out[i]) || (unsigned char)out[i] < ' ')
			out[i] = '_';
	for (; n && out[n - 1] == ' '; n--)
		;
	out[n] = '\0';
	n = strspn(out, " ");
	memmove(out, out + n, strlen(out + n) + 1);
}

status recipient_make_name(struct directory *d, const char *wanted, struct arena *arena, const char **out, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(WORK_MOST);
	const struct directory_object *o;
	char base[NAME_MOST + 1];

	name_of(wanted, base);
	for (unsigned i = 1; i <= TRIES_MOST; i++) {
		status st;

		*out = i == 1 ? arena_strdup(arena, base) : arena_printf(arena, "%s %u", base, i);
		if (!*out)
			return no_memory(why);
		/* A name that means somebody in another way (an alias, a display name) would name two. */
		st = directory_find(d, directory_class("Recipient"), *out, &scratch, &o, why);
		if (st == ecNotFound)
			st = directory_find(d, directory_class("User"), *out, &scratch, &o, why);
		if (st == ecNotFound)
			return ecNone;
		if (st && st != ecAmbiguousRecip)
			return st;
	}
	return reason_set(why, ecDuplicateName, "Name: all that are like \"%s\" are taken", base);
}

/* Addresses -------------------------------------------------------------------------------------------------------------- */

status recipient_default_domain(struct directory *d, struct arena *arena, const char **out, struct reason *why)
{
	struct directory_value yes = { .number = 1 };
	struct directory_query q = { .as = directory_class("AcceptedDomain"), .attribute = "Default", .value = &yes };
	const struct directory_object *o;
	uint64_t *ids;
	size_t n = 0;
	status st = directory_list(d, &q, arena, &ids, &n, why);

	if (!st && !n)
		return reason_set(why, ecNotFound, "there is no default domain; New-AcceptedDomain makes one");
	if (!st)
		st = directory_get(d, q.as, ids[0], arena, &o, why);
	if (!st)
		*out = directory_text(o, "DomainName");
	return st;
}

status recipient_make_dn(struct directory *d, const struct guid *thing, const char *alias, struct arena *arena, const char **out, struct reason *why)
{
	const struct directory_object *o;
	const char *root;
	char guid[GUID_TEXT_SIZE];
	status st = directory_find(d, directory_class("OrganizationConfig"), NULL, arena, &o, why);

	if (st)
		return st;
	root = directory_text(o, "LegacyExchangeDN");
	if (!root)
		root = arena_printf(arena, "/o=%s/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)", o->name);
	guid_format(thing, guid);
	*out = root ? arena_printf(arena, "%s/cn=Recipients/cn=%.8s%.4s-%s", root, guid, guid + 9, alias) : NULL;
	return *out ? ecNone : no_memory(why);
}
