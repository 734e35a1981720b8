/* What a user with a mailbox needs and nobody said: an alias, addresses, an X.500 address, a database. */
#include "store/site_private.h"

#include "store/recipient_names.h"

#include <strings.h>

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

/* Database --------------------------------------------------------------------------------------------------------------- */

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
	const struct recipient_alias as = { .dots = true, .otherwise = "user", .self = c->user ? c->user->id : 0 };
	const char *dn = NULL;
	status st = recipient_default_domain(c->site->directory, c->arena, &domain, why);

	if (!st && !alias)
		st = recipient_make_alias(c->site->directory, has(c, "SamAccountName") ? has(c, "SamAccountName") : name, domain, &as, c->arena, &alias, why);
	if (!st)
		st = complete_names(c, name, alias, domain, why);
	if (!st)
		st = recipient_make_dn(c->site->directory, mailbox, alias, c->arena, &dn, why);
	if (!st)
		st = make_text(c, "LegacyExchangeDN", dn, why);
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
