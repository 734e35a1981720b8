#!/usr/bin/env bash
# Rules of the house that a program can see: lengths, gotos, banned functions, unfinished marks, includes' form.
set -u
export LC_ALL=C

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

all_code=$(code "${all[@]}")
library_code=$(grep -E '^src/' <<<"$all_code" | grep -vE '^src/cli/')

# Usage: forbid PATTERN WHY WHERE
forbid() {
	local found
	found=$(grep -E ":[0-9]+: .*$1" <<<"$3") && complain "$found" "  ^ $2"
}

forbid '(^|[^[:alnum:]_])goto ' 'no goto: memory has an owner' "$all_code"
forbid '(^|[^[:alnum:]_>.])(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atof|strtok|alloca|tmpnam|mktemp)[[:space:]]*\(' \
	'a banned function' "$all_code"
forbid 'typedef[[:space:]]+(struct|union|enum)' 'structures have no second name' "$all_code"
forbid '(^|[^[:alnum:]_>.])(printf|puts|putchar|perror|fprintf|vprintf|exit|_exit|abort|syslog)[[:space:]]*\(' \
	'a library never prints, logs or exits' "$library_code"

long=$(awk 'FNR == 801 { print FILENAME ": no file is longer than 800 lines" }' "${all[@]}")
[ -z "$long" ] || complain "$long"

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

mapfile -t headers < <(find src -name '*.h' | sort)
without=$(grep -L '^#ifndef [A-Z0-9_]*_H$' "${headers[@]}")
[ -z "$without" ] || complain "$without" "  ^ a header without an include guard"
without=$(awk 'FNR == 1 && !/^\/\*/ { print FILENAME }' "${headers[@]}")
[ -z "$without" ] || complain "$without" "  ^ a header that does not open with what it is for"
exit $bad
