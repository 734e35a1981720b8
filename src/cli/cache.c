/* postern cache: the local copies of mailboxes, as files. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/quantity.h"
#include "cli/command.h"
#include "cli/json.h"
#include "cli/option_slots.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "client/cache_check.h"
#include "client/profile_store.h"
#include "store/site.h"

#define ARENA_MOST     ((size_t)8 << 20)
#define WORDS_MOST     3u
#define PATIENCE_MS    10000u
#define FINDINGS_SHOWN 100u

struct cache_command {
	struct common_options common;
	const char *data;
	bool repair, quick, all;
	const char *words[WORDS_MOST];
	size_t n;
};

enum { KEY_DATA = 256, KEY_REPAIR, KEY_QUICK };

static const struct argp_option options[] = {
	{ "data", KEY_DATA, "DIR", 0, "Where profiles are (default: $POSTERN_DATA, else $XDG_DATA_HOME/postern)", 1 },
	{ "repair", KEY_REPAIR, NULL, 0, "check: mend what can be mended", 2 },
	{ "quick", KEY_QUICK, NULL, 0, "check: without reading the messages", 2 },
	{ "all", 'a', NULL, 0, "check: list every finding (else the first 100; all are counted)", 2 },
	{ 0 },
};

static const struct option_slot slots[] = {
	{ KEY_DATA, OPTION_TEXT, offsetof(struct cache_command, data) },
	{ KEY_REPAIR, OPTION_FLAG, offsetof(struct cache_command, repair) },
	{ KEY_QUICK, OPTION_FLAG, offsetof(struct cache_command, quick) },
	{ 'a', OPTION_FLAG, offsetof(struct cache_command, all) },
	{ 0 },
};

/* A profile's cache at hand, and what is shown while something long is done to it. */
struct work {
	const struct cache_command *o;
	struct arena *arena;
	struct profile profile;
	struct profile_store store;
	const char *name;   /* of the profile, or PROFILE/STORE */
	const char *folder; /* the store's */
	struct cache_care care;
	struct progress progress;
	struct json json;
	uint64_t shown;
};

static int failed(const struct reason *why)
{
	complain("%s", why->text);
	return EXIT_LOSS;
}

static void on_care(void *context, const char *stage, uint64_t done, uint64_t of)
{
	struct work *w = context;

	progress_stage(&w->progress, stage);
	progress_draw(&w->progress, 0, done, of);
}

static status open_work(struct work *w, const char *data, const char *name, struct reason *why)
{
	status s = profile_store_named(data, name, w->arena, &w->profile, &w->store, why);

	if (s)
		return s;
	w->folder = w->store.folder;
	w->name = *w->store.name ? arena_printf(w->arena, "%s/%s", w->profile.name, w->store.name) : w->profile.name;
	w->care = (struct cache_care){ .clock = &clock_system, .patience_ms = PATIENCE_MS, .progress = on_care, .context = w };
	return w->name ? ecNone : reason_set(why, ecMemory, "out of memory");
}

/* check --------------------------------------------------------------------------------------------------------------------------- */

static void json_finding(struct json *j, const struct cache_finding *f)
{
	json_object(j, NULL);
	json_text(j, "kind", f->kind);
	if (f->folder)
		json_hex(j, "folder", f->folder);
	if (f->message)
		json_hex(j, "message", f->message);
	json_text(j, "text", f->text);
	json_bool(j, "repairable", f->repairable);
	json_bool(j, "repaired", f->repaired);
	json_end_object(j);
}

static void on_found(void *context, const struct cache_finding *f)
{
	struct work *w = context;

	progress_abandon();
	if (w->o->common.json) {
		json_finding(&w->json, f);
		return;
	}
	if (w->o->common.quiet || (!w->o->all && w->shown >= FINDINGS_SHOWN))
		return;
	w->shown++;
	printf("  %s%-9s%s ", text_style(stdout, f->repaired ? TEXT_GREEN : f->repairable ? TEXT_YELLOW : TEXT_RED), f->kind, text_style(stdout, TEXT_PLAIN));
	text_put(stdout, f->text);
	printf("%s\n", f->repaired ? " (done)" : "");
}

static void on_checked(void *context, uint64_t done, uint64_t of)
{
	struct work *w = context;

	progress_draw(&w->progress, done, done, of);
}

static int verdict(const struct cache_check_summary *s)
{
	if (!s->findings)
		return EXIT_COMPLETE;
	return s->repaired == s->findings ? EXIT_WARNINGS : EXIT_LOSS;
}

static void print_summary(const struct work *w, const struct cache_check_summary *s)
{
	char text[TEXT_NUMBER_SIZE];
	int v = verdict(s);

	if (!w->o->common.quiet && s->findings > w->shown)
		printf("  ... and %" PRIu64 " more (--all lists them)\n", s->findings - w->shown);
	printf("  %" PRIu64 " folder%s, ", s->folders, plural(s->folders));
	if (w->o->quick)
		printf("messages were not read\n");
	else
		printf("%s message%s, %s\n", text_count(s->messages, text), plural(s->messages), text_bytes(s->bytes, (char[TEXT_NUMBER_SIZE]){ 0 }));
	if (s->headers)
		printf("  %s message%s of which only the headers are here\n", text_count(s->headers, text), plural(s->headers));
	if (s->again)
		printf("  %" PRIu64 " folder%s or message%s come again from the server: postern sync %s\n", s->again, plural(s->again), plural(s->again),
		       w->profile.name);
	if (s->kept)
		printf("  %" PRIu64 " message%s that %s changed here: in Sync Issues/Local Failures\n", s->kept, plural(s->kept),
		       s->kept == 1 ? "was" : "were");
	printf("  %s%s%s: %" PRIu64 " finding%s, %" PRIu64 " mended\n",
	       text_style(stdout, v == EXIT_COMPLETE   ? TEXT_GREEN
				  : v == EXIT_WARNINGS ? TEXT_YELLOW
						       : TEXT_RED),
	       v == EXIT_COMPLETE   ? "sound"
	       : v == EXIT_WARNINGS ? "mended"
				    : "damaged",
	       text_style(stdout, TEXT_PLAIN), s->findings, plural(s->findings), s->repaired);
	if (v == EXIT_LOSS && !w->o->repair && s->repairable)
		note("postern cache check --repair %s mends %" PRIu64 " of them", w->name, s->repairable);
}

static void json_summary(struct json *j, const struct cache_check_summary *s, status st, const struct reason *why)
{
	json_end_array(j);
	json_number(j, "folders", s->folders);
	json_number(j, "messages", s->messages);
	json_number(j, "bytes", s->bytes);
	json_number(j, "findings", s->findings);
	json_number(j, "repairable", s->repairable);
	json_number(j, "repaired", s->repaired);
	json_number(j, "again", s->again);
	json_number(j, "kept", s->kept);
	json_number(j, "headersOnly", s->headers);
	json_text(j, "failure", st ? why->text : NULL);
	json_finish(j);
}

static int check(struct work *w)
{
	const struct cache_check_options o = { .repair = w->o->repair, .quick = w->o->quick, .found = on_found, .progress = on_checked, .context = w };
	struct cache_check_summary summary = { 0 };
	struct reason why = { "" };
	status s;

	if (w->o->common.json) {
		json_start(&w->json, stdout);
		json_object(&w->json, NULL);
		json_text(&w->json, "profile", w->name);
		json_array(&w->json, "report");
	}
	progress_start(&w->progress, !w->o->common.quiet, NULL);
	progress_stage(&w->progress, "checking");
	s = cache_check(w->folder, &w->care, &o, &summary, &why);
	progress_end(&w->progress);
	if (w->o->common.json)
		json_summary(&w->json, &summary, s, &why);
	else if (!s)
		print_summary(w, &summary);
	return s ? failed(&why) : verdict(&summary);
}

/* compact, move ------------------------------------------------------------------------------------------------------------------- */

static void say_result(struct work *w, const char *verb, const struct cache_care_result *r)
{
	char before[TEXT_NUMBER_SIZE], after[TEXT_NUMBER_SIZE], freed[TEXT_NUMBER_SIZE];

	if (w->o->common.json) {
		json_start(&w->json, stdout);
		json_object(&w->json, NULL);
		json_text(&w->json, "profile", w->name);
		json_text(&w->json, "cache", cache_place(w->folder, w->arena));
		json_number(&w->json, "before", r->before);
		json_number(&w->json, "after", r->after);
		json_end_object(&w->json);
		json_finish(&w->json);
		return;
	}
	if (w->o->common.quiet)
		return;
	printf("%s ", verb);
	text_put(stdout, cache_place(w->folder, w->arena));
	if (r->before > r->after)
		printf(": %s, was %s; %s were freed\n", text_bytes(r->after, after), text_bytes(r->before, before), text_bytes(r->before - r->after, freed));
	else
		printf(": %s\n", text_bytes(r->after, after));
}

static int compact(struct work *w)
{
	char needed[TEXT_NUMBER_SIZE], there[TEXT_NUMBER_SIZE];
	struct cache_care_result result;
	struct reason why = { "" };
	struct cache_room room;
	status s = cache_compact_room(w->folder, &w->care, &room, &why);

	if (s)
		return failed(&why);
	if (!w->o->common.quiet && !w->o->common.json)
		note("this needs %s of room for its time, and there are %s", text_bytes(room.needed, needed), text_bytes(room.there, there));
	progress_start(&w->progress, !w->o->common.quiet, NULL);
	s = cache_compact(w->folder, &w->care, &result, &why);
	progress_end(&w->progress);
	if (s)
		return failed(&why);
	say_result(w, "compacted", &result);
	return EXIT_COMPLETE;
}

static int move(struct work *w)
{
	struct cache_care_result result;
	struct reason why = { "" };
	status s;

	progress_start(&w->progress, !w->o->common.quiet, NULL);
	s = cache_move(w->folder, w->o->words[1], &w->care, &result, &why);
	progress_end(&w->progress);
	if (s)
		return failed(&why);
	say_result(w, "moved to", &result);
	return EXIT_COMPLETE;
}

/* list ---------------------------------------------------------------------------------------------------------------------------- */

struct listed {
	const char *place, *state;
	uint64_t size, pending, unsent, free;
	bool there, known;
};

static status free_in(struct cache *c, uint64_t *bytes)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(mailbox_sql(cache_mailbox(c)), "SELECT f.freelist_count * z.page_size FROM pragma_freelist_count f, pragma_page_size z");
	bool row = false;
	status s = sql_step(q, &row);

	*bytes = !s && row ? (uint64_t)sql_i64(q, 0) : 0;
	return s;
}

static void look(struct work *w, struct listed *l)
{
	struct outbox_item *items;
	struct cache *c = NULL;
	struct reason why = { "" };
	size_t unsent = 0;
	struct stat st;
	status s;

	*l = (struct listed){ .place = cache_place(w->folder, w->arena), .state = "" };
	l->there = l->place && cache_exists(w->folder);
	if (!l->there)
		return;
	l->size = stat(l->place, &st) ? 0 : (uint64_t)st.st_size;
	s = cache_open(w->folder, &clock_system, 1000, &c, &why);
	if (!s)
		s = cache_pending_count(c, &l->pending);
	if (!s)
		s = outbox_list(c, w->arena, &items, &unsent);
	if (!s)
		s = free_in(c, &l->free);
	cache_close(c);
	l->unsent = unsent;
	l->known = !s;
	l->state = s ? arena_strdup(w->arena, *why.text ? why.text : "cannot be read: postern cache check") : "";
}

static void json_listed(struct json *j, const struct work *w, const struct listed *l)
{
	json_object(j, NULL);
	json_text(j, "profile", w->name);
	json_text(j, "cache", l->there ? l->place : NULL);
	json_number(j, "size", l->size);
	if (l->known) {
		json_number(j, "free", l->free);
		json_number(j, "pending", l->pending);
		json_number(j, "unsent", l->unsent);
	}
	json_text(j, "trouble", l->state && *l->state ? l->state : NULL);
	json_end_object(j);
}

static void print_listed(const struct work *w, const struct listed *l)
{
	char size[TEXT_NUMBER_SIZE], text[TEXT_NUMBER_SIZE];

	printf("%-32s ", w->name);
	if (!l->there) {
		printf("%12s  none yet: postern sync %s makes it\n", "-", w->profile.name);
		return;
	}
	printf("%12s  ", text_bytes(l->size, size));
	text_put(stdout, l->place);
	putchar('\n');
	if (l->known && l->free > l->size / 4)
		printf("%-32s %12s  %s of it are free: postern cache compact %s\n", "", "", text_bytes(l->free, text), w->name);
	if (l->known && (l->pending || l->unsent))
		printf("%-32s %12s  %" PRIu64 " change%s to be uploaded, %" PRIu64 " message%s to be sent\n", "", "", l->pending, plural(l->pending), l->unsent,
		       plural(l->unsent));
	if (!l->known && l->state) {
		printf("%-32s %12s  ", "", "");
		text_put(stdout, l->state);
		putchar('\n');
	}
}

static void list_one(struct work *w)
{
	struct listed l;

	look(w, &l);
	if (w->o->common.json)
		json_listed(&w->json, w, &l);
	else
		print_listed(w, &l);
}

/* The profile's own, and what else it keeps. */
static void list_stores(struct work *w, const char *data)
{
	struct profile_store *v;
	struct reason why;
	size_t n = 0;

	list_one(w);
	if (profile_stores(data, &w->profile, w->arena, &v, &n, &why))
		return;
	for (size_t i = 1; i < n; i++) {
		w->folder = v[i].folder;
		w->name = arena_printf(w->arena, "%s/%s", w->profile.name, v[i].name);
		if (w->name)
			list_one(w);
	}
}

static int list(struct work *w, const char *data)
{
	const char *const *names;
	struct reason why = { "" };
	int code = EXIT_COMPLETE;
	size_t n = 0;

	if (profile_list(data, w->arena, &names, &n, &why))
		return failed(&why);
	if (w->o->common.json) {
		json_start(&w->json, stdout);
		json_array(&w->json, NULL);
	}
	for (size_t i = 0; i < n; i++) {
		if (open_work(w, data, names[i], &why))
			code = failed(&why);
		else
			list_stores(w, data);
	}
	if (w->o->common.json)
		json_finish(&w->json);
	if (!n && !w->o->common.json && !w->o->common.quiet)
		note("there is no profile yet: postern profile add you@example.com");
	return code;
}

/* The command --------------------------------------------------------------------------------------------------------------------- */

static const struct verb {
	const char *name;
	size_t least, most; /* words, with the verb */
	const char *missing;
	int (*run)(struct work *w); /* of one profile, which is the last word; NULL: of all */
} verbs[] = {
	{ "check", 1, 2, "", check },
	{ "compact", 1, 2, "", compact },
	{ "move", 2, 3, "FOLDER", move },
	{ "list", 1, 1, "", NULL },
};

#define VERBS (sizeof verbs / sizeof *verbs)

static const struct verb *verb_of(const char *word)
{
	for (size_t i = 0; word && i < VERBS; i++)
		if (strcmp(verbs[i].name, word) == 0)
			return &verbs[i];
	return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct cache_command *o = state->input;
	const struct verb *v;

	if (option_take(slots, o, key, arg))
		return 0;
	switch (key) {
	case ARGP_KEY_INIT:
		common_init(state, &o->common);
		return 0;
	case ARGP_KEY_ARG:
		if (o->n == WORDS_MOST)
			argp_error(state, "too many words");
		o->words[o->n++] = arg;
		return 0;
	case ARGP_KEY_END:
		v = verb_of(o->words[0]);
		if (!v)
			argp_error(state, o->n ? "'%s' is not one of check, compact, move, list" : "what is to be done: check, compact, move, list?",
				   o->words[0]);
		else if (o->n < v->least)
			common_missing(state, v->missing);
		else if (o->n > v->most)
			argp_error(state, "too many words");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse,
	"check [PROFILE[/MAILBOX]]\ncompact [PROFILE[/MAILBOX]]\nmove FOLDER [PROFILE[/MAILBOX]]\nlist",
	"Takes care of the local copy of a mailbox (cached mode): whether it is sound, how large it is, where it is."
	"\vWhat is damaged here and was not changed here comes again from the server with the next postern sync. A copy that is made smaller or moved is written beside the old"
	" one, checked, and takes its place in one step. Exit codes of check: 0 sound, 1 all was mended, 2 damaged or not checked.",
	common_children,
	NULL,
	NULL,
};

static int run(const struct command *self, int argc, char **argv)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct cache_command o = { 0 };
	struct work w = { .o = &o, .arena = &arena };
	struct reason why = { "" };
	const struct verb *v;
	const char *data;

	argp_parse(self->argp, argc, argv, 0, NULL, &o);
	v = verb_of(o.words[0]);
	data = site_default_location(o.data, &arena);
	if (!v || !v->run)
		return v ? list(&w, data) : EXIT_USAGE;
	if (open_work(&w, data, o.words[v->least], &why))
		return failed(&why);
	return v->run(&w);
}

static void add_verbs(void (*add_word)(void *context, const char *word), void *context)
{
	for (size_t i = 0; i < VERBS; i++)
		add_word(context, verbs[i].name);
}

const struct command command_cache = { "cache",  "check|compact|move|list ...", "check a local copy, make it smaller, move it to another disk", run, &argp,
				       add_verbs };
