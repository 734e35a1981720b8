/* Values that follow from others and are stored nowhere. */
#include "store/directory_private.h"

static status put(struct directory_object *o, const char *attribute, struct directory_value v, struct arena *arena)
{
	size_t i = directory_row_index(o->kind, attribute);
	struct directory_value *copy;

	if (i == o->n)
		return ecNone; /* the kind has no such thing */
	copy = arena_memdup(arena, &v, sizeof v);
	if (!copy)
		return ecMemory;
	o->entries[i].values = copy;
	o->entries[i].n = 1;
	return ecNone;
}

static status put_text(struct directory_object *o, const char *attribute, const char *text, struct arena *arena)
{
	return text ? put(o, attribute, (struct directory_value){ .text = text }, arena) : ecNone;
}

static const char *primary(const struct directory_object *o)
{
	size_t n;
	const struct directory_value *v = directory_values(o, "EmailAddresses", &n);

	for (size_t i = 0; i < n; i++)
		if (proxy_is_primary(v[i].text))
			return proxy_address(v[i].text);
	return NULL;
}

static status compute_recipient(struct directory_object *o, const char *server, struct arena *arena)
{
	bool mailbox = directory_is_set(o, "ExchangeGuid");
	const char *address = primary(o), *type = "User";

	if (o->kind == KIND_GROUP || o->kind == KIND_PUBLIC_FOLDER)
		type = directory_text(o, "RecipientTypeDetails");
	else if (mailbox || directory_is_set(o, "ExternalEmailAddress"))
		type = mailbox ? "UserMailbox" : "MailContact";
	status s = put_text(o, "PrimarySmtpAddress", address, arena);

	if (!s)
		s = put_text(o, "WindowsEmailAddress", address, arena);
	if (!s)
		s = put_text(o, "ServerName", server, arena);
	if (!s)
		s = put_text(o, "RecipientType", type, arena);
	if (!s)
		s = put(o, "IsMailboxEnabled", (struct directory_value){ .number = mailbox }, arena);
	return s;
}

status directory_compute(struct directory_object *o, const char *parent, const char *server, struct arena *arena)
{
	/* What a server has is told apart by the server: "CAS01\owa (Default Web Site)". */
	const char *identity = parent ? arena_printf(arena, "%s\\%s", parent, o->name) : o->name;
	status s = identity ? put_text(o, "Name", o->name, arena) : ecMemory;

	if (!s)
		s = put_text(o, "Identity", identity, arena);
	if (!s)
		s = put(o, "Guid", (struct directory_value){ .guid = o->guid }, arena);
	if (!s)
		s = put(o, "WhenCreated", (struct directory_value){ .number = (int64_t)o->created }, arena);
	if (!s)
		s = put(o, "WhenChanged", (struct directory_value){ .number = (int64_t)o->changed }, arena);
	if (!s && o->kind != KIND_DATABASE)
		s = put_text(o, "Server", parent, arena);
	if (!s && directory_is_recipient(o->kind))
		s = compute_recipient(o, server, arena);
	return s;
}
