/* A letter that is being written: from what it answers and the options to the editor, and from there into the mailbox. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/mail.h"
#include "cli/text.h"
#include "store/folder.h"
#include "store/message.h"

/* The text ------------------------------------------------------------------------------------------------------------------------ */

static status read_all(int fd, const char *name, struct arena *arena, char **out, struct reason *why)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MAIL_DRAFT_TEXT_MAX);
	char room[65536];
	ssize_t n;

	while ((n = read(fd, room, sizeof room)) > 0)
		buf_add(&b, room, (size_t)n);
	if (n < 0)
		return reason_set(why, ecDiskError, "%s: %s", name, strerror(errno));
	*out = b.failed || memchr(b.p ? b.p : (const uint8_t *)"", '\0', b.n) ? NULL : arena_strdup(arena, buf_cstr(&b));
	return *out ? ecNone : reason_set(why, ecTooBig, "%s is no text, or too large for a mail", name);
}

static status read_file(const char *path, struct arena *arena, char **out, struct reason *why)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	status s;

	if (fd < 0)
		return reason_set(why, ecNotFound, "%s: %s", path, strerror(errno));
	s = read_all(fd, path, arena, out, why);
	(void)close(fd);
	return s;
}

static const char *editor(void)
{
	const char *e = getenv("VISUAL");

	if (!e || !*e)
		e = getenv("EDITOR");
	return e && *e ? e : "vi";
}

/* Ctrl-C is the editor's. */
static status run_editor(const char *path, struct reason *why)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, interrupt, quit;
	char command[1024];
	int code = 0;
	pid_t pid, ended = -1;

	(void)snprintf(command, sizeof command, "%s \"$1\"", editor());
	pid = fork();
	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	(void)sigaction(SIGINT, &ignore, &interrupt);
	(void)sigaction(SIGQUIT, &ignore, &quit);
	while (pid > 0 && (ended = waitpid(pid, &code, 0)) < 0 && errno == EINTR)
		;
	(void)sigaction(SIGINT, &interrupt, NULL);
	(void)sigaction(SIGQUIT, &quit, NULL);
	if (ended < 0 || !WIFEXITED(code) || WEXITSTATUS(code))
		return reason_set(why, ecUserCanceled, "%s did not end well; the text is still in %s", editor(), path);
	return ecNone;
}

/* The draft as a file of one's own. */
static status write_file(struct mail_letter *l, struct arena *arena, struct reason *why)
{
	CLEANUP_BUF struct buf b = BUF_MAX(MAIL_DRAFT_TEXT_MAX * 2);
	const char *temporary = getenv("TMPDIR");
	status s = mail_draft_write(&l->draft, &b);
	int fd;

	if (s)
		return reason_set(why, s, "the text is too large for a mail");
	l->began = arena_strdup(arena, buf_cstr(&b));
	if (!l->began)
		return reason_set(why, ecMemory, "out of memory");
	(void)snprintf(l->path, sizeof l->path, "%s/postern-mail-XXXXXX", temporary ? temporary : "/tmp");
	fd = mkstemp(l->path);
	if (fd >= 0 && write(fd, b.p, b.n) != (ssize_t)b.n)
		s = ecDiskError;
	if (fd < 0 || s)
		s = reason_set(why, ecDiskError, "%s: %s", l->path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	else
		l->path[0] = '\0';
	return s;
}

status mail_letter_edit(struct mail_at_work *w, struct mail_letter *l)
{
	char *text = NULL;
	status s = *l->path ? ecNone : write_file(l, w->arena, &w->why);

	if (!s)
		s = run_editor(l->path, &w->why);
	if (!s)
		s = read_file(l->path, w->arena, &text, &w->why);
	/* A draft may be sent as it is. */
	if (!s && l->draft.kind != MAIL_EDIT && strcmp(text, l->began) == 0) {
		(void)unlink(l->path);
		l->path[0] = '\0';
		return reason_set(&w->why, ecUserCanceled, "nothing was written, so nothing is sent");
	}
	return s ? s : mail_draft_read(&l->draft, text, w->arena, &w->why);
}

static status from_options(const struct mail_command *o, struct mail_draft *d, struct arena *arena, struct reason *why)
{
	char *text = NULL;
	status s = o->body_file ? read_file(o->body_file, arena, &text, why) : ecNone;

	d->to = o->to ? o->to : d->to;
	d->cc = o->cc ? o->cc : d->cc;
	d->bcc = o->bcc ? o->bcc : d->bcc;
	d->subject = o->subject ? o->subject : d->subject;
	/* Of a draft it takes the place of what there was. */
	if (text)
		d->body = d->kind == MAIL_EDIT ? text : arena_printf(arena, "%s%s", text, d->body);
	memcpy(d->files, o->files, sizeof d->files);
	d->n_files = o->n_files;
	return s ? s : d->body ? ecNone : reason_set(why, ecMemory, "out of memory");
}

/* Into the mailbox ---------------------------------------------------------------------------------------------------------------- */

status mail_letter_begin(struct mail_at_work *w, enum mail_draft_kind kind, uint64_t original, struct mail_letter *l)
{
	/* Nothing is quoted or passed on with something missing. */
	status s = kind == MAIL_NEW ? ecNone : mail_rest(w, original);

	if (!s && kind == MAIL_EDIT)
		s = mail_take_back(w, &original);
	if (!s)
		s = mail_draft_make(w->mailbox, kind, original, &w->me, w->arena, &l->draft, &w->why);
	l->path[0] = '\0';
	l->began = "";
	return s ? s : from_options(w->o, &l->draft, w->arena, &w->why);
}

static status save(struct mail_at_work *w, const struct mail_draft *d, bool sending, uint64_t *id)
{
	uint64_t folder = w->post_to;
	bool at_once = sending && d->kind != MAIL_EDIT;
	status s = folder ? ecNone : folder_by_role(w->mailbox, at_once ? MAILBOX_OUTBOX : MAILBOX_DRAFTS, &folder);

	if (s)
		return reason_set(&w->why, s, "the cache has no %s yet: postern sync brings it", at_once ? "Outbox" : "Drafts");
	s = mailbox_begin(w->mailbox);
	if (!s)
		s = mail_draft_save(w->mailbox, d, &w->me, &clock_system, folder, sending, id, &w->why);
	if (!s && sending)
		s = d->kind == MAIL_EDIT ? mail_into_outbox(w, id) : outbox_add(w->cache, *id, 0);
	if (!s && w->post_to)
		s = mail_post_finish(w, *id);
	if (!s)
		s = mailbox_commit(w->mailbox);
	if (s)
		mailbox_rollback(w->mailbox);
	return s && !*w->why.text ? reason_set(&w->why, s, "%s", mailbox_failure(w->mailbox)) : s;
}

status mail_letter_keep(struct mail_at_work *w, struct mail_letter *l, bool sending, uint64_t *id)
{
	/* What is in Drafts may be finished later. */
	status s = mail_address_resolve(w, &l->draft, !sending);

	if (!s && l->draft.kind == MAIL_EDIT)
		s = mail_note_others(w, &l->draft);
	if (!s)
		s = save(w, &l->draft, sending, id);
	if (!s && *l->path)
		(void)unlink(l->path);
	return s;
}
