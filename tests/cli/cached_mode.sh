#!/usr/bin/env bash
# Cached mode as people use it: profile, sync, mail, rescue; the story of script/demo; the watch.
. "$(dirname "$0")/../peers/lib.sh"

has() {
	grep -qF -- "$3" "$2" && pass "$1" || { fail "$1"; sed 's/^/# /' "$2" | head -40; }
}

lacks() {
	grep -qF -- "$3" "$2" && { fail "$1"; sed 's/^/# /' "$2" | head -40; } || pass "$1"
}

# The story ------------------------------------------------------------------------------------------------------------------

POSTERN_DEMO_PORT=$((20000 + RANDOM % 20000)) "$POSTERN_SOURCE/script/demo" </dev/null >"$scratch/story" 2>&1
is 'the story comes to its end' $? 0
has 'online is refused by name' "$scratch/story" 'ecCachedModeRequired, 1249'
has '... with the command that turns cached mode on' "$scratch/story" 'postern profile set cached on'
has 'the server away, and what can be done meanwhile' "$scratch/story" 'can be read, searched and written to meanwhile'
has 'the letter waits' "$scratch/story" 'waiting for the server'
has 'another mailbox of that name is told' "$scratch/story" 'it was made anew, though its name is the same'
has 'the letter was sent' "$scratch/story" '1 sent now'
has 'nothing is missing' "$scratch/story" 'Every message of the old cache is in the new mailbox.'
has 'and the letter came' "$scratch/story" 'Still here'

# A server to try things with -------------------------------------------------------------------------------------------------

site=$scratch/site port=$((20000 + RANDOM % 20000))
url=https://localhost:$port
printf 'correct horse\n' >"$scratch/password"
postern() { "$POSTERN" "$@"; }
POSTERN_DATA=$site postern shell --quiet --create --organization Contoso --domain contoso.example --host localhost \
	-c "New-Mailbox alice -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null; New-Mailbox bob -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null
Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -InternalUrl $url/mapi; Get-AutodiscoverVirtualDirectory | Set-AutodiscoverVirtualDirectory -InternalUrl $url/autodiscover/autodiscover.xml" >/dev/null 2>&1
serve() {
	"$POSTERN" serve --quiet --data "$site" --listen "127.0.0.1:$port" >"$scratch/served" 2>&1 &
	server=$!
	for _ in $(seq 300); do
		curl -s --cacert "$site/tls/authority.pem" "$url/healthcheck" >/dev/null && return
		sleep 0.1
	done
}
serve
export POSTERN_DATA=$scratch/laptop

# Profiles --------------------------------------------------------------------------------------------------------------------

postern sync >"$scratch/out" 2>&1
is 'without a profile there is nothing to synchronise' $? 2
has '... and the words say what to do' "$scratch/out" 'postern profile add'
postern profile add nonsense </dev/null >"$scratch/out" 2>&1
is 'a profile needs an address' $? 2
printf 'wrong\n' | postern profile add alice@contoso.example --server "$url" --roots "$site/tls/authority.pem" >"$scratch/out" 2>&1
is 'a wrong password makes no profile' $? 2
has '... and is named' "$scratch/out" 'does not accept the user name'
postern profile add alice@contoso.example --server "$url" --password-command "cat $scratch/password" >"$scratch/out" 2>&1
is 'a server that is not trusted makes no profile' $? 2
postern profile add alice@contoso.example --roots "$site/tls/authority.pem" --password-command "cat $scratch/password" >"$scratch/out" 2>&1
is 'where nobody knows the address there is no profile' $? 2
has '... and who was asked is shown' "$scratch/out" 'https://contoso.example/autodiscover/autodiscover.xml'
postern profile add alice@contoso.example --server "$url" --roots "$site/tls/authority.pem" <"$scratch/password" >"$scratch/out" 2>&1
is 'a profile is made' $? 0
is 'its folder is its owner'"'"'s alone' "$(stat -c %a "$POSTERN_DATA/profiles/alice@contoso.example")" 700
is 'the password is its owner'"'"'s alone' "$(stat -c %a "$POSTERN_DATA/profiles/alice@contoso.example/secret")" 600
postern profile add bob@contoso.example --server "$url" --roots "$site/tls/authority.pem" --password-command "cat $scratch/password" --name bob --quiet
is 'another one, by another name' "$(postern profile list | wc -l)" 2
postern sync >"$scratch/out" 2>&1
is 'of two one must be named' $? 2
postern profile default alice@contoso.example
postern sync --json >"$scratch/out"
is 'or chosen for good' $? 0
is 'the folders came' "$(jq '.foldersNew > 10' "$scratch/out")" true
postern profile set bob work-offline on
postern sync bob >"$scratch/out" 2>&1
is 'one that works offline is not connected' $? 2
postern profile set bob work-offline off
postern profile show --json bob | jq -e '.cached and .encrypt' >/dev/null && pass 'show says how it stands' || fail 'show says how it stands'
chmod 644 "$POSTERN_DATA/profiles/alice@contoso.example/secret"
postern sync >"$scratch/out" 2>&1 </dev/null
is 'a password that others can read is not used' $? 2
chmod 600 "$POSTERN_DATA/profiles/alice@contoso.example/secret"

# Mail ------------------------------------------------------------------------------------------------------------------------

postern mail -p bob list >"$scratch/out" 2>&1
is 'without a cache there is no mail' $? 2
postern sync bob --quiet >/dev/null
printf 'hello\n' >"$scratch/file.txt"
printf 'Gr\xc3\xbc\xc3\x9fe\n' | postern mail compose --to 'Bob <bob@contoso.example>' --cc alice@contoso.example --subject 'Budget Übersicht' --body - --attach "$scratch/file.txt" >"$scratch/out"
is 'a letter is written' $? 0
is '... and waits' "$(postern mail outbox --json | jq length)" 1
postern mail compose --to nobody --subject x --body "$scratch/file.txt" >"$scratch/out" 2>&1
is 'an address that is none is refused' $? 2
postern mail compose --subject x --body "$scratch/file.txt" >"$scratch/out" 2>&1
is '... and a letter to nobody' $? 2
postern mail compose --subject 'Not yet' --body "$scratch/file.txt" --draft --quiet
is 'a draft needs no address' "$(postern mail list Drafts --json | jq -r '.[].subject')" 'Not yet'
draft=$(postern mail list Drafts --json | jq -r '.[0].id')
postern mail send "$draft" >"$scratch/out" 2>&1
is '... but is not sent without one' $? 2
kill -9 $server
wait $server 2>/dev/null
postern sync >"$scratch/out" 2>&1
is 'the server is away' $? 2
is '... and the letter waits' "$(postern mail outbox --json | jq length)" 1
serve
postern sync --quiet >/dev/null
is 'with the server it is handed over' "$(postern mail outbox --json | jq -r '.[].state')" 'handed over; the server sends it'
# It leaves the server's Outbox between two folders of a run, or two runs.
sent() {
	echo "$(postern mail outbox --json | jq length) $(postern mail list Sent --json | jq -r '.[0].subject')"
}
for _ in $(seq 100); do
	postern sync --quiet >/dev/null
	[ "$(sent)" = '0 Budget Übersicht' ] && break
	sleep 0.1
done
is '... and gone from here when it has been sent' "$(sent)" '0 Budget Übersicht'
for _ in $(seq 50); do
	postern sync bob --quiet >/dev/null
	[ "$(postern mail -p bob list --json | jq length)" = 1 ] && break
	sleep 0.1
done
id=$(postern mail -p bob list --json | jq -r '.[0].id')
postern mail -p bob read "$id" >"$scratch/out"
has 'and there with bob' "$scratch/out" 'Grüße'
has '... with its subject' "$scratch/out" 'Budget Übersicht'
printf 'Soon.\n' | postern mail compose --to bob@contoso.example --subject 'A draft first' --body - --draft --quiet
postern sync --quiet >/dev/null
draft=$(postern mail list Drafts --json | jq -r '.[] | select(.subject == "A draft first").id')
postern mail send "$draft"
is 'a draft is sent' "$(postern mail outbox --json | jq -r '.[].subject')" 'A draft first'
postern mail send "$(postern mail outbox --json | jq -r '.[0].id')" >"$scratch/out" 2>&1
is '... once' $? 2
for _ in $(seq 50); do
	postern sync --quiet >/dev/null
	postern sync bob --quiet >/dev/null
	[ "$(postern mail -p bob list --json | jq length)" = 2 ] && break
	sleep 0.1
done
is '... and comes' "$(postern mail -p bob list --json | jq -r '.[].subject' | sort | head -1)" 'A draft first'
is '... and is no draft any more' "$(postern mail list Drafts --json | jq -r '.[].subject')" 'Not yet'
postern mail -p bob delete --for-good "$(postern mail -p bob list --json | jq -r '.[] | select(.subject == "A draft first").id')"
(cd "$scratch" && postern mail -p bob save "$id" >/dev/null && postern mail -p bob save "$id" >/dev/null)
is 'an attachment is saved, and replaces nothing' "$(cat "$scratch/file (2).txt" "$scratch/file (3).txt" 2>/dev/null | sort -u)" hello
is 'a search finds it' "$(postern mail -p bob search 'from:alice has:attachment' --json | jq -r '.[0].id')" "$id"
is '... and not what is not there' "$(postern mail -p bob search 'from:carol' --json | jq length)" 0
postern mail -p bob search '(' >"$scratch/out" 2>&1
is 'a search that cannot be understood' $? 2
printf 'Yes.\n' | postern mail -p bob reply-all "$id" --body - --quiet
postern mail -p bob flag "$id"
is 'flagged' "$(postern mail -p bob list --json | jq '.[0].flagged')" true
moved=$(postern mail -p bob move "$id" Notes)
is 'moved' "$(postern mail -p bob list Notes --json | jq -r '.[0].id')" "$moved"
postern mail -p bob mark-unread "$moved"
postern mail -p bob delete "$moved"
is 'deleted' "$(postern mail -p bob list Deleted --json | jq -r '.[0].subject')" 'Budget Übersicht'
postern mail -p bob read ffffffff >"$scratch/out" 2>&1
is 'a message that is not there' $? 2
postern mail -p bob list Nowhere >"$scratch/out" 2>&1
is 'a folder that is not there' $? 2
EDITOR=true postern mail -p bob compose --to alice@contoso.example >"$scratch/out" 2>&1
is 'nothing written, nothing sent' $? 2
cat >"$scratch/editor" <<'X'
#!/bin/sh
printf 'To: alice@contoso.example\nSubject: From an editor\n\nWritten.\n' >"$1"
X
chmod +x "$scratch/editor"
EDITOR=$scratch/editor postern mail -p bob compose --quiet
is 'written in an editor' "$(postern mail -p bob outbox --json | jq -r '.[].subject' | tail -1)" 'From an editor'
postern sync bob --quiet >/dev/null
is 'all of it is at the server' "$(postern sync bob --json | jq '.pending + .uploaded + .sent')" 0
# The server keeps it for a moment, in case it is taken back.
for _ in $(seq 100); do
	postern sync --quiet >/dev/null
	postern mail list Inbox --json | jq -e 'any(.[]; .subject == "From an editor")' >/dev/null && break
	sleep 0.1
done
is 'it arrives' "$(postern mail list Inbox --json | jq '[.[] | select(.subject == "From an editor")] | length')" 1

# Drafts again ----------------------------------------------------------------------------------------------------------------

draft_of() { postern mail list Drafts --json | jq -r ".[] | select(.subject == \"$1\").id"; }
printf 'First words.\n' | postern mail compose --to carol --cc bob@contoso.example --subject 'In pieces' --body - --attach "$scratch/file.txt" --draft --quiet
postern sync --quiet >/dev/null
draft=$(draft_of 'In pieces')
cat >"$scratch/editor" <<X
#!/bin/sh
cp "\$1" "$scratch/edited"
sed -i -e 's/^To:.*/To: bob@contoso.example/' -e 's/^Cc:.*/Cc:/' -e 's/First words/Other words/' "\$1"
X
EDITOR=$scratch/editor postern mail edit "$draft" >"$scratch/out"
is 'a draft is edited' $? 0
has '... with its recipients' "$scratch/edited" 'Cc: bob@contoso.example'
has '... and its attachments' "$scratch/edited" 'Attached: 1 file.txt'
is '... and is the same one' "$(draft_of 'In pieces')" "$draft"
postern mail read "$draft" >"$scratch/out"
has '... with what was changed' "$scratch/out" 'Other words.'
is '... which goes up as a change, not as another one' "$(postern sync --json | jq -c '[.uploaded, .pending]')" '[1,0]'
is '... and nothing comes of it' "$(postern sync --json | jq -c '[.messagesNew, .uploaded, .pending]')" '[0,0,0]'
is '... once' "$(draft_of 'In pieces')" "$draft"
postern profile add alice@contoso.example --server "$url" --roots "$site/tls/authority.pem" --password-command "cat $scratch/password" --name second --quiet
postern sync second --quiet >/dev/null
there=$(postern mail -p second list Drafts --json | jq -r '.[] | select(.subject == "In pieces").id')
postern mail -p second read "$there" >"$scratch/out"
has 'another computer has it as it is now' "$scratch/out" 'Other words.'
lacks '... with the recipients it has now' "$scratch/out" 'carol'
mkdir "$scratch/second"
postern mail -p second save "$there" --folder "$scratch/second" >/dev/null
is '... and what is attached' "$(cat "$scratch/second/file.txt")" hello
# It is changed there while somebody has it in the editor here.
cat >"$scratch/editor" <<X
#!/bin/sh
printf 'Theirs.\n' | "$POSTERN" mail -p second edit $there --body - --quiet && "$POSTERN" sync second --quiet >/dev/null && "$POSTERN" sync alice@contoso.example --quiet >/dev/null
sed -i 's/Other words/Mine/' "\$1"
X
EDITOR=$scratch/editor postern mail edit "$draft" >"$scratch/out" 2>&1
has 'what somebody else made of it meanwhile is told' "$scratch/out" 'changed by somebody else'
is '... and both are there' "$(for id in $(draft_of 'In pieces'); do postern mail read "$id" | grep -E '^(Mine|Theirs)'; done | sort | tr '\n' ' ')" 'Mine. Theirs. '
postern mail delete --for-good "$draft"
postern mail edit "$(draft_of 'In pieces')" --body "$scratch/file.txt" --to nobody-at-all --send >"$scratch/out" 2>&1
is 'it is not sent to who is not known' $? 2
postern mail edit "$(draft_of 'In pieces')" --body "$scratch/file.txt" --subject 'Put together' --send --quiet
is 'a draft is edited, and sent' "$(postern mail outbox --json | jq -c '[.[].subject]')" '["Put together"]'
is '... and is none any more' "$(draft_of 'In pieces')$(draft_of 'Put together')" ''
postern mail edit "$(postern mail outbox --json | jq -r '.[0].id')" --body "$scratch/file.txt" >"$scratch/out" 2>&1
has 'what waits is taken back' "$scratch/out" 'it is in Drafts'
is '... and not sent' "$(postern mail outbox --json | jq length) $(postern sync --json | jq .sent)" '0 0'
EDITOR=true postern mail edit "$(draft_of 'Put together')" --send --quiet
is 'it is sent as it is' "$(postern mail outbox --json | jq length)" 1
postern sync --quiet >/dev/null
waits=$(postern mail outbox --json | jq -r '.[0].id // empty')
if [ -n "$waits" ]; then
	postern mail edit "$waits" --body "$scratch/file.txt" >"$scratch/out" 2>&1
	is 'what was handed over is not taken back' $? 2
fi
for _ in $(seq 50); do
	postern sync --quiet >/dev/null
	postern sync bob --quiet >/dev/null
	[ "$(postern mail -p bob search '"Put together"' --json | jq length)" = 1 ] && break
	sleep 0.1
done
is '... and comes' "$(postern mail -p bob search '"Put together"' --json | jq length)" 1
for _ in $(seq 50); do
	postern sync --quiet >/dev/null
	[ "$(postern mail outbox --json | jq length)" = 0 ] && break
	sleep 0.1
done
is '... once' "$(postern mail search '"Put together"' --json | jq length)" 1
postern mail edit "$(postern mail list Sent --json | jq -r '.[0].id')" >"$scratch/out" 2>&1
is 'what is no draft is not edited' $? 2
has '... and that is said' "$scratch/out" 'is no draft'
postern profile remove --yes second

# The watch -------------------------------------------------------------------------------------------------------------------

"$POSTERN" sync --watch >"$scratch/watched" 2>&1 &
watch=$!
until grep -q 'up to date' "$scratch/watched" 2>/dev/null || ! kill -0 $watch 2>/dev/null; do sleep 0.1; done
printf 'Now.\n' | postern mail -p bob compose --to alice@contoso.example --subject 'While you watch' --body - --quiet
postern sync bob --quiet >/dev/null
for _ in $(seq 300); do
	postern mail search '"While you watch"' --json 2>/dev/null | jq -e 'length > 0' >/dev/null && break
	sleep 0.1
done
is 'what comes there comes here while it is watched' "$(postern mail search '"While you watch"' --json | jq -r '.[0].subject')" 'While you watch'
printf 'Then.\n' | postern mail compose --to bob@contoso.example --subject 'Sent by the watch' --body - --quiet
for _ in $(seq 300); do
	[ "$(postern mail outbox --json | jq length)" = 0 ] && break
	sleep 0.1
done
is 'what is written here is sent while it is watched' "$(postern mail outbox --json | jq length)" 0
is 'it says how it stands' "$(jq -r .status "$POSTERN_DATA/profiles/alice@contoso.example/status.json")" 'All folders are up to date'
kill -9 $server
wait $server 2>/dev/null
printf 'Later.\n' | postern mail compose --to bob@contoso.example --subject 'When it is back' --body - --quiet
for _ in $(seq 300); do
	grep -q Disconnected "$scratch/watched" && break
	sleep 0.1
done
has 'the server goes' "$scratch/watched" 'Disconnected'
serve
for _ in $(seq 600); do
	[ "$(postern mail outbox --json | jq length)" = 0 ] && break
	sleep 0.1
done
is 'and when it is back, what waited is sent' "$(postern mail outbox --json | jq length)" 0
# It does not wait any longer than it is asked to: it tried 1, 3, 7 and 15 seconds after the server went, and would again after 31.
kill -9 $server
wait $server 2>/dev/null
for _ in $(seq 300); do
	tail -1 "$scratch/watched" | grep -q Disconnected && break
	sleep 0.1
done
sleep 18
printf 'Asked.\n' | postern mail compose --to bob@contoso.example --subject 'Try now' --body - --quiet
serve
asked=$(date +%s%N)
kill -USR1 $watch
for _ in $(seq 150); do
	[ "$(postern mail outbox --json | jq length)" = 0 ] && break
	sleep 0.05
done
is 'SIGUSR1 makes it try at once' "$(postern mail outbox --json | jq length) $((($(date +%s%N) - asked) / 11000000000))" '0 0'
kill $watch
wait $watch
code=$?
is "a signal ends the watch" $code 0
postern sync bob --quiet >/dev/null
sleep 1
postern sync bob --quiet >/dev/null
is 'each came once' "$(postern mail -p bob search '"Sent by the watch" OR "When it is back"' --json | jq length)" 2

# A disk without room: the limit on the size of files stands for it -----------------------------------------------------------

until_it_says() {
	for _ in $(seq 400); do
		tail -1 "$scratch/full" | grep -q "$1" && return
		sleep 0.1
	done
	return 1
}
size=$(stat -c %s "$POSTERN_DATA/profiles/alice@contoso.example/cache.db")
(
	trap '' XFSZ
	ulimit -S -f $((size / 1024 + 600))
	exec "$POSTERN" sync --watch >"$scratch/full" 2>&1
) &
watch=$!
until_it_says 'up to date' && pass 'it watches with little room' || fail 'it watches with little room'
head -c 3000000 /dev/urandom >"$scratch/large.bin"
printf 'Large.\n' | postern mail -p bob compose --to alice@contoso.example --subject 'A large letter' --body - --attach "$scratch/large.bin" --quiet
postern sync bob --quiet >/dev/null
until_it_says 'Waiting for the disk' && pass 'a full disk is said' || { fail 'a full disk is said'; sed 's/^/# /' "$scratch/full"; }
is '... and what is there can be read' "$(postern mail search '"While you watch"' --json | jq length)" 1
prlimit --pid $watch --fsize=unlimited:
until_it_says 'up to date' && pass 'with room it goes on by itself' || { fail 'with room it goes on by itself'; sed 's/^/# /' "$scratch/full"; }
is '... and the letter is there' "$(postern mail search '"A large letter"' --json | jq '.[0].bytes > 3000000')" true
kill $watch
wait $watch
is '... until it is ended' $? 0
postern cache check --quiet >"$scratch/out" 2>&1
is 'and the cache is sound' $? 0

# Headers first ---------------------------------------------------------------------------------------------------------------

postern profile set --download headers --keep 12 bob
is 'headers only, and a year' "$(postern profile show --json bob | jq -c '[.download, .keepMonths]')" '["headers",12]'
postern profile set --download nonsense bob >"$scratch/out" 2>&1
is '... or what is no way to download' $? 2
postern sync bob --quiet >/dev/null
printf 'Line of a letter.\n' | postern mail compose --to bob@contoso.example --subject 'Headers first' --body - --attach "$scratch/file.txt" --quiet
for _ in $(seq 100); do
	postern sync --quiet >/dev/null
	postern sync bob --quiet >/dev/null
	id=$(postern mail -p bob search '"Headers first"' --json | jq -r '.[0].id // empty')
	[ -z "$id" ] || break
	sleep 0.1
done
is 'only its headers are here' "$(postern profile show --json bob | jq ".headersOnly >= 1")" true
is '... which a check counts, and finds nothing wrong with' "$(postern cache check bob --json | jq -c '[.headersOnly >= 1, .findings]')" '[true,0]'
postern convert --quiet cache:bob "$scratch/headers.pst" >"$scratch/out" 2>&1
has '... and who copies them is told' "$scratch/out" 'holds only the headers of'
kill $server
wait $server
postern mail -p bob read "$id" >"$scratch/out" 2>&1
is 'without the server it cannot be read' $? 1
has '... which is said' "$scratch/out" 'only the headers of this message are here'
printf 'x\n' | postern mail -p bob forward "$id" --to alice@contoso.example --body - >"$scratch/out" 2>&1
is '... nor forwarded with something missing' $? 2
serve
postern mail -p bob read "$id" >"$scratch/out" 2>&1
is 'with the server it is' $? 0
has '... whole' "$scratch/out" 'Line of a letter.'
postern profile set --download full --keep all bob
postern sync bob --quiet >/dev/null

# The copy --------------------------------------------------------------------------------------------------------------------

postern sync --quiet >/dev/null
postern convert --quiet cache:alice@contoso.example "$scratch/alice.pst" >/dev/null
is 'a cache is a source like any other' $? 0
kill $server
wait $server
postern diff cache:bob mailbox:bob --data "$site" >"$scratch/out" 2>&1
is '--data is where both are looked for' $? 2
postern diff "cache:$POSTERN_DATA/profiles/bob" mailbox:bob --data "$site" >"$scratch/out"
is 'every item of the mailbox is in the cache' "$(grep -c 'items only one has' "$scratch/out")" 0
postern profile remove bob
is 'a profile goes' "$(postern profile list --json | jq length)" 1
printf 'x\n' | postern mail compose --to bob@contoso.example --subject y --body - --quiet
postern profile remove alice@contoso.example >"$scratch/out" 2>&1
is '... but not with mail that was not sent' $? 2
postern profile remove --yes alice@contoso.example
is '... unless that is meant' "$(postern profile list --json | jq length)" 0
done_testing
