/* The writer's state, shared by writer.c (store, folders) and write_message.c (messages and what nests in them). */
#ifndef PST_WRITER_PRIVATE_H
#define PST_WRITER_PRIVATE_H

#include "pst/write_names.h"
#include "pst/write_template.h"
#include "pst/writer.h"

#define OBJECT_ARENA_MAX ((size_t)24 << 20)

struct recipients;

enum object_kind { OBJECT_STORE, OBJECT_FOLDER, OBJECT_MESSAGE, OBJECT_ATTACHMENT };

/* Something that has properties and is being written: they nest. */
struct open_object {
	struct open_object *outer;
	enum object_kind kind;
	pst_nid nid;
	struct pc_writer pc;
	struct arena arena;
	struct bag cells;        /* of its row in the table of what holds it */
	unsigned codepage;
	/* messages */
	bool associated, embedded;
	uint64_t size;           /* bytes of values, for PidTagMessageSize */
	uint32_t flags;          /* PidTagMessageFlags */
	struct recipients *recipients; /* once there is one */
	struct tc_writer *attachments; /* table, once there is one */
	pst_nid last_attachment;       /* the highest id so far */
	/* folders */
	enum folder_role role;
	struct tc_writer *hierarchy, *contents, *associated_contents; /* once they have a row */
	uint32_t n_messages, n_unread, n_associated, n_children;
	struct bag *search;
	/* the large value that is arriving */
	struct tree_writer *value;
	uint32_t value_tag;
};

struct pst_writer {
	struct item_sink sink;
	struct pst_writer_options options;
	struct output *out;
	struct file_writer file;
	struct node_writer nodes;
	struct open_object *top;
	struct name_map *names;
	const struct name_map *source_names;
	uint16_t *remap; /* source id - 0x8000 -> own id; 0 unknown */
	bool convert_text;      /* the source's 8-bit strings become Unicode */
	unsigned codepage;
	pst_nid root, ipm_subtree, wastebasket, finder;
	unsigned folder_depth;  /* folders that the source has open */
	uint32_t valid_folders; /* PidTagValidFolderMask */
	struct guid record_key;
	bool has_record_key;
	bool failed;            /* the item at hand cannot be written: events are let pass until it ends */
	struct reason item_why;
	unsigned depth;         /* of messages and attachments that have begun in the folder */
	bool ended;
};

/* Says in words why the sink failed. */
status writer_error(struct pst_writer *w, status s) MUST;
/* The same, but what the format or an item's budget forbids fails the item at hand only: then ecNone and w->failed. */
status writer_item_error(struct pst_writer *w, status s) MUST;
/* Events come from code that may be wrong too: ecInvalidParam when `here` is false. */
status writer_expect(struct pst_writer *w, bool here) MUST;
/* Opens an object and gives it the properties of the bag, which come out as they are written: ids remapped, text converted. */
status object_begin(struct pst_writer *w, enum object_kind kind, pst_nid nid, const struct bag *props, struct bag *translated) MUST;
/* The properties as they will be written, with memory from the object's arena. */
status object_translate(struct pst_writer *w, struct open_object *o, const struct bag *props, struct bag *out) MUST;
void object_close(struct pst_writer *w);
status object_set_u32(struct open_object *o, uint32_t tag, uint32_t v) MUST;
status object_set_bool(struct open_object *o, uint32_t tag, bool v) MUST;
status object_set_text(struct open_object *o, uint32_t tag, const char *v) MUST;
status object_set_bytes(struct open_object *o, uint32_t tag, struct bytes v) MUST;
/* Copies the columns of a template that the bag has. */
status object_cells(struct open_object *o, const struct bag *props, const struct table_template *t) MUST;
status table_begin(struct pst_writer *w, struct tc_writer **t, const struct table_template *template) MUST;
/* Writes a table and frees it; one that has no rows is an empty one of the template. */
status table_end(struct pst_writer *w, struct tc_writer **t, const struct table_template *template, pst_bid *data, pst_bid *sub) MUST;

void recipients_free(struct recipients *r);
status writer_message_begin(struct item_sink *s, const struct message_event *e);
status writer_message_end(struct item_sink *s, struct item_result *result);
status writer_recipient(struct item_sink *s, const struct bag *props);
status writer_attachment_begin(struct item_sink *s, const struct attachment_event *e);
status writer_attachment_end(struct item_sink *s);
status writer_value_begin(struct item_sink *s, const struct prop *p);
status writer_value_chunk(struct item_sink *s, struct bytes chunk);
status writer_value_end(struct item_sink *s, bool complete);

#endif
