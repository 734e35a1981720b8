#!/usr/bin/env bash
# The HTTP server beside clients that other people wrote: curl, Python's http.client, openssl.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

HTTP_SERVER=${HTTP_SERVER:?is not set: run by meson}
mkfifo control ports
"$HTTP_SERVER" "$scratch/authority" <control >ports 2>server.err &
server=$!
exec 3>control
read -r plain secure <ports
root=$scratch/authority/authority.pem
head -c 20000000 /dev/urandom >large
printf 'POST /echo?a=b\n' | cat - large >wanted

if command -v curl >/dev/null; then
	ask() { curl -sS --max-time 60 --cacert "$root" "$@"; }
	tls=https://localhost:$secure
	open=http://127.0.0.1:$plain
	is 'curl: TLS with the root of the authority' "$(ask $tls/echo)" 'GET /echo?'
	run curl -sS --max-time 60 "$tls/echo"
	is 'curl: without the root it refuses' "$code" 60
	is 'curl: the address is a name too' "$(ask "https://127.0.0.1:$secure/echo")" 'GET /echo?'
	for version in 1.2 1.3; do
		is "curl: TLS $version" "$(ask --tlsv$version --tls-max $version $tls/echo)" 'GET /echo?'
	done
	for base in "$tls" "$open"; do
		ask --data-binary @large -o got "$base/echo?a=b"
		is "curl: 20 MB up and down, ${base%%:*}" "$(cmp got wanted 2>&1)" ''
		ask -H 'Transfer-Encoding: chunked' --data-binary @large -o got "$base/echo?a=b"
		is "curl: 20 MB in chunks, ${base%%:*}" "$(cmp got wanted 2>&1)" ''
	done
	is 'curl: three on one connection' "$(ask -w '%{num_connects}\n' $tls/echo $tls/echo $tls/echo | grep -c '^0$')" 2
	is 'curl: an answer over time' "$(ask $tls/lines | tail -1)" 'line 9'
	is 'curl: HTTP/1.0' "$(ask --http1.0 $open/lines | wc -l)" 10
	has 'curl: HEAD' "$(ask -I $tls/echo)" 'Content-Length: 12'
	is 'curl: it may ask for HTTP/2' "$(ask --http2 -w '%{http_version}' -o /dev/null $tls/echo)" 1.1
	is 'curl: a password' "$(ask -u a:b -d x $tls/who)" 'known'
	is 'curl: a password after a refusal, on one connection' "$(ask --anyauth -u a:b -d x -w '%{num_connects}' $tls/who)" "known
1"
	is 'curl: 404' "$(ask -o /dev/null -w '%{http_code}' $open/none)" 404
else
	skip 'curl' 'it is not installed'
fi

if python3 -c 'import http.client, ssl' 2>/dev/null; then
	run python3 - "$plain" "$secure" "$root" <<-'EOF'
	import http.client, ssl, sys
	plain, secure, root = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
	context = ssl.create_default_context(cafile=root)
	for c in http.client.HTTPSConnection('localhost', secure, context=context), http.client.HTTPConnection('127.0.0.1', plain):
	    for i in range(3):
	        c.request('REPORT', '/echo?i=%d' % i, body=iter([b'a' * 1000, b'b' * 70000]), encode_chunked=True,
	                  headers={'Transfer-Encoding': 'chunked'})
	        r = c.getresponse()
	        assert r.status == 200, r.status
	        assert r.read() == b'REPORT /echo?i=%d\n' % i + b'a' * 1000 + b'b' * 70000
	    c.request('GET', '/lines')
	    assert c.getresponse().read().count(b'line') == 10
	print('good')
	EOF
	is 'Python: chunks both ways, any method' "$out$err" good
else
	skip 'Python' 'it is not installed'
fi

if command -v openssl >/dev/null; then
	out=$(printf 'GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' |
		openssl s_client -quiet -ign_eof -connect "127.0.0.1:$secure" -CAfile "$root" -verify_return_error -verify_hostname localhost 2>/dev/null)
	has 'openssl: the chain is sound' "$out" 'GET /echo'
	is 'openssl: the root may sign, the server may not' "$(openssl x509 -in "$root" -noout -text | grep -c 'CA:TRUE, pathlen:0')" 1
else
	skip 'openssl' 'it is not installed'
fi

exec 3>&-
wait $server
is 'the server ends when it is told to' "$?" 0
is 'and has complained of nothing' "$(cat server.err)" ''
done_testing
