/* What a group or a public folder says of who may send to it, and how much (Set-DistributionGroup, Set-MailPublicFolder). */
#include "server/transport_private.h"

#include <string.h>

/* Whoever is in the directory; *out NULL: nobody there. */
static status find(struct directory *d, const struct property_set *props, const struct person_tags *as, struct arena *arena,
		   const struct directory_object **out)
{
	bool smtp;
	const char *identity = person_identity(props, as, arena, &smtp);
	status s = identity ? directory_find(d, directory_class("Recipient"), identity, arena, out, NULL) : ecNotFound;

	if (s)
		*out = NULL;
	return s == ecNotFound || s == ecAmbiguousRecip ? ecNone : s;
}

status transport_sender_read(struct directory *d, const struct message_part *part, struct arena *arena, struct transport_sender *out)
{
	const char *class = held_text(&part->props, PidTagMessageClass, arena);
	const struct directory_object *from = NULL, *sender = NULL;
	struct guid mailbox;
	status s = find(d, &part->props, &person_representing, arena, &from);

	*out = (struct transport_sender){ .size = message_part_size(part), .is_report = class && strncasecmp(class, "REPORT.", 7) == 0 };
	if (!s)
		s = find(d, &part->props, &person_sender, arena, &sender);
	/* Who has a mailbox here sent it from there; contacts and whoever is not known at all did not log on. */
	out->logged_on = !s && sender && directory_guid(sender, "ExchangeGuid", &mailbox);
	from = from ? from : sender;
	if (s || !from)
		return s;
	out->person.id = from->id;
	if (from->kind != KIND_GROUP)
		s = person_by_id(d, from->id, arena, &out->person, NULL);
	return s == ecNotFound ? ecNone : s;
}

/* *listed: there are some at all. */
static status among(struct directory *d, const struct directory_object *group, const char *attribute, const struct transport_sender *from,
		    bool *listed, bool *yes)
{
	size_t n = 0;

	(void)directory_values(group, attribute, &n);
	*listed = n > 0;
	*yes = false;
	return n && from->person.id ? person_is_among(d, &from->person, group, attribute, yes, NULL) : ecNone;
}

/* Who is refused stays so though others are accepted, as in Exchange. */
static status sender_refused(struct directory *d, const struct directory_object *group, const struct transport_sender *from, bool *refused)
{
	bool some = false, yes = false;
	status s = among(d, group, "RejectMessagesFrom", from, &some, &yes);

	*refused = yes;
	if (s || yes)
		return s;
	s = among(d, group, "AcceptMessagesOnlyFrom", from, &some, &yes);
	*refused = some && !yes;
	return s;
}

status transport_refuses(struct directory *d, const struct directory_object *to, const struct transport_sender *from, enum target_refusal *out)
{
	int64_t most = directory_number(to, "MaxReceiveSize", -1);
	bool refused = false;
	status s = from->is_report ? ecNone : sender_refused(d, to, from, &refused);

	*out = NOT_REFUSED;
	if (s || from->is_report)
		return s;
	if (directory_is(to, "RequireSenderAuthenticationEnabled") && !from->logged_on)
		*out = REFUSED_NOT_LOGGED_ON;
	else if (refused)
		*out = REFUSED_SENDER;
	else if (most >= 0 && from->size > (uint64_t)most)
		*out = REFUSED_SIZE;
	return ecNone;
}
