#!/usr/bin/env bash
# The damage matrix: every kind of damage on every format, rescued by the program. How many messages must come
# back at least; where nothing is lost, the rescued store holds the same as the undamaged one; and what is written
# is always sound.
. "$(dirname "$0")/lib.sh"

# name messages truncate-75 truncate-50 sectors-20
matrix='enron.pst 71 51 50 63
pstextractortest@outlook.com.ost 183 183 183 181
bfe0c7-2k_outlook_qwerty1234.pst 73 50 30 63
24c0c1-2003_high-encryption_quickquick.pst 36 24 16 30
c0e2bf-SampleOstFile.ost 92 80 70 86'

least() {
	case $1 in
	truncate-75) echo "$3" ;;
	truncate-50) echo "$4" ;;
	sectors-20) echo "$5" ;;
	*) echo "$2" ;;
	esac
}

kinds=$("$POSTERN" sample --list-damage --json | jq -r '.[].name')
tried=0
while read -r name all at75 at50 sectors; do
	file=$(sample "$name")
	[ -n "$file" ] || continue
	tried=$((tried + 1))
	for kind in $kinds; do
		damaged=$scratch/damaged new=$scratch/new.pst what="$name, $kind"
		"$POSTERN" sample --quiet --force --seed 7 --damage "$kind" --of "$file" "$damaged"
		run "$POSTERN" recover --json --force --no-undelete "$damaged" "$new"
		rescue=$code
		"$POSTERN" check --quiet "$new" >/dev/null
		is "$what: the rescued file is sound" $? 0
		run "$POSTERN" diff --json "$file" "$new"
		wanted=$(least "$kind" "$all" "$at75" "$at50" "$sectors")
		at_least "$what: messages" "$("$POSTERN" inspect --json "$new" | jq .messages)" "$wanted"
		case $kind in
		header-crc | bbt-root-zero | page-crc | page-signature | bbt-leaf-zero | maps-zero)
			is "$what: nothing differs" "$code" 0
			is "$what: the ledger says so" "$rescue" 0
			;;
		*)
			# What is missing or not whole is never passed over in silence.
			if [ "$(jq '.summary.only.a + .summary.different' <<<"$out")" -gt 0 ] && [ "$rescue" = 0 ]; then
				fail "$what: the ledger says that something is lost"
			else
				pass "$what: the ledger says that something is lost"
			fi
			;;
		esac
		"$POSTERN" recover --quiet --force "$damaged" "$new"
		at_least "$what: messages with the deleted ones" \
			"$("$POSTERN" inspect --json "$new" | jq .messages)" "$wanted"
	done
done <<<"$matrix"
[ $tried -gt 0 ] || skip_all 'neither POSTERN_SAMPLES nor the npm package pst-extractor is here'
done_testing
