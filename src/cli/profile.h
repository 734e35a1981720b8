/* postern profile: what its verbs share. */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "cli/command.h"
#include "client/profile_store.h"

#define PROFILE_WORDS_MOST 4u

struct profile_command {
	struct common_options common;
	const char *data, *server, *also, *name, *user, *roots, *password_command;
	const char *shared_folders, *public_folders, *add_mailbox, *remove_mailbox, *download, *keep;
	bool online, yes;
	const char *words[PROFILE_WORDS_MOST]; /* the verb, and what follows it */
	size_t n;
};

/* The exit code; what went wrong has been said. */
typedef int profile_verb(const struct profile_command *o, const char *data, struct arena *arena);

/* profile_set.c: a setting as words ("cached on"), or as options, of which there may be several; all of them are saved together. */
profile_verb profile_set;
/* profile_show.c */
void profile_show(const char *data, const struct profile *p, struct arena *arena);
void profile_show_json(const char *data, const struct profile *p, struct arena *arena);

/* profile_mailboxes.c: an additional one, looked for and logged on to; one that is not wanted any more, with its cache. The latter saves the profile. */
status profile_add_mailbox(const char *data, struct profile *p, const char *address, struct arena *arena, struct reason *why) MUST;
status profile_remove_mailbox(const char *data, struct profile *p, const char *address, bool yes, struct arena *arena, struct reason *why) MUST;
/* Is everything in its cache at the server? ecBusy: it is not, or that cannot be told. */
status profile_store_may_go(const struct profile_store *store, struct reason *why) MUST;
status profile_store_take_away(const struct profile_store *store, struct reason *why) MUST;
/* All that there may be, the own one last. */
status profile_each_store(const char *data, const struct profile *p, struct arena *arena, status (*f)(const struct profile_store *store, struct reason *why),
			  struct reason *why) MUST;

/* Does the server let them in? */
status profile_check_logon(const struct profile *p, const char *password, struct reason *why) MUST;
/* ecNotFound: there is no such file. */
status profile_full_path(const char *path, struct arena *arena, const char **out,
			 struct reason *why) MUST;

#endif
