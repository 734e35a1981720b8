#!/usr/bin/env bash
# Every real file yields exactly the counts of its manifest.
. "$(dirname "$0")/lib.sh"

table=$(sample_table)
[ -n "$table" ] || skip_all 'neither POSTERN_SAMPLES nor the npm package pst-extractor is here'

classes_of() {
	awk -F '\t' -v name="$1" '$1 == name { print $12 }' "$samples/MANIFEST.tsv" 2>/dev/null |
		tr ';' '\n' | sed '/^$/d' | sort | tr '\n' ';'
}

while read -r name folders messages associated attachments embedded named; do
	file=$(sample "$name")
	run "$POSTERN" inspect --json "$file"
	at_least "$name: readable" "$((2 - code))" 1
	is "$name: folders messages associated attachments embedded" \
		"$(jq -r '"\(.folders) \(.messages) \(.associated) \(.attachments) \(.embedded)"' <<<"$out")" \
		"$folders $messages $associated $attachments $embedded"
	[ "$named" = - ] || is "$name: named properties" "$(jq -r .named_properties <<<"$out")" "$named"
	wanted=$(classes_of "$name")
	[ -z "$wanted" ] || is "$name: classes" \
		"$(jq -r '.classes | to_entries[] | "\(.key)=\(.value)"' <<<"$out" | sort | tr '\n' ';')" "$wanted"
	is "$name: nothing missing" "$(jq -r .missing <<<"$out")" 0
done <<<"$table"

file=$(sample pstextractortest@outlook.com.ost)
if [ -n "$file" ]; then
	run "$POSTERN" inspect --json "$file"
	at_least '.ost: items known to the server' "$(jq -r .server_known <<<"$out")" 150
	is '.ost: its store id' "$(jq -r '.store_id != null' <<<"$out")" true
fi
done_testing
