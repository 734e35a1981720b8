#!/usr/bin/env bash
# The command line as a person or a script meets it.
. "$(dirname "$0")/../peers/lib.sh"
cd "$scratch" || exit 1

# --- the table of commands ---
run "$POSTERN"
is 'no command: usage on standard error' "$code $out" '64 '
has 'usage names the two commands most need' "$err" 'postern recover mailbox.ost mailbox.pst'
run "$POSTERN" --help
is 'help is no error' "$code" 0
for command in inspect check convert recover diff backup restore shell sample explain completion; do
	has "help lists $command" "$out" "^  $command "
done
run "$POSTERN" --version
has 'version' "$out" '^postern [0-9]+\.[0-9]+\.[0-9]+$'
run "$POSTERN" covnert
is 'unknown command' "$code" 64
has 'unknown command: a suggestion' "$err" "Did you mean 'postern convert'"
run "$POSTERN" help recover
is 'help COMMAND' "$code" 0
has 'help COMMAND prints its options' "$out" '--no-undelete'
run "$POSTERN" convert --no-such-option
is 'unknown option' "$code" 64
run "$POSTERN" convert
is 'missing arguments' "$code" 64
has 'missing arguments: which' "$err" 'SRC is missing'
run "$POSTERN" convert a b c
is 'too many arguments' "$code" 64
run "$POSTERN" diff a
is 'diff needs two' "$code" 64
run "$POSTERN" sample --seed x y.pst
is 'a number that is none' "$code" 64
run "$POSTERN" sample --messages 0 y.pst
is 'no mails at all' "$code" 64
run "$POSTERN" convert --since yesterday a.pst b.pst
is 'a date that is none' "$code" 64

# --- explain ---
run "$POSTERN" explain ecCachedModeRequired
page=$out
is 'explain a name' "$code" 0
has 'explain: the remedy' "$page" 'Set-CasMailbox NAME -MapiBlockOutlookNonCachedMode:\$false'
has 'explain: the check' "$page" 'Get-CasMailbox NAME \| fl MapiBlockOutlookNonCachedMode'
has 'explain: not necessarily a problem' "$page" 'not necessarily a problem'
for spelling in 1249 0x4E1 0x4e1 eccachedmoderequired; do
	run "$POSTERN" explain $spelling
	is "explain $spelling: the same page" "$out" "$page"
done
run "$POSTERN" explain -- -2147221233
has 'explain a negative number' "$out" 'NotFound|NOT_FOUND'
run "$POSTERN" explain ecNotFuond
is 'explain something unknown' "$code" 2
has 'explain: did you mean' "$err" 'Did you mean.*ecNotFound'
run "$POSTERN" explain --json 1249
is 'explain --json' "$(jq -r '.[0].code' <<<"$out")" 1249
run "$POSTERN" explain --list
at_least 'explain --list knows hundreds' "$(wc -l <<<"$out")" 200
run "$POSTERN" explain --list cachedmode
has 'explain --list PATTERN' "$out" 'ecCachedModeRequired'
is 'explain --list PATTERN, nothing else' "$(grep -vic cachedmode <<<"$out")" 0

# --- completion ---
"$POSTERN" completion >completion.bash
bash -n completion.bash && pass 'completion is bash' || fail 'completion is bash'
complete_words() {
	# shellcheck disable=SC1091,SC2034
	(
		. ./completion.bash
		compopt() { :; }
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_postern
		printf '%s\n' "${COMPREPLY[@]}"
	)
}
is 'completes a command' "$(complete_words postern expl)" explain
is 'completes an option' "$(complete_words postern recover --no-u)" --no-undelete
is 'completes a name' "$(complete_words postern explain ecCachedM)" ecCachedModeRequired
run "$POSTERN" completion --json
is 'completion --json' "$(jq -r '[.[].command] | sort | join(" ")' <<<"$out")" \
	"$("$POSTERN" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | grep -vx postern | sort | xargs)"
run "$POSTERN" completion tcsh
is 'no completion for that shell' "$code" 64

# --- a made store through every command ---
run "$POSTERN" sample --seed 3 --messages 20 made.pst
is 'sample' "$code" 0
[ -s made.pst.ledger.json ] && jq -e . made.pst.ledger.json >/dev/null
is 'sample: the ledger is saved' $? 0
run "$POSTERN" sample --seed 3 --messages 20 again.pst
cmp -s made.pst again.pst
is 'sample: the same seed, the same bytes' $? 0
run "$POSTERN" sample --seed 4 --messages 20 other.pst
cmp -s made.pst other.pst
is 'sample: another seed, other bytes' $? 1
for command in 'inspect made.pst' 'inspect --all made.pst' 'check made.pst' 'diff made.pst again.pst' \
	'diff made.pst other.pst' 'diff --list-ignored' 'convert made.pst json.pst' \
	'recover made.pst json-recovered.pst' 'sample --messages 2 json-sample.pst' 'sample --list-damage'; do
	# shellcheck disable=SC2086
	run "$POSTERN" $command --json
	jq -e . <<<"$out" >/dev/null 2>&1 && pass "$command --json is JSON" || fail "$command --json is JSON" "$out"
done
run "$POSTERN" inspect made.pst
has 'inspect shows the format' "$out" 'Unicode \.pst'
run "$POSTERN" inspect --all made.pst
has 'inspect --all shows properties' "$out" 'PidTagSubject'
run "$POSTERN" check made.pst
is 'a fresh store is sound' "$code" 0
run "$POSTERN" diff made.pst again.pst
is 'equal stores' "$code" 0
run "$POSTERN" diff made.pst other.pst
is 'different stores' "$code" 2
run "$POSTERN" convert --dry-run made.pst
is 'dry run' "$code" 0
[ "$(find . -newer other.pst -name '*.part-*' | wc -l)" = 0 ]
is 'nothing half-written is left' $? 0
run "$POSTERN" convert made.pst out.mbox
is 'to an mbox' "$code" 0
has 'an mbox begins as one' "$(head -c 5 out.mbox)" '^From '
run "$POSTERN" convert made.pst eml/
is 'to a folder of .eml' "$code" 0
at_least 'there are .eml files' "$(find eml -name '*.eml' | wc -l)" 5
run "$POSTERN" convert eml from-eml.pst
at_least 'back from .eml' "$((2 - code))" 1
run "$POSTERN" check from-eml.pst
is 'what came from .eml is sound' "$code" 0
run "$POSTERN" convert out.mbox from-mbox.pst
at_least 'back from an mbox' "$((2 - code))" 1

# --- filters ---
all=$("$POSTERN" convert --dry-run --json made.pst | jq '.ledger.total.messages.emitted')
run "$POSTERN" convert --class IPM.Contact made.pst contacts.pst
is 'filter by class' "$code" 0
at_least 'filter by class leaves some' "$("$POSTERN" inspect --json contacts.pst | jq .messages)" 1
is 'filter by class takes only those' \
	"$("$POSTERN" inspect --json contacts.pst | jq -r '.tree[].classes | keys[]' | sort -u)" IPM.Contact
run "$POSTERN" convert --before 1700-01-01 made.pst none.pst
is 'filter by age' "$("$POSTERN" inspect --json none.pst | jq .messages)" 0
run "$POSTERN" convert --since 1700-01-01 --before 2700-01-01 made.pst everything.pst
at_least 'a wide age leaves nearly everything' "$("$POSTERN" inspect --json everything.pst | jq .messages)" \
	$((all * 8 / 10))

# --- terminal and colours ---
if command -v script >/dev/null; then
	"$POSTERN" sample --seed 5 --size 500M big.pst >/dev/null
	terminal() { TERM=xterm script -qec "$1" /dev/null </dev/null; }
	out=$(env -u NO_COLOR TERM=xterm script -qec "$POSTERN inspect made.pst" /dev/null </dev/null)
	has 'colours on a terminal' "$out" $'\033\\[1m'
	out=$(terminal "$POSTERN inspect made.pst")
	grep -q $'\033\\[[0-9]*m' <<<"$out"
	is 'NO_COLOR on a terminal' $? 1
	out=$(terminal "$POSTERN convert --force big.pst progress.pst")
	has 'progress on a terminal' "$out" 'items .*/s'
	has 'progress is erased at its end' "$out" $'\r\033\\[K'
	out=$(terminal "$POSTERN convert --quiet --force big.pst progress.pst")
	grep -q ' items .*/s' <<<"$out"
	is '--quiet: no progress' $? 1
else
	skip 'colours and progress' 'script(1) is not here'
fi
run "$POSTERN" inspect made.pst
grep -q $'\033' "$scratch/.out" "$scratch/.err"
is 'no escapes into a pipe' $? 1
"$POSTERN" inspect made.pst >/dev/full 2>"$scratch/.err"
is 'standard output is full' $? 2
done_testing
