/*
 * What a person does to a mailbox, as a line of words: "put A; read A; move A Sub".  Messages are told by their subject, folders by their name, both
 * within one folder, the scene, and below it.
 *
 *   put A [F]       a message A, into the scene or folder F      associated A     an associated one
 *   big A           one with an attachment of 3 MB               embed A          one with a message in it, within which is another
 *   odd A           one with every kind of odd property          many N           messages M1 to MN
 *   change A TEXT   its body becomes TEXT                        rename A B       its subject becomes B
 *   age A MONTHS      it was delivered so long ago
 *   category A [C]  it has the category C, or none               unflag A
 *   flag A   important A   read A   unread A                     attach A         one more attachment
 *   move A F   copy A F   delete A   purge A                     to A NAME        one more recipient
 *   letter A NAME     a message to NAME, who gets it when somebody sends it
 *   mkdir F [IN]   mvdir F IN   namedir F G   rmdir F            class F IPF.X    its class
 */
#ifndef TESTS_CLIENT_STEPS_H
#define TESTS_CLIENT_STEPS_H

#include "store/folder.h"
#include "store/message.h"

/* The message of that subject in or below a folder. ecNotFound. */
status steps_find(struct mailbox *m, uint64_t folder, const char *subject, uint64_t *out) MUST;
/* All in one transaction. ecNotFound: there is no such message or folder; *why says at which step. */
status steps_do(struct mailbox *m, uint64_t scene, const char *steps, struct reason *why) MUST;

#endif
