# What the benchmarks share. Sourced.
missed=0

calc() {
	awk "BEGIN { printf \"%.2f\", $1 }"
}

# target NAME VALUE at-least|at-most LIMIT UNIT
target() {
	local verdict=met
	case $3 in
	at-least) awk "BEGIN { exit !($2 >= $4) }" || verdict=MISSED ;;
	at-most) awk "BEGIN { exit !($2 <= $4) }" || verdict=MISSED ;;
	esac
	printf '    %-44s %10s %-5s (%s %s) %s\n' "$1" "$2" "$5" "${3/-/ }" "$4" "$verdict"
	[ $verdict = met ] || missed=$((missed + 1))
}

build_measure() {
	mkdir -p build
	gcc -O2 -std=gnu17 -Wall -Wextra -o build/measure bench/measure.c
	measure=$PWD/build/measure
}

# On a disk, as people have it: a file system in memory makes the kernel's share of every write several times larger.
make_scratch() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/postern-bench-XXXXXX")
	trap 'rm -rf "$scratch"' EXIT
}

# Last: how many targets were missed is the exit code.
finish() {
	printf '\n%d targets missed\n' $missed
	[ $missed = 0 ]
}
