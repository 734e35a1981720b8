#!/usr/bin/env bash
# postern cache: what is damaged comes again from the server, a copy is made smaller and moved, and who has it is named.
. "$(dirname "$0")/../peers/lib.sh"

command -v sqlite3 >/dev/null || skip_all 'sqlite3 is not here, with which the damage is done'

says() {
	grep -qF -- "$3" "$2" && pass "$1" || { fail "$1"; sed 's/^/# /' "$2" | head -40; }
}

site=$scratch/site port=$((20000 + RANDOM % 20000))
url=https://localhost:$port
printf 'correct horse\n' >"$scratch/password"
postern() { "$POSTERN" "$@"; }
POSTERN_DATA=$site postern shell --quiet --create --organization Contoso --domain contoso.example --host localhost \
	-c "New-Mailbox alice -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null
Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -InternalUrl $url/mapi; Get-AutodiscoverVirtualDirectory | Set-AutodiscoverVirtualDirectory -InternalUrl $url/autodiscover/autodiscover.xml" >/dev/null 2>&1
for i in $(seq 30); do
	printf 'From: Grace <grace@contoso.example>\nTo: alice@contoso.example\nSubject: Message %s\nDate: Mon, 2 Nov 2026 10:%02d:00 +0000\nMessage-ID: <%s@contoso.example>\n\nThe text of message %s.\n' \
		"$i" "$i" "$i" "$i" >"$scratch/$i.eml"
done
"$POSTERN" import --quiet --data "$site" "$scratch"/*.eml alice >/dev/null 2>&1
"$POSTERN" serve --quiet --data "$site" --listen "127.0.0.1:$port" >"$scratch/served" 2>&1 &
server=$!
for _ in $(seq 300); do
	curl -s --cacert "$site/tls/authority.pem" "$url/healthcheck" >/dev/null && break
	sleep 0.1
done
export POSTERN_DATA=$scratch/laptop
db=$POSTERN_DATA/profiles/alice/cache.db

# Sound -----------------------------------------------------------------------------------------------------------------------

postern cache list >"$scratch/out" 2>&1
is 'without a profile there is nothing to list' $? 0
postern profile add alice@contoso.example --name alice --server "$url" --roots "$site/tls/authority.pem" --password-command "cat $scratch/password" --quiet
postern cache list >"$scratch/out"
says 'a profile without a cache' "$scratch/out" 'none yet'
postern cache check >"$scratch/out" 2>&1
is 'there is nothing to be checked before there is a cache' $? 2
postern sync --quiet >/dev/null
postern cache check >"$scratch/out"
is 'a cache as it came is sound' $? 0
says '... and says so' "$scratch/out" 'sound: 0 findings'
printf 'x\n' | postern mail compose --subject 'A draft' --body - --draft --quiet
postern cache check --repair --json >"$scratch/out"
is '... with something to be uploaded too' "$(jq '[.findings, .messages > 30] | tostring' -r "$scratch/out")" '[0,true]'
is 'list tells what is not at the server yet' "$(postern cache list --json | jq '.[0].pending')" 1
postern sync --quiet >/dev/null

# Damage ----------------------------------------------------------------------------------------------------------------------

sqlite3 "$db" "UPDATE content SET body = zeroblob(length(body)) WHERE id = (SELECT content FROM message WHERE subject = 'Message 7');
	UPDATE folder SET items = items + 5 WHERE name = 'Inbox'; INSERT INTO client_partial (message) VALUES (999999);"
postern cache check >"$scratch/out" 2>&1
is 'damage is found' $? 2
says '... in a message' "$scratch/out" 'content'
says '... in a counter' "$scratch/out" 'counter'
says '... and the command that mends it is named' "$scratch/out" 'postern cache check --repair alice mends 3'
postern cache check --repair >"$scratch/out" 2>&1
is 'it is mended' $? 1
says '... and what comes again is told' "$scratch/out" '1 folder or message come again from the server'
postern cache check >/dev/null
is '... and found no more' $? 0
postern sync --json >"$scratch/out"
is 'the next run brings the message' "$(jq '[.messagesChanged, .uploaded, .uploadedDeletions, .conflicts] | tostring' -r "$scratch/out")" '[1,0,0,0]'
postern mail read "$(postern mail search 'subject:"Message 7"' --json | jq -r '.[0].id')" >"$scratch/out"
says '... as it was' "$scratch/out" 'The text of message 7.'
postern sync --json >"$scratch/out"
is '... and the one after it nothing' "$(jq '.messagesNew + .messagesChanged + .messagesDeleted + .foldersChanged + .uploaded' "$scratch/out")" 0

sqlite3 "$db" "DELETE FROM folder WHERE name IN ('Inbox', '9')"
postern cache check --repair >"$scratch/out" 2>&1
is 'a folder that is gone leaves nothing that cannot be mended' $? 1
postern sync --json >"$scratch/out"
is '... comes again' "$(jq '[.foldersNew, .messagesNew, .uploaded, .uploadedDeletions, .uploadedFolders] | tostring' -r "$scratch/out")" '[2,1,0,0,0]'
postern cache check >/dev/null
is '... and all is sound' $? 0

sqlite3 "$db" "UPDATE folder SET parent = 999999 WHERE name = '11'"
postern cache check --repair >/dev/null 2>&1
is 'a folder that stands nowhere gets a place' "$(sqlite3 "$db" "SELECT COUNT(*) FROM folder WHERE name LIKE 'Recovered folder %'")" 1
postern sync --json >"$scratch/out"
is '... until the server tells where it belongs' "$(jq '[.foldersChanged, .uploadedFolders, .conflicts] | tostring' -r "$scratch/out") $(sqlite3 "$db" "SELECT COUNT(*) FROM folder WHERE name = '11'")" '[1,0,0] 1'

id=$(postern mail search 'subject:"Message 5"' --json | jq -r '.[0].id')
postern mail flag "$id" --quiet
sqlite3 "$db" "UPDATE content SET body = zeroblob(length(body)) WHERE id = (SELECT content FROM message WHERE subject = 'Message 5')"
postern cache check --repair >"$scratch/out" 2>&1
says 'what was changed here and is damaged is kept' "$scratch/out" '1 message that was changed here: in Sync Issues/Local Failures'
postern sync --json >"$scratch/out"
is '... and does not go to the server, from where it comes whole' "$(jq '[.messagesChanged, .uploaded, .conflicts, .pending] | tostring' -r "$scratch/out")" '[1,0,0,0]'
postern mail read "$id" >"$scratch/out"
says '... as it was there' "$scratch/out" 'The text of message 5.'
postern cache check >/dev/null
is '... and all is sound again' $? 0

# Smaller ---------------------------------------------------------------------------------------------------------------------

sqlite3 "$db" 'CREATE TABLE filler (x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO filler SELECT randomblob(10000) FROM n; DROP TABLE filler;'
postern cache list >"$scratch/out"
says 'list says what is free' "$scratch/out" 'of it are free: postern cache compact alice'
postern cache compact >"$scratch/out" 2>&1
is 'it is made smaller' $? 0
says '... the room for it is said first' "$scratch/out" 'of room for its time'
says '... and what was freed' "$scratch/out" 'were freed'
postern cache check >/dev/null
is '... and is sound' $? 0

# Elsewhere -------------------------------------------------------------------------------------------------------------------

sync_with_it() {
	printf 'x\n' | postern mail compose --subject "$1" --body - --draft --quiet
	postern sync --json >"$scratch/out"
	is "$1: it works" "$(jq '[.uploaded, .pending] | tostring' -r "$scratch/out")" '[1,0]'
}
postern cache move "$scratch/elsewhere" >"$scratch/out" 2>&1
is 'it is moved' $? 0
is '... and only there' "$(ls "$scratch/elsewhere")" cache.db
is '... where the profile leads' "$(readlink "$db")" "$scratch/elsewhere/cache.db"
postern profile show >"$scratch/out"
says '... which show says' "$scratch/out" "$scratch/elsewhere/cache.db"
sync_with_it 'Elsewhere'
postern cache move "$scratch/elsewhere" >"$scratch/out" 2>&1
is 'twice is too often' $? 2
chmod 700 "$scratch"
mv "$scratch/elsewhere" "$scratch/away"
postern sync >"$scratch/out" 2>&1
is 'the disk is away' $? 2
says '... which is said' "$scratch/out" 'Is the disk there?'
mv "$scratch/away" "$scratch/elsewhere"
exec 9<>"$POSTERN_DATA/profiles/alice/cache.lock"
flock -x 9
postern cache move "$POSTERN_DATA/profiles/alice" >"$scratch/out" 2>&1
is 'not while somebody has it' $? 2
says '... which is said' "$scratch/out" 'has not made room for 10 seconds'
exec 9>&-
"$POSTERN" sync --watch >"$scratch/watched" 2>&1 &
watch=$!
for _ in $(seq 100); do
	grep -q 'up to date' "$scratch/watched" && break
	sleep 0.1
done
postern cache move "$POSTERN_DATA/profiles/alice" --quiet
is 'home again, also while it is watched' $? 0
is '... with nothing left there' "$(ls -A "$scratch/elsewhere")" ''
printf 'x\n' | postern mail compose --subject 'Watched' --body - --draft --quiet
for _ in $(seq 100); do
	[ "$(postern cache list --json | jq '.[0].pending')" = 0 ] && break
	sleep 0.1
done
is '... and the watch goes on with it' "$(postern cache list --json | jq '.[0].pending')" 0
says '... which has its password from a command' "$scratch/watched" 'All folders are up to date'
kill $watch
wait $watch
postern cache check >/dev/null
is 'all is sound' $? 0
postern cache move "$scratch/elsewhere" --quiet
kill $server
wait $server
postern diff "cache:$POSTERN_DATA/profiles/alice" mailbox:alice --data "$site" >"$scratch/out"
is 'it is what the mailbox is, but for what stays here' "$(grep 'only in .  item' "$scratch/out" | grep -vc 'Sync Issues')" 0
postern profile remove --yes alice
is 'it goes with its profile, wherever it is' "$(ls -A "$scratch/elsewhere")" ''

for words in '' 'nonsense' 'move' 'check a b' 'list a'; do
	# shellcheck disable=SC2086
	postern cache $words >/dev/null 2>&1
	is "'$words' is wrong usage" $? 64
done
done_testing
