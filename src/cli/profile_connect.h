/* From a profile to its mailbox at the server, for the commands that go there. */
#ifndef CLI_PROFILE_CONNECT_H
#define CLI_PROFILE_CONNECT_H

#include "client/profile.h"
#include "client/profile_store.h"
#include "client/remote.h"

struct profile_connection {
	struct session *session;
	struct remote *remote;
};

/*
 * Asks for the password when none is kept, and there is somebody to ask.   A server that does not know the
 * mailbox by the name that the profile has is asked anew where it is (Autodiscover), and the profile is saved as it says.
 */
status profile_connect(const char *data, const struct profile *p, struct profile_connection *out, struct reason *why) MUST;
/* To one of its stores: as the person of the profile, who must have permission. */
status profile_connect_store(const char *data, const struct profile *p, const struct profile_store *store, struct profile_connection *out,
			     struct reason *why) MUST;
/* The same to its own, with a password that is at hand. */
status profile_connect_with(const struct profile *p, const char *password, struct profile_connection *out, struct reason *why) MUST;
void profile_disconnect(struct profile_connection *c);
/* What to say when it failed, in a line of its own; "" when the words say it all. */
const char *profile_advice(enum session_failure f);

#endif
