/* postern mail: what is put into a folder for those who look there, and folders that are made. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/mail.h"
#include "cli/text.h"
#include "mapi/tag.h"
#include "store/folder.h"
#include "store/message.h"

/* Posts ([MS-OXOPOST]) ------------------------------------------------------------------------------------------------------------ */

int mail_post_new(struct mail_at_work *w)
{
	struct mail_folder f;

	if (w->o->to || w->o->cc || w->o->bcc) {
		(void)reason_set(
			&w->why, ecInvalidParam,
			"a post is for who looks into the folder, and sent to nobody: postern mail compose sends");
		return EXIT_LOSS;
	}
	if (mail_folder_find(w->mailbox, w->o->words[1], w->arena, &f, &w->why))
		return EXIT_LOSS;
	w->post_to = f.id;
	return mail_write_new(w);
}

/* A draft in the folder becomes a post: nobody sends it, and it came when it was written. */
status mail_post_finish(struct mail_at_work *w, uint64_t id)
{
	uint64_t now = clock_system.now(&clock_system);
	struct bag b;
	status s;

	bag_init(&b, w->arena);
	s = bag_set_text(&b, PidTagMessageClass, "IPM.Post");
	if (!s)
		s = bag_set_u32(&b, PidTagMessageFlags, MSGFLAG_READ | MSGFLAG_EVER_READ);
	if (!s)
		s = bag_set_u64(&b, PidTagMessageDeliveryTime, now);
	return s ? s : message_set(w->mailbox, id, &b, NULL, 0);
}

/* Folders ------------------------------------------------------------------------------------------------------------------------- */

/* The last "/" that is none of a name; NULL: it stands at the top. */
static const char *last_slash(const char *path)
{
	const char *last = NULL;

	for (const char *p = path; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '/')
			last = p;
	}
	return last;
}

/* Of a path: "Inbox/Projects" is "Projects" in Inbox. */
static status take_apart(struct mail_at_work *w, const char *path, uint64_t *parent, char **name)
{
	const char *slash = last_slash(path);
	struct mail_folder f;
	status s;
	char *to;

	if (slash) {
		s = mail_folder_find(w->mailbox,
				     arena_strndup(w->arena, path, (size_t)(slash - path)),
				     w->arena, &f, &w->why);
		*parent = f.id;
	} else {
		s = folder_by_role(w->mailbox, MAILBOX_IPM_SUBTREE, parent);
		if (s)
			return reason_set(
				&w->why, s,
				"there are no folders here yet: postern sync brings them");
	}
	*name = s ? NULL : arena_strdup(w->arena, slash ? slash + 1 : path);
	if (s)
		return s;
	if (!*name)
		return reason_set(&w->why, ecMemory, "out of memory");
	to = *name;
	for (const char *from = *name; *from; *to++ = *from++)
		from += *from == '\\' && from[1];
	*to = '\0';
	return **name ? ecNone : reason_set(&w->why, ecInvalidParam, "a folder needs a name");
}

int mail_post_folder(struct mail_at_work *w)
{
	uint64_t parent = 0, id = 0;
	char *name = NULL;
	status s = take_apart(w, w->o->words[1], &parent, &name);

	if (s)
		return EXIT_LOSS;
	s = mailbox_begin(w->mailbox);
	if (!s)
		s = folder_create(w->mailbox, parent, name, NULL, &id);
	if (!s)
		s = mailbox_commit(w->mailbox);
	if (s) {
		mailbox_rollback(w->mailbox);
		(void)reason_set(&w->why, s, "%s",
				 s == ecDuplicateName ? "there is a folder of that name already"
						      : mailbox_failure(w->mailbox));
	}
	return s ? EXIT_LOSS : EXIT_COMPLETE;
}
