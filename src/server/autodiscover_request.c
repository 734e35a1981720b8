/* What clients ask Autodiscover. */
#include "server/autodiscover.h"

#include "net/xml.h"

#define OUTLOOK_ASKS "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
#define OUTLOOK_ANSWER "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define MOBILE_ASKS "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006"
#define MOBILE_ANSWER "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006"
#define SOAP_ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP_SPACE "http://schemas.microsoft.com/exchange/2010/Autodiscover"

struct reading {
	struct arena *arena;
	struct autodiscover_request *out;
	const char *space;    /* of the outermost element */
	const char *accepted; /* AcceptableResponseSchema */
	bool soap, has_request, has_body, failed;
};

static bool is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static const char *copy(struct reading *r, const char *text)
{
	const char *t = arena_strdup(r->arena, text);

	r->failed = r->failed || !t;
	return t;
}

/* POX ---------------------------------------------------------------------------------------------------------------------- */

static bool pox_begin(void *arg, const char *space, const char *name, unsigned depth)
{
	struct reading *r = arg;

	if (depth == 1) {
		r->space = copy(r, space);
		return is(name, "Autodiscover") && !r->failed;
	}
	r->has_request = r->has_request || (depth == 2 && is(name, "Request"));
	return true;
}

static bool pox_end(void *arg, const char *space, const char *name, unsigned depth, const char *text)
{
	struct reading *r = arg;

	(void)space;
	if (depth != 3)
		return true;
	if (is(name, "EMailAddress"))
		r->out->address = copy(r, text);
	else if (is(name, "LegacyDN"))
		r->out->legacy_dn = copy(r, text);
	else if (is(name, "AcceptableResponseSchema"))
		r->accepted = copy(r, text);
	return !r->failed;
}

static status judge_pox(const struct reading *r, struct reason *why)
{
	struct autodiscover_request *q = r->out;
	bool named = (q->address && *q->address) || (q->legacy_dn && *q->legacy_dn);

	if (!r->has_request || !r->accepted || !*r->accepted || !named)
		return reason_set(why, ecCorruptData, "no Request with an address and an AcceptableResponseSchema");
	if (is(r->accepted, OUTLOOK_ANSWER) && is(r->space, OUTLOOK_ASKS))
		q->kind = AUTODISCOVER_OUTLOOK;
	else if (is(r->accepted, MOBILE_ANSWER) && is(r->space, MOBILE_ASKS))
		q->kind = AUTODISCOVER_MOBILE;
	else
		q->kind = AUTODISCOVER_OTHER_SCHEMA;
	return ecNone;
}

/* SOAP ---------------------------------------------------------------------------------------------------------------------- */

static bool soap_begin(void *arg, const char *space, const char *name, unsigned depth)
{
	struct reading *r = arg;
	struct autodiscover_request *q = r->out;

	if (depth == 1)
		return is(name, "Envelope") && is(space, SOAP_ENVELOPE);
	if (depth == 2 && is(space, SOAP_ENVELOPE))
		r->has_body = is(name, "Body");
	if (depth != 3 || !r->has_body)
		return true;
	q->operation = copy(r, name);
	q->kind = !is(space, SOAP_SPACE)				 ? AUTODISCOVER_OTHER_OPERATION :
		  is(name, "GetUserSettingsRequestMessage")	 ? AUTODISCOVER_USER_SETTINGS :
		  is(name, "GetDomainSettingsRequestMessage") ? AUTODISCOVER_DOMAIN_SETTINGS :
								 AUTODISCOVER_OTHER_OPERATION;
	return !r->failed;
}

static bool soap_end(void *arg, const char *space, const char *name, unsigned depth, const char *text)
{
	struct reading *r = arg;
	struct autodiscover_request *q = r->out;

	(void)space;
	if (!r->has_body || depth < 6)
		return true;
	if (is(name, "Mailbox") || (is(name, "Domain") && *text)) {
		if (q->n_users == AUTODISCOVER_USERS_MOST)
			return false;
		q->users[q->n_users++] = copy(r, text);
	} else if (is(name, "Setting")) {
		if (q->n_settings == AUTODISCOVER_SETTINGS_MOST)
			return false;
		q->settings[q->n_settings++] = copy(r, text);
	}
	return !r->failed;
}

status autodiscover_read(struct bytes body, bool soap, struct arena *arena, struct autodiscover_request *out, struct reason *why)
{
	static const struct xml_handler pox = { .begin = pox_begin, .end = pox_end }, envelope = { .begin = soap_begin, .end = soap_end };
	struct autodiscover_request q = { .kind = AUTODISCOVER_OTHER_SCHEMA };
	struct reading r = { .arena = arena, .out = &q, .space = "", .soap = soap };
	status s = xml_read(body, soap ? &envelope : &pox, &r, why);

	if (r.failed)
		return reason_set(why, ecMemory, "out of memory");
	if (s)
		return s;
	if (!soap)
		s = judge_pox(&r, why);
	else if (!q.operation)
		s = reason_set(why, ecCorruptData, "an envelope without a body");
	if (!s)
		*out = q;
	return s;
}
