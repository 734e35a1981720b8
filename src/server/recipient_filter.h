/*
 * Whom an address list or a dynamic group means: IncludedRecipients, and the departments and companies that it is limited to.
 */
#ifndef SERVER_RECIPIENT_FILTER_H
#define SERVER_RECIPIENT_FILTER_H

#include "store/directory.h"

/* What is asked of a recipient. */
struct recipient_traits {
	bool group;
	bool folder;   /* a public folder */
	bool mailbox;  /* has one */
	bool resource; /* a room, or equipment */
	const char *department, *company; /* NULL: none */
};

/* Texts are those of the object. */
void recipient_traits(const struct directory_object *o, struct recipient_traits *out);
/* `filter` is an AddressList or a DynamicDistributionGroup. */
bool recipient_included(const struct directory_object *filter, const struct recipient_traits *t);

#endif
