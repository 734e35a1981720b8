#!/usr/bin/env bash
# Files into mailboxes and mailboxes into files, as an administrator does it.
. "$(dirname "$0")/../peers/lib.sh"
cd "$scratch" || exit 1
export POSTERN_DATA=$scratch/site

counts() { jq -c '[.import.added, .import.replaced, .import.brought_before, .import.same_content]' <<<"$out"; }
made() { "$POSTERN" sample -q "$@" >/dev/null; }

made --seed 21 --messages 150 made.pst

# --- usage ---
run "$POSTERN" import
is 'import without arguments' "$code" 64
run "$POSTERN" import made.pst
is 'import without a mailbox' "$code" 64
has 'import without a mailbox: says so' "$err" 'MAILBOX is missing'
run "$POSTERN" import made.pst alice
is 'no organisation' "$code" 2
run "$POSTERN" export alice
is 'export without a destination' "$code" 64
run "$POSTERN" import --ledger l.json made.pst made.pst alice
is 'one ledger for two files' "$code" 64
run "$POSTERN" import --dry-run made.pst alice
is 'a dry run needs no mailbox' "$code" 0
[ -e site ] && fail 'a dry run writes nothing' || pass 'a dry run writes nothing'

# --- there and back ---
run "$POSTERN" import --create --json made.pst alice@corp.example
is 'import makes mailbox and organisation' "$code" 0
has 'the password is said once' "$err" 'logs on as'
has 'JSON of an import is a ledger' "$(jq -r '.command, .ledger.total.messages.failed' <<<"$out" | tr '\n' ' ')" '^import 0 '
total=$(jq '.ledger.total.messages.written + .ledger.total.associated.written' <<<"$out")
at_least 'import takes everything' "$total" 150
is 'the ledger is kept with the mailboxes' "$(find site/ledgers -name 'alice-made.pst-*.ledger.json' | wc -l)" 1
run "$POSTERN" diff made.pst mailbox:alice
is 'the mailbox holds the same' "$code" 0
run "$POSTERN" export alice back.pst
is 'export to a .pst' "$code" 0
run "$POSTERN" diff made.pst back.pst
is 'the exported .pst holds the same' "$code" 0
run "$POSTERN" check back.pst
is 'the exported .pst is sound' "$code" 0
run "$POSTERN" convert mailbox:alice@corp.example converted.pst
is 'a mailbox is a source of convert' "$code" 0
cmp -s back.pst converted.pst
is 'export and convert write the same' $? 0
run "$POSTERN" export alice back.pst
is 'an export does not replace' "$code" 2

# --- nothing twice ---
run "$POSTERN" import --json made.pst alice
is 'the same file again' "$code $(counts)" "0 [0,0,$total,0]"
cp made.pst copy.pst
touch -d '2020-01-01' copy.pst
run "$POSTERN" import --json copy.pst alice
is 'a copy of it, by content' "$code $(counts)" "0 [0,0,0,$total]"
run "$POSTERN" import --json back.pst alice
is 'what was exported from it' "$code $(counts)" "0 [0,0,0,$total]"
run "$POSTERN" diff made.pst mailbox:alice
is 'still the same' "$code" 0

# --- two caches of one person ---
made --seed 22 --messages 120 whole.pst
"$POSTERN" convert -q --class IPM.Note --class IPM.Contact whole.pst one.pst
"$POSTERN" convert -q --class IPM.Note --class IPM.Appointment --class IPM.Task whole.pst two.pst
"$POSTERN" convert -q --class IPM.Note --class IPM.Contact --class IPM.Appointment --class IPM.Task whole.pst both.pst
run "$POSTERN" import --create --json one.pst two.pst bob
is 'two caches at once' "$code" 0
at_least 'they overlap' "$(jq '.[1].import.same_content' <<<"$out")" 50
run "$POSTERN" diff both.pst mailbox:bob
is 'the union' "$code" 0

# --- filters, folders ---
run "$POSTERN" import --create --class IPM.Contact made.pst carol
is 'only contacts' "$code" 0
is 'only contacts: nothing else' "$("$POSTERN" inspect --json mailbox:carol | jq -r '.tree[].classes | keys[]' | sort -u)" IPM.Contact
run "$POSTERN" import --folder 'Old/2026' made.pst carol
is 'below a folder' "$code" 0
has 'below a folder: it is made' "$("$POSTERN" inspect mailbox:carol)" '2026'
run "$POSTERN" export --folder 'Old/2026' --no-associated carol old.pst
is 'export of a folder' "$code" 0
at_least 'export of a folder: what is in it' "$("$POSTERN" inspect --json old.pst | jq .messages)" 100

# --- other forms ---
for form in mbox:mail.mbox eml:mail.d maildir:Maildir; do
	option=
	[ "${form%%:*}" = maildir ] && option=--maildir
	# shellcheck disable=SC2086
	run "$POSTERN" export --no-associated $option alice "${form#*:}"
	at_least "export as ${form%%:*}" "$((2 - code))" 1
	run "$POSTERN" import --create --json "${form#*:}" "from-${form%%:*}"
	at_least "import of ${form%%:*}" "$((2 - code))" 1
	n=$(jq '.import.added' <<<"$out")
	at_least "import of ${form%%:*}: everything" "$n" 140
	run "$POSTERN" import --json "${form#*:}" "from-${form%%:*}"
	is "import of ${form%%:*} twice" "$(jq '.import.added' <<<"$out")" 0
done

# --- mailbox to mailbox ---
run "$POSTERN" import --create made.pst dave
run "$POSTERN" import --create --class IPM.No-Such-Class made.pst erin
run "$POSTERN" convert mailbox:dave mailbox:erin
is 'a mailbox is a destination of convert' "$code" 0
run "$POSTERN" diff mailbox:dave mailbox:erin
is 'one mailbox copied into another' "$code" 0

# --- damage ---
for kind in header-zero nbt-root-zero truncate-50; do
	"$POSTERN" sample -q --damage $kind --of made.pst $kind.pst >/dev/null
	run "$POSTERN" import --create --json $kind.pst "damaged-$kind"
	rescued=$(jq '.import.added' <<<"$out")
	has "$kind: it is said" "$err" 'is damaged'
	run "$POSTERN" recover --no-undelete --json $kind.pst rescued-$kind.pst
	is "$kind: as many as recover finds" "$rescued" \
		"$(jq '.ledger.total.messages.written + .ledger.total.associated.written' <<<"$out")"
done
run "$POSTERN" import header-zero.pst alice
is 'a damaged copy of what is there adds nothing' "$(grep -c ' added$' <<<"$out")" 0
head -c 3000 /dev/urandom >noise.pst
run "$POSTERN" import noise.pst alice
is 'a file of noise' "$code" 2
run "$POSTERN" import /nonexistent.pst alice
is 'a file that is not there' "$code" 2
run "$POSTERN" import made.pst nobody
is 'a mailbox that is not there' "$code" 2
run "$POSTERN" import noise.pst made.pst alice
is 'one bad file of two' "$code" 2
has 'one bad file of two: the other came' "$out" 'earlier import of this file'

# --- killed at any moment ---
made --seed 23 --messages 1500 many.pst
killed=0
for i in 1 2 3 4 5 6 7 8; do
	"$POSTERN" import -q --create many.pst frank >/dev/null 2>&1 &
	sleep "0.$((i * 7 % 10))$((RANDOM % 10))"
	kill -9 $! 2>/dev/null && killed=$((killed + 1))
	wait $! 2>/dev/null
done
at_least 'killed while it worked' "$killed" 1
run "$POSTERN" import --json --create many.pst frank
is 'it goes on after kill -9' "$code" 0
run "$POSTERN" diff many.pst mailbox:frank
is 'nothing is lost, nothing is double' "$code" 0
done_testing
