#!/usr/bin/env bash
# One suite on a fresh site: suite.sh POSTERN SUITES BIN SUITE OUT PORT [-v] [PATTERN...]
# SUITES, BIN: as of build.sh, which was run; OUT: a folder that is made anew: results.tsv (outcome, test, seconds, why, where).
# SUITE_TEST_SECONDS is what a test may take (120; MSOXCMAPIHTTP_S01_TC02 waits for 900 s, S01_TC10 for 300).
set -euo pipefail
postern=$(realpath "$1") suites=$(realpath "$2") bin=$(realpath "$3") suite=$4 out=$5 port=$6
shift 6
here=$(dirname "$(realpath "$0")")

rm -rf "$out"
mkdir -p "$out/run"
out=$(realpath "$out")
cp "$postern" "$out/postern" # what is built meanwhile is not what is tested
"$here/site.sh" "$out/postern" "$out/site" "$port"
trap 'kill "$(cat "$out/site/pid")" 2>/dev/null || :' EXIT
cp "$suites/$suite"/TestSuite/*.ptfconfig "$suites/Common/Common/ExchangeCommonConfiguration.deployment.ptfconfig" "$out/run/"
{
	printf 'SutComputerName\tlocalhost\nDomain\tcontoso.com\nAutoDiscoverUrlFormat\thttps://localhost:%s/autodiscover/autodiscover.xml\n' "$port"
	printf 'RetryCount\t30\nWaitTime\t100\nPublicFolderMailbox\tAdministrator\n'
	python3 "$here/overrides.py" "$out/run/${suite}_TestSuite.deployment.ptfconfig" "$out/site/dn.json"
	awk -F '\t' -v suite="$suite" '$1 == suite && $2 !~ /^R[0-9]+Enabled$/ { print $2 "\t" $3 }' "$here/beyond.tsv"
} >"$out/run/overrides.tsv"
awk -F '\t' -v suite="$suite" '$1 == suite && $2 ~ /^R[0-9]+Enabled$/ { print "s/(name=\"" $2 "\" *value=)\"[a-z]*\"/\\1\"" $3 "\"/" }' "$here/beyond.tsv" |
	sed -E -i -f - "$out"/run/*SHOULDMAY*
cd "$out/run"
export SUITE_SUT=$here/sut.sh SUITE_PASSWORD=Password01! SUITE_POSTERN=$out/postern SUITE_DATA=$out/site/site SUITE_URL=https://localhost:$port
mono --debug "$bin/run.exe" "$bin/$suite.dll" "$out/results.tsv" "$@"
