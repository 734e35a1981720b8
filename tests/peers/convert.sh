#!/usr/bin/env bash
# Every real file converts to a .pst that is sound and holds the same; and other programs read from it as many
# items as they can read from any correct .pst. What each of them is known to lose is said where it is counted.
. "$(dirname "$0")/lib.sh"

table=$(sample_table)
[ -n "$table" ] || skip_all 'neither POSTERN_SAMPLES nor the npm package pst-extractor is here'

# Messages of a store, without those of some classes (a regular expression).
messages_without() {
	"$POSTERN" inspect --json "$1" | jq -r --arg skip "$2" '
		[.tree[].classes | to_entries[] | select(.key | test($skip) | not) | .value] | add // 0'
}

# readpst writes one file for each item it knows; StickyNote, Post, Activity, DistList, FreeBusy and what it takes for
# none of mail, contact, appointment, journal are left out ("skipping").
by_readpst() {
	rm -rf "$scratch/readpst"
	mkdir "$scratch/readpst"
	readpst -D -e -j 0 -q -o "$scratch/readpst" "$1" >/dev/null 2>&1
	find "$scratch/readpst" -type f \( -name '*.eml' -o -name '*.vcf' -o -name '*.ics' \) | wc -l
}

# pffexport makes a folder for each item of a class it knows.
by_pffexport() {
	rm -rf "$scratch"/pff.*
	pffexport -q -m items -t "$scratch/pff" "$1" >/dev/null 2>&1
	find "$scratch/pff.export" -type d -regextype posix-extended -regex '.*/[A-Za-z ]+[0-9]{5}' \
		-not -path '*/Attachments/*' | wc -l
}

by_pst_extractor() {
	NODE_PATH=$npm_modules timeout 60 node "$(dirname "$0")/pst_extractor.js" "$1" 2>/dev/null
}

while read -r name _; do
	file=$(sample "$name")
	new=$scratch/new.pst
	run "$POSTERN" convert --force "$file" "$new"
	at_least "$name: converts" "$((2 - code))" 1
	remarks=$code
	run "$POSTERN" check "$new"
	is "$name: check finds nothing" "$code" 0
	[ "$code" = 0 ] || sed 's/^/# /' <<<"$out" >&2
	run "$POSTERN" diff "$file" "$new"
	is "$name: diff finds nothing" "$code" 0
	[ "$code" = 0 ] || head -40 <<<"$out" | sed 's/^/# /' >&2
	run "$POSTERN" convert --force "$file" "$scratch/again.pst"
	cmp -s "$new" "$scratch/again.pst"
	is "$name: the same bytes again" $? 0

	if command -v readpst >/dev/null; then
		at_least "$name: readpst" "$(by_readpst "$new")" \
			"$(messages_without "$new" 'StickyNote|IPM.Post|Activity|DistList|FreeBusy|AbchPerson')"
	else
		skip "$name: readpst" 'readpst is not here'
	fi
	if command -v pffexport >/dev/null && [ "$remarks" = 1 ]; then
		# A property of a type that does not exist (kept as found) makes pffexport drop the whole item:
		# "unable to retrieve type of item"; it does so with the original as well.
		skip "$name: pffexport" 'it drops items that have a property of type 0'
	elif command -v pffexport >/dev/null; then
		at_least "$name: pffexport" "$(by_pffexport "$new")" \
			"$(messages_without "$new" 'IPM.Post|FreeBusy|AbchPerson')"
	else
		skip "$name: pffexport" 'pffexport is not here'
	fi
	if command -v node >/dev/null && [ -d "$npm_modules/pst-extractor" ]; then
		at_least "$name: pst-extractor" "$(by_pst_extractor "$new")" "$(messages_without "$new" '^$')"
	else
		skip "$name: pst-extractor" 'node or pst-extractor is not here'
	fi
done <<<"$table"
done_testing
