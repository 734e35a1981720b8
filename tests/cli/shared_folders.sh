#!/usr/bin/env bash
# Shared and public folders in cached mode: what others let us see is kept here too, what we may change goes there, what we may not is kept, what is taken away stays.
. "$(dirname "$0")/../peers/lib.sh"

# One that nobody listens on.
free_port() {
	local port
	while port=$((20000 + RANDOM % 20000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
	echo "$port"
}
site=$scratch/site port=$(free_port)
url=https://localhost:$port
printf 'correct horse\n' >"$scratch/password"
printf 'hello\n' >"$scratch/text"
postern() { "$POSTERN" "$@"; }
says() {
	grep -qF -- "$3" "$2" && pass "$1" || { fail "$1"; sed 's/^/# /' "$2" | head -20; }
}
administer() {
	POSTERN_DATA=$site postern shell --quiet -c "$1" >"$scratch/shell" 2>&1 || sed 's/^/# /' "$scratch/shell"
}
serve() {
	"$POSTERN" serve --quiet --data "$site" --listen "127.0.0.1:$port" >"$scratch/served" 2>&1 &
	server=$!
	for _ in $(seq 300); do
		curl -s --cacert "$site/tls/authority.pem" "$url/healthcheck" >/dev/null && return
		sleep 0.1
	done
}
stop() {
	kill "$server"
	wait "$server" 2>/dev/null
}
# What the server holds of a mailbox is changed while it is away.
with_server_away() {
	stop
	administer "$1"
	serve
}
subjects() {
	postern mail "$@" --json 2>/dev/null | jq -r '[.[].subject] | sort | join(",")'
}
id_of() {
	postern mail -p bob --mailbox "${3:-alice}" list "$2" --json | jq -r --arg s "$1" '.[] | select(.subject == $s).id' | head -1
}

POSTERN_DATA=$site postern shell --quiet --create --organization Contoso --domain contoso.example --host localhost \
	-c "New-Mailbox alice -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null; New-Mailbox bob -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null
New-Mailbox carol -Password (Get-Content '$scratch/password' | ConvertTo-SecureString) | Out-Null
Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -InternalUrl $url/mapi; Get-AutodiscoverVirtualDirectory | Set-AutodiscoverVirtualDirectory -InternalUrl $url/autodiscover/autodiscover.xml
Add-MailboxFolderPermission alice:\\Inbox -User bob -AccessRights Editor | Out-Null
Add-MailboxFolderPermission alice:\\Notes -User bob -AccessRights Reviewer | Out-Null
Add-MailboxFolderPermission alice:\\Tasks -User bob -AccessRights FolderVisible | Out-Null" >"$scratch/shell" 2>&1
is 'the site is made' $? 0
serve
export POSTERN_DATA=$scratch/laptop
for who in alice bob; do
	postern profile add "$who@contoso.example" --name "$who" --server "$url" --roots "$site/tls/authority.pem" --password-command "cat $scratch/password" --quiet
	postern sync "$who" --quiet >/dev/null
done
post() {
	printf 'of %s\n' "$1" | postern mail -p alice compose --to alice@contoso.example --subject "$1" --body - --draft --quiet
	postern mail -p alice move "$(postern mail -p alice list Drafts --json | jq -r --arg s "$1" '.[] | select(.subject == $s).id')" "$2" >/dev/null
}
post 'Budget' Inbox
post 'Plan' Inbox
post 'Recipe' Notes
post 'Shopping' Notes
post 'Errand' Tasks
postern sync alice --quiet >/dev/null

# A mailbox of another ----------------------------------------------------------------------------------------------------------

postern profile set bob --add-mailbox carol@contoso.example >"$scratch/out" 2>&1
is 'who has given no permission is not added' $? 2
says '... and the words say so' "$scratch/out" 'has given no permission'
postern profile set bob --add-mailbox alice@contoso.example >"$scratch/out" 2>&1
is 'who has, is' $? 0
postern sync bob --json >"$scratch/out" 2>"$scratch/err"
is 'it is synchronised' "$(jq -r '.mailboxes[0] | [.mailbox, .failure] | tostring' "$scratch/out")" '["alice@contoso.example",null]'
is 'what may be seen comes' "$(subjects -p bob --mailbox alice list Inbox) $(subjects -p bob --mailbox alice list Notes)" 'Budget,Plan Recipe,Shopping'
postern mail -p bob --mailbox alice folders --json | jq -r '.[].path' | sort | paste -sd, >"$scratch/folders"
is '... and nothing else' "$(cat "$scratch/folders")" 'Inbox,Notes,Sync Issues,Tasks'
is 'what may not be read is left out' "$(subjects -p bob --mailbox alice list Tasks)" ''
says '... which is written down' <(postern mail -p bob --mailbox alice read "$(postern mail -p bob --mailbox alice list 'Sync Issues' --json | jq -r '.[0].id')") 'you have no permission to read it'
is '... once' "$(postern sync bob --quiet >/dev/null; postern mail -p bob --mailbox alice list 'Sync Issues' --json | jq length)" 1
says 'the folders of all are listed' <(postern mail -p bob folders) 'alice'

# What may be changed ------------------------------------------------------------------------------------------------------------

stop
postern mail -p bob --mailbox alice flag "$(id_of Budget Inbox)"
postern mail -p bob --mailbox alice delete --for-good "$(id_of Plan Inbox)"
is 'it can be changed while the server is away' "$(postern mail -p bob --mailbox alice list Inbox --json | jq -r '.[] | [.subject, .flagged] | tostring')" '["Budget",true]'
serve
postern sync bob --json >"$scratch/out"
is 'with the server it goes there' "$(jq -r '.mailboxes[0] | [.uploaded, .uploadedDeletions, .pending] | tostring' "$scratch/out")" '[1,1,0]'
postern sync alice --quiet >/dev/null
is 'and its owner sees it' "$(postern mail -p alice list Inbox --json | jq -r '.[] | [.subject, .flagged] | tostring')" '["Budget",true]'
is 'a search over all finds it' "$(postern mail -p bob search Budget --all --json | jq -r '.[] | [.subject, .mailbox] | tostring')" '["Budget","alice@contoso.example"]'
is '... and one without does not' "$(subjects -p bob search Budget)" ''
postern mail -p bob --mailbox alice compose --to alice@contoso.example --subject x --body "$scratch/text" >"$scratch/out" 2>&1
is 'nothing is sent from there' $? 2
postern convert --quiet cache:bob/alice@contoso.example "$scratch/alice.pst"
is 'it is a source like any other' $? 0
is '... and has a cache of its own' "$(postern cache list --json | jq -r '[.[].profile] | join(",")')" 'alice,bob,bob/alice@contoso.example'
postern cache check bob/alice >"$scratch/out" 2>&1
is '... which is sound' $? 0

# The watch of it ----------------------------------------------------------------------------------------------------------------

until_there() {
	for _ in $(seq 300); do
		[ -n "$(eval "$1")" ] && return
		sleep 0.1
	done
	return 1
}
# So seldom does it look by itself that what comes within seconds was told.
"$POSTERN" sync bob --watch --interval 3600 >"$scratch/told" 2>&1 &
watch=$!
until grep -q 'up to date' "$scratch/told" 2>/dev/null || ! kill -0 $watch 2>/dev/null; do sleep 0.1; done
sleep 1
post 'Told' Inbox
postern sync alice --quiet >/dev/null
until_there 'subjects -p bob --mailbox alice list Inbox | grep Told' && pass 'the watch is told of what happens in it' ||
	fail 'the watch is told of what happens in it'
post 'Told again' Inbox
postern sync alice --quiet >/dev/null
until_there 'subjects -p bob --mailbox alice list Inbox | grep "Told again"' && pass '... again and again' || fail '... again and again'
printf 'x\n' | postern mail -p alice compose --to bob@contoso.example --subject 'And here' --body - --quiet
postern sync alice --quiet >/dev/null
until_there 'subjects -p bob list Inbox | grep "And here"' && pass '... and of what happens in the own one' || fail '... and of what happens in the own one'
stop
until_there 'grep Disconnected "$scratch/told"' >/dev/null
serve
kill -USR1 $watch
until_there 'tail -1 "$scratch/told" | grep "up to date"' >/dev/null
post 'Told after all' Inbox
postern sync alice --quiet >/dev/null
until_there 'subjects -p bob --mailbox alice list Inbox | grep "after all"' && pass '... and when the server was away meanwhile' || { fail '... and when the server was away meanwhile'; sed 's/^/# /' "$scratch/told"; }
for subject in 'Told' 'Told again' 'Told after all'; do
	postern mail -p bob --mailbox alice delete --for-good "$(id_of "$subject" Inbox)"
done
until_there 'postern sync alice --quiet >/dev/null; [ "$(subjects -p alice list Inbox)" = Budget ] && echo there' && pass 'what is changed in it here goes there' || fail 'what is changed in it here goes there'
kill $watch
wait $watch
is 'it ends' $? 0
# By another name it is another server, and told of in a session of its own.
cp "$POSTERN_DATA/profiles/bob/profile.json" "$scratch/profile.json"
jq '.mailboxes[0].mailUrl |= sub("localhost"; "LOCALHOST")' "$scratch/profile.json" >"$POSTERN_DATA/profiles/bob/profile.json"
"$POSTERN" sync bob --watch --interval 3600 >"$scratch/told" 2>&1 &
watch=$!
until grep -q 'up to date' "$scratch/told" 2>/dev/null || ! kill -0 $watch 2>/dev/null; do sleep 0.1; done
sleep 1
post 'Elsewhere' Inbox
postern sync alice --quiet >/dev/null
until_there 'subjects -p bob --mailbox alice list Inbox | grep Elsewhere' && pass 'of one at another server it is told too' || { fail 'of one at another server it is told too'; sed 's/^/# /' "$scratch/told"; }
postern mail -p bob --mailbox alice delete --for-good "$(id_of Elsewhere Inbox)"
until_there 'postern sync alice --quiet >/dev/null; [ "$(subjects -p alice list Inbox)" = Budget ] && echo there' >/dev/null
kill $watch
wait $watch
cp "$scratch/profile.json" "$POSTERN_DATA/profiles/bob/profile.json"

# What may not ------------------------------------------------------------------------------------------------------------------

postern mail -p bob --mailbox alice flag "$(id_of Recipe Notes)"
postern mail -p bob --mailbox alice delete --for-good "$(id_of Shopping Notes)"
postern sync bob --json >"$scratch/out"
is 'what may not be changed is refused' "$? $(jq -r '.mailboxes[0] | [.serverFailures, .failure] | tostring' "$scratch/out")" '1 [2,null]'
is '... what was made of it is kept' "$(postern mail -p bob --mailbox alice list 'Server Failures' --json | jq -r '.[] | [.subject, .flagged] | tostring')" '["Recipe",true]'
postern sync alice --quiet >/dev/null
is '... and its owner has it as before' "$(postern mail -p alice list Notes --json | jq -r '.[] | [.subject, .flagged] | tostring' | sort | paste -sd' ')" '["Recipe",false] ["Shopping",false]'
postern sync bob --json >"$scratch/out"
is 'the profile is not held up by it' "$(jq -r '[.pending, .serverFailures] | tostring' "$scratch/out")" '[0,0]'
is '... nor are there others that never go' "$(jq -r '.mailboxes[0] | [.pending, .serverFailures] | tostring' "$scratch/out")" '[0,0]'
is '... and here it is as its owner has it again' "$(postern mail -p bob --mailbox alice list Notes --json | jq -r '.[] | [.subject, .flagged] | tostring' | sort | paste -sd' ')" '["Recipe",false] ["Shopping",false]'

# Permission that is taken away ---------------------------------------------------------------------------------------------------

with_server_away 'Remove-MailboxFolderPermission alice:\Inbox -User bob -Confirm:$false'
postern mail -p bob --mailbox alice mark-unread "$(id_of Budget Inbox)"
postern sync bob --quiet >/dev/null
is 'what may not be seen any more stays' "$(subjects -p bob --mailbox alice list Inbox)" Budget
says '... and the log says so' <(postern mail -p bob --mailbox alice list 'Sync Issues' --json | jq -r '.[].id' | while read -r id; do postern mail -p bob --mailbox alice read "$id"; done) 'What is here of it stays'
with_server_away 'Add-MailboxFolderPermission alice:\Inbox -User bob -AccessRights Editor'
post 'Later' Inbox
postern sync alice --quiet >/dev/null
postern sync bob --quiet >/dev/null
is 'and when it may be seen again it goes on' "$(subjects -p bob --mailbox alice list Inbox)" 'Budget,Later'
with_server_away "Remove-MailboxFolderPermission alice:\\Inbox -User bob -Confirm:\$false; Remove-MailboxFolderPermission alice:\\Notes -User bob -Confirm:\$false; Remove-MailboxFolderPermission alice:\\Tasks -User bob -Confirm:\$false"
postern sync bob --json >"$scratch/out" 2>"$scratch/err"
is 'with no permission at all' "$? $(jq -r '.mailboxes[0].failure != null' "$scratch/out")" '1 true'
is '... it can still be read' "$(subjects -p bob --mailbox alice list Inbox)" 'Budget,Later'

# All of a mailbox ---------------------------------------------------------------------------------------------------------------

with_server_away 'Set-Mailbox carol -FullAccess bob'
postern profile set bob --add-mailbox carol@contoso.example
is 'one of which one may do everything' $? 0
postern sync bob --json >"$scratch/out" 2>"$scratch/err"
is '... comes' "$(jq -r '.mailboxes[1] | [.mailbox, .failure, .foldersNew > 15, .pending] | tostring' "$scratch/out")" '["carol@contoso.example",null,true,0]'
postern mail -p bob --mailbox carol folders --json | jq -r '.[].path' | sort >"$scratch/folders"
is '... with all its folders' "$(grep -c -x -e Inbox -e 'Sent Items' -e Drafts -e Calendar -e Contacts "$scratch/folders")" 5
postern mail -p bob --mailbox carol mkdir Inbox/Cases
printf 'x\n' | postern mail -p bob --mailbox carol post Inbox/Cases --subject 'First case' --body - --quiet
postern sync bob --json >"$scratch/out" 2>"$scratch/err"
is '... and what is made there goes there' "$(jq -r '.mailboxes[1] | [.uploadedFolders, .uploaded, .pending] | tostring' "$scratch/out")" '[1,1,0]'
postern sync bob --json >"$scratch/out" 2>"$scratch/err"
is '... and nothing more' "$(jq -r '.mailboxes[1] | [.foldersNew, .foldersChanged, .messagesNew, .messagesChanged, .uploaded] | tostring' "$scratch/out")" '[0,0,0,0,0]'
postern profile set bob --shared-folders off
is 'they may be left as they are' "$(postern sync bob --json 2>/dev/null | jq '.mailboxes | length')" 0
postern profile set bob --shared-folders on --remove-mailbox carol
is 'and taken away' "$(postern profile show bob --json | jq -r '[.mailboxes[].mailbox] | join(",")')" alice@contoso.example

# Public folders ----------------------------------------------------------------------------------------------------------------

for who in alice bob; do
	postern profile set "$who" --public-folders on
	postern sync "$who" --json >"$scratch/out" 2>"$scratch/err"
	is "public folders of $who" "$(jq -r '.mailboxes[-1] | [.mailbox, .failure] | tostring' "$scratch/out")" '["public",null]'
done
public() {
	postern mail -p "$1" --mailbox public "${@:2}"
}
public alice mkdir 'Announcements' && public alice mkdir Announcements/2026
is 'a public folder is made' "$(postern sync alice --json 2>/dev/null | jq '.mailboxes[-1].uploadedFolders')" 2
stop
printf 'There is cake.\n' | public alice post Announcements --subject 'Cake' --body - >"$scratch/out"
is 'something is posted while the server is away' $? 0
serve
postern sync alice --quiet >/dev/null 2>&1
postern sync bob --quiet >/dev/null 2>&1
is 'and everybody sees it' "$(public bob list Announcements --json | jq -r '.[] | [.subject, .class, .from != ""] | tostring')" '["Cake","IPM.Post",true]'
has 'with its text' "$(public bob read "$(public bob list Announcements --json | jq -r '.[0].id')")" 'There is cake'
printf 'Mine.\n' | public bob post Announcements --subject 'Coffee' --body - --quiet
public bob flag "$(public bob list Announcements --json | jq -r '.[] | select(.subject == "Cake").id')"
postern sync bob --json >"$scratch/out" 2>/dev/null
is 'a post goes there, and what is not one'"'"'s own is refused' "$(jq -r '.mailboxes[-1] | [.uploaded, .serverFailures, .pending] | tostring' "$scratch/out")" '[1,1,0]'
postern sync alice --quiet >/dev/null 2>&1
is '... and nobody else sees that' "$(public alice list Announcements --json | jq -r '[.[] | [.subject, .flagged] | tostring] | sort | join(" ")')" '["Cake",false] ["Coffee",false]'
is 'what another wrote is unread' "$(public alice list Announcements --json | jq -r '[.[] | [.subject, .read] | tostring] | sort | join(" ")')" '["Cake",true] ["Coffee",false]'
public alice read "$(public alice list Announcements --json | jq -r '.[] | select(.subject == "Coffee").id')" >/dev/null
postern sync alice --json >"$scratch/out" 2>/dev/null
is '... and that it was read goes to the server' "$(jq -r '.mailboxes[-1] | [.uploadedReadStates, .pending] | tostring' "$scratch/out")" '[1,0]'
public bob mark-unread "$(public bob list Announcements --json | jq -r '.[] | select(.subject == "Coffee").id')"
postern sync bob --json >"$scratch/out" 2>/dev/null
is '... and is nobody else'"'"'s business' "$(jq -r '.mailboxes[-1] | [.uploadedReadStates, .readStates] | tostring' "$scratch/out")" '[1,0]'
postern sync alice --quiet >/dev/null 2>&1
is '... whoever marks what as unread' "$(public alice list Announcements --json | jq -r '[.[] | [.subject, .read] | tostring] | sort | join(" ")')" '["Cake",true] ["Coffee",true]'
public bob post Announcements --to alice@contoso.example --subject x --body "$scratch/text" >"$scratch/out" 2>&1
is 'a post is sent to nobody' $? 2
public bob mkdir Announcements >"$scratch/out" 2>&1
is 'a folder that is there already' $? 2
with_server_away 'Enable-MailPublicFolder \Announcements'
printf 'By mail.\n' | postern mail -p alice compose --to announcements@contoso.example --subject 'By mail' --body - --quiet
postern sync alice --quiet >/dev/null 2>&1
until_there 'postern sync bob --quiet >/dev/null 2>&1; public bob list Announcements --json | jq -r ".[].subject" | grep "By mail"' &&
	pass 'mail comes into a public folder' || fail 'mail comes into a public folder'

# The watch, and the end -----------------------------------------------------------------------------------------------------------

"$POSTERN" sync bob --watch --interval 3600 >"$scratch/watched" 2>&1 &
watch=$!
until grep -q 'up to date' "$scratch/watched" 2>/dev/null || ! kill -0 $watch 2>/dev/null; do sleep 0.1; done
printf 'News.\n' | public alice post Announcements --subject 'News' --body - --quiet
postern sync alice --quiet >/dev/null 2>&1
until_there 'public bob list Announcements --json | jq -r ".[].subject" | grep News' && pass 'the watch sees to them too' || fail 'the watch sees to them too'
printf 'Answer.\n' | public bob post Announcements --subject 'Answer' --body - --quiet
until_there 'postern sync alice --quiet >/dev/null 2>&1; public alice list Announcements --json | jq -r ".[].subject" | grep Answer' && pass '... and brings what is written' || fail '... and brings what is written'
says '... and tells of the one that is refused' "$scratch/watched" 'alice@contoso.example:'
kill $watch
wait $watch
is '... and ends' $? 0
postern profile show bob >"$scratch/out"
says 'show tells of them' "$scratch/out" 'alice@contoso.example'
printf 'x\n' | postern mail -p bob --mailbox alice post Inbox --subject x --body - --quiet
postern profile set bob --remove-mailbox alice >"$scratch/out" 2>&1
is 'one with something that is only here is not removed' $? 2
postern profile set bob --remove-mailbox alice --yes
is '... unless that is meant' "$? $(ls "$POSTERN_DATA/profiles/bob/stores")" '0 public'
postern profile remove bob
is 'a profile goes with all of them' "$? $(ls "$POSTERN_DATA/profiles")" '0 alice'
stop
done_testing
