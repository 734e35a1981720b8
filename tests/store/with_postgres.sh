#!/usr/bin/env bash
# Runs a test program beside a PostgreSQL of its own: made in a scratch folder, on a private socket, stopped at the end.
# The program finds it in POSTERN_TEST_POSTGRES; without PostgreSQL on the machine that is not set.
# Around a whole run of tests (script/test) it starts one for all of them: within, each gets a database of its own there, but
# for those that make their server crash (POSTERN_TEST_POSTGRES_FSYNC=on).
set -u

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ]; then
	echo '# no PostgreSQL here: only SQLite is tested'
	exec "$@"
fi

if [ -n "${POSTERN_TEST_POSTGRES_SOCKET:-}" ] && [ "${POSTERN_TEST_POSTGRES_FSYNC:-off}" = off ]; then
	server=(-h "$POSTERN_TEST_POSTGRES_SOCKET" -p 5499 -U postern)
	own=test_$$
	trap '"$bin/dropdb" "${server[@]}" --force "$own" >/dev/null 2>&1' EXIT
	if ! "$bin/createdb" "${server[@]}" "$own" 2>&1; then
		echo '1..1'
		echo 'not ok 1 - PostgreSQL makes a database'
		exit 1
	fi
	POSTERN_TEST_POSTGRES="host=$POSTERN_TEST_POSTGRES_SOCKET port=5499 user=postern dbname=$own" "$@"
	exit
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/postern-pg-XXXXXX")
# PostgreSQL does not run as root.
as=()
if [ "$(id -u)" = 0 ]; then
	chown postgres "$scratch"
	as=(setpriv --reuid postgres --regid postgres --clear-groups --)
fi
stop() {
	"${as[@]}" "$bin/pg_ctl" -D "$scratch/data" -m immediate stop >/dev/null 2>&1
	rm -rf "$scratch"
}
trap stop EXIT

# A test of crashes needs it to write as it would for people.
options="-c listen_addresses= -c unix_socket_directories=$scratch -c fsync=${POSTERN_TEST_POSTGRES_FSYNC:-off}"
options+=" -c shared_buffers=${POSTERN_TEST_POSTGRES_BUFFERS:-16MB} -c port=5499"
# Else it need not survive anything.
if [ "${POSTERN_TEST_POSTGRES_FSYNC:-off}" = off ]; then
	options+=' -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0'
	options+=' -c max_wal_size=2GB -c autovacuum=off'
fi
if ! {
	"${as[@]}" "$bin/initdb" -D "$scratch/data" -A trust -U postern -E UTF8 --locale=C -N &&
		"${as[@]}" "$bin/pg_ctl" -D "$scratch/data" -w -o "$options" -l "$scratch/log" start
} >"$scratch/start" 2>&1; then
	sed 's/^/# /' "$scratch/start"
	echo '1..1'
	echo 'not ok 1 - PostgreSQL starts'
	exit 1
fi
# How a test makes it crash, and start again.
cat >"$scratch/crash" <<END
#!/bin/sh
cd / && ${as[*]} "$bin/pg_ctl" -D "$scratch/data" -m immediate -w stop >/dev/null &&
	exec ${as[*]} "$bin/pg_ctl" -D "$scratch/data" -w -o "$options" -l "$scratch/log" start >/dev/null
END
chmod 755 "$scratch/crash"
POSTERN_TEST_POSTGRES_SOCKET="$scratch" POSTERN_TEST_POSTGRES_CRASH="$scratch/crash" \
	POSTERN_TEST_POSTGRES="host=$scratch port=5499 user=postern dbname=postgres" "$@"
