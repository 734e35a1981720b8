#include "cli/profile_connect.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/password_prompt.h"
#include "client/discover.h"

#define ARENA_MOST    ((size_t)4 << 20)

#define ecUnknownUser 0x000003EBu
#define ecWrongServer 0x00000478u

static status connect_to(const struct profile *p, const struct profile_store *store, const char *password, struct profile_connection *out, struct reason *why)
{
	struct session_options o = { .url = store->profile.mail_url,
				     .user = *p->user ? p->user : p->address,
				     .password = password,
				     .user_dn = p->mailbox_dn,
				     .roots_file = p->roots_file,
				     .cached = p->cached,
				     .encrypt = p->encrypt };
	status s = session_new(&o, &out->session, why);

	out->remote = NULL;
	if (!s)
		s = remote_open_store(out->session, store->kind, store->profile.mailbox_dn, &out->remote, why);
	return s;
}

status profile_connect_with(const struct profile *p, const char *password, struct profile_connection *out, struct reason *why)
{
	return connect_to(p, &(struct profile_store){ .kind = REMOTE_OWN, .profile = *p }, password, out, why);
}

/* The mailbox may have been moved, or made anew, and have another name and place since. */
static status look_again(const char *data, const struct profile *was, const char *password, struct profile_connection *out, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct discover_options how = {
		.address = was->address, .user = *was->user ? was->user : was->address, .password = password, .server = was->autodiscover_url, .roots_file = was->roots_file
	};
	struct profile now = *was;
	struct discovered d;
	struct reason unused;
	status s = *was->autodiscover_url ? discover(&how, &arena, &d, &unused) : ecNotFound;

	if (s || (strcmp(d.mail_url, was->mail_url) == 0 && strcmp(d.mailbox_dn, was->mailbox_dn) == 0))
		return ecNotFound;
	now.mail_url = d.mail_url;
	now.book_url = d.book_url;
	now.oab_url = d.oab_url;
	now.mailbox_dn = d.mailbox_dn;
	now.server_dn = d.server_dn;
	profile_disconnect(out);
	s = profile_connect_with(&now, password, out, why);
	return s ? s : profile_save(data, &now, why);
}

static status password_of(const char *data, const struct profile *p, char password[static SECRET_ROOM], struct reason *why)
{
	char question[400];
	status s = secret_get(data, p, password, SECRET_ROOM, why);

	if (s != ecNotFound || !isatty(STDIN_FILENO))
		return s;
	(void)snprintf(question, sizeof question, "Password of %s: ", *p->user ? p->user : p->address);
	return password_ask(question, password, SECRET_ROOM, why);
}

status profile_connect_store(const char *data, const struct profile *p, const struct profile_store *store, struct profile_connection *out, struct reason *why)
{
	char password[SECRET_ROOM];
	status s;

	if (store->kind == REMOTE_OWN)
		return profile_connect(data, p, out, why);
	*out = (struct profile_connection){ NULL, NULL };
	s = password_of(data, p, password, why);
	if (!s)
		s = connect_to(p, store, password, out, why);
	secret_wipe(password, sizeof password);
	return s;
}

status profile_connect(const char *data, const struct profile *p, struct profile_connection *out, struct reason *why)
{
	char password[SECRET_ROOM];
	status s;

	*out = (struct profile_connection){ NULL, NULL };
	s = password_of(data, p, password, why);
	if (!s)
		s = profile_connect_with(p, password, out, why);
	if (s == ecUnknownUser || s == ecWrongServer) {
		status again = look_again(data, p, password, out, why);

		s = again == ecNotFound ? s : again;
	}
	secret_wipe(password, sizeof password);
	return s;
}

void profile_disconnect(struct profile_connection *c)
{
	struct reason why;

	/* Nobody is waited for who is not there. */
	if (c->session && session_failure(c->session) == SESSION_FINE)
		(void)!session_disconnect(c->session, &why);
	remote_close(c->remote);
	session_free(c->session);
	*c = (struct profile_connection){ NULL, NULL };
}

const char *profile_advice(enum session_failure f)
{
	switch (f) {
	case SESSION_UNREACHABLE:
		return "What is here can be read, searched and written to meanwhile: postern mail. It goes on by itself with postern sync --watch.";
	case SESSION_PASSWORD:
		return "Another password is set with: postern profile set password";
	case SESSION_NONSENSE:
		return "Is there a proxy or a login page between here and the server? postern profile show says which address is asked.";
	default:
		return "";
	}
}
