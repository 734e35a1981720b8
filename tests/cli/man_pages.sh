#!/usr/bin/env bash
# Every command has a man page, every option stands in it, and every page is well formed.
. "$(dirname "$0")/../peers/lib.sh"

pages=$POSTERN_SOURCE/docs/man
table=$("$POSTERN" completion --json)
for command in $(jq -r '.[].command' <<<"$table"); do
	page=$pages/postern-$command.1
	if [ ! -f "$page" ]; then
		fail "postern-$command(1) exists"
		continue
	fi
	for option in $(jq -r ".[] | select(.command == \"$command\") | .options[].option" <<<"$table"); do
		grep -qE "^\.It .*Fl Fl $option( |\$)" "$page" && pass "postern-$command(1) has --$option" ||
			fail "postern-$command(1) has --$option"
	done
	# ... and no option that does not exist.
	for option in $(grep -oE '^\.It .*Fl Fl [a-z-]+' "$page" | sed 's/.* //'); do
		case $option in help | usage | version) continue ;; esac
		jq -e ".[] | select(.command == \"$command\") | .options[] | select(.option == \"$option\")" \
			<<<"$table" >/dev/null || fail "postern-$command(1): --$option exists"
	done
	grep -q "postern-$command 1" "$pages/postern.1" && pass "postern(1) names postern-$command(1)" ||
		fail "postern(1) names postern-$command(1)"
	grep -qE "^#+ .*postern $command" "$POSTERN_SOURCE/README.md" && pass "the README has a section on $command" ||
		fail "the README has a section on $command"
done
if command -v mandoc >/dev/null; then
	for page in "$pages"/*.1; do
		is "${page##*/} is well formed" "$(mandoc -T lint -W warning "$page")" ''
	done
else
	skip 'the pages are well formed' 'mandoc is not here'
fi
done_testing
