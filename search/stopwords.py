"""Words that say nothing of what a query is about. The index holds them, since phrases need them; see ``query``."""

from core.text.analyser import analyse

# Function words only. Left out on purpose: those whose root is a word of meaning ("secara" → cara, "terhadap" → hadap,
# "tersebut" → sebut), and "antara", which is also a news agency.
_CONJUNCTIONS = "yang dan atau serta bahwa karena jika kalau bila agar supaya sehingga maka namun tetapi tapi"
_PREPOSITIONS = "di ke dari pada dalam oleh untuk dengan tanpa kepada daripada tentang hingga sampai"
_PARTICLES = "ini itu adalah ialah yaitu yakni juga pun lah nya para sang si saja lagi seperti sebagai"
_PRONOUNS = "ia dia mereka kami kita saya aku anda"
_AUXILIARIES = "akan telah sudah masih belum dapat bisa hanya lebih sangat ketika"

_LISTS = (_CONJUNCTIONS, _PREPOSITIONS, _PARTICLES, _PRONOUNS, _AUXILIARIES)
STOP_TERMS = frozenset(term for words in _LISTS for term in analyse(words).split())
