# N mails of plain text, 9 KB on the average, as an mbox; the words as frequent as in real text, always the same ones for a seed.  awk -v n=N [-v seed=N] -f bench/mail.awk >FILE
function word(    u) {
	# Zipf: as the harmonic series grows like the logarithm, the exponential of what is even.
	u = int(exp(rand() * log(words + 1)))
	return spelled[u]
}
function line(    i, s) {
	for (i = 0; i < 11; i++)
		s = s (i ? " " : "") word()
	return s
}
BEGIN {
	srand(seed ? seed : 7)
	words = 20000
	for (i = 1; i <= words; i++)
		for (k = 2 + int(rand() * 9); k > 0; k--)
			spelled[i] = spelled[i] sprintf("%c", 97 + int(rand() * 26))
	for (i = 0; i < 20000; i++)
		lines[i] = line()
	for (i = 0; i < n; i++) {
		printf "From a@b Thu Jan  1 00:00:00 2026\nFrom: Person %d <p%d@contoso.example>\nTo: alice@contoso.example\n", i % 97, i % 97
		printf "Subject: %s %s %s\nDate: %s\n", word(), word(), word(), strftime("%a, %d %b %Y %H:%M:%S +0000", 1700000000 + 600 * i, 1)
		printf "Message-ID: <%d.%d@bench.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n", i, seed
		for (left = 2000 + int(rand() * 13000); left > 0; left -= length(s) + 1) {
			s = lines[int(rand() * 20000)]
			print s
		}
		print ""
	}
}
