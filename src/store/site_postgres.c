/* A site in a PostgreSQL database: schemas "directory", "m_<guid>", and "p_<guid>" while pending. */
#include "store/site_private.h"

#include <stdio.h>
#include <stdlib.h>

struct postgres_place {
	struct site_place common;
	struct sql *keeper; /* moves and removes schemas */
};

#define NAME_ROOM (2 + GUID_TEXT_SIZE)

static void schema_name(const struct site_entry *e, char out[static NAME_ROOM])
{
	out[0] = e->pending ? 'p' : 'm';
	out[1] = '_';
	guid_format(&e->mailbox, out + 2);
}

static struct sql *keeper(struct site_place *p)
{
	return ((struct postgres_place *)p)->keeper;
}

static status postgres_open_directory(struct site_place *p, bool create, struct sql **out, struct reason *why)
{
	struct postgres_place *g = (struct postgres_place *)p;
	unsigned how = SQL_SHARED | (create ? SQL_CREATE : 0);
	status s = g->keeper ? ecNone : sql_open_postgres(p->location, "directory", how, &g->keeper, why);

	return s ? s : sql_open_postgres(p->location, "directory", how, out, why);
}

static status postgres_open_mailbox(struct site_place *p, const struct guid *mailbox, bool pending, bool create, struct sql **out, struct reason *why)
{
	char name[NAME_ROOM];

	schema_name(&(struct site_entry){ *mailbox, pending }, name);
	return sql_open_postgres(p->location, name, create ? SQL_CREATE : 0, out, why);
}

static status postgres_open_turns(struct site_place *p, const struct guid *mailbox, struct sql **out, struct reason *why)
{
	char name[NAME_ROOM];

	schema_name(&(struct site_entry){ *mailbox, false }, name);
	return sql_open_postgres(p->location, name, SQL_TURNS, out, why);
}

static status run(struct site_place *p, const char *text, struct reason *why)
{
	status s = sql_execute(keeper(p), text);

	return s ? reason_set(why, s, "PostgreSQL: %s", sql_failure(keeper(p))) : ecNone;
}

static status postgres_move(struct site_place *p, const struct site_entry *from, const struct site_entry *to, struct reason *why)
{
	char source[NAME_ROOM], target[NAME_ROOM], text[200];
	struct sql *mine;

	schema_name(from, source);
	schema_name(to, target);
	/* Only what nobody has open. */
	status s = postgres_open_mailbox(p, &from->mailbox, from->pending, false, &mine, why);
	if (s)
		return s;
	(void)snprintf(text, sizeof text, "ALTER SCHEMA \"%s\" RENAME TO \"%s\"", source, target);
	s = run(p, text, why);
	sql_close(mine);
	return s;
}

static status postgres_remove(struct site_place *p, const struct site_entry *e, struct reason *why)
{
	char name[NAME_ROOM], text[200];

	schema_name(e, name);
	(void)snprintf(text, sizeof text, "DROP SCHEMA IF EXISTS \"%s\" CASCADE", name);
	return run(p, text, why);
}

static const char names_query[] = "SELECT CAST(nspname AS TEXT) FROM pg_catalog.pg_namespace WHERE nspname >= 'm_' AND nspname < 'q'"
				  " AND length(nspname) = 38";

static bool parse_entry(const char *name, struct site_entry *e)
{
	e->pending = name[0] == 'p';
	return (name[0] == 'm' || e->pending) && name[1] == '_' && guid_parse(name + 2, &e->mailbox);
}

static status postgres_list(struct site_place *p, struct arena *arena, struct site_entry **out, size_t *n, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(keeper(p), names_query);
	struct site_entry *list = NULL, e;
	size_t count = 0, cap = 0;
	bool row = true;

	while (row) {
		status s = sql_step(q, &row);

		if (s)
			return reason_set(why, s, "PostgreSQL: %s", sql_failure(keeper(p)));
		if (!row || !parse_entry(sql_text(q, 0), &e))
			continue;
		if (count == cap) {
			size_t more = cap ? 2 * cap : 64;
			struct site_entry *longer = arena_array(arena, more, sizeof *longer);

			if (!longer)
				return reason_set(why, ecMemory, "out of memory: too many mailboxes");
			if (count)
				memcpy(longer, list, count * sizeof *list);
			list = longer;
			cap = more;
		}
		list[count++] = e;
	}
	*out = list;
	*n = count;
	return ecNone;
}

static const char *postgres_name(struct site_place *p, const struct guid *mailbox, struct arena *arena)
{
	char name[NAME_ROOM];

	(void)p;
	schema_name(&(struct site_entry){ *mailbox, false }, name);
	return arena_printf(arena, "schema %s", name);
}

static void postgres_close(struct site_place *p)
{
	sql_close(keeper(p));
	free(p->location);
	free(p);
}

static const struct site_place_ops ops = {
	.open_directory = postgres_open_directory,
	.open_mailbox = postgres_open_mailbox,
	.open_turns = postgres_open_turns,
	.move = postgres_move,
	.remove = postgres_remove,
	.list = postgres_list,
	.name = postgres_name,
	.close = postgres_close,
};

status site_postgres(const char *url, struct site_place **out, struct reason *why)
{
	struct postgres_place *g = calloc(1, sizeof *g);
	char *copy = g ? strdup(url) : NULL;

	if (!copy) {
		free(g);
		return reason_set(why, ecMemory, "out of memory");
	}
	g->common.ops = &ops;
	g->common.location = copy;
	*out = &g->common;
	return ecNone;
}
