#!/usr/bin/env bash
# The units: systemd understands all that is in them, and finds little that the server could do beyond its work.
. "$(dirname "$0")/../peers/lib.sh"

# What it may expose at most, in tenths of systemd's own measure: 0 is nothing, 100 everything.
EXPOSURE_MOST=20

command -v systemd-analyze >/dev/null || skip_all 'no systemd-analyze here'
systemd-analyze verify --help 2>/dev/null | grep -q -- --man || skip_all 'this systemd-analyze is too old'

# As they are installed, but for the place of the program.
mkdir "$scratch/units"
for unit in postern.service postern.socket user/postern-sync@.service; do
	sed "s,/usr/bin/postern,$POSTERN," "$POSTERN_SOURCE/systemd/$unit" >"$scratch/units/$(basename "$unit")"
done

# Usage: verified WHAT OPTION... UNIT -- without a word of complaint
verified() {
	local what=$1
	shift
	timeout 60 systemd-analyze verify --man=no "$@" >"$scratch/words" 2>&1
	is "$what" "$?$(cat "$scratch/words")" 0
}

verified 'the service' "$scratch/units/postern.service"
verified 'the socket' "$scratch/units/postern.socket"
cp "$scratch/units/postern-sync@.service" "$scratch/units/postern-sync@alice.service"
XDG_RUNTIME_DIR=$scratch verified 'the service of a user' --user "$scratch/units/postern-sync@alice.service"

# The test sees what is wrong.
sed 's/^Type=notify/Typ=notify/' "$scratch/units/postern.service" >"$scratch/units/wrong.service"
timeout 60 systemd-analyze verify --man=no "$scratch/units/wrong.service" >"$scratch/words" 2>&1
is 'a word that it does not know is told' "$(grep -c "Unknown key.*'Typ'" "$scratch/words")" 1

if systemd-analyze --help | grep -q -- --offline; then
	timeout 60 systemd-analyze security --offline=true --threshold="$EXPOSURE_MOST" "$scratch/units/postern.service" >"$scratch/words" 2>&1
	is 'the service can do little beside its work' $? 0
	grep -v '^Capa' "$scratch/units/postern.service" | grep -v '^SystemCall' | grep -v '^Protect' >"$scratch/units/open.service"
	timeout 60 systemd-analyze security --offline=true --threshold="$EXPOSURE_MOST" "$scratch/units/open.service" >"$scratch/words" 2>&1
	is 'without its settings it could do more' $? 1
fi
done_testing
