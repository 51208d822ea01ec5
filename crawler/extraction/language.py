"""Detect a text's language: py3langid, marker words for Malay and Indonesian."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_CHARACTERS = 500
_FEWEST_LETTERS = 25
# Languages of Indonesia, its neighbours, and others on its outlets' pages. Without the restriction, short texts with
# many names are classified at random.
_LANGUAGES = (
    *("id", "ms", "jv", "ace", "tl", "vi", "th", "km", "my", "ta", "hi", "en", "nl", "de", "fr", "es", "pt", "it"),
    *("zh", "yue", "wuu", "ja", "ko", "ar", "fa", "ru", "tr"),
)
# Everyday news words of one standard language only. Words of both, even with different meanings ("pejabat", "wang",
# also a Chinese name), are no evidence.
_INDONESIAN = frozenset(
    """
    agustus aktivitas apotek bahwa bandara bisa bupati coba desember ekspor enggak gubernur impor jadwal jerman juli
    jumat juni kabupaten kamis karena kemarin kepolisian kualitas listrik mahasiswa maret minggu mobil ngga nggak
    oktober pekan perekonomian perusahaan polisi polres prancis provinsi rabu rapat rupiah selasa senin soal tiongkok
    tutur uang universitas usai walikota wib wita
    """.split()  # noqa: SIM905 - a list of words reads best as text
)
_MALAY = frozenset(
    """
    aktiviti bahawa basikal berbeza berikutan bilion cuba dijangka disember disyaki ekoran eksport elektrik isnin julai
    jumaat jun kakitangan kempen kerana khamis kualiti mesyuarat ogos pelaburan pengerusi perancis polis seramai
    setiausaha sepanyol strategik syarikat timbalan universiti kedua-dua
    """.split()  # noqa: SIM905 - a list of words reads best as text
)
# Words of Indonesian and Malay that the other languages above lack: with enough of them, the model's best guess is one
# of the two.
_COMMON = frozenset(
    """
    adalah akan dalam dan dari dengan ini itu juga kepada oleh sebagai sudah telah tersebut tidak untuk yang
    """.split()  # noqa: SIM905 - a list of words reads best as text
)
_CERTAIN_WORDS, _CERTAIN_SHARE = 5, 0.08
_ELSEWHERE = frozenset(
    """
    and for of that the was with ing kang kanggo karo lan ora saka sing jeung nu pikeun teu het van
    """.split()  # noqa: SIM905 - a list of words reads best as text
)
_MOST_ELSEWHERE = 1  # a title or a name
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_EVIDENCE = 1_000  # characters searched for marker words
# An Indonesian article refused as Malay is lost silently; a Malay one kept is noticed. So the model alone must be very
# sure, and a single marker word (a quotation, a name) proves nothing.
_MALAY_MARKERS = 2
_MALAY_FROM = 0.95
_MALAY_WITH_MARKER = 0.7


def detect_language(text: str) -> str | None:
    """Detect the language (ISO 639: "id", "ms", "jv" …) by the first 500 characters.

    ``None`` for fewer than 25 letters. The model calls Sundanese "jv".
    """
    sample = text[:_CHARACTERS]
    indonesian, malay = _markers(text[:_EVIDENCE])
    if indonesian > malay and _is_indonesian_or_malay(sample):
        return "id"  # the model would take half a millisecond to say the same
    if sum(map(str.isalpha, sample)) < _FEWEST_LETTERS:
        return None
    shares: list[tuple[str, float]] = _identifier().rank(sample)  # type: ignore[no-untyped-call]  # ships no types
    (best, share), *others = shares
    if best not in {"id", "ms"}:
        return best
    rival = next(score for language, score in others if language in {"id", "ms"})
    return _indonesian_or_malay(indonesian, malay, (share if best == "ms" else rival) / (share + rival))


def _markers(text: str) -> tuple[int, int]:
    words = set(_WORD.findall(text.casefold()))
    return len(words & _INDONESIAN), len(words & _MALAY)


def _is_indonesian_or_malay(text: str) -> bool:
    words = _WORD.findall(text.casefold())
    different = set(words)
    if len(different & _COMMON) < _CERTAIN_WORDS or len(different & _ELSEWHERE) > _MOST_ELSEWHERE:
        return False
    return sum(word in _COMMON for word in words) >= _CERTAIN_SHARE * len(words)


def _indonesian_or_malay(indonesian: int, malay: int, malay_share: float) -> str:
    if malay != indonesian and max(malay, indonesian) >= _MALAY_MARKERS:
        return "ms" if malay > indonesian else "id"
    enough = _MALAY_WITH_MARKER if malay > indonesian else _MALAY_FROM
    return "ms" if malay >= indonesian and malay_share >= enough else "id"


@cache
def _identifier() -> "LanguageIdentifier":
    # Takes about 0.6 s, once a process; only workers need it, not every command.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    identifier: LanguageIdentifier = LanguageIdentifier.from_model_file(  # type: ignore[no-untyped-call]  # the same
        MODEL_FILE, norm_probs=True
    )
    identifier.set_languages(_LANGUAGES)  # type: ignore[no-untyped-call]  # the same
    return identifier
