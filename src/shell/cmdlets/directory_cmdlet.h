/*
 * Cmdlets on objects of the directory.  A row says which class and what is done with it; parameters, their types, help
 * and what is shown come from the directory's table of attributes.  What a cmdlet does beyond that is a hook of its row.
 */
#ifndef SHELL_CMDLETS_DIRECTORY_CMDLET_H
#define SHELL_CMDLETS_DIRECTORY_CMDLET_H

#include "shell/cmdlets/site.h"

enum directory_action {
	ACTION_GET,    /* one by its identity, or all; emits objects */
	ACTION_SET,    /* changes attributes */
	ACTION_NEW,    /* makes one, and emits it */
	ACTION_REMOVE, /* asks first */
	ACTION_CHANGE, /* anything else to one object: has a `process` of its own */
	ACTION_MAKE,   /* as ACTION_NEW, but what is made has no name to give: has a `process` of its own */
	ACTION_SHOW,   /* emits something else that belongs to one object: has a `process` of its own */
};

struct settings {
	struct directory_setting *items;
	size_t n, cap;
};

struct directory_row {
	const char *name;       /* "Get-Mailbox" */
	const char *class_name; /* "Mailbox" */
	const char *also;	/* ACTION_NEW: a second class of the same object, whose attributes are parameters too */
	const char *of;		/* the class that the identity is of, when it is another one */
	enum directory_action action;
	const char *synopsis, *example;
	const char *const *aliases;     /* or NULL */
	const char *identity;		/* the name of the parameter that names the object, when it is not Identity */
	const struct parameter *extra;  /* parameters that are no attributes; NULL: none */
	const char *const *attributes;  /* ACTION_CHANGE: attributes that are parameters, NULL-terminated; NULL: none */
	const char *const *filters;     /* ACTION_GET: attributes by which the list can be narrowed */
	unsigned flags;			/* CMDLET_CONFIRM */
	/* Instead of what the action does. */
	status (*process)(struct call *c, const struct value *in);
	/* ACTION_GET: adds to what is shown, or warns. */
	status (*show)(struct call *c, const struct directory_object *o, struct object *shown);
	/* ACTION_SET, ACTION_NEW: settings that follow from extra parameters, or that nobody gave. `o` is NULL when it is to be made. */
	status (*settle)(struct call *c, const struct directory_object *o, struct settings *s);
	/* ACTION_SET: what else changes, in the same transaction. */
	status (*apply)(struct call *c, struct directory *d, const struct directory_object *o, struct reason *why);
};

/* What a row becomes. */
struct directory_cmdlet {
	struct cmdlet cmdlet;
	const struct directory_row *row;
	const struct directory_class *as;
	struct object_type type; /* of what is emitted */
};

static inline const struct directory_cmdlet *directory_cmdlet_of(const struct call *c)
{
	return (const struct directory_cmdlet *)c->cmdlet;
}

/* directory_table.c: ends with a row without a name. */
extern const struct directory_row directory_cmdlet_rows[];
/* directory_build.c: the cmdlets of all rows, NULL-terminated. */
status directory_cmdlets(struct arena *a, const struct cmdlet *const **out) MUST;

/* What the actions do, for rows that do more: directory_get.c, directory_set.c. */
status directory_get_process(struct call *c, const struct value *in) MUST;
status directory_set_process(struct call *c, const struct value *in) MUST;
status directory_new_process(struct call *c, const struct value *in) MUST;
status directory_remove_process(struct call *c, const struct value *in) MUST;

/* directory_call.c --------------------------------------------------------------------------------------------------- */

/* Reports words about one object; 0: go on. */
status call_report(struct call *c, status code, const struct reason *why) MUST;
/*
 * The object that the parameter names: what came through the pipe is taken by its GUID, a public folder by its path too.  *out is NULL when there is none,
 * which has been reported; a failure is to be returned.
 */
status call_object(struct call *c, const struct directory_class *as, const char *parameter, const struct value *in,
		   const struct directory_object **out) MUST;
/* "Mailbox 'alice'": what a change is done to, for call_should_process. NULL without memory. */
const char *call_target(struct call *c, const struct directory_object *o);
/* Adds a setting from text; a failure has its words in `why`. */
status settings_add(struct call *c, const struct directory_class *as, const char *attribute, const char *text, struct settings *s,
		    struct reason *why) MUST;
/* Settings of all attributes that were given as parameters. */
status call_settings(struct call *c, struct settings *s, struct reason *why) MUST;
/* Says which of the settings no service obeys yet. */
void warn_later(struct call *c, const struct directory_class *as, const struct settings *s);
/* Is it among them? */
bool settings_have(const struct settings *s, const char *attribute);

/* directory_show.c: as objects of the shell, in c->item; NULL without memory. */
struct object *directory_shown(struct call *c, const struct directory_object *o, const struct object_type *type);
/* Reads it and emits it, through the `show` of the row. */
status directory_emit(struct call *c, const struct directory_class *as, uint64_t id) MUST;

/* Hooks of rows -------------------------------------------------------------------------------------------------------- */

/* mailbox.c */
extern const struct parameter mailbox_get_parameters[], mailbox_new_parameters[], mailbox_set_parameters[], mailbox_remove_parameters[], mailbox_connect_parameters[];
extern const struct parameter user_set_parameters[];
status mailbox_new(struct call *c, const struct value *in) MUST;
status password_apply(struct call *c, struct directory *d, const struct directory_object *o, struct reason *why) MUST;
status mailbox_settle(struct call *c, const struct directory_object *o, struct settings *s) MUST;
status mailbox_enable(struct call *c, const struct value *in) MUST;
status mailbox_disable(struct call *c, const struct value *in) MUST;
status mailbox_remove(struct call *c, const struct value *in) MUST;
status mailbox_connect(struct call *c, const struct value *in) MUST;
status store_mailbox_remove(struct call *c, const struct value *in) MUST;

/* group.c */
extern const struct parameter group_new_parameters[], group_member_parameters[];
status group_settle(struct call *c, const struct directory_object *o, struct settings *s) MUST;
status dynamic_group_settle(struct call *c, const struct directory_object *o, struct settings *s) MUST;
status contact_settle(struct call *c, const struct directory_object *o, struct settings *s) MUST;
status member_add(struct call *c, const struct value *in) MUST;
status member_remove(struct call *c, const struct value *in) MUST;
status member_list(struct call *c, const struct value *in) MUST;

/* certificate.c */
extern const struct parameter certificate_new_parameters[], certificate_import_parameters[];
status certificate_new(struct call *c, const struct value *in) MUST;
status certificate_import(struct call *c, const struct value *in) MUST;
status certificate_remove(struct call *c, const struct value *in) MUST;
status certificate_show(struct call *c, const struct directory_object *o, struct object *shown) MUST;

/* public_mail.c */
status mail_public_folder_disable(struct call *c, const struct value *in) MUST;

/* database.c */
status database_show(struct call *c, const struct directory_object *o, struct object *shown) MUST;
status database_settle(struct call *c, const struct directory_object *o, struct settings *s) MUST;
status database_mount(struct call *c, const struct value *in) MUST;
status database_dismount(struct call *c, const struct value *in) MUST;

#endif
