#!/usr/bin/env bash
# postern backup and postern restore as an administrator and a cron job meet them.
. "$(dirname "$0")/../peers/lib.sh"
cd "$scratch" || exit 1
export POSTERN_DATA=$scratch/site TMPDIR=$scratch
: "${SITE_MAKER:?is not set: run by meson}"

# --- wrong usage ---
for line in 'backup' 'backup a b' 'backup verify' 'backup prune x' 'backup prune --keep 0 x' 'backup prune --keep many x' \
	'backup --at 1 x' 'backup list --full x' 'backup --keep 1 x' 'backup --wait -1 x' 'restore' 'restore a b' \
	'restore --as x y' 'restore --replace y' 'backup --no-such-option x'; do
	# shellcheck disable=SC2086
	run "$POSTERN" $line
	is "wrong usage: $line" "$code" 64
done

# --- nothing there ---
run "$POSTERN" backup backups
is 'no site: exit code' "$code" 2
has 'no site: the words say where' "$err" "$POSTERN_DATA"
run "$POSTERN" backup list nowhere
is 'no folder of backups' "$code" 2
mkdir empty
run "$POSTERN" restore empty
is 'a folder without a backup' "$code" 2
has 'a folder without a backup is called that' "$err" 'there is no backup in empty'

# --- the first, and what was changed ---
is 'a mailbox is made' "$("$SITE_MAKER" "$POSTERN_DATA" alice 40 3000)" 40
is 'and another' "$("$SITE_MAKER" "$POSTERN_DATA" bob 2 100)" 2
run "$POSTERN" backup backups
is 'the first backup' "$code" 0
has 'it is full' "$out" '^  full +alice  40 messages'
has 'it says how to prove it' "$out" 'postern backup verify backups'
is 'the folder is for its owner alone' "$(stat -c %a backups)" 700
is 'and so is every file in it' "$(find backups -type f -perm /077 | wc -l)" 0
is 'more mail' "$("$SITE_MAKER" "$POSTERN_DATA" alice 3 3000)" 43
run "$POSTERN" backup --json backups
is 'the second backup' "$code" 0
is '--json: its number and its parent' "$(jq -c '[.backup, .parent, .whole, .messages_written]' <<<"$out")" '[2,1,true,3]'
is '--json: only alice was written' "$(jq -r '.subjects[] | select(.messages_written > 0) | .name' <<<"$out")" alice
is '--json: the others are unchanged' "$(jq '.unchanged' <<<"$out")" 2
run "$POSTERN" backup -q backups
is 'quiet: one line' "$(wc -l <<<"$out")" 1
run "$POSTERN" backup list -v backups
is 'list: three backups' "$(grep -c 'mailboxes' <<<"$out")" 3
has 'list -v: who is in it' "$out" 'alice <alice@contoso.example>  43 messages'
run "$POSTERN" backup list --json backups
is 'list --json' "$(jq -c '[.[].messages]' <<<"$out")" '[42,45,45]'
touch backups/stranger
mkdir strange
touch strange/file
run "$POSTERN" backup strange
is 'a folder of other things is left alone' "$code" 2
has 'and that is said' "$err" 'holds other things'

# --- proven ---
run "$POSTERN" backup verify backups
is 'verify' "$code" 0
has 'verify: each mailbox' "$out" '^  good +alice  43 messages restored and checked, 43 equal to the live ones'
has 'verify: the verdict' "$out" 'it can be restored'
run "$POSTERN" backup verify --json --at 1 backups
is 'verify --at --json' "$code $(jq -c '[.backup, .good, .mailboxes, .exit]' <<<"$out")" '0 [1,true,3,0]'
run "$POSTERN" backup verify -d "$scratch/elsewhere" backups
is 'verify without the site' "$code" 0
has 'verify without the site: it says so' "$err" 'not compared'
is 'nothing of it stays' "$(find "$scratch" -name 'postern-verify-*' | wc -l)" 0

# --- back ---
run "$POSTERN" restore --to copy backups
is 'the whole site' "$code" 0
is 'all mail is in it' "$("$SITE_MAKER" copy alice 0 0)" 43
run "$POSTERN" shell -d copy -c "Search-Mailbox alice 'subject:39' -EstimateResultOnly | % ResultItemsCount"
is 'its words are found' "$code $out" '0 1'
run "$POSTERN" shell -c 'Get-MailboxDatabase | % LastVerifiedBackupPlace'
has 'the database knows that the backup was proven' "$out" 'backups, backup [13]$'
is 'and does not warn any more' "$err" ''
run "$POSTERN" restore --to copy backups
is 'not over a site that is there' "$code" 2
run "$POSTERN" restore --to copy2 --at 1 --json backups
is 'as of the first' "$code $("$SITE_MAKER" copy2 alice 0 0)" '0 40'
run "$POSTERN" restore --mailbox alice backups
is 'not over a mailbox that is there' "$code" 2
has 'and the way out is said' "$err" '--replace.*--as NAME'
run "$POSTERN" restore --mailbox alice --replace --at 1 backups
is 'with --replace' "$code $("$SITE_MAKER" "$POSTERN_DATA" alice 0 0)" '0 40'
run "$POSTERN" shell -c "Search-Mailbox alice 'subject:39' -EstimateResultOnly | % ResultItemsCount; New-MailboxRepairRequest alice -DetectOnly | % CorruptionsDetected"
is 'words are found in it, and it is sound' "$code $out" $'0 1\n0'
run "$POSTERN" restore --mailbox alice@contoso.example --as alice-copy backups
is 'a copy beside it' "$code $("$SITE_MAKER" "$POSTERN_DATA" alice-copy 0 0)" '0 43'
run "$POSTERN" restore --mailbox nobody backups
is 'nobody' "$code" 2
run "$POSTERN" restore --at 1999-01-01 --to copy3 backups
is 'a time before all backups' "$code" 2
run "$POSTERN" restore --at yesterday --to copy3 backups
has 'a time that is none' "$err" 'neither the number of a backup nor a time'

# --- damaged ---
part=$(find backups/parts -name '000001.part' -size +3k -print -quit)
cp -a backups damaged
printf 'x' | dd of="damaged/${part#backups/}" bs=1 seek=2000 conv=notrunc status=none
run "$POSTERN" backup verify damaged
is 'a damaged part is found' "$code" 2
has 'it is named, with the place in it' "$out" "${part##*/parts/}.*at byte [0-9]+"
run "$POSTERN" restore --to copy4 --at 1 damaged
is 'it is not restored' "$code" 2
[ ! -e copy4 ] && pass 'and nothing that looks like it is' || fail 'and nothing that looks like it is'
rm "damaged/${part#backups/}"
run "$POSTERN" backup verify damaged
is 'a missing part is found' "$code" 2
head -c 100 damaged/000003.backup >short && mv short damaged/000003.backup
run "$POSTERN" backup damaged
is 'nothing goes on from a damaged list of parts' "$code" 2
has 'and the way out is said' "$err" '--full'
run "$POSTERN" backup --full damaged
is '--full needs none' "$code" 0

# --- fewer ---
run "$POSTERN" backup prune --dry-run --keep 1 backups
is 'prune --dry-run' "$code" 0
is 'removes nothing' "$(find backups -name '*.backup' | wc -l)" 3
run "$POSTERN" backup prune --keep 1 --json backups
is 'prune' "$code $(jq .backups <<<"$out")" '0 2'
run "$POSTERN" backup verify backups
is 'what stays is whole' "$code" 0

# --- killed at any moment ---
is 'much mail' "$("$SITE_MAKER" "$POSTERN_DATA" carol 150 20000)" 150
before=$("$POSTERN" backup list --json killed 2>/dev/null | jq length)
for delay in 0.002 0.01 0.02 0.03 0.05 0.08 0.12 0.2; do
	"$POSTERN" backup -q killed >/dev/null 2>&1 &
	victim=$!
	sleep $delay
	kill -9 $victim 2>/dev/null
	wait $victim 2>/dev/null
	"$SITE_MAKER" "$POSTERN_DATA" carol 1 100 >/dev/null
done
run "$POSTERN" backup killed
is "a backup after eight that were killed (${before:-none} before)" "$code" 0
run "$POSTERN" backup verify killed
is 'it is good' "$code" 0
run "$POSTERN" restore --to after killed
is 'and complete' "$code $("$SITE_MAKER" after carol 0 0)" '0 158'
done_testing
