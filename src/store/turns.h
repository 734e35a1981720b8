/*
 * One mailbox, several servers: on PostgreSQL several processes may have a mailbox open at once (SQL_TURNS), and one at a time has its turn.
 *
 * The turn is an advisory lock, so it is free as soon as its process is gone, however that went.  Whoever has it keeps it until another
 * process wants it: then it is told so (sql_hear, TURNS_WANTED) and gives it away between two operations.  What was
 * committed meanwhile is told (TURNS_CHANGED) and stands in a table, from where listeners of the other processes get it in its order.
 *
 * Opened without SQL_TURNS, or on SQLite, a mailbox always has its turn and nothing of this costs anything.
 */
#ifndef STORE_TURNS_H
#define STORE_TURNS_H

#include "store/mailbox.h"

/* Where notifications are sent; a letter and the name of the schema. */
#define TURNS_CHANNEL "postern"
#define TURNS_WANTED 'w'
#define TURNS_CHANGED 'c'

/*
 * Nothing may be changed, and little be read, without the turn; mailbox_begin fails with ecBusy.  What was remembered of the mailbox is read
 * again when another process had it, and listeners are told what that did.  ecBusy: it was not given within `patience_ms`.
 */
status mailbox_take_turn(struct mailbox *m, unsigned patience_ms) MUST;
bool mailbox_has_turn(const struct mailbox *m);
/* Another process wants it: it may have it now. Not within a transaction. */
void mailbox_give_turn(struct mailbox *m);
/* Another process changed something: listeners are told what, without taking the turn. */
status mailbox_catch_up(struct mailbox *m) MUST;
/* The process of the server of databases that works for this handle, which tells who sent a notification; 0: there are no turns. */
int64_t mailbox_turn_process(const struct mailbox *m);

#endif
