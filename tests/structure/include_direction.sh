#!/usr/bin/env bash
# The house: a room includes only rooms below it (docs/architecture.md). Prints every include that points up
# or sideways.
set -u

root=${1:-$(dirname "$0")/../..}
cd "$root/src" || exit 1

grep -rn --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' . | awk '
	BEGIN {
		split("base wire mapi net mime pst rop store server client analyzer shell cli", rooms, " ")
		split("1 2 3 4 4 4 4 4 5 5 5 5 6", floors, " ")
		for (i in rooms)
			floor[rooms[i]] = floors[i]
		beside["analyzer client"] = 1	# the analyzer uses the connection of the client
		beside["store rop"] = 1		# a message at rest is its FastTransfer stream
	}
	{
		split($0, part, ":")
		from = part[1]
		sub(/^\.\//, "", from)
		sub(/\/.*/, "", from)
		path = $0
		sub(/^[^"]*"/, "", path)
		sub(/".*/, "", path)
		to = path
		sub(/\/.*/, "", to)
		seen++
		if (path !~ /\//)
			why = "not of the form \"room/file.h\""
		else if (!(from in floor) || !(to in floor))
			why = "a room that does not exist"
		else if (from == to || floor[to] < floor[from] || (from " " to) in beside)
			next
		else
			why = from " stands not above " to
		printf "src/%s:%s: %s: %s\n", substr(part[1], 3), part[2], path, why
		bad++
	}
	END {
		if (!seen)
			print "no include was found"
		exit bad || !seen
	}'
