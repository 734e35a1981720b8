/* postern sync: brings the cache and the mailbox to the same state. */
#include "cli/sync.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/heap.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "client/address_own.h"
#include "store/mailbox_copy.h"
#include "store/site.h"

#define ARENA_MOST       ((size_t)4 << 20)
#define PATIENCE_MS      60000u
#define INTERVAL_DEFAULT 60u
#define INTERVAL_MOST    86400u

enum { KEY_DATA = 256, KEY_INTERVAL, KEY_BOOK };

volatile sig_atomic_t sync_stopped;

static const struct argp_option options[] = {
	{ "data", KEY_DATA, "DIR", 0, "Where profiles are (default: $POSTERN_DATA, else $XDG_DATA_HOME/postern)", 1 },
	{ "watch", 'w', NULL, 0, "Go on: keep the cache current until interrupted", 1 },
	{ "interval", KEY_INTERVAL, "SECONDS", 0, "--watch: look at least this often (default: 60)", 1 },
	{ "address-book", KEY_BOOK, NULL, 0, "Look at the server's address book now, whenever that was done last", 1 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct sync_command *o = state->input;
	uint64_t n;

	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		o->interval = INTERVAL_DEFAULT;
		return 0;
	case KEY_DATA:
		o->data = arg;
		return 0;
	case 'w':
		o->watch = true;
		return 0;
	case KEY_BOOK:
		o->book_now = true;
		return 0;
	case KEY_INTERVAL:
		if (!text_parse_number(arg, &n) || n < 1 || n > INTERVAL_MOST)
			argp_error(state, "'%s' is no number of seconds from 1 to %u", arg, INTERVAL_MOST);
		o->interval = (unsigned long)n;
		return 0;
	case ARGP_KEY_ARG:
		if (o->name)
			argp_error(state, "one profile, no more");
		o->name = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"[PROFILE]",
	"Brings the local copy of a mailbox and the mailbox at its server to the same state: what changed there comes here, what changed here goes there,"
	" and what is in the Outbox is sent, once. The address book of the organisation comes too, when it changed."
	"\vWhatever cuts it short, the next run goes on where it was. What both sides changed is merged where that is safe; else the one written later holds, and the"
	" other is in the folder Sync Issues/Conflicts. Exit codes: 0 both are the same, 1 they are but for what is reported, 2 it did not come to that.",
	common_children,
	NULL,
	NULL,
};

/* One run ------------------------------------------------------------------------------------------------------------------------- */

struct showing {
	struct progress progress;
	bool wanted;
	char stage[200];
	struct sync_again *again;
};

static const char *const phases[] = { "connecting", "folders", "receiving", "uploading", "sending", "indexing words", "done" };

static void on_progress(void *context, const struct sync_progress *p)
{
	struct showing *s = context;

	if (!s->wanted)
		return;
	(void)snprintf(s->stage, sizeof s->stage, "%s%s%.120s", phases[p->phase], p->folder ? " " : "", p->folder ? p->folder : "");
	progress_stage(&s->progress, s->stage);
	progress_draw(&s->progress, p->counts->messages_new + p->counts->messages_changed, p->counts->bytes, 0);
}

static bool is_canceled(void *context)
{
	(void)context;
	return sync_stopped;
}

static bool is_in_a_hurry(void *context)
{
	const struct showing *s = context;

	return s->again && s->again->is_news && s->again->is_news(s->again->context);
}

/* Another mailbox, though its name is the same: what is here is left as it is. */
static status other_mailbox(const struct profile_store *store, struct reason *why)
{
	const struct profile *p = &store->profile;

	if (store->kind != REMOTE_OWN)
		return reason_set(why, ecVersion,
				  "%s at the server is not what this cache is a copy of: it was made anew. Nothing was changed, and everything in the cache can be read as before "
				  "(postern mail --mailbox %s). To have it as a file: postern convert cache:%s/%s FILE.pst. To begin anew: postern profile set --remove-mailbox, "
				  "and --add-mailbox",
				  store->title, store->name, p->name, store->name);
	return reason_set(why, ecVersion,
			  "The mailbox at the server is not the one that this cache is a copy of: it was made anew, though its name is the same. Nothing was changed, and "
			  "everything in the cache can be read as before (postern mail). To bring what is in it into the new mailbox: postern rescue %s --into-new. To have it "
			  "as a file: postern rescue %s --to FILE.pst",
			  p->name, p->name);
}

static status open_cache(const struct profile_store *store, struct remote *r, struct cache **out, struct reason *why)
{
	status s;

	if (!cache_exists(store->folder))
		return sync_make_cache(store->folder, &store->profile, r, &clock_system, out, why);
	s = cache_open(store->folder, &clock_system, PATIENCE_MS, out, why);
	if (s)
		return s;
	switch (sync_compare_binding(mailbox_identity(cache_mailbox(*out)), remote_mailbox(r))) {
	case SYNC_SAME:
		return ecNone;
	case SYNC_REMAPPED:
		s = cache_apply_begin(*out);
		if (!s)
			s = cache_remap(*out, &remote_mailbox(r)->mapping_signature);
		return s ? reason_set(why, s, "the mapping of named properties cannot be noted") : cache_apply_commit(*out);
	default:
		return other_mailbox(store, why);
	}
}

status sync_once(const struct sync_command *o, const struct profile_store *store, struct profile_connection *c, struct sync_again *again, struct sync_counts *counts,
		 struct reason *why)
{
	struct showing show = { .wanted = !o->common.quiet && !o->common.json, .again = again };
	struct sync_options how = { .profile = &store->profile, .clock = &clock_system, .progress = on_progress, .context = &show, .canceled = is_canceled,
				    .hurry = is_in_a_hurry, .link = again ? &again->link : NULL, .at_once_max = again && again->ran ? 1 : 0 };
	struct cache *cache = NULL;
	struct reason unused = { "" };
	status s = open_cache(store, c->remote, &cache, why);

	*counts = (struct sync_counts){ 0 };
	if (!s) {
		progress_start(&show.progress, show.wanted, NULL);
		s = sync_run(cache, c->remote, &how, counts, why);
		if (!s && sync_index(cache, &how, &unused))
			note("%s", unused.text);
		progress_end(&show.progress);
		if (again)
			again->ran = !s;
		/* Whom one may write to is no reason for a run to fail. */
		if (!s && store->kind == REMOTE_OWN && address_own_update(cache, store->folder, NULL, &unused))
			note("%s", unused.text);
	}
	cache_close(cache);
	return s;
}

/* The report ---------------------------------------------------------------------------------------------------------------------- */

struct figure {
	const char *key, *words;
	size_t offset;
	bool warns;
};

static const struct figure figures[] = {
	{ "foldersNew", "folders came", offsetof(struct sync_counts, folders_new), false },
	{ "foldersChanged", "folders changed", offsetof(struct sync_counts, folders_changed), false },
	{ "foldersDeleted", "folders went", offsetof(struct sync_counts, folders_deleted), false },
	{ "messagesNew", "messages came", offsetof(struct sync_counts, messages_new), false },
	{ "messagesChanged", "messages changed", offsetof(struct sync_counts, messages_changed), false },
	{ "completed", "messages got what follows their headers", offsetof(struct sync_counts, completed), false },
	{ "dropped", "messages are older than what is kept here, and at the server only", offsetof(struct sync_counts, dropped), false },
	{ "headersOnly", "messages are here with their headers only", offsetof(struct sync_counts, headers), false },
	{ "messagesDeleted", "messages went", offsetof(struct sync_counts, messages_deleted), false },
	{ "readStates", "became read or unread", offsetof(struct sync_counts, read_states), false },
	{ "uploadedFolders", "folders were uploaded", offsetof(struct sync_counts, up_folders), false },
	{ "uploaded", "messages were uploaded", offsetof(struct sync_counts, up_new_or_changed), false },
	{ "uploadedMoves", "moves were uploaded", offsetof(struct sync_counts, up_moved), false },
	{ "uploadedDeletions", "deletions were uploaded", offsetof(struct sync_counts, up_deleted), false },
	{ "uploadedReadStates", "read states were uploaded", offsetof(struct sync_counts, up_read), false },
	{ "sent", "messages were sent", offsetof(struct sync_counts, sent), false },
	{ "merged", "changes of both sides were merged", offsetof(struct sync_counts, merged), false },
	{ "conflicts", "conflicts (see Sync Issues)", offsetof(struct sync_counts, conflicts), true },
	{ "localFailures", "could not be taken over (see Sync Issues)", offsetof(struct sync_counts, local_failures), true },
	{ "serverFailures", "were refused by the server (see Sync Issues)", offsetof(struct sync_counts, server_failures), true },
	{ "pending", "changes are left for the next time", offsetof(struct sync_counts, pending), true },
};

#define FIGURES (sizeof figures / sizeof *figures)

static uint64_t figure_of(const struct sync_counts *c, const struct figure *f)
{
	return *(const uint64_t *)(const void *)((const char *)c + f->offset);
}

bool sync_warns(const struct sync_counts *c)
{
	for (size_t i = 0; i < FIGURES; i++)
		if (figures[i].warns && figure_of(c, &figures[i]))
			return true;
	return false;
}

static void json_counts(struct json *j, const struct sync_counts *c)
{
	json_number(j, "folders", c->folders);
	json_number(j, "bytes", c->bytes);
	json_number(j, "milliseconds", c->took / 1000000);
	for (size_t i = 0; i < FIGURES; i++)
		json_number(j, figures[i].key, figure_of(c, &figures[i]));
}

static void report_json(const struct profile *p, const struct sync_counts *c, const struct sync_other_result *v, size_t n)
{
	struct json j;

	json_start(&j, stdout);
	json_object(&j, NULL);
	json_text(&j, "profile", p->name);
	json_counts(&j, c);
	json_array(&j, "mailboxes");
	for (size_t i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_text(&j, "mailbox", v[i].store->name);
		json_text(&j, "failure", v[i].outcome ? v[i].why.text : NULL);
		json_counts(&j, &v[i].counts);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	json_finish(&j);
}

static void report_counts(const struct sync_counts *c)
{
	char number[TEXT_NUMBER_SIZE];

	for (size_t i = 0; i < FIGURES; i++)
		if (figure_of(c, &figures[i]))
			printf("%12s %s\n", text_count(figure_of(c, &figures[i]), number), figures[i].words);
	if (sync_warns(c))
		printf("All %s folders were synchronised, but for what is said above.\n", text_count(c->folders, number));
	else
		printf("All folders are up to date.\n");
}

void sync_report(const struct sync_command *o, const struct profile *p, const struct sync_counts *c, const struct sync_others *others)
{
	const struct sync_other_result *v = NULL;
	size_t n = others ? sync_others_results(others, &v) : 0;

	if (o->common.json) {
		report_json(p, c, v, n);
		return;
	}
	report_counts(c);
	for (size_t i = 0; i < n; i++) {
		printf("%s%s%s\n", text_style(stdout, TEXT_BOLD), v[i].store->title, text_style(stdout, TEXT_PLAIN));
		if (v[i].outcome)
			complain("%s: %s", v[i].store->name, v[i].why.text);
		else
			report_counts(&v[i].counts);
	}
}

/* The profile's own mailbox is what counts; of the others it is told how they fared. */
static int exit_code(const struct sync_counts *counts, const struct sync_others *others)
{
	const struct sync_other_result *v = NULL;
	size_t n = others ? sync_others_results(others, &v) : 0;
	bool warns = sync_warns(counts);

	for (size_t i = 0; i < n; i++)
		warns = warns || v[i].outcome || sync_warns(&v[i].counts);
	return warns ? EXIT_WARNINGS : EXIT_COMPLETE;
}

static int after_own(const struct sync_command *o, const char *data, const struct profile *p, const struct sync_counts *counts)
{
	struct sync_others *others = NULL;
	struct reason why = { "" };
	int code;

	if (sync_others_new(o, data, p, &others, &why)) {
		complain("%s", why.text);
		return EXIT_LOSS;
	}
	sync_others_run(others, true);
	sync_report(o, p, counts, others);
	code = exit_code(counts, others);
	sync_others_free(others);
	return code;
}

static int once(const struct sync_command *o, const char *data, const struct profile *p, struct arena *arena)
{
	struct profile_connection c = { NULL, NULL };
	struct sync_counts counts = { 0 };
	struct reason why = { "" };
	struct profile_store own;
	enum session_failure f;
	status s = profile_store_find(data, p, NULL, arena, &own, &why);

	if (!s)
		s = profile_connect(data, p, &c, &why);
	if (!s)
		s = sync_once(o, &own, &c, NULL, &counts, &why);
	if (!s)
		sync_book(o, data, p, &c, false);
	f = c.session ? session_failure(c.session) : SESSION_FINE;
	profile_disconnect(&c);
	sync_say_status(own.folder, s == ecNone ? "All folders are up to date" : f == SESSION_FINE ? "Connected" : "Disconnected", s ? why.text : "");
	if (!s)
		return after_own(o, data, p, &counts);
	complain("%s", why.text);
	if (*profile_advice(f))
		note("%s", profile_advice(f));
	return EXIT_LOSS;
}

static void on_signal(int signal)
{
	(void)signal;
	sync_stopped = 1;
}

static int run(const struct command *self, int argc, char **argv)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct sync_command o = { 0 };
	struct sigaction stop = { .sa_handler = on_signal };
	struct reason why;
	struct profile p;
	const char *data;
	status s;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	data = site_default_location(o.data, &arena);
	s = profile_choose(data, o.name, &arena, &p, &why);
	if (s) {
		complain("%s", why.text);
		return EXIT_LOSS;
	}
	if (p.work_offline) {
		complain("the profile %s works offline: postern profile set %s work-offline off", p.name, p.name);
		return EXIT_LOSS;
	}
	if (!p.cached) {
		complain("the profile %s is not in cached mode, and keeps nothing here: postern profile set %s cached on", p.name, p.name);
		return EXIT_LOSS;
	}
	heap_keep_much();
	heap_share(2);
	(void)sigaction(SIGINT, &stop, NULL);
	(void)sigaction(SIGTERM, &stop, NULL);
	return o.watch ? sync_watch(&o, data, &p) : once(&o, data, &p, &arena);
}

static void add_profiles(void (*add)(void *context, const char *word), void *context)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	const char *const *names;
	size_t n = 0;

	if (!profile_list(site_default_location(NULL, &arena), &arena, &names, &n, NULL))
		for (size_t i = 0; i < n; i++)
			add(context, names[i]);
}

const struct command command_sync = { "sync", "[PROFILE] [--watch]", "bring a mailbox and its local copy to the same state, or keep them so", run, &argp,
				      add_profiles };
