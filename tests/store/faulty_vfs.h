/*
 * A disk that fails when it is told to: a layer over SQLite's own, the default one once it is installed.
 *
 * Everything is passed on until the fault strikes.  A fault that lasts stays until it is healed, so that all that SQLite
 * does to clean up fails as well.
 */
#ifndef TESTS_STORE_FAULTY_VFS_H
#define TESTS_STORE_FAULTY_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
	FAULT_NONE,
	FAULT_WRITE,       /* the n-th write gives an error and writes nothing */
	FAULT_SHORT_WRITE, /* it writes half of what it should, then an error */
	FAULT_SYNC,        /* the n-th fsync gives an error */
	FAULT_TRUNCATE,
	FAULT_FULL,        /* files grow by n bytes, then the disk is full */
	FAULT_POWER,       /* at the n-th write, fsync or truncation the power goes: all fails from there on */
	FAULT_KILL,        /* at the n-th write, fsync or truncation the process dies of SIGKILL, a write half done */
	FAULTS
};

/*
 * From here on fsync is only counted, unless `flush`: a process that is killed loses nothing that it has written, and no
 * test takes the power from the machine.
 */
void faulty_vfs_install(void);
void faulty_vfs_flush(bool really);
/* `n` counts from 1 (FAULT_FULL: from 0 bytes). Counting starts now. */
void faulty_vfs_arm(enum fault fault, uint64_t n, bool lasts);
void faulty_vfs_heal(void);
bool faulty_vfs_struck(void); /* since it was armed */

/*
 * FAULT_POWER needs to know what reached the disk: from `begin` on each file is remembered as of its last fsync, and what
 * was written since.  `cut` leaves files with a random part of the latter, in blocks of 512 bytes; every
 * database must be closed before.
 */
void faulty_vfs_power_begin(void);
void faulty_vfs_power_cut(uint64_t seed);

#endif
