/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef WHY_H
#define WHY_H

/* Why a source is used or cannot be: the values of label why, a fixed set. */
#define WHY_CONFIGURED "configured" /* asked for with --collector.source */
#define WHY_AVAILABLE  "available"  /* auto: the best one that works */
/* What follows is also why auto has chosen another source: what debugfs has failed for. */
#define WHY_NO_DEBUGFS "no_debugfs"	    /* not mounted */
#define WHY_NO_KVM     "no_kvm"		    /* debugfs has no kvm directory: module not loaded */
#define WHY_PERMISSION "permission_denied"  /* may not read debugfs */
#define WHY_CAPABILITY "missing_capability" /* may not read VMs with the ioctl */
#define WHY_UNPATCHED  "unpatched_kernel"   /* VMs are there, their exit statistics are not */
#define WHY_LOCKDOWN   "lockdown"	    /* upstream's files may not be read under lockdown */
#define WHY_STUCK      "hangs"		    /* reading does not come back */
#define WHY_UNREADABLE "unreadable"	    /* any other failure */
#define WHY_TIMEOUT    "timeout"	    /* not read by the time that the scrape had to end */

/* What one that is a failure means, for humans. */
const char *why_explain(const char *why);

#endif
