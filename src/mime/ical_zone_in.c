/* What the events of a calendar share, read before them; and times with their zones. */
#include <stdlib.h>
#include <strings.h>

#include "base/filetime.h"
#include "mime/card_in.h"
#include "mime/ical_lib.h"

#define CALENDAR_MEMORY ((size_t)4 << 20)

/* Windows knows these under other names; the tz database does not. */
static const struct {
	const char *windows, *tz;
} windows_zones[] = {
	{ "W. Europe Standard Time", "Europe/Berlin" },
	{ "Central Europe Standard Time", "Europe/Budapest" },
	{ "Romance Standard Time", "Europe/Paris" },
	{ "GMT Standard Time", "Europe/London" },
	{ "FLE Standard Time", "Europe/Kiev" },
	{ "Russian Standard Time", "Europe/Moscow" },
	{ "Eastern Standard Time", "America/New_York" },
	{ "Central Standard Time", "America/Chicago" },
	{ "Mountain Standard Time", "America/Denver" },
	{ "Pacific Standard Time", "America/Los_Angeles" },
	{ "Tokyo Standard Time", "Asia/Tokyo" },
	{ "China Standard Time", "Asia/Shanghai" },
	{ "India Standard Time", "Asia/Kolkata" },
	{ "AUS Eastern Standard Time", "Australia/Sydney" },
};

uint64_t calendar_uid(const char *uid)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a: who collides on purpose loses an instance of his own series */

	for (; *uid; uid++)
		h = (h ^ (unsigned char)*uid) * 0x100000001b3;
	return h;
}

/* VTIMEZONE ------------------------------------------------------------------------------------------- */

/* One STANDARD or DAYLIGHT. The last of a kind is the one in force. */
struct zone_part {
	bool open, summer, found;
	char start[32];
	int32_t offset;
	struct zone_change change;
	bool changes;
};

static bool digits(const char *s, size_t n, int *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (s[i] - '0');
	}
	return true;
}

/* "+0100", "-033000" */
static bool offset(const char *s, int32_t *out)
{
	int hours, minutes;

	if ((*s != '+' && *s != '-') || !digits(s + 1, 2, &hours) || !digits(s + 3, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*out = (*s == '-' ? -1 : 1) * (hours * 60 + minutes);
	return true;
}

static void take_rule(struct zone_part *p, const char *value)
{
	struct icalrecurrencetype rule = ical_lib.icalrecurrencetype_from_string(value);
	short day = rule.by_day[0];
	int nth, month = rule.by_month[0];

	/* A rule that has ended long ago is not in force. */
	if (rule.freq != ICAL_YEARLY_RECURRENCE || month < 1 || month > 12 || day == ICAL_RECURRENCE_ARRAY_MAX)
		return;
	nth = ical_lib.icalrecurrencetype_day_position(day);
	p->change.month = (uint16_t)month;
	p->change.day = (uint16_t)((unsigned)(ical_lib.icalrecurrencetype_day_day_of_week(day) + 6) % 7);
	p->change.week = (uint16_t)(nth < 0 || nth > 4 ? 5 : nth == 0 ? 1 : nth);
	p->changes = true;
}

static void take_start(struct zone_part *p, const char *value)
{
	int year, month, day, hour, minute;

	if (strlen(value) < 13 || !digits(value, 4, &year) || !digits(value + 4, 2, &month) || !digits(value + 6, 2, &day) ||
	    !digits(value + 9, 2, &hour) || !digits(value + 11, 2, &minute) || month < 1 || month > 12 || hour > 23 || minute > 59)
		return;
	memcpy(p->start, value, 13);
	p->change.hour = (uint16_t)hour;
	p->change.minute = (uint16_t)minute;
}

static void zone_line(struct zone_part *current, struct zone_part last[static 2], const struct card_line *l)
{
	bool standard = l->value && strcasecmp(l->value, "STANDARD") == 0;
	bool summer = l->value && strcasecmp(l->value, "DAYLIGHT") == 0;

	if (card_line_is(l, "BEGIN") && (standard || summer)) {
		*current = (struct zone_part){ .open = true, .summer = summer };
	} else if (card_line_is(l, "END") && current->open && (standard || summer)) {
		struct zone_part *to = &last[current->summer];

		if (current->found && (!to->found || strcmp(current->start, to->start) >= 0))
			*to = *current;
		current->open = false;
	} else if (current->open && l->value && card_line_is(l, "TZOFFSETTO")) {
		current->found = offset(l->value, &current->offset);
	} else if (current->open && l->value && card_line_is(l, "DTSTART")) {
		take_start(current, l->value);
	} else if (current->open && l->value && card_line_is(l, "RRULE")) {
		take_rule(current, l->value);
	}
}

static bool build_zone(const struct zone_part last[static 2], const char *name, struct zone *out)
{
	struct zone z = { .name = name, .standard = last[0].offset, .daylight = last[0].offset };

	if (!last[0].found)
		return false;
	if (last[1].found && last[0].changes && last[1].changes && last[1].offset != last[0].offset) {
		z.daylight = last[1].offset;
		z.to_standard = last[0].change;
		z.to_daylight = last[1].change;
	}
	*out = z;
	return true;
}

bool calendar_read_zone(struct calendar *c, const struct extent *component, struct calendar_zone *out)
{
	struct card_reader *r = malloc(sizeof *r);
	struct zone_part current = { .open = false }, last[2] = { { .open = false }, { .open = false } };
	const char *id = NULL;
	struct card_line l;

	if (!r)
		return false;
	card_reader_init(r, component);
	while (card_reader_next(r, &l)) {
		if (card_line_is(&l, "TZID") && l.value && !id)
			id = arena_strdup(&c->arena, l.value);
		zone_line(&current, last, &l);
	}
	free(r);
	out->id = id;
	return id && build_zone(last, id, &out->zone);
}

/* Zones of the tz database ------------------------------------------------------------------------------ */

static bool builtin_zone(struct calendar *c, const char *id, struct calendar_zone *out)
{
	const char *name = id;
	icaltimezone *zone;
	icalcomponent *component;
	char *text;
	struct input *in;
	bool found = false;

	for (size_t i = 0; i < sizeof windows_zones / sizeof *windows_zones; i++)
		if (strcasecmp(id, windows_zones[i].windows) == 0)
			name = windows_zones[i].tz;
	zone = ical_lib.icaltimezone_get_builtin_timezone(name);
	component = zone ? ical_lib.icaltimezone_get_component(zone) : NULL;
	text = component ? ical_lib.icalcomponent_as_ical_string_r(component) : NULL;
	if (text && !input_open_memory(bytes_of(text, strlen(text)), "zone", &in)) {
		found = calendar_read_zone(c, &(struct extent){ in, 0, strlen(text) }, out);
		input_close(in);
	}
	ical_lib.icalmemory_free_buffer(text);
	out->id = arena_strdup(&c->arena, id);
	out->zone.name = out->id;
	return found && out->id;
}

const struct zone *calendar_zone(struct calendar *c, const char *id)
{
	struct calendar_zone *to = &c->zones[c->zone_count];

	for (size_t i = 0; i < c->zone_count; i++)
		if (strcmp(c->zones[i].id, id) == 0)
			return &c->zones[i].zone;
	if (c->zone_count == CALENDAR_ZONES_MAX || strlen(id) > 100 || !builtin_zone(c, id, to))
		return NULL;
	c->zone_count++;
	return &to->zone;
}

/* Times ------------------------------------------------------------------------------------------------ */

bool ical_when(struct calendar *c, const char *value, const char *zone, struct ical_when *out)
{
	int year, month, day, hour = 0, minute = 0, second = 0;
	size_t n = strlen(value);
	struct ical_when w = { .date_only = n < 9 || value[8] != 'T' };

	if (n < 8 || !digits(value, 4, &year) || !digits(value + 4, 2, &month) || !digits(value + 6, 2, &day) || year < 1602 ||
	    month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	if (!w.date_only && (n < 13 || !digits(value + 9, 2, &hour) || !digits(value + 11, 2, &minute) || hour > 23 || minute > 59))
		return false;
	w.minutes = days_of_date(year, month, day) * MINUTES_PER_DAY + hour * 60 + minute;
	if (!w.date_only && n >= 15 && digits(value + 13, 2, &second) && second < 60)
		w.seconds = (unsigned)second;
	w.utc = value[n - 1] == 'Z';
	if (!w.utc && zone && c)
		w.zone = calendar_zone(c, zone);
	*out = w;
	return true;
}

uint64_t ical_filetime(const struct ical_when *w)
{
	int64_t utc = w->zone && !w->utc ? zone_utc(w->zone, w->minutes) : w->minutes;

	return ((uint64_t)utc * 60 + w->seconds) * FILETIME_PER_SECOND;
}

/* The calendar ------------------------------------------------------------------------------------------ */

struct scan {
	struct calendar *c;
	uint64_t zone_from;
	bool in_zone;
	uint64_t uid;
	const char *when, *when_zone;
};

static void scan_zone(struct scan *s, const struct extent *text, const struct card_line *l)
{
	uint64_t start = l->line.at - text->at;
	struct calendar *c = s->c;

	if (card_line_is(l, "BEGIN") && !s->in_zone) {
		s->in_zone = true;
		s->zone_from = start;
	} else if (card_line_is(l, "END") && s->in_zone) {
		struct extent component = extent_part(text, s->zone_from, start - s->zone_from);

		s->in_zone = false;
		if (c->zone_count < CALENDAR_ZONES_MAX && calendar_read_zone(c, &component, &c->zones[c->zone_count]))
			c->zone_count++;
	}
}

static void scan_event(struct scan *s, const struct card_line *l)
{
	struct calendar *c = s->c;

	if (card_line_is(l, "BEGIN")) {
		s->uid = 0;
		s->when = NULL;
	} else if (s->when && s->uid && c->moved_count < CALENDAR_MOVED_MAX) {
		if (!c->moved)
			c->moved = arena_array(&c->arena, CALENDAR_MOVED_MAX, sizeof *c->moved);
		if (c->moved)
			c->moved[c->moved_count++] = (struct moved_instance){ s->uid, s->when, s->when_zone };
	}
}

static void scan_line(struct scan *s, const struct extent *text, const struct card_line *l)
{
	bool mark = card_line_is(l, "BEGIN") || card_line_is(l, "END");

	if (mark && strcasecmp(l->value, "VTIMEZONE") == 0)
		scan_zone(s, text, l);
	else if (mark && strcasecmp(l->value, "VEVENT") == 0)
		scan_event(s, l);
	else if (card_line_is(l, "UID"))
		s->uid = calendar_uid(l->value);
	else if (card_line_is(l, "METHOD"))
		s->c->request = strcasecmp(l->value, "PUBLISH") != 0;
	else if (card_line_is(l, "RECURRENCE-ID")) {
		const char *zone = card_parameter(l, "TZID");

		s->when = arena_strdup(&s->c->arena, l->value);
		s->when_zone = zone ? arena_strdup(&s->c->arena, zone) : NULL;
	}
}

status calendar_scan(struct calendar *c, const struct extent *text)
{
	struct card_reader *r = malloc(sizeof *r);
	struct scan s = { .c = c };
	struct card_line l;
	status st;

	arena_init(&c->arena, CALENDAR_MEMORY);
	if (!r)
		return ecMemory;
	card_reader_init(r, text);
	while (card_reader_next(r, &l))
		if (l.value)
			scan_line(&s, text, &l);
	st = card_reader_status(r);
	free(r);
	return st;
}

void calendar_free(struct calendar *c)
{
	arena_free(&c->arena);
}
