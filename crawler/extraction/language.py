"""The language of a text: py3langid, with Malay told from Indonesian by marker words."""

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_CHARACTERS = 500
_FEWEST_LETTERS = 25
# Indonesia's and its neighbours' languages, and what else appears on its outlets' pages. Without the restriction, short
# texts with many names come out as anything.
_LANGUAGES = (
    *("id", "ms", "jv", "ace", "tl", "vi", "th", "km", "my", "ta", "hi", "en", "nl", "de", "fr", "es", "pt", "it"),
    *("zh", "yue", "wuu", "ja", "ko", "ar", "fa", "ru", "tr"),
)
# Words that one of the two standard languages writes and the other does not (or means something else by, and rarely).
_INDONESIAN = frozenset(
    """
    agustus aktivitas anggota apotek bahwa bandara beda berbeda bisa bupati coba desember ekspor enggak gubernur impor
    jadwal jerman juli jumat juni kabupaten kamis karena kemarin kepolisian korban kualitas listrik mahasiswa maret
    minggu mobil ngga nggak oktober pabrik pekan perekonomian perusahaan polisi polres prancis provinsi rabu rapat
    rupiah selasa senin soal tiongkok tutur uang universitas usai walikota warga wib wita
    """.split()  # noqa: SIM905 - a list of words reads best as text
)
_MALAY = frozenset(
    """
    ahad aktiviti bahawa basikal berbeza berikutan bilion boleh cuba datuk dijangka disember disyaki ekoran eksport
    elektrik ialah import isnin jabatan julai jumaat jun kempen kerajaan kerana kerjasama khamis kilang kualiti mac
    mahu mangsa mesyuarat ogos pejabat pelaburan pelajar perancis polis ringgit rm sebanyak selepas semalam sepanyol
    sekiranya setiausaha syarikat universiti wang
    """.split()  # noqa: SIM905 - a list of words reads best as text
)
_MALAY_FROM = 0.7  # of what the two share; below it Indonesian, the language of the outlets, is taken


def detect(text: str) -> str | None:
    """The ISO 639 code of the language of ``text`` ("id", "ms", "jv", "en" …), judged on its first 500 characters.

    ``None`` if there are fewer than 25 letters. Sundanese is unknown to the model and comes out as "jv".
    """
    sample = text[:_CHARACTERS]
    if sum(map(str.isalpha, sample)) < _FEWEST_LETTERS:
        return None
    shares: list[tuple[str, float]] = _identifier().rank(sample)  # type: ignore[no-untyped-call]  # ships no types
    (best, share), *others = shares
    if best not in {"id", "ms"}:
        return best
    rival = next(score for language, score in others if language in {"id", "ms"})
    return _indonesian_or_malay(sample, (share if best == "ms" else rival) / (share + rival))


def _indonesian_or_malay(sample: str, malay_share: float) -> str:
    words = re.findall(r"[a-z]+", sample.casefold())
    lead = sum(word in _MALAY for word in words) - sum(word in _INDONESIAN for word in words)
    if abs(lead) > 1:
        return "ms" if lead > 0 else "id"
    return "ms" if malay_share >= _MALAY_FROM else "id"


@cache
def _identifier() -> LanguageIdentifier:
    # About 0.6 s, once a process.
    identifier: LanguageIdentifier = LanguageIdentifier.from_model_file(  # type: ignore[no-untyped-call]  # the same
        MODEL_FILE, norm_probs=True
    )
    identifier.set_languages(_LANGUAGES)  # type: ignore[no-untyped-call]  # the same
    return identifier
