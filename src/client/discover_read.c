/* Answers of Autodiscover ([MS-OXDSCLI] 2.2.4.1, POX). */
#include <string.h>

#include "client/discover.h"
#include "net/xml.h"

#define PATH_DEPTH 12u

struct reading {
	struct arena *arena;
	struct discovered *out;
	const char **redirect_url, **redirect_address;
	const char *path[PATH_DEPTH + 1];
	const char *mail_internal, *book_internal, *error;
	bool no_memory;
};

static bool on_begin(void *arg, const char *space, const char *name, unsigned depth)
{
	struct reading *r = arg;

	(void)space;
	if (depth <= PATH_DEPTH)
		r->path[depth] = arena_strdup(r->arena, name);
	return depth > PATH_DEPTH || r->path[depth];
}

static bool is_in(const struct reading *r, unsigned depth, const char *parent)
{
	return depth > 1 && depth <= PATH_DEPTH + 1 && r->path[depth - 1] && strcmp(r->path[depth - 1], parent) == 0;
}

static bool on_end(void *arg, const char *space, const char *name, unsigned depth, const char *text)
{
	struct reading *r = arg;
	const struct {
		const char *parent, *name;
		const char **to;
	} wanted[] = {
		{ "User", "DisplayName", &r->out->display_name },
		{ "User", "LegacyDN", &r->out->mailbox_dn },
		{ "User", "AutoDiscoverSMTPAddress", &r->out->address },
		{ "Protocol", "ServerDN", &r->out->server_dn },
		{ "Protocol", "OABUrl", &r->out->oab_url },
		{ "MailStore", "ExternalUrl", &r->out->mail_url },
		{ "MailStore", "InternalUrl", &r->mail_internal },
		{ "AddressBook", "ExternalUrl", &r->out->book_url },
		{ "AddressBook", "InternalUrl", &r->book_internal },
		{ "Account", "RedirectUrl", r->redirect_url },
		{ "Account", "RedirectURL", r->redirect_url },
		{ "Account", "RedirectAddr", r->redirect_address },
		{ "Error", "Message", &r->error },
	};

	(void)space;
	for (size_t i = 0; *text && i < sizeof wanted / sizeof *wanted; i++)
		if (strcmp(name, wanted[i].name) == 0 && is_in(r, depth, wanted[i].parent) && !**wanted[i].to) {
			*wanted[i].to = arena_strdup(r->arena, text);
			if (!*wanted[i].to)
				return false;
		}
	return true;
}

status discover_read(struct bytes answer, struct arena *arena, struct discovered *out, const char **redirect_url, const char **redirect_address,
		     struct reason *why)
{
	static const struct xml_handler handler = { .begin = on_begin, .end = on_end };
	struct reading r = { .arena = arena,
			     .out = out,
			     .redirect_url = redirect_url,
			     .redirect_address = redirect_address,
			     .mail_internal = "",
			     .book_internal = "",
			     .error = "" };
	status s;

	out->address = out->display_name = out->mailbox_dn = out->server_dn = out->mail_url = out->book_url = out->oab_url = "";
	*redirect_url = *redirect_address = "";
	s = xml_read(answer, &handler, &r, why);
	if (s)
		return s;
	if (!*out->mail_url)
		out->mail_url = r.mail_internal;
	if (!*out->book_url)
		out->book_url = r.book_internal;
	if (*out->mail_url || **redirect_url || **redirect_address)
		return ecNone;
	return *r.error ? reason_set(why, ecNotFound, "it says: %.200s", r.error) :
			  reason_set(why, ecNotFound, "it names no mailbox that is reached by MAPI over HTTP");
}
