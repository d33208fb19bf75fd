#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each fuzz target for a fixed number of inputs, the same in every run. And that it is of use: parsers
# broken on purpose, one bound each, are found out within the same number.
set -euo pipefail
# shellcheck source=tests/fuzz/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck disable=SC2034 # used by results.sh
RESULTS_OF=fuzz

RUNS=6000

all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT

# beside COMMAND...: as many at once as there are CPUs, each with a folder $work of its own
begun=100
cpus=$(nproc)
beside() {
	local work=$all/$((begun += 1))
	mkdir "$work"
	"$@" >"$work/said" 2>&1 &
	[ $((begun % cpus)) != 0 ] || wait
}

# short NAME PROGRAM OPTION...: what is new is not kept
short() {
	rm -rf "$work/new"
	mkdir "$work/new"
	fuzz "$1" "$2" "$work/log" -runs=$RUNS -seed=1 "${@:3}" "$work/new"
}

make -s -j"$(nproc)" -f tests/fuzz/fuzz.mk fuzz-targets >"$all/make" 2>&1 || {
	not_ok "the targets are built" "$(tail -n 5 "$all/make")"
	exit 1
}
libs=$(make -s -f tests/fuzz/fuzz.mk fuzz-libs)

target() {
	if [ -z "$(find "tests/fuzz/corpus/$1" -type f 2>/dev/null)" ]; then
		not_ok "$1" "has no corpus in tests/fuzz/corpus/$1"
	elif short "$1" "build/fuzz/$1"; then
		ok "$1: $(fuzz_summary "$work/log")"
	else
		not_ok "$1" "$(fuzz_complaint "$work/log")"
	fi
}
for name in $(fuzz_targets); do
	beside target "$name"
done

# mutant TARGET SOURCE SED-SCRIPT: the target with one source file changed must break.
mutant() {
	beside broken "$@"
}

broken() {
	local name=$1 source=$2 objects=() object
	sed "$3" "daemon/$source" >"$work/$source"
	if cmp -s "daemon/$source" "$work/$source"; then
		not_ok "$name: broken $source" "'$3' changes nothing: it is out of date"
		return
	fi
	for object in build/fuzz/daemon/*.o build/fuzz/lib/*.o; do
		[ "$object" = "build/fuzz/daemon/${source%.c}.o" ] || objects+=("$object")
	done
	# shellcheck disable=SC2086 # words
	if ! clang -std=c11 -D_GNU_SOURCE -Idaemon -Itests/fuzz -Iinclude/uapi -O1 -g -w \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o "$work/mutant" \
		"tests/fuzz/$name.c" "$work/$source" "${objects[@]}" $libs \
		>"$work/make" 2>&1; then
		not_ok "$name: broken $source" "is not built: $(tail -n 3 "$work/make")"
	elif short "$name" "$work/mutant" -artifact_prefix="$work/"; then
		not_ok "$name: broken $source ($3)" "is not noticed in $RUNS inputs"
	else
		ok "$name: broken $source is noticed: $(fuzz_complaint "$work/log" | sed 's/==[0-9]*==//' | cut -c 1-90)"
	fi
}

# A name one byte too long.
mutant exit_stats exit_stats.c 's/t->len > max ||/t->len > max + 1 ||/'
# One reason more than there is room for.
mutant exit_stats exit_stats.c 's/rows->n == rows->max || //'
# A reason that comes twice.
mutant exit_stats exit_stats.c 's/if (old->code == r->code ||/if (0 \&\&/'
# Entries beyond the end of the answer.
mutant ioctl_stats ioctl_stats.c 's/from->nr_entries <= (size - sizeof(\*from)) \/ from->entry_size/1/'
# A character cut in two.
mutant identity utf8.c 's/if (bytes > max - n)/if (bytes > max - n + 1)/'
# A name of 64 bytes with its NUL behind the end.
mutant proc proc.c 's/len = sizeof(st.comm) - 1;/len = sizeof(st.comm) + 8;/'
# VMs of one process under one name.
mutant snapshot render_prometheus.c 's/if (vm->twin)/if (0)/'
# Numbers with a leading zero.
mutant url snapshot.c "s/if (i && text\[0\] == '0')/if (0)/"
mutant url http_reply.c "s/if (!\*url || \*url == '\/')/if (0)/"
mutant listen listen.c 's/> 65535/> 99999/'
# Blanks and nothing else: the byte in front of them is looked at.
mutant accept http_accept.c 's/while (s.len \&\& is_blank(s.at\[s.len - 1\]))/while (is_blank(s.at[s.len - 1]))/'
# More liking than there is.
mutant accept http_accept.c 's/return q > Q_ONE ? -1 :/return/'
# Any number of digits.
mutant scrape_timeout http_accept.c 's/if (ns <= TIMEOUT_MAX_S)/if (1)/'
# A name that goes on behind a NUL.
mutant web_config yaml_reader.c 's/if (memchr(e->data.scalar.value.*/if (0)/'
# The same key again.
mutant web_config yaml_reader.c 's/if (strcmp(keys\[i\], key) == 0)/if (0)/'
# A value that is refused and not freed.
mutant web_config web_config.c 's/free(c->headers\[i\].value);/;/'
# A name a byte too long, and one with a NUL inside.
mutant basic_auth basic_auth.c 's/name < sizeof(ret->name)/name <= sizeof(ret->name)/'
mutant basic_auth basic_auth.c 's/colon \&\& !memchr(text.data, .*)) {/colon) {/'
# Something shorter than a hash.
mutant bcrypt bcrypt.c 's/strlen(hash) != HASH_LEN ||//'
# A byte more than there is.
mutant tls_hello tls_hello.c 's/if (b->len < n)/if (b->len + 1 < n)/'
# A number of no digits, and one that does not fit.
mutant stock stock_stats.c 's/len < 2 ||/len < 1 ||/'
mutant stock stock_stats.c 's/__builtin_add_overflow(value, digit, &value)/((value += digit), 0)/'
wait
cat "$all"/*/said
# One that died has said nothing.
for said in "$all"/*/said; do
	grep -q '^\(not \)\?ok - ' "$said" || not_ok "${said%/said} ended" "$(cat "$said")"
done
[ ! "$RESULTS_FAILED" ] && ! grep -q '^not ok' "$all"/*/said
