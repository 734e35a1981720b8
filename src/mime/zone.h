/*
 * Time zones as appointments have them: offsets from UTC and the two days a year when they change
 * (PidLidTimeZoneStruct [MS-OXOCAL] 2.2.1.39, TimeZoneDefinition 2.2.1.41).
 */
#ifndef MIME_ZONE_H
#define MIME_ZONE_H

#include "mime/content_line.h"
#include "mime/view.h"

/* The `week`-th (5: last) `day` (0: Sunday) of `month` at that time by the clock until then. month 0: never. */
struct zone_change {
	uint16_t month, day, week, hour, minute;
};

struct zone {
	const char *name; /* "W. Europe Standard Time"; never NULL */
	int32_t standard, daylight; /* minutes east of UTC */
	struct zone_change to_standard, to_daylight;
};

/* False when the item says nothing that can be understood. */
bool zone_of_item(const struct view *v, struct zone *out);
bool zone_from_struct(struct bytes blob, const char *name, struct zone *out);
bool zone_from_definition(struct bytes blob, struct arena *a, struct zone *out);
/* 48 bytes of a PidLidTimeZoneStruct. */
#define ZONE_STRUCT_SIZE 48
void zone_to_struct(const struct zone *z, uint8_t out[static ZONE_STRUCT_SIZE]);

/* Minutes since 1601, by the clock of the zone and by UTC. */
int64_t zone_local(const struct zone *z, int64_t utc);
int64_t zone_utc(const struct zone *z, int64_t local);
/* VTIMEZONE. */
void zone_write(const struct zone *z, struct emit *e);

/* Days since 1601-01-01, a Monday, of a date; months count from 1. */
int64_t days_of_date(int year, int month, int day);
void date_of_days(int64_t days, int *year, int *month, int *day);
int days_in_month(int year, int month);

#define MINUTES_PER_DAY 1440

#endif
