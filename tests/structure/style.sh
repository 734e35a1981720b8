#!/usr/bin/env bash
# Rules of the house that a program can see: lengths, gotos, banned functions, unfinished marks, includes' form.
set -u

root=${1:-$(dirname "$0")/../..}
cd "$root" || exit 1
bad=0

complain() {
	printf '%s\n' "$@"
	bad=1
}

# Everything that is C, and what a library may not do.
mapfile -t all < <(find src tests fuzz bench -name '*.[ch]' | sort)
mapfile -t libraries < <(find src -name '*.[ch]' -not -path 'src/cli/*' | sort)

# Code without comments and strings, lines kept.
code() {
	awk '{
		line = $0; out = ""
		while (length(line)) {
			if (comment) {
				i = index(line, "*/")
				if (!i) { line = ""; break }
				line = substr(line, i + 2); comment = 0
			} else if (match(line, /\/\*|\/\/|"([^"\\]|\\.)*"|'\''([^'\''\\]|\\.)*'\''/)) {
				token = substr(line, RSTART, RLENGTH)
				out = out substr(line, 1, RSTART - 1)
				line = substr(line, RSTART + RLENGTH)
				if (token == "/*") comment = 1
				else if (token == "//") line = ""
				else out = out "\"\""
			} else { out = out line; line = "" }
		}
		printf "%s:%d: %s\n", FILENAME, FNR, out
	}' "$@"
}

forbid() {
	local pattern=$1 why=$2
	shift 2
	local found
	found=$(code "$@" | grep -E ":[0-9]+: .*$pattern") && complain "$found" "  ^ $why"
}

forbid '(^|[^[:alnum:]_])goto ' 'no goto: memory has an owner' "${all[@]}"
forbid '(^|[^[:alnum:]_>.])(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atof|strtok|alloca|tmpnam|mktemp)[[:space:]]*\(' \
	'a banned function' "${all[@]}"
forbid 'typedef[[:space:]]+(struct|union|enum)' 'structures have no second name' "${all[@]}"
forbid '(^|[^[:alnum:]_>.])(printf|puts|putchar|perror|fprintf|vprintf|exit|_exit|abort|syslog)[[:space:]]*\(' \
	'a library never prints, logs or exits' "${libraries[@]}"

for file in "${all[@]}"; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 800 ] || complain "$file: $lines lines; no file is longer than 800"
done

# Functions: from a "{" in the first column to its "}".
long=$(awk 'FNR == 1 { start = 0; name = "" }
	/^[a-zA-Z_].*\(/ && !/^(static )?(const )?(struct|enum) [a-z_]+ \*?[a-z_]+\[/ { name = $0 }
	/^\{/ { start = FNR }
	/^\}/ && start { if (FNR - start > 81) printf "%s:%d: %d lines: %s\n", FILENAME, start, FNR - start - 1, name; start = 0 }' \
	"${libraries[@]}" src/cli/*.c)
[ -z "$long" ] || complain "$long" "  ^ no function is longer than 80 lines"

marks=$(grep -rnwE 'TODO|FIXME|XXX|HACK' src tests fuzz bench script docs README.md CONTRIBUTING.md --include='*' 2>/dev/null |
	grep -v '^tests/structure/style.sh:')
[ -z "$marks" ] || complain "$marks" "  ^ an unfinished mark"

for header in $(find src -name '*.h'); do
	grep -q '^#ifndef [A-Z0-9_]*_H$' "$header" || complain "$header: has no include guard"
	head -1 "$header" | grep -q '^/\*' || complain "$header: does not open with what it is for"
done
exit $bad
