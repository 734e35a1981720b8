#!/usr/bin/env bash
# Every real store into a mailbox and out again, as a .pst and as a Maildir that another program reads.
. "$(dirname "$0")/lib.sh"

table=$(sample_table)
[ -n "$table" ] || skip_all 'neither POSTERN_SAMPLES nor the npm package pst-extractor is here'
cd "$scratch" || exit 1
export POSTERN_DATA=$scratch/site

n=0
while read -r name _ messages associated _; do
	file=$(sample "$name")
	n=$((n + 1))
	rm -rf back.pst* Maildir*
	run "$POSTERN" import --create --json "$file" "user$n"
	at_least "$name: imported" "$((2 - code))" 1
	is "$name: everything" "$(jq '.import.added' <<<"$out")" "$((messages + associated))"
	run "$POSTERN" diff "$file" "mailbox:user$n"
	is "$name: the mailbox holds the same" "$code" 0
	run "$POSTERN" export "user$n" back.pst
	at_least "$name: exported" "$((2 - code))" 1
	run "$POSTERN" diff "$file" back.pst
	is "$name: the exported .pst holds the same" "$code" 0
	run "$POSTERN" check back.pst
	is "$name: the exported .pst is sound" "$code" 0
	run "$POSTERN" import --json "$file" "user$n"
	is "$name: twice adds nothing" "$(jq '.import.added + .import.replaced' <<<"$out")" 0
	run "$POSTERN" import --json back.pst "user$n"
	is "$name: what was exported adds nothing" "$(jq '.import.added + .import.replaced' <<<"$out")" 0
	run "$POSTERN" export --maildir --no-associated "user$n" Maildir
	at_least "$name: exported as a Maildir" "$((2 - code))" 1
	if command -v python3 >/dev/null; then
		is "$name: Python reads as many messages" "$(python3 - <<'END'
import mailbox
top = mailbox.Maildir('Maildir', factory=None, create=False)
print(len(top) + sum(len(top.get_folder(f)) for f in top.list_folders()))
END
)" "$messages"
	fi
done <<<"$table"

# --- a Maildir that another program made ---
if command -v python3 >/dev/null; then
	python3 - <<'END'
import mailbox
box = mailbox.Maildir('made', factory=None)
deep = box.add_folder('Projekte.2026 &AOQ-')
def add(to, flags, subject):
    m = mailbox.MaildirMessage(f'From: a@example.org\nTo: b@example.org\nSubject: {subject}\nMessage-ID: <{subject}@x>\n'
                               'Date: Tue, 24 Nov 2026 10:00:00 +0000\n\nText of it.\n')
    m.set_subdir('new' if flags is None else 'cur')
    m.set_flags(flags or '')
    m.set_date(1795500000)
    to.add(m)
add(box, 'S', 'seen')
add(box, 'FRS', 'answered')
add(box, None, 'new')
add(deep, 'DT', 'draft')
END
	run "$POSTERN" import --create --json made maildir
	is 'a Maildir of another program' "$(jq '.import.added' <<<"$out")" 4
	run "$POSTERN" import --json made maildir
	is 'a Maildir of another program, twice' "$(jq '.import.added' <<<"$out")" 0
	has 'its folders' "$("$POSTERN" inspect mailbox:maildir)" '2026 '$'\xc3\xa4'
	run "$POSTERN" export --maildir maildir again
	is 'and back' "$(python3 - <<'END'
import mailbox
top = mailbox.Maildir('again', factory=None, create=False)
found = []
for box in [top] + [top.get_folder(f) for f in top.list_folders()]:
    found += [(m['subject'], m.get_flags()) for m in box]
print(sorted(found))
END
)" "[('answered', 'FRS'), ('draft', 'DT'), ('new', ''), ('seen', 'S')]"
else
	skip 'a Maildir of another program' 'python3 is not here'
fi
done_testing
