/* What the values of each kind must be to each other, and to those of others. */
#include "store/directory_validate.h"

#include <strings.h>

static const struct directory_entry *entry(const struct directory_draft *w, const char *attribute, bool *changed)
{
	size_t i = directory_row_index(w->object.kind, attribute);

	*changed = w->changed[i];
	return &w->object.entries[i];
}

/* Quotas ----------------------------------------------------------------------------------------------------------------- */

/* Each of a chain may not be above the next. */
static status check_order(const struct directory_draft *w, const char *const *chain, struct reason *why)
{
	for (size_t i = 0; chain[i + 1]; i++) {
		int64_t low = directory_number(&w->object, chain[i], 0), high = directory_number(&w->object, chain[i + 1], 0);

		if (low > high) {
			CLEANUP_BUF struct buf a = BUF_MAX(64), b = BUF_MAX(64);

			size_to_text(low, &a);
			size_to_text(high, &b);
			return reason_set(why, ecInvalidParam, "%s (%s) must not be above %s (%s); change both together", chain[i], buf_cstr(&a), chain[i + 1],
					  buf_cstr(&b));
		}
	}
	return ecNone;
}

static status check_quotas(const struct directory_draft *w, struct reason *why)
{
	static const char *const mailbox[] = { "IssueWarningQuota", "ProhibitSendQuota", "ProhibitSendReceiveQuota", NULL };
	static const char *const recoverable[] = { "RecoverableItemsWarningQuota", "RecoverableItemsQuota", NULL };
	status s = check_order(w, mailbox, why);

	return s ? s : check_order(w, recoverable, why);
}

/* Addresses --------------------------------------------------------------------------------------------------------------- */

static status accepted_with_subdomains(struct directory *d, const char *domain, bool *yes, struct reason *why)
{
	static const struct directory_attribute as_text = { .name = "", .type = DIRECTORY_TEXT };
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(65536);
	struct bytes key = directory_key(d, &as_text, &(struct directory_value){ .text = domain }, &scratch);
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		d->db, "SELECT v.object FROM attribute_values v JOIN attribute_values m ON m.object = v.object AND m.attribute = 'MatchSubDomains'"
		       " AND m.number = 1 WHERE v.attribute = 'DomainName' AND v.folded = $1");

	if (!key.p)
		return reason_set(why, ecMemory, "out of memory");
	sql_bind_blob(q, 1, key);
	status s = sql_step(q, yes);
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

status directory_domain_accepted(struct directory *d, const char *domain, bool *yes, struct reason *why)
{
	uint64_t owner;
	status s = directory_owner(d, "DomainName", domain, 0, &owner, why);

	*yes = !s && owner;
	for (const char *dot = strchr(domain, '.'); dot && !s && !*yes; dot = strchr(dot + 1, '.'))
		s = accepted_with_subdomains(d, dot + 1, yes, why);
	return s;
}

static status taken(struct directory *d, const char *attribute, const char *text, uint64_t owner, const char *what, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(65536);

	return reason_set(why, ecDuplicateName, "%s: \"%.120s\" is the %s of \"%s\"", attribute, text, what, directory_name_of(d, owner, &scratch));
}

/* What would lead to somebody else by another of his names. */
static status check_other_names(struct directory *d, const struct directory_draft *w, const char *proxy, struct reason *why)
{
	bool smtp = proxy_is_smtp(proxy);
	uint64_t owner = 0;

	if (!smtp && strncasecmp(proxy, "x500:", 5) != 0)
		return ecNone;
	status s = directory_owner(d, smtp ? "UserPrincipalName" : "LegacyExchangeDN", proxy_address(proxy), w->object.id, &owner, why);
	if (!s && owner)
		return taken(d, "EmailAddresses", proxy, owner, smtp ? "user principal name" : "LegacyExchangeDN", why);
	return s;
}

static status check_addresses(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	bool changed, accepted;
	const struct directory_entry *e = entry(w, "EmailAddresses", &changed);
	status s = ecNone;

	for (size_t i = 0; changed && i < e->n && !s; i++) {
		const char *proxy = e->values[i].text, *domain = proxy_is_smtp(proxy) ? address_domain(proxy) : NULL;

		s = check_other_names(d, w, proxy, why);
		/* Who is elsewhere has addresses of elsewhere. */
		if (s || !domain || directory_is_set(&w->object, "ExternalEmailAddress"))
			continue;
		s = directory_domain_accepted(d, domain, &accepted, why);
		if (!s && !accepted)
			s = reason_set(why, ecInvalidParam, "EmailAddresses: %.120s is not of an accepted domain; New-AcceptedDomain %.80s makes it one",
				       proxy_address(proxy), domain);
	}
	return s;
}

/* Kinds ------------------------------------------------------------------------------------------------------------------- */

static bool has_primary(const struct directory_draft *w)
{
	size_t n;
	const struct directory_value *v = directory_values(&w->object, "EmailAddresses", &n);

	for (size_t i = 0; i < n; i++)
		if (proxy_is_primary(v[i].text))
			return true;
	return false;
}

static status check_mailbox(const struct directory_draft *w, struct reason *why)
{
	static const char *const needed[] = { "Database", "LegacyExchangeDN", "Alias", "EmailAddresses" };

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!directory_is_set(&w->object, needed[i]))
			return reason_set(why, ecInvalidParam, "%s: a mailbox must have one", needed[i]);
	if (!has_primary(w))
		return reason_set(why, ecInvalidParam, "EmailAddresses: a mailbox must have an SMTP address");
	return check_quotas(w, why);
}

/* What makes an object what its details say it is cannot be taken away. */
static status must_keep(const struct directory_draft *w, const char *details, const char *attribute, struct reason *why)
{
	const char *is = directory_text(&w->object, "RecipientTypeDetails");

	if (!is || strcmp(is, details) != 0 || directory_is_set(&w->object, attribute))
		return ecNone;
	return reason_set(why, ecInvalidParam, "%s: a %s must have one", attribute, details);
}

static status rules_user(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	uint64_t owner = 0;
	bool changed;
	const struct directory_entry *upn = entry(w, "UserPrincipalName", &changed);
	status s = check_addresses(d, w, why);

	if (!s && changed && upn->set) {
		CLEANUP_BUF struct buf proxy = BUF_MAX(2048);

		buf_printf(&proxy, "smtp:%s", upn->values[0].text);
		s = directory_owner(d, "EmailAddresses", buf_cstr(&proxy), w->object.id, &owner, why);
		if (!s && owner)
			return taken(d, "UserPrincipalName", upn->values[0].text, owner, "address", why);
	}
	if (!s)
		s = must_keep(w, "MailContact", "ExternalEmailAddress", why);
	if (!s && directory_number(&w->object, "ForwardingAddress", 0) == (int64_t)w->object.id && w->object.id)
		return reason_set(why, ecInvalidParam, "ForwardingAddress: a mailbox cannot forward to itself");
	if (!s && directory_number(&w->object, "Manager", 0) == (int64_t)w->object.id && w->object.id)
		return reason_set(why, ecInvalidParam, "Manager: nobody reports to oneself");
	return !s && directory_is_set(&w->object, "ExchangeGuid") ? check_mailbox(w, why) : s;
}

static status rules_group(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	size_t n;
	const struct directory_value *v = directory_values(&w->object, "Members", &n);

	for (size_t i = 0; i < n; i++)
		if (w->object.id && (uint64_t)v[i].number == w->object.id)
			return reason_set(why, ecInvalidParam, "Members: a group cannot be a member of itself");
	status s = must_keep(w, "DynamicDistributionGroup", "IncludedRecipients", why);
	return s ? s : check_addresses(d, w, why);
}

static status rules_public_folder(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	if (!has_primary(w))
		return reason_set(why, ecInvalidParam, "EmailAddresses: a mail-enabled public folder must have an SMTP address; Disable-MailPublicFolder takes all from it");
	return check_addresses(d, w, why);
}

static status rules_owa(const struct directory_draft *w, struct reason *why)
{
	const char *failback = directory_text(&w->object, "FailbackUrl"), *external = directory_text(&w->object, "ExternalUrl");

	if (failback && external && url_equal(failback, external))
		return reason_set(why, ecInvalidParam,
				  "FailbackUrl: it is the same as ExternalUrl (%.120s). While a site fails back, that name still leads browsers to the "
				  "other site, and they would be sent in circles; give a host that always leads here",
				  external);
	return ecNone;
}

static status rules_domain(const struct directory_draft *w, struct reason *why)
{
	bool changed;

	(void)entry(w, "Default", &changed);
	if (w->before && changed && !directory_is(&w->object, "Default"))
		return reason_set(why, ecInvalidParam, "Default: one domain must be the default; make another one the default, that takes it from this one");
	return ecNone;
}

static status rules_organization(const struct directory_draft *w, struct reason *why)
{
	int64_t threshold = directory_number(&w->object, "LockoutThreshold", 0), delay = directory_number(&w->object, "LockoutDelayAfter", 0);

	if (threshold && delay > threshold)
		return reason_set(why, ecInvalidParam, "LockoutDelayAfter (%lld) must not be above LockoutThreshold (%lld)", (long long)delay,
				  (long long)threshold);
	return ecNone;
}

static status rules_certificate(const struct directory_draft *w, struct reason *why)
{
	if (directory_number(&w->object, "NotAfter", INT64_MAX) < directory_number(&w->object, "NotBefore", 0))
		return reason_set(why, ecInvalidParam, "NotAfter is before NotBefore");
	return ecNone;
}

status directory_rules(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	switch (w->object.kind) {
	case KIND_USER:
		return rules_user(d, w, why);
	case KIND_GROUP:
		return rules_group(d, w, why);
	case KIND_PUBLIC_FOLDER:
		return rules_public_folder(d, w, why);
	case KIND_DATABASE:
		return check_quotas(w, why);
	case KIND_VDIR_OWA:
		return rules_owa(w, why);
	case KIND_ACCEPTED_DOMAIN:
		return rules_domain(w, why);
	case KIND_ORGANIZATION:
		return rules_organization(w, why);
	case KIND_CERTIFICATE:
		return rules_certificate(w, why);
	default:
		return ecNone;
	}
}

/* Removing ----------------------------------------------------------------------------------------------------------------- */

/* Somebody with an address in the domain; 0 when there is nobody. */
static status user_of_domain(struct directory *d, const char *domain, uint64_t *user, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		d->db, "SELECT v.object, v.body FROM attribute_values v JOIN objects o ON o.id = v.object WHERE v.attribute = 'EmailAddresses'"
		       " AND o.kind IN ('User', 'Group', 'PublicFolder')");
	bool row = true;
	status s = ecNone;

	*user = 0;
	while (!s && row && !*user) {
		s = sql_step(q, &row);
		const char *of = !s && row ? address_domain(sql_text(q, 1)) : NULL;
		if (of && strcasecmp(of, domain) == 0)
			*user = (uint64_t)sql_i64(q, 0);
	}
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

status directory_validate_removal(struct directory *d, const struct directory_object *o, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(65536);
	uint64_t user = 0;
	status s;

	if (o->kind == KIND_ORGANIZATION || o->kind == KIND_TRANSPORT)
		return reason_set(why, ecAccessDenied, "%s: there must be one; it can be changed, not removed", o->name);
	if (o->kind != KIND_ACCEPTED_DOMAIN)
		return ecNone;
	if (directory_is(o, "Default"))
		return reason_set(why, ecAccessDenied, "%s is the default domain; make another one the default first", o->name);
	s = user_of_domain(d, directory_text(o, "DomainName"), &user, why);
	if (!s && user)
		return reason_set(why, ecBusy, "%s: \"%s\" has an address in it; remove that first", o->name, directory_name_of(d, user, &scratch));
	return s;
}
