/* Numbers of the file that its writer and its reader share (store/backup_file.h). */
#ifndef STORE_BACKUP_LAYOUT_H
#define STORE_BACKUP_LAYOUT_H

#include "base/crc32.h"
#include "store/backup_file.h"

#define HEAD_SIZE 128
#define HEAD_CRC 124
#define FRAME_HEAD_SIZE 12
#define END_SIZE 40 /* after the head of the last frame */
#define FILE_VERSION 1

/* CRCs begin so, that zeros count too. */
#define CRC_START 0xFFFFFFFFu

static const uint8_t backup_magic[8] = { 'P', 'S', 'T', 'N', 'B', 'K', 'U', 'P' };

#endif
