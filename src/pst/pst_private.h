/* What the files that read a store share. */
#ifndef PST_PST_PRIVATE_H
#define PST_PST_PRIVATE_H

#include "pst/folders.h"
#include "pst/ltp.h"
#include "pst/ost.h"
#include "pst/pst.h"

/* Memory for one item and what nests in it. Far below what a process may take, far above what real items need. */
#define ITEM_ARENA_MAX ((size_t)24 << 20)

#define OST_REPLICAS_MAX 256

struct pst {
	struct ndb db;
	struct pst_info info;
	struct arena arena; /* what lives as long as the store */
	struct item_source source;
};

/* Messages that no folder and no live node names; they go into "Recovered". */
struct extra_message {
	struct node_ref node;
	bool associated;
	uint8_t confidence;
};

struct extra_messages {
	struct extra_message *v;
	size_t n;
};

/* The state of one run of a source over a store; also what recover runs. */
struct emitter {
	struct ndb *db;
	const struct pst_info *info;
	struct item_sink *sink;
	struct arena arena; /* the item at hand */
	struct name_map *names;
	struct pst_folders folders;
	unsigned codepage;
	struct extra_messages extras;
	pst_nid ipm_subtree, wastebasket, finder;
	struct guid replicas[OST_REPLICAS_MAX]; /* by REPLID */
	size_t n_replicas;
	const struct ost_sync *sync; /* of the folder at hand, .ost only; NULL when it says nothing */
	bool problem;                /* something was reported of the object at hand */
};

/* Reports a problem of the object at hand; text from the ndb's reason when NULL. */
status emit_problem(struct emitter *e, enum problem_kind kind, uint64_t id, status code, const char *text) MUST;
/* What was odd about the properties of the object just begun, then its large values. */
status emit_properties(struct emitter *e, const struct pc *pc, pst_nid owner) MUST;
/* One message with all it holds. `confidence` 100 for live items. */
status emit_message(struct emitter *e, const struct node_ref *node, bool associated, unsigned confidence) MUST;
/* A whole store through whatever index the ndb has; `extras` may be NULL. */
status emit_store(struct ndb *db, const struct pst_info *info, const struct extra_messages *extras, struct item_sink *sink,
		  struct reason *why) MUST;
/* Was this item of an .ost known to the server? By its MID and what the folder was given. */
enum item_origin ost_origin(const struct emitter *e, const struct bag *message);
/* Entries of a folder's MID map (.ost); -1 when it has none that can be read. */
int64_t ost_mid_map_count(struct ndb *db, pst_nid folder, unsigned type);
/* An .ost names its special folders by FIDs and its replicas by REPLIDs; this reads both maps. */
void ost_load_maps(struct emitter *e);
/* Reads the store object for `info`; a store without one is still a store. */
void pst_info_fill(struct pst_info *info, struct ndb *db, struct arena *arena);

#endif
