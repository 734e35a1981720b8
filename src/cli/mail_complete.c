/* The rest of a message of which only the headers are here, when somebody wants to read it. */
#include "base/clock.h"
#include "cli/mail.h"
#include "cli/profile_connect.h"
#include "client/sync.h"

/* Whatever comes of it: who watches gets it as soon as it can be had. */
static void want(struct mail_at_work *w, uint64_t id)
{
	if (mailbox_begin(w->mailbox) || cache_want(w->cache, id) || mailbox_commit(w->mailbox))
		mailbox_rollback(w->mailbox);
}

static status fetch(struct mail_at_work *w, uint64_t id, struct reason *why)
{
	struct sync_options how = { .profile = &w->store.profile, .clock = &clock_system };
	struct profile_connection c = { NULL, NULL };
	status s;

	if (w->profile.work_offline || !w->profile.cached)
		return reason_set(why, ecNotFound, "the profile works offline");
	s = profile_connect_store(w->data, &w->profile, &w->store, &c, why);
	if (!s && sync_compare_binding(mailbox_identity(w->mailbox), remote_mailbox(c.remote)) !=
			  SYNC_SAME)
		s = reason_set(why, ecVersion, "the mailbox at the server is another one");
	if (!s)
		s = sync_complete(w->cache, c.remote, &how, id, why);
	profile_disconnect(&c);
	/* The cache may have been lent meanwhile. */
	w->mailbox = cache_mailbox(w->cache);
	return s;
}

status mail_rest(struct mail_at_work *w, uint64_t id)
{
	enum cache_fullness fullness = CACHE_FULL;
	struct reason why = { "" };
	status s;

	if (cache_fullness(w->cache, id, &fullness) || fullness == CACHE_FULL)
		return ecNone;
	want(w, id);
	s = fetch(w, id, &why);
	return s ? reason_set(
			   &w->why, s,
			   "only the headers of this message are here; the rest comes with the next postern sync, and cannot be had now: %.300s",
			   why.text)
		 : ecNone;
}
