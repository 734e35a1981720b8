#!/usr/bin/env bash
# postern mail at a terminal: what the screen shows and what its keys do, in a terminal that tmux plays.
# POSTERN_SCREENS=FOLDER: writes what is seen there too, as the documentation shows it.
. "$(dirname "$0")/../peers/lib.sh"

command -v tmux >/dev/null || skip_all 'tmux is not here'
export LC_ALL=C.UTF-8 TZ=UTC
unset TMUX NO_COLOR

site=$scratch/site port=$((20000 + RANDOM % 20000))
url=https://localhost:$port
server=''
postern() { "$POSTERN" "$@"; }
tm() { tmux -u -L "postern-test-$$" -f "$scratch/tmux.conf" "$@"; }
trap 'tm kill-server 2>/dev/null; [ -n "$server" ] && kill "$server" 2>/dev/null; chmod -R u+rwX "$scratch"; rm -rf "$scratch"' EXIT

# Mail that is hard to show ---------------------------------------------------------------------------------------------------

# letter FILE FROM SUBJECT DAY: the text comes from standard input
letter() {
	{
		printf 'From: %s\nTo: Alice <alice@contoso.example>\nSubject: %s\nDate: %s 2025 09:%02d:00 +0000\nMessage-ID: <%s@contoso.example>\n' "$2" "$3" "$4" "$((10#${1//[!0-9]/} % 60))" "${1##*/}"
		printf 'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n'
		cat
	} >"$scratch/mail/$1"
}
mkdir -p "$scratch"/{mail,more}/{cur,new,tmp} "$scratch"/mail/.Projects/{cur,new,tmp}
for i in $(seq -w 1 400); do
	echo "This is letter $i." | letter "cur/$i:2,S" 'Charles Babbage <charles@contoso.example>' "Letter $i" "$((10#$i % 28 + 1)) Feb"
done
letter new/501 'Grace Hopper <grace@contoso.example>' 'Budget of the next year' '20 Nov' <<'X'
Dear Alice,

this is the budget of the next year; it has a line that is much longer than the pane of most terminals is wide, so that it has to be broken at a blank somewhere.

> What does it cost?
> And when?

Grace
X
letter new/502 'Joe Wide <joe@contoso.example>' '日本語のお知らせ 🎉 宴会' '19 Nov' <<'X'
皆さん、こんにちは。とても長い一行はどこかで折り返さなければなりません。端末の幅は限られているからです。全角文字は二桁を占めます。
e with an accent that combines: é, and a family: 👨‍👩‍👧.
X
printf 'Hello \033[31mred\033[0m \033]0;taken\007 and \302\233m back\010\010\010. \342\200\256reversed\nnext line\n' |
	letter new/503 'Mallory =?utf-8?Q?=1B=5B2Jgone?= <mallory@contoso.example>' '=?utf-8?Q?Control_=1B=5D0=3Btaken=07_=C2=9B_characters?=' '18 Nov'
letter new/504 'Dana <dana@contoso.example>' 'שלום עולם from the right' '17 Nov' <<'X'
שלום לכולם, this goes both ways. مرحبا
X
{
	printf 'From: Ada Lovelace <ada@contoso.example>\nTo: alice@contoso.example\nSubject: Plan, attached\nDate: 16 Nov 2025 09:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n'
	printf -- '--b\nContent-Type: text/plain\n\nHere it is.\n--b\nContent-Type: text/plain; name=plan.txt\nContent-Disposition: attachment; filename=plan.txt\n\nThe plan\n--b--\n'
} >"$scratch/mail/new/505"
echo 'On the project.' | letter .Projects/new/506 'Grace Hopper <grace@contoso.example>' 'The project' '15 Nov'

# A server, and a cache -------------------------------------------------------------------------------------------------------

printf 'correct horse\n' >"$scratch/password"
chmod 600 "$scratch/password"
password="(Get-Content '$scratch/password' | ConvertTo-SecureString)"
POSTERN_DATA=$site postern shell --quiet --create --organization Contoso --domain contoso.example --host localhost -c "New-Mailbox alice -Password $password | Out-Null
New-Mailbox bob -DisplayName 'Bob Miller' -Password $password | Out-Null
Add-MailboxFolderPermission bob:\\Inbox -User alice -AccessRights Editor | Out-Null
Get-MapiVirtualDirectory | Set-MapiVirtualDirectory -InternalUrl $url/mapi; Get-OabVirtualDirectory | Set-OabVirtualDirectory -InternalUrl $url/oab
Get-AutodiscoverVirtualDirectory | Set-AutodiscoverVirtualDirectory -InternalUrl $url/autodiscover/autodiscover.xml" >/dev/null 2>&1
postern import --quiet --data "$site" "$scratch/mail" alice >/dev/null 2>&1
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
profile=$POSTERN_DATA/profiles/alice@contoso.example
postern profile add alice@contoso.example --server "$url" --roots "$site/tls/authority.pem" <"$scratch/password" >/dev/null 2>&1
postern sync --quiet >/dev/null 2>&1

# A terminal ------------------------------------------------------------------------------------------------------------------

printf 'set -g status off\nset -g remain-on-exit on\nset -g escape-time 10\nset -g default-terminal screen-256color\n' >"$scratch/tmux.conf"
cat >"$scratch/run" <<'X'
trap : INT
stty -g >"$1/before"
# Options are words.
# shellcheck disable=SC2086
"$2" mail ${MAIL_OPTIONS:-}
echo "ended with $?"
stty -g >"$1/after"
exec cat
X
cat >"$scratch/editor" <<'X'
#!/bin/sh
sed -i "s/^To:.*/To: $(cat "$0.to")/; s/^Subject:.*/Subject: From the editor/" "$1"
echo 'Written in the editor.' >>"$1"
X
chmod +x "$scratch/editor"
echo 'Bob Miller' >"$scratch/editor.to"
export EDITOR=$scratch/editor TMPDIR=$scratch
unset VISUAL

# start COLUMNS ROWS [NAME=VALUE...]: postern mail there
start() {
	local columns=$1 rows=$2
	shift 2
	if tm kill-server 2>/dev/null; then
		while tm list-sessions >/dev/null 2>&1; do sleep 0.05; done
		sleep 0.2
	fi
	tm new-session -d -x "$columns" -y "$rows" env "$@" sh "$scratch/run" "$scratch" "$POSTERN"
}
key() { tm send-keys "$@"; }
screen() { tm capture-pane -p "$@"; }
# shows NAME PATTERN: within ten seconds
shows() {
	for _ in $(seq 200); do
		if screen | grep -qE -- "$2"; then
			pass "$1"
			return
		fi
		sleep 0.05
	done
	fail "$1"
	echo "# no '$2' in:"
	screen | sed 's/^/# |/'
}
# lacks NAME PATTERN: what is shown now
lacks() {
	if screen | grep -qE -- "$2"; then
		fail "$1"
		screen | sed 's/^/# |/'
	else
		pass "$1"
	fi
}
# chosen: the text of the rows that are reverse, but for title and state
chosen() { screen -e | sed '1d' | grep -aP '\x1b\[[0-9;]*\b7m' | sed 's/\x1b\[[0-9;]*m//g; s/.*│//' | head -1; }
# chooses NAME PATTERN: within ten seconds
chooses() {
	for _ in $(seq 200); do
		if chosen | grep -qE -- "$2"; then
			pass "$1"
			return
		fi
		sleep 0.05
	done
	fail "$1"
	echo "# no '$2' in: $(chosen)"
	screen | sed 's/^/# |/'
}
# keep NAME: a picture for the documentation; what changes from run to run is the same in all of them
keep() {
	[ -z "${POSTERN_SCREENS:-}" ] || screen | sed 's/at [0-9][0-9]:[0-9][0-9]/at 10:31/' >"$POSTERN_SCREENS/$1.txt"
}
mail() { postern mail "$@"; }

# What it shows ---------------------------------------------------------------------------------------------------------------

start 80 24
shows 'it starts with the Inbox' '^ Inbox +405 items, 5 unread'
shows '... its folders' '^ Deleted Items'
shows '... its list' 'N +2025-11-20 +Grace Hopper +Budget of the next year'
shows '... the message that is chosen' 'Subject  Budget of the next year'
shows '... how it stands' '^ All folders are up to date +alice@contoso.example'
chooses '... and the newest is chosen' 'Budget of the next year'
keep inbox
key Down
shows 'down: another message' 'From +Joe Wide'
shows 'wide characters are seen, and none is cut in two' '皆さん、こんにちは。'
is '... and take two columns' "$(screen | grep -c '│N    2025-11-19   Joe Wide       日本語のお知らせ 🎉 宴会$')" 1
is 'no row is wider than the terminal' "$(screen | perl -CS -ne 'chomp; s/[\x{2E80}-\x{9FFF}\x{FF00}-\x{FF60}\x{1F300}-\x{1FAFF}]/xx/g; $n++ if length > 80; END { print $n + 0 }')" 0
keep wide-characters
key j
shows 'control characters of a message are blanks' 'Hello  \[31mred \[0m  \]0;taken +and +m back'
shows '... of its subject too' 'Subject  Control  \]0;taken +characters'
shows '... and of who wrote it' 'From +Mallory  \[2Jgone'
is '... and none of them reached the terminal' "$(tm display -p '#{pane_title}' | grep -c taken)" 0
shows 'what turns the direction is left out' '\. reversed'
key j
shows 'what is written from right to left' 'Subject  שלום עולם from the right'
key End
chooses 'the last of many' 'Letter 028|Letter 0'
key PPage
sleep 0.3
key Home
chooses 'the first' 'Budget of the next year'
is 'nothing was read by looking' "$(mail list --unread --json | jq length)" 5
key Enter
shows 'opened, it is read' '^ Inbox +405 items, 4 unread'
is '... in the cache' "$(mail list --unread --json | jq length)" 4
key n
shows 'the next one' 'From +Joe Wide'
key p
shows 'the one before' 'From +Grace Hopper'
key Escape Tab
key Tab
key Down
shows 'a folder with nothing in it' 'nothing is in this folder'
key Up
shows 'and back' '405 items'

# Of every size ---------------------------------------------------------------------------------------------------------------

key Tab
tm resize-window -x 100 -y 40
key '?'
shows 'the help' 'q +quit'
keep help
screen | sed '1d; /^ All folders/,$d; /^ *$/d' >"$scratch/help"
at_least '... has all keys' "$(wc -l <"$scratch/help")" 25
while IFS= read -r line; do
	name=$(sed -E 's/^ (.{14}).*/\1/; s/ +$//' <<<"$line") words=$(cut -c16- <<<"$line")
	sed 's/\\&//' "$POSTERN_SOURCE/docs/man/postern-mail.1" | grep -A1 -xF ".It Sy \"$name\"" | tail -1 | grep -qixF -- "$words." ||
		fail "postern-mail(1) has the key $name: $words"
done <"$scratch/help"
key x
shows '... ends with any other key' '405 items'
for size in 80x24 60x15 30x8 12x4 1x1 200x60 80x24; do
	tm resize-window -x "${size%x*}" -y "${size#*x}"
	sleep 0.3
	is "of $size: it goes on" "$(tm display -p '#{pane_dead}')" 0
	case $size in
	80x24) shows '... with all panes' '│Subject' ;;
	60x15) shows '... with one' '^ +2025-11-19 +Joe Wide' && lacks '... alone' '│' && keep narrow ;;
	30x8) shows '... with what fits' '^ +2025-11 +Joe Wi~' ;;
	200x60) shows '... with all that there is' '│Grace$' ;;
	esac
done

# Searching -------------------------------------------------------------------------------------------------------------------

key /
key -l 'from:grace'
key Enter
shows 'a search' '^ Search: from:grace +2 found'
shows '... finds what is in other folders' 'The project'
keep search
key /
key C-u
key -l 'subject:"'
key Enter
shows 'a search that cannot be understood' 'is missing after'
key Escape
shows 'back out of it' '^ Inbox +405 items'
key U
shows 'only what was not read' 'only what was not read\) +3 found'
key U
shows 'and all of it' '405 items'
key o
key -l 'proj'
key Enter
shows 'a folder by its name' '^ Projects +1 items, 1 unread'
key o
key -l 'nowhere'
key Enter
shows 'one that is not there' 'nowhere'
key o
key -l 'inbox'
key Enter
shows 'and back to the Inbox' '405 items'

# What is done ----------------------------------------------------------------------------------------------------------------

key Home
key F
shows 'a flag' ' ! +2025-11-20'
is '... in the cache' "$(mail list --json | jq -r '.[0].flagged')" true
key F
shows '... and away' '│ +2025-11-20 +Grace'
key u
shows 'marked as unread' '│N +2025-11-20'
key u
shows 'marked as read' '│ +2025-11-20 +Grace'
key d
shows 'deleted' 'In Deleted Items'
chooses '... and the next one is chosen' 'Joe Wide'
is '... where it went' "$(mail list Deleted --json | jq -r '.[].subject')" 'Budget of the next year'
key o
key -l 'deleted'
key Enter
shows 'Deleted Items' '^ Deleted Items'
chooses '... with it' 'Budget'
key d
shows 'what is there is deleted for good when one says so' 'Delete it for good'
key n
sleep 0.2
is '... and not otherwise' "$(mail list Deleted --json | jq length)" 1
key m
key -l 'projects'
key Enter
shows 'moved' 'Moved'
is '... where it shall be' "$(mail list Projects --json | jq length)" 2
key o
key -l 'inbox'
key Enter
chooses 'the Inbox again' 'Joe Wide'
key Down Down Down
chooses 'the one with a file' 'Plan, attached'
mkdir "$scratch/saved"
key s
shows 'where to save it' 'Save in folder: \.'
key C-u
key -l "$scratch/saved"
key Enter
shows 'its file is saved' 'Saved as .*plan.txt'
is '... as it came' "$(head -1 "$scratch/saved/plan.txt")" 'The plan'

# Letters ---------------------------------------------------------------------------------------------------------------------

key r
shows 'a reply, in the editor, and then one is asked' 'y send, d draft, e edit, q give up'
keep reply
key y
shows 'it waits' 'In the Outbox: it is sent with the next postern sync'
is '... for whom the address book knows by this name' "$(mail outbox --json | jq -r '.[] | .to + ": " + .subject')" 'Bob Miller: From the editor'
id=$(mail outbox --json | jq -r '.[0].id')
has '... with what was written and what it answers' "$(mail read "$id" | tr '\n' ' ')" '> Here it is.*Written in the editor'
echo 'Nobody Known' >"$scratch/editor.to"
key c
shows 'one to nobody who is known' 'y send'
key y
shows '... is not sent, and is not lost' 'Nobody Known'
keep unknown-recipient
echo 'bob@contoso.example' >"$scratch/editor.to"
key e
sleep 0.5
key d
shows 'edited once more, a draft' 'In Drafts'
is '... is there' "$(mail list Drafts --json | jq length)" 1
key o
key -l 'drafts'
key Enter
shows 'Drafts' '^ Drafts +1 items'
draft=$(mail list Drafts --json | jq -r '.[0].id')
key e
shows 'a draft, in the editor again' 'y send, d draft, e edit, q give up'
key d
shows '... is kept' 'In Drafts'
is '... as the one it was' "$(mail list Drafts --json | jq -r '.[].id')" "$draft"
is '... with what was written' "$(mail read "$draft" | grep -c 'Written in the editor')" 3
key e
shows '... once more' 'y send, d draft'
key q
shows '... and given up, it stays as it is' 'Given up'
is '... there' "$(mail read "$draft" | grep -c 'Written in the editor')" 3
key S
shows 'a draft is sent' 'In the Outbox'
is '... is not there any more' "$(mail list Drafts --json | jq length) $(mail outbox --json | jq length)" '0 2'
key o
key -l 'outbox'
key Enter
shows 'the Outbox' '^ Outbox +2 items'
key e
shows 'what was not sent yet, in the editor' 'y send, d draft'
is '... is a draft again' "$(mail list Drafts --json | jq length) $(mail outbox --json | jq length)" '1 1'
key y
shows '... and is sent all the same' 'In the Outbox'
is '... once' "$(mail list Drafts --json | jq length) $(mail outbox --json | jq length)" '0 2'
key e
shows 'what was not sent yet, once more' 'y send, d draft'
key q
shows '... is in Drafts when it is given up' 'in Drafts, as|Given up'
is '... there' "$(mail list Drafts --json | jq length) $(mail outbox --json | jq length)" '1 1'
mail send "$(mail list Drafts --json | jq -r '.[0].id')" >/dev/null
key c
shows 'another one' 'y send'
key q
shows '... given up' 'Given up'
is 'no file of any is left' "$(find "$scratch" -maxdepth 1 -name 'postern-mail-*' | wc -l)" 0
key o
key -l 'inbox'
key Enter
key f
shows 'one that is passed on' 'y send'
key q

# Others at work --------------------------------------------------------------------------------------------------------------

chooses 'one is chosen' 'Joe Wide'
key Down
chooses 'the next one' 'Mallory'
mail move "$(mail list --json | jq -r '.[0].id')" Projects >/dev/null
shows 'what others change is seen' '^ Inbox +403 items'
chooses '... and the choice stays' 'Mallory'
for i in $(seq -w 601 860); do
	echo "New $i" | letter "../more/new/$i" 'Charles Babbage <charles@contoso.example>' "New $i" '25 Nov'
done
postern sync --quiet >/dev/null 2>&1
kill "$server"
wait "$server" 2>/dev/null
postern import --quiet --data "$site" "$scratch/more" alice >/dev/null 2>&1
serve
postern sync --quiet >/dev/null 2>&1
shows 'much mail comes' '^ Inbox +663 items'
chooses '... and the choice stays' 'Mallory'
# It may still be looking at what came.
for _ in $(seq 10); do
	taken=$(stat -c %y "$profile/cache.lock")
	sleep 2.5
	[ "$(stat -c %y "$profile/cache.lock")" != "$taken" ] || break
done
is 'when nothing changes, the cache is left alone' "$(stat -c %y "$profile/cache.lock")" "$taken"
flock "$profile/cache.lock" sleep 4 &
holder=$!
sleep 0.3
key Down
shows 'when another program has the cache, that is said' 'Waiting for another program to make room'
lacks '... and no other message is shown for the chosen one' 'From +Mallory'
wait $holder
shows '... and it goes on afterwards' 'From +Dana'
mv "$profile/cache.db" "$profile/cache.away"
key d
# The folder of the profile may be long, and the row ends.
shows 'a cache that is gone' 'holds no c'
mv "$profile/cache.away" "$profile/cache.db"

# Another mailbox -------------------------------------------------------------------------------------------------------------

key q
for _ in $(seq 50); do
	postern profile set alice@contoso.example --add-mailbox bob@contoso.example >/dev/null 2>&1
	postern sync --quiet >/dev/null 2>&1
	[ "$(mail --mailbox bob list --json 2>/dev/null | jq length)" = 2 ] && break
	sleep 0.2
done
start 80 24 MAIL_OPTIONS='--mailbox bob'
shows 'an additional mailbox' '^ Bob Miller: Inbox'
chooses '... with what came there' 'From the editor'
key r
shows 'nothing is sent from there' "Letters are written and sent in one's own mailbox"
key q
shows 'and its end' '^ended with 0'
start 80 24
shows 'without naming one, the own one' '^ Inbox +[0-9]+ items'
shows '... and the other beside it' '^Bob Miller +│'
shows '... with its folders' '^ Inbox +2 │'
keep mailboxes
key M
shows 'the other one is shown' '^ Bob Miller: Inbox +2 items'
chooses '... with its messages' 'From the editor'
shows '... and what stands in them' 'Written in the editor'
key F
shows 'what is done is done there' '│N!   '
is '... in its cache' "$(mail --mailbox bob list --json | jq -c '[.[0].flagged]')" '[true]'
is '... and in no other' "$(mail list --json | jq '[.[] | select(.flagged)] | length')" 0
key F
for _ in $(seq 50); do
	screen | grep -q '│N!' || break
	sleep 0.1
done
is '... and undone' "$(mail --mailbox bob list --json | jq -c '[.[0].flagged]')" '[false]'
key Escape
key Up
shows 'up: over its name into the own one' '^ [A-Z][A-Za-z ]+ +[0-9]+ items'
lacks '... which has none' '^ Bob Miller:'
key Down
shows 'down: back' '^ Bob Miller: Inbox'
key Home
shows 'the first of all is the own Inbox' '^ Inbox +[0-9]+ items'
key End
shows 'the last is of the other one' '^ Bob Miller: '
key o
key -l 'projects'
key Enter
shows 'a folder by its name, of whichever has it' '^ Projects +[0-9]+ items'
key M
shows 'the other one again' '^ Bob Miller: Inbox'
waiting=$(mail outbox --json | jq length)
key c
shows 'a new letter from there' 'y send'
key y
shows '... waits' 'In the Outbox'
is '... in the own Outbox' "$(($(mail outbox --json | jq length) - waiting))" 1
shows '... and the other one is still shown' '^ Bob Miller: Inbox'
key M
shows 'one after the other' '^ Inbox +[0-9]+ items'
tm resize-window -x 40 -y 12
key Escape Escape End
shows 'in a narrow terminal the folders of both' '^Bob Miller'
tm resize-window -x 80 -y 24

# The end ---------------------------------------------------------------------------------------------------------------------

key q
shows 'the end' '^ended with 0'
is '... and the terminal is as it was' "$(cat "$scratch/after")" "$(cat "$scratch/before")"
start 80 24
shows 'again' 'items'
tm send-keys C-c
shows 'Ctrl-C ends it too' '^ended with 0'
start 80 24
shows 'with colours' 'items'
colours() { screen -e | grep -ac $'\e\[[0-9;]*3[0-7]m'; }
key -l '/subject:budget'
key Enter
shows 'a quotation' '> What does it cost'
at_least '... has one' "$(colours)" 1
start 80 24 NO_COLOR=1
key -l '/subject:budget'
key Enter
shows 'without' '> What does it cost'
is '... it has none' "$(colours)" 0
start 80 24 LC_ALL=C
shows 'a terminal without any but ASCII characters' 'Inbox +5 \|N|\|.*2025'
lacks '... gets no other' '[^ -~]'
start 80 24 TERM=nonsense
shows 'a terminal nobody knows' 'nothing is known of a terminal "nonsense"'
start 80 24 TERM=dumb
shows 'one without a cursor is asked for a verb' 'what is to be done'
flock "$profile/cache.lock" sleep 3 &
holder=$!
sleep 0.2
start 80 24
shows 'it starts while another program has the cache' 'Waiting for another program'
wait $holder
shows '... and goes on' '^ Inbox +663 items'
key q
postern mail </dev/null >"$scratch/out" 2>&1
is 'without a terminal a verb is needed' $? 64
done_testing
