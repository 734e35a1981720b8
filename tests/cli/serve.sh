#!/usr/bin/env bash
# postern serve: starts, says where it is, answers, obeys what is set, stops; and what it says when it cannot.
. "$(dirname "$0")/../peers/lib.sh"

site=$scratch/site
export POSTERN_DATA=$site

# Usage: start OPTION... -- the server's output is in $scratch/out; its first TLS port in $port, its plain one in $plain
start() {
	: >"$scratch/out" # what the one before said is not looked at
	"$POSTERN" serve --json --listen 127.0.0.1:0 --plain 127.0.0.1:0 "$@" >"$scratch/out" 2>"$scratch/err" &
	server=$!
	for _ in $(seq 200); do
		[ -s "$scratch/out" ] && break
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	port=$(jq -r '.listen[] | select(.tls) | .port' "$scratch/out" 2>/dev/null | head -1)
	plain=$(jq -r '.listen[] | select(.tls | not) | .port' "$scratch/out" 2>/dev/null | head -1)
}

stop() {
	kill -"${1:-TERM}" "$server"
	wait "$server"
	code=$?
}

ask() {
	curl -sS --cacert "$site/tls/authority.pem" --resolve "mail.contoso.example:$port:127.0.0.1" "$@"
}

"$POSTERN" serve --data "$scratch/nothing" >"$scratch/out" 2>"$scratch/err"
is 'without a site it does not start' $? 2
is '... and says what to do' "$(grep -c -- --create "$scratch/err")" 1
"$POSTERN" serve --listen nonsense >/dev/null 2>"$scratch/err"
is 'an address that is none is wrong usage' $? 64

start --create --domain contoso.example --name mail.contoso.example
is 'it says who it is' "$(jq -r .server "$scratch/out")" mail.contoso.example
is 'the password of the administrator is said once' "$(grep -c '^  password ' "$scratch/err")" 1
password=$(awk '$1 == "password" { print $2 }' "$scratch/err")
url=https://mail.contoso.example:$port
is 'it is well' "$(ask "$url/healthcheck")" '200 OK'
is 'counters are for those who log on' "$(ask -o /dev/null -w '%{http_code}' "$url/metrics")" 401
is 'an administrator sees them' "$(ask -u "Administrator:$password" "$url/metrics" | grep -c '^postern_rpcclientaccess_user_count ')" 1
is 'TLS 1.1 is refused' "$(ask --tls-max 1.1 -o /dev/null -w '%{http_code}' "$url/healthcheck" 2>/dev/null)" 000
is 'nobody can read what is in the folder' "$(stat -c %a "$site" "$site/tls/authority-key.pem" | tr '\n' ' ')" '700 600 '

# Somebody else has it: two servers do not share a port. (Clang 14's leak checker follows storage of a library's threads that have just ended, and crashes; it is told not to.)
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}intercept_tls_get_addr=0 "$POSTERN" serve --listen "127.0.0.1:$port" >/dev/null 2>"$scratch/err"
is 'a port that is taken is said' "$? $(grep -c "$port" "$scratch/err")" '2 1'

# New certificates are taken over while it runs.
before=$(ask -v "$url/healthcheck" 2>&1 | grep -i 'subject:')
"$POSTERN" shell --quiet -c 'New-ExchangeCertificate -SubjectName "CN=mail.contoso.example" -DomainName mail.contoso.example | Enable-ExchangeCertificate -Services IIS' >/dev/null
kill -HUP "$server"
for _ in $(seq 100); do
	ask "$url/healthcheck" >/dev/null 2>&1 || break
	sleep 0.1
done
is 'a certificate that is enabled for IIS is used at once' "$(ask -o /dev/null -w '%{http_code}' "$url/healthcheck" 2>/dev/null)" 000
is '... with our own it was good' "$([ -n "$before" ] && echo yes)" yes

is 'counters are shown while it runs' "$("$POSTERN" shell -c 'Get-Counter "\MSExchange Authentication\Failed Logons" | % CookedValue')" 0
stop TERM
is 'SIGTERM stops it' "$code" 0
run "$POSTERN" shell -c 'Get-Counter'
is '... and are not when it is gone' "$(grep -c MSExchange <<<"$out")" 0
is 'start and stop are in the event log' "$("$POSTERN" shell -c 'Get-EventLog | where Source -eq Postern | % InstanceId' | sort | uniq | tr '\n' ' ')" '1000 1001 '

# A server without the role: the service starts, and event 106 says what is missing.
"$POSTERN" shell --quiet -c 'Set-ClientAccessServer mail -ServerRole Mailbox'
start
is 'without the ClientAccess role it starts anyway' "$(curl -s "http://127.0.0.1:$plain/healthcheck")" '200 OK'
stop INT
is 'SIGINT stops it' "$code" 0
is 'event 106 is logged, with the remedy' \
	"$("$POSTERN" shell -c 'Get-EventLog | where InstanceId -eq 106 | % Message' | grep -c 'Set-ClientAccessServer NAME -ServerRole Mailbox,ClientAccess')" 1
"$POSTERN" shell --quiet -c 'Set-ClientAccessServer mail -ServerRole Mailbox,ClientAccess'

# As systemd starts it: a socket that is there already, and a place to say that it is ready.
if command -v python3 >/dev/null; then
	out=$(python3 - "$POSTERN" "$scratch" <<-'PY'
	import os, socket, subprocess, sys
	postern, scratch = sys.argv[1:]
	ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
	ready.bind(scratch + "/notify")
	ready.settimeout(30)
	listener = socket.socket()
	listener.bind(("127.0.0.1", 0))
	listener.listen()
	def child():
	    os.dup2(listener.fileno(), 3)
	    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="plain-http", NOTIFY_SOCKET=scratch + "/notify")
	    os.execv(postern, [postern, "serve", "--quiet"])
	pid = os.fork()
	if pid == 0:
	    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
	    child()
	print(ready.recv(100).decode())
	s = socket.create_connection(listener.getsockname(), timeout=30)
	s.sendall(b"GET /healthcheck HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	print(s.recv(100).split(b"\r\n")[0].decode())
	os.kill(pid, 15)
	print(ready.recv(100).decode())
	print(os.waitpid(pid, 0)[1])
	PY
	)
	is 'systemd hands over a socket and hears of it' "$(tr '\n' ' ' <<<"$out")" 'READY=1 HTTP/1.1 200 OK STOPPING=1 0 '
else
	skip 'systemd hands over a socket' 'python3 is not here'
fi
done_testing
