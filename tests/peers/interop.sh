#!/usr/bin/env bash
# Microsoft's own test suites of the Exchange protocols (OfficeDev/Interop-TestSuites), against this server over MAPI/HTTP, by mono. POSTERN_INTEROP is a
# checkout of them; POSTERN_INTEROP_SUITES names those that are run. What is known not to pass, and why: tests/interop/known.tsv.
. "$(dirname "$0")/lib.sh"
here=$POSTERN_SOURCE/tests/interop
suites=${POSTERN_INTEROP:-}/ExchangeMAPI/Source

[ -n "${POSTERN_INTEROP:-}" ] || skip_all "POSTERN_INTEROP names no checkout of OfficeDev/Interop-TestSuites"
[ -d "$suites" ] || skip_all "$suites is not there"
command -v mcs >/dev/null && command -v mono >/dev/null || skip_all "mono is not here (mono-mcs, mono-runtime, mono-devel)"

# What is said of a test in known.tsv; nothing when it is to pass.
known() {
	awk -F '\t' -v test="$1" '$1 == test { print $2 }' "$here/known.tsv"
}

# The test is as it is known to be.
judge() {
	local outcome=$1 test=$2 why=$3 reason
	reason=$(known "$test")
	case $outcome in
	passed) pass "$test" ;;
	inconclusive) skip "$test" "$why" ;;
	*) if [ -n "$reason" ]; then skip "$test" "$reason"; else fail "$test" "$why"; fi ;;
	esac
}

port=9440
# MS-OXCRPC speaks RPC.
mapfile -t names < <(tr " " "\n" <<<"${POSTERN_INTEROP_SUITES:-$(cd "$suites" && printf '%s\n' MS-* | grep -v OXCRPC)}")
for suite in "${names[@]}"; do
	port=$((port + 1))
	if ! "$here/build.sh" "$suites" "$scratch/bin" "$suite" >"$scratch/log" 2>&1; then
		fail "$suite compiles" "$(tail -3 "$scratch/log")"
		continue
	fi
	"$here/suite.sh" "$POSTERN" "$suites" "$scratch/bin" "$suite" "$scratch/$suite" "$port" >"$scratch/log" 2>&1
	if [ ! -s "$scratch/$suite/results.tsv" ]; then
		fail "$suite runs" "$(tail -3 "$scratch/log")"
		continue
	fi
	while IFS=$'\t' read -r outcome test _ why _; do
		judge "$outcome" "$test" "$why"
	done <"$scratch/$suite/results.tsv"
done
done_testing
