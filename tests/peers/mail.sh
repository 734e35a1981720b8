#!/usr/bin/env bash
# Mail files: every real store as .eml files and as an .mbox, with one entry for each message; and back into a .pst.
. "$(dirname "$0")/lib.sh"

table=$(sample_table)
[ -n "$table" ] || skip_all 'neither POSTERN_SAMPLES nor the npm package pst-extractor is here'
cd "$scratch" || exit 1

while read -r name _ messages associated _; do
	file=$(sample "$name")
	rm -rf eml back.pst* out.mbox*
	run "$POSTERN" convert --no-associated "$file" eml
	at_least "$name: to .eml" "$((2 - code))" 1
	is "$name: a file for each message" "$(find eml -type f 2>/dev/null | wc -l)" "$messages"
	run "$POSTERN" convert --no-associated "$file" out.mbox
	at_least "$name: to .mbox" "$((2 - code))" 1
	is "$name: a \"From \" line for each message" "$(grep -ac '^From ' out.mbox)" "$messages"
	[ "$messages" -gt 0 ] || continue
	run "$POSTERN" convert eml back.pst
	at_least "$name: back from .eml" "$((2 - code))" 1
	is "$name: as many messages" "$("$POSTERN" inspect --json back.pst | jq .messages)" "$messages"
	run "$POSTERN" check back.pst
	is "$name: what came back is sound" "$code" 0
	run "$POSTERN" convert --force out.mbox back.pst
	is "$name: as many messages from the .mbox" "$("$POSTERN" inspect --json back.pst | jq .messages)" "$messages"
done <<<"$table"
done_testing
