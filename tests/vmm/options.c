/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tinyvmm.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage_text[] =
	"usage: tinyvmm [OPTION]... OP:N...\n"
	"Runs a guest that does each OP N times, in order, on every vCPU:\n"
	"  cpuid hlt out rdmsr wrmsr mmio hypercall   one exit each\n"
	"  cpuid@LEAF@INDEX   the same, of that leaf\n"
	"  spin    a turn of an empty loop, no exit\n"
	"  pause   KVM_RUN with immediate_exit, then a wait of --pause seconds\n"
	"  badentry   an out, then a VM entry that fails (VMX)\n"
	"  kick    a signal while the guest runs, then the same wait\n"
	"The last exit of each vCPU is a shutdown (triple fault). Then it says \"done\"\n"
	"and keeps the VM until standard input ends.\n"
	"  --vcpus N      vCPUs of each VM (1)\n"
	"  --vms N        VMs of this process, all with the same guest (1)\n"
	"  --wake S       in-kernel irqchip: hlt blocks in the kernel; an interrupt for\n"
	"                 every vCPU each S seconds (0: never). Without it hlt goes to us\n"
	"  --io-sleep S   sleep S seconds in each out\n"
	"  --pause S      length of pause and kick (0)\n"
	"  --gate         say \"ready\" and wait for a line on standard input to start\n"
	"  --thread       create the VMs in a thread that is not the first\n"
	"  --bench OP:N   print the nanoseconds of each OP, by CLOCK_MONOTONIC\n";

static const char *const op_names[] = {
	[OP_CPUID] = "cpuid", [OP_HLT] = "hlt",	    [OP_OUT] = "out",
	[OP_RDMSR] = "rdmsr", [OP_WRMSR] = "wrmsr", [OP_MMIO] = "mmio",
	[OP_SPIN] = "spin",   [OP_PAUSE] = "pause", [OP_HYPERCALL] = "hypercall",
	[OP_KICK] = "kick",   [OP_MARK] = "mark",   [OP_BAD_ENTRY] = "badentry",
};

static _Noreturn void usage(const char *wrong)
{
	fprintf(stderr, "tinyvmm: %s\n%s", wrong, usage_text);
	exit(2);
}

static double parse_seconds(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0 && value < 1e6))
		usage("not a time in seconds");
	return value;
}

static uint32_t parse_number(const char *text, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end || *text == '-' || value > max)
		usage("a number is wrong or too large");
	return (uint32_t)value;
}

static void add_op(struct config *config, struct op op)
{
	if (config->op_count == MAX_OPS)
		usage("too many operations");
	config->ops[config->op_count++] = op;
}

/* "cpuid@LEAF@INDEX", up to END? */
static bool parse_leaf(const char *text, const char *end, struct op *op)
{
	static const char prefix[] = "cpuid@";
	char *at;

	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return false;
	op->kind = OP_CPUID;
	op->leaf = (uint32_t)strtoul(text + sizeof(prefix) - 1, &at, 0);
	if (*at != '@')
		return false;
	op->index = (uint32_t)strtoul(at + 1, &at, 0);
	return at == end;
}

static void parse_op(struct config *config, const char *text)
{
	const char *colon = strchr(text, ':');
	struct op op = {0};

	if (!colon)
		usage("an operation is OP:N");
	op.count = parse_number(colon + 1, UINT32_MAX);
	if (parse_leaf(text, colon, &op)) {
		add_op(config, op);
		return;
	}
	for (size_t i = 0; i < sizeof(op_names) / sizeof(op_names[0]); i++) {
		if (strlen(op_names[i]) == (size_t)(colon - text) &&
		    !strncmp(op_names[i], text, (size_t)(colon - text))) {
			op.kind = (enum op_kind)i;
			add_op(config, op);
			return;
		}
	}
	usage("unknown operation");
}

void options_parse(int argc, char **argv, struct config *ret_config)
{
	static const struct option options[] = {
		{"vcpus", required_argument, NULL, 'c'}, {"vms", required_argument, NULL, 'v'},
		{"wake", required_argument, NULL, 'w'},	 {"io-sleep", required_argument, NULL, 'i'},
		{"pause", required_argument, NULL, 'p'}, {"gate", no_argument, NULL, 'g'},
		{"thread", no_argument, NULL, 't'},	 {"bench", required_argument, NULL, 'b'},
		{"help", no_argument, NULL, 'h'},	 {0},
	};
	struct config config = {.vcpus = 1, .vms = 1, .wake = -1};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			config.vcpus = parse_number(optarg, MAX_VCPUS);
			break;
		case 'v':
			config.vms = parse_number(optarg, MAX_VMS);
			break;
		case 'w':
			config.wake = parse_seconds(optarg);
			break;
		case 'i':
			config.io_sleep = parse_seconds(optarg);
			break;
		case 'p':
			config.pause = parse_seconds(optarg);
			break;
		case 'g':
			config.gate = true;
			break;
		case 't':
			config.thread = true;
			break;
		case 'b':
			config.bench = true;
			add_op(&config, (struct op){.kind = OP_MARK, .count = 1});
			parse_op(&config, optarg);
			add_op(&config, (struct op){.kind = OP_MARK, .count = 1});
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(0);
		default:
			usage("unknown option");
		}
	}
	for (; optind < argc; optind++)
		parse_op(&config, argv[optind]);
	if (!config.op_count || !config.vcpus || !config.vms)
		usage("nothing to do");
	*ret_config = config;
}
