/* What a user with a mailbox needs and nobody said: an alias, addresses, an X.500 address, a database. */
#include "store/site_private.h"

#include "store/directory_syntax.h"

#include <strings.h>

#define ALIAS_MOST 60
#define TRIES_MOST 1000u
#define MADE_MOST 12

/* What is made up, beside what was given. */
struct completion {
	struct site *site;
	const struct directory_object *user; /* NULL: it is to be made */
	const struct directory_setting *given;
	size_t n_given;
	struct arena *arena;
	struct directory_setting made[MADE_MOST];
	size_t n;
};

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "out of memory");
}

static const struct directory_setting *given(const struct completion *c, const char *attribute)
{
	for (size_t i = 0; i < c->n_given; i++)
		if (strcasecmp(c->given[i].attribute, attribute) == 0 && c->given[i].n)
			return &c->given[i];
	return NULL;
}

/* As it will be: given, or the user has it already. NULL otherwise. */
static const char *has(const struct completion *c, const char *attribute)
{
	const struct directory_setting *g = given(c, attribute);

	if (g)
		return g->values[0].text ? g->values[0].text : "";
	if (!c->user || !directory_is_set(c->user, attribute))
		return NULL;
	const char *text = directory_text(c->user, attribute);
	return text ? text : "";
}

static status make(struct completion *c, const char *attribute, struct directory_value v, struct reason *why)
{
	struct directory_value *copy = arena_memdup(c->arena, &v, sizeof v);

	if (!copy)
		return no_memory(why);
	c->made[c->n++] = (struct directory_setting){ attribute, DIRECTORY_SET, copy, 1 };
	return ecNone;
}

static status make_text(struct completion *c, const char *attribute, const char *text, struct reason *why)
{
	return text ? make(c, attribute, (struct directory_value){ .text = text }, why) : no_memory(why);
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

/* "Jürgen K. Groß" becomes "Juergen.K.Gross"; what can be said in no letters becomes "user". */
static void alias_of(const char *name, char out[static ALIAS_MOST + 1])
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
		if (gap && n)
			out[n++] = '.';
		gap = false;
		for (; *ascii; ascii++)
			out[n++] = *ascii;
	}
	if (!n) {
		memcpy(out, "user", 5);
		return;
	}
	out[n] = '\0';
}

/* Does nobody have the alias, nor the address that is made of it? */
static status is_free(struct completion *c, const char *alias, const char *domain, bool *free_, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SITE_WORK_MOST);
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
		st = directory_list(c->site->directory, &q, &scratch, &ids, &n, why);
		for (size_t k = 0; !st && k < n; k++)
			*free_ = *free_ && c->user && ids[k] == c->user->id;
	}
	return st;
}

static status find_alias(struct completion *c, const char *name, const char *domain, const char **out, struct reason *why)
{
	char base[ALIAS_MOST + 1];
	bool is_it = false;
	status st = ecNone;

	alias_of(name, base);
	for (unsigned i = 1; i <= TRIES_MOST && !st && !is_it; i++) {
		*out = i == 1 ? arena_strdup(c->arena, base) : arena_printf(c->arena, "%s%u", base, i);
		if (!*out)
			return no_memory(why);
		st = is_free(c, *out, domain, &is_it, why);
	}
	return st || is_it ? st : reason_set(why, ecDuplicateName, "Alias: all that are like \"%s\" are taken; give one", base);
}

/* Database --------------------------------------------------------------------------------------------------------------- */

static status default_domain(struct site *s, struct arena *arena, const char **out, struct reason *why)
{
	struct directory_value yes = { .number = 1 };
	struct directory_query q = { .as = directory_class("AcceptedDomain"), .attribute = "Default", .value = &yes };
	const struct directory_object *o;
	uint64_t *ids;
	size_t n = 0;
	status st = directory_list(s->directory, &q, arena, &ids, &n, why);

	if (!st && !n)
		return reason_set(why, ecNotFound, "there is no default domain; New-AcceptedDomain makes one");
	if (!st)
		st = directory_get(s->directory, q.as, ids[0], arena, &o, why);
	if (!st)
		*out = directory_text(o, "DomainName");
	return st;
}

/* Of those that take new mailboxes, the one with the fewest. */
static status choose_database(struct site *s, struct arena *arena, struct directory_value *out, struct reason *why)
{
	struct directory_query all = { .as = directory_class("MailboxDatabase") };
	uint64_t *ids, fewest = UINT64_MAX, count;
	size_t n = 0;
	status st = directory_list(s->directory, &all, arena, &ids, &n, why);

	for (size_t i = 0; i < n && !st; i++) {
		struct directory_value v = { .number = (int64_t)ids[i] };
		const struct directory_object *o;

		st = directory_get(s->directory, all.as, ids[i], arena, &o, why);
		if (st || directory_is(o, "IsExcludedFromProvisioning") || directory_is(o, "IsSuspendedFromProvisioning") || !directory_is(o, "Mounted"))
			continue;
		st = directory_count(s->directory, &(struct directory_query){ .as = directory_class("Mailbox"), .attribute = "Database", .value = &v },
				     &count, why);
		if (!st && count < fewest) {
			fewest = count;
			out->number = (int64_t)ids[i];
		}
	}
	if (!st && fewest == UINT64_MAX)
		st = reason_set(why, ecNotFound, "no database takes new mailboxes; name one, mount one or make one (New-MailboxDatabase)");
	return st;
}

/* All -------------------------------------------------------------------------------------------------------------------- */

/* A mailbox that is made again under the same name gets another one: old messages lead to the old one only. */
static status legacy_dn(struct completion *c, const struct guid *mailbox, const char *alias, struct reason *why)
{
	const struct directory_object *o;
	const char *root;
	char guid[GUID_TEXT_SIZE];
	status st = directory_find(c->site->directory, directory_class("OrganizationConfig"), NULL, c->arena, &o, why);

	if (st)
		return st;
	root = directory_text(o, "LegacyExchangeDN");
	if (!root)
		root = arena_printf(c->arena, "/o=%s/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)", o->name);
	guid_format(mailbox, guid);
	return root ? make_text(c, "LegacyExchangeDN", arena_printf(c->arena, "%s/cn=Recipients/cn=%.8s%.4s-%s", root, guid, guid + 9, alias), why) :
		      no_memory(why);
}

static status complete_names(struct completion *c, const char *name, const char *alias, const char *domain, struct reason *why)
{
	const char *address = arena_printf(c->arena, "%s@%s", alias, domain);
	const struct directory_setting *primary = given(c, "PrimarySmtpAddress");
	status st = ecNone;

	if (!address)
		return no_memory(why);
	if (!has(c, "Alias"))
		st = make_text(c, "Alias", alias, why);
	if (!st && !has(c, "SamAccountName"))
		st = make_text(c, "SamAccountName", alias, why);
	if (!st && !has(c, "DisplayName"))
		st = make_text(c, "DisplayName", name, why);
	if (!st && !has(c, "UserPrincipalName"))
		st = make_text(c, "UserPrincipalName", primary ? primary->values[0].text : address, why);
	if (!st && !has(c, "EmailAddresses") && !primary)
		st = make_text(c, "EmailAddresses", arena_printf(c->arena, "SMTP:%s", address), why);
	return st;
}

static status complete(struct completion *c, const char *name, const struct guid *mailbox, struct reason *why)
{
	struct directory_value database = { 0 };
	const char *domain, *alias = has(c, "Alias");
	status st = default_domain(c->site, c->arena, &domain, why);

	if (!st && !alias)
		st = find_alias(c, has(c, "SamAccountName") ? has(c, "SamAccountName") : name, domain, &alias, why);
	if (!st)
		st = complete_names(c, name, alias, domain, why);
	if (!st)
		st = legacy_dn(c, mailbox, alias, why);
	if (!st && !given(c, "Database")) {
		st = choose_database(c->site, c->arena, &database, why);
		if (!st)
			st = make(c, "Database", database, why);
	}
	if (!st && !given(c, "RecipientTypeDetails"))
		st = make_text(c, "RecipientTypeDetails", "UserMailbox", why);
	if (!st)
		st = make(c, "ExchangeGuid", (struct directory_value){ .guid = *mailbox }, why);
	if (!st)
		st = make(c, "WhenMailboxCreated", (struct directory_value){ .number = (int64_t)c->site->clock->now(c->site->clock) }, why);
	return st;
}

status site_complete(struct site *s, const char *name, const struct directory_object *user, const struct guid *mailbox,
		     const struct directory_setting *given_, size_t n, struct arena *arena, struct directory_setting **out, size_t *n_out,
		     struct reason *why)
{
	struct completion c = { .site = s, .user = user, .given = given_, .n_given = n, .arena = arena };
	status st = complete(&c, name, mailbox, why);
	struct directory_setting *all;

	if (st)
		return st;
	all = arena_array(arena, c.n + n + 1, sizeof *all);
	if (!all)
		return no_memory(why);
	/* What was given comes last: PrimarySmtpAddress changes the addresses. */
	memcpy(all, c.made, c.n * sizeof *all);
	if (n)
		memcpy(all + c.n, given_, n * sizeof *all);
	*out = all;
	*n_out = c.n + n;
	return ecNone;
}
