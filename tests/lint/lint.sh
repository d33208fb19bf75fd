#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lint.sh: style and static analysis of everything that git knows or would add.
# A line "ok - lint: TOOL" or "not ok - lint: TOOL: why" for each; findings go to
# standard error. Exit status 1 if any failed.
# shellcheck disable=SC2317 # functions are called through check()
set -euo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=kernel/common.sh
. kernel/common.sh
RESULTS_OF=lint

mapfile -t files < <(git ls-files --cached --others --exclude-standard | LC_ALL=C sort -u)
sources=() headers=() scripts=()
for f in "${files[@]}"; do
	[ -f "$f" ] || continue
	case $f in
	kernel/guest/main.c | kernel/guest/vcpu_info*) ;; # programs of the guest's
	kernel/*.[ch] | include/uapi/*.h) continue ;; # the kernel's own tools, below
	*.c) sources+=("$f") && continue ;;
	*.h) headers+=("$f") && continue ;;
	esac
	IFS= read -r first <"$f" || true
	case $first in
	'#!'*sh | '#!'*sh' '* | '# shellcheck shell='*) scripts+=("$f") ;;
	*) case $f in *.sh) scripts+=("$f") ;; esac ;;
	esac
done

flags=(-std=c11 -D_GNU_SOURCE -Idaemon -Itests/vmm -Iinclude/uapi -Wall -Wextra)

run_tidy() {
	printf '%s\0' "${sources[@]}" |
		xargs -0 -P "$(nproc)" -I{} clang-tidy --quiet {} -- "${flags[@]}" \
			2> >(grep -v '^[0-9]* warnings\? generated\.$' || true)
}

run_cppcheck() {
	cppcheck --quiet --std=c11 --language=c --enable=warning,style,performance,portability \
		--inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem \
		-D_GNU_SOURCE -D__x86_64__ -Idaemon -Itests/vmm "${sources[@]}"
}

if [ ${#sources[@]} -gt 0 ]; then
	check clang-format clang-format --dry-run --Werror "${sources[@]}" "${headers[@]}"
	check clang-tidy run_tidy
	check cppcheck run_cppcheck
fi
# Not followed: what lies at another place in the emulated host.
check shellcheck shellcheck -x -e SC1091 "${scripts[@]}"

# Any kernel's will do: the newest one fetched.
script=$(find build/cache -mindepth 4 -maxdepth 4 -path '*/linux/scripts/checkpatch.pl' 2>/dev/null |
	sort -V | tail -n 1)
if [ -z "$script" ]; then
	skip checkpatch "no kernel source: run 'make modules' first"
	exit ${RESULTS_FAILED:-0}
fi
checkpatch=(perl "$script" --no-tree --strict --terse --no-summary --show-types)

# Read from a pipe: it takes a file that git tracks for source, not for a patch.
# These lack our own files, and who signs off; tests/kernel/series.sh looks at the
# patches as they are sent.
run_checkpatch_hooks() {
	local f failed=0
	while IFS= read -r f; do
		"${checkpatch[@]}" --no-signoff \
			--ignore COMMIT_MESSAGE,COMMIT_LOG_LONG_LINE,MISSING_SIGN_OFF,FILE_PATH_CHANGES - <"$f" || failed=1
	done < <(find kernel/hooks -name '*.patch' | LC_ALL=C sort)
	return "$failed"
}

# As they are in a kernel tree. TRACE_EVENT has a layout of its own.
run_checkpatch_sources() {
	local dir f ignore failed=0
	dir=$(mktemp -d)
	put_sources "$dir"
	while IFS= read -r f; do
		ignore=()
		case $f in
		*/exit_stats_trace.h) ignore=(--ignore "PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE,SPACING") ;;
		esac
		"${checkpatch[@]}" "${ignore[@]}" --file "$f" || failed=1
	done < <(find "$dir" -type f | LC_ALL=C sort)
	rm -rf "$dir"
	return "$failed"
}

check "checkpatch, the kernel's sources" run_checkpatch_sources
# ENOSYS here is a hypercall's, which is a system call of the host's.
check "checkpatch, kernel/guest" "${checkpatch[@]}" --ignore ENOSYS --file kernel/guest/*.[ch]
check "checkpatch, kernel/hooks" run_checkpatch_hooks
exit ${RESULTS_FAILED:-0}
