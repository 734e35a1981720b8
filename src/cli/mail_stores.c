/* postern mail: the same in several stores of a profile. */
#include <stdio.h>

#include "cli/mail.h"
#include "cli/text.h"

status mail_each_store(struct mail_at_work *w, mail_in_store *f, void *context)
{
	struct profile_store *v = NULL;
	size_t n = 0;
	status s = f(w, context);

	if (!s && !w->o->store)
		s = profile_stores(w->data, &w->profile, w->arena, &v, &n, &w->why);
	for (size_t i = 1; !s && i < n; i++) {
		if (!cache_exists(v[i].folder))
			continue;
		cache_close(w->cache);
		w->cache = NULL;
		w->store = v[i];
		/* One that cannot be had now does not keep the others from being shown. */
		if (mail_open_store(w, MAIL_PATIENCE_MS))
			note("%s: %s", v[i].name, w->why.text);
		else
			s = f(w, context);
	}
	return s;
}
