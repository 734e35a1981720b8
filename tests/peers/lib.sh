# Shared by the tests that run the whole program and other people's: TAP, samples, scratch folder.
# Environment: POSTERN (the program), POSTERN_SOURCE (the source tree), POSTERN_SAMPLES (real files).
# shellcheck shell=bash

set -u
export LC_ALL=C TERM=dumb NO_COLOR=1

POSTERN=${POSTERN:?is not set: run by meson}
POSTERN_SOURCE=${POSTERN_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
samples=${POSTERN_SAMPLES:-$POSTERN_SOURCE/../shared/data/pst}
npm_modules=${POSTERN_CACHE:-$POSTERN_SOURCE/.cache}/peers/node_modules
npm_samples=$npm_modules/pst-extractor/example/testdata

scratch=$(mktemp -d "${TMPDIR:-/tmp}/postern-test-XXXXXX")
trap 'chmod -R u+rwX "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
number=0

# pass NAME; fail NAME [WHY...]; skip NAME WHY
pass() {
	number=$((number + 1))
	echo "ok $number - $1"
}
fail() {
	number=$((number + 1))
	echo "not ok $number - $1"
	shift
}
skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}
# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got:    $2" "wanted: $3"; fi
}
# at_least NAME GOT LEAST
at_least() {
	if [ "${2:-0}" -ge "$3" ] 2>/dev/null; then pass "$1"; else fail "$1" "got $2, wanted at least $3"; fi
}
# has NAME TEXT PATTERN (extended regular expression)
has() {
	if grep -qE -- "$3" <<<"$2"; then pass "$1"; else fail "$1" "no '$3' in: $2"; fi
}
done_testing() {
	echo "1..$number"
}
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# run COMMAND...: sets out, err and code; never stops the test
run() {
	"$@" >"$scratch/.out" 2>"$scratch/.err"
	code=$?
	out=$(cat "$scratch/.out")
	err=$(cat "$scratch/.err")
}

# The path of a real sample, wherever it is had from; nothing when it is not there.
sample() {
	local dir
	for dir in "$samples" "$npm_samples"; do
		if [ -f "$dir/$1" ]; then
			echo "$dir/$1"
			return
		fi
	done
}

# All real samples: name, folders, messages, associated, attachments, embedded, named properties ("-": not
# known). With the npm package alone: what is in it.
sample_table() {
	if [ -f "$samples/MANIFEST.tsv" ]; then
		awk -F '\t' 'NR > 1 { print $1, $6, $7, $8, $9, $10, $11 }' "$samples/MANIFEST.tsv"
	elif [ -d "$npm_samples" ]; then
		echo 'enron.pst 11 71 0 70 0 165'
		echo 'pstextractortest@outlook.com.ost 57 183 31 34 0 1256'
		echo 'pstextractortestpdf@outlook.com.ost 53 162 17 12 0 -'
	fi
}
