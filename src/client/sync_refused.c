/* Folders that the server does not show, or not any more. */
#include "client/sync_private.h"
#include "mapi/error.h"

static const char *words_of(status verdict)
{
	const struct mapi_error *e = mapi_error_by_code(verdict);

	return verdict == ecAccessDenied ? "you have no permission to read it"
	       : verdict == ecNotFound ? "it is not there any more, or you may not see it any more"
	       : e                     ? e->name
				       : "the server says no";
}

static void tell(struct sync *s, const char *name, status verdict)
{
	sync_issue(s->issues, ISSUE_NOTE, 0, NULL,
		   "the folder \"%s\" is not synchronised: %s. What is here of it stays.", name,
		   words_of(verdict));
}

status sync_set_refused(struct sync *s, uint64_t folder, const char *name, status verdict)
{
	uint32_t was = 0;
	status st = cache_refused(s->cache, folder, &was);

	if (st || was == verdict)
		return sync_store(s, st, "a folder that is not shown");
	st = cache_apply_begin(s->cache);
	if (!st)
		st = cache_set_refused(s->cache, folder, verdict);
	st = cache_apply_end(s->cache, st);
	if (!st && verdict)
		tell(s, name, verdict);
	else
		sync_issue(s->issues, ISSUE_NOTE, 0, NULL,
			   "the folder \"%s\" is synchronised again", name);
	return sync_store(s, st, "a folder that is not shown");
}

status sync_folder_withdrawn(struct sync *s, uint64_t folder, const char *name)
{
	uint32_t was = 0;
	status st = cache_refused(s->cache, folder, &was);

	if (!st && !was)
		st = cache_set_refused(s->cache, folder, ecNotFound);
	if (!st && !was)
		tell(s, name, ecNotFound);
	return sync_store(s, st, "a folder that is not shown");
}
