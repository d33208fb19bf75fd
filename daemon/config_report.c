// SPDX-License-Identifier: GPL-2.0-or-later
#include "config_report.h"

#include "clock.h"
#include "config.h"
#include "duration.h"
#include "report_series.h"

#include <stddef.h>
#include <string.h>

const char config_report_formats[] = "text markdown csv";

#define EVERY_MIN  (10 * NS_PER_MS)
#define LENGTH_MAX (INT64_C(366) * 24 * 3600 * NS_PER_S)

static const char *set_duration(int64_t *ret, const char *value)
{
	int64_t ns;

	if (duration_parse(value, &ns))
		return "must be a duration such as 90s, 5m or 1h30m";
	if (ns < EVERY_MIN)
		return "must be 10ms or more";
	if (ns > LENGTH_MAX)
		return "must be a year at most";
	*ret = ns;
	return NULL;
}

const char *config_report_for(struct config *c, const char *value)
{
	return set_duration(&c->report.length, value);
}

const char *config_report_every(struct config *c, const char *value)
{
	return set_duration(&c->report.every, value);
}

const char *config_report_boot(struct config *c, const char *value)
{
	c->report.boot = strcmp(value, "true") == 0;
	return NULL;
}

const char *config_report_format(struct config *c, const char *value)
{
	/* Each begins with another letter. */
	c->report.format = value[0] == 't'   ? REPORT_FORMAT_TEXT
			   : value[0] == 'm' ? REPORT_FORMAT_MARKDOWN
					     : REPORT_FORMAT_CSV;
	return NULL;
}

const char *config_report_vm(struct config_report *c, const char *value)
{
	if (c->vm)
		return "is one too many: a report is about one VM";
	c->vm = value;
	return *value ? NULL : "a VM's name must not be empty";
}

const char *config_report_finish(struct config_report *c, const char **ret_arg)
{
	const bool given = c->every;

	if (!c->length)
		c->length = 60 * NS_PER_S;
	if (!c->every)
		c->every = c->boot ? NS_PER_S : 10 * NS_PER_S;
	/* Whoever asks for little wants that, not an error. */
	if (!given && c->every > c->length)
		c->every = c->length;
	*ret_arg = "report";
	if (!c->vm && !c->boot)
		return "needs a VM: its pid or name";
	*ret_arg = "--every";
	if (c->every > c->length)
		return "must not be longer than --for";
	if ((c->length - 1) / c->every >= REPORT_INTERVALS_MAX)
		return "is too short for so long: there would be more than 10000 intervals";
	return NULL;
}
