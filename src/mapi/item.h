/*
 * Mail moves from a source to a sink.  A source emits events, a sink takes them; every format is one or
 * the other or both, and rescue, conversion, import, export and comparison are each a join of two.
 *
 *   store_begin
 *     value_begin value_chunk* value_end         large values of the store, after its bag
 *     folder_begin                       (folders nest; messages of a folder come before its subfolders)
 *       value_...                                large values of the folder
 *       message_begin
 *         value_begin value_chunk* value_end     large values of the message, after its bag
 *         recipient*
 *         attachment_begin
 *           value_...                            large values of the attachment
 *           message_begin ... message_end        at most one embedded message
 *         attachment_end
 *       message_end -> outcome
 *     folder_end
 *   store_end
 *   problem may come anywhere between store_begin and store_end and speaks of the innermost open object.
 *
 * Any error a sink returns stops the transfer and comes back out of the source; that one item could not be
 * written is no such error but an outcome of message_end.  Everything an event points at is valid until the
 * event returns.  A sink that is not interested leaves an operation NULL (see item_*() below, which check).
 */
#ifndef MAPI_ITEM_H
#define MAPI_ITEM_H

#include "mapi/named.h"
#include "mapi/prop.h"

/* Values up to this size stand in the bag; larger ones follow as chunks. */
#define ITEM_INLINE_MAX ((size_t)64 << 10)
/* When the bag of one object already holds this much, only tiny values still stand in it. */
#define ITEM_BAG_MAX ((size_t)4 << 20)
#define ITEM_CHUNK_MAX ((size_t)64 << 10)
/* Embedded messages nest at most this deep; deeper ones are reported as lost. */
#define ITEM_DEPTH_MAX 32
#define ITEM_FOLDER_DEPTH_MAX 256

struct store_event {
	const struct bag *props;
	const struct name_map *names; /* valid until store_end */
	unsigned codepage;            /* of PT_STRING8 where the item does not say */
	const char *format;           /* "Unicode .pst", for people */
};

enum folder_role {
	FOLDER_PLAIN,
	FOLDER_ROOT,         /* of the store */
	FOLDER_IPM_SUBTREE,  /* what people see as the top */
	FOLDER_WASTEBASKET,  /* Deleted Items */
	FOLDER_FINDER,       /* where search folders live */
	FOLDER_SEARCH,       /* a search folder: its contents are links, so it emits no messages */
	FOLDER_RECOVERED,    /* made by the rescue for items whose folder is lost */
};

/* How many messages a folder should hold, as different places in the source say; -1 where one says nothing. */
struct folder_expect {
	int64_t nodes;    /* message nodes whose parent it is (B-tree) */
	int64_t table;    /* rows of its contents table */
	int64_t mid_map;  /* entries of its MID map (.ost) */
	int64_t stated;   /* PidTagContentCount or PidTagAssociatedContentCount: a cached number, only a hint */
};

struct folder_event {
	uint64_t id;   /* in the source (NID); 0 when it has none */
	enum folder_role role;
	const struct bag *props;
	const struct bag *search; /* criteria of a search folder; NULL when none */
	struct folder_expect messages, associated;
};

enum item_origin {
	ORIGIN_UNKNOWN,
	ORIGIN_SERVER, /* the server knew it */
	ORIGIN_LOCAL,  /* it was only ever here */
};

struct message_event {
	uint64_t id;       /* in the source (NID); 0 when it has none */
	bool associated;   /* FAI */
	bool embedded;     /* inside an attachment */
	unsigned depth;    /* 0 for messages of folders */
	enum item_origin origin;
	unsigned confidence; /* 100 for a live item; less for one that was undeleted or pieced together */
	const struct bag *props;
};

struct attachment_event {
	uint64_t id; /* in the source (NID) */
	const struct bag *props;
};

enum item_outcome {
	OUTCOME_WRITTEN,
	OUTCOME_FILTERED,  /* left out on purpose */
	OUTCOME_DUPLICATE, /* was there already */
	OUTCOME_FAILED,
};

struct item_result {
	enum item_outcome outcome;
	struct reason why; /* for OUTCOME_FAILED */
};

enum problem_kind {
	PROBLEM_FLAGGED,    /* odd but whole: the value or object was kept as found */
	PROBLEM_VALUE,      /* a property value is missing or incomplete */
	PROBLEM_RECIPIENTS, /* recipients are missing */
	PROBLEM_ATTACHMENT, /* an attachment is missing or incomplete */
	PROBLEM_MESSAGE,    /* a message is lost whole */
	PROBLEM_FOLDER,     /* a folder, or its list of messages, is lost */
};

struct item_problem {
	enum problem_kind kind;
	uint64_t id;    /* of the object in the source, when known */
	uint32_t tag;   /* of the property, when it is about one */
	uint64_t count; /* how many objects are concerned (at least 1) */
	status code;
	const char *text; /* what, where and why */
};

struct item_sink;

struct item_sink_ops {
	status (*store_begin)(struct item_sink *s, const struct store_event *e);
	status (*store_end)(struct item_sink *s);
	status (*folder_begin)(struct item_sink *s, const struct folder_event *e);
	status (*folder_end)(struct item_sink *s);
	status (*message_begin)(struct item_sink *s, const struct message_event *e);
	status (*message_end)(struct item_sink *s, struct item_result *result);
	status (*recipient)(struct item_sink *s, const struct bag *props);
	status (*attachment_begin)(struct item_sink *s, const struct attachment_event *e);
	status (*attachment_end)(struct item_sink *s);
	status (*value_begin)(struct item_sink *s, const struct prop *p);
	status (*value_chunk)(struct item_sink *s, struct bytes chunk);
	status (*value_end)(struct item_sink *s, bool complete); /* false: the source could not read it all */
	status (*problem)(struct item_sink *s, const struct item_problem *p);
};

/* Embedded as the first member of every sink. `why` holds the words for an error a sink returned. */
struct item_sink {
	const struct item_sink_ops *ops;
	struct reason why;
};

/* A source: `run` emits everything into the sink, from store_begin to store_end. */
struct item_source {
	status (*run)(struct item_source *src, struct item_sink *sink, struct reason *why);
};

/* Call these rather than the operations: they allow an operation to be absent. */
status item_store_begin(struct item_sink *s, const struct store_event *e) MUST;
status item_store_end(struct item_sink *s) MUST;
status item_folder_begin(struct item_sink *s, const struct folder_event *e) MUST;
status item_folder_end(struct item_sink *s) MUST;
status item_message_begin(struct item_sink *s, const struct message_event *e) MUST;
status item_message_end(struct item_sink *s, struct item_result *result) MUST;
status item_recipient(struct item_sink *s, const struct bag *props) MUST;
status item_attachment_begin(struct item_sink *s, const struct attachment_event *e) MUST;
status item_attachment_end(struct item_sink *s) MUST;
status item_value_begin(struct item_sink *s, const struct prop *p) MUST;
status item_value_chunk(struct item_sink *s, struct bytes chunk) MUST;
status item_value_end(struct item_sink *s, bool complete) MUST;
status item_problem(struct item_sink *s, const struct item_problem *p) MUST;

/* The attachment methods of [MS-OXCMSG] 2.2.2.9. */
enum attach_method {
	ATTACH_NONE = 0,
	ATTACH_BY_VALUE = 1,
	ATTACH_BY_REFERENCE = 2,
	ATTACH_BY_REFERENCE_RESOLVE = 3,
	ATTACH_BY_REFERENCE_ONLY = 4,
	ATTACH_EMBEDDED_MESSAGE = 5,
	ATTACH_STORAGE = 6, /* OLE */
	ATTACH_BY_WEB_REFERENCE = 7,
};

#endif
