import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from core.text.analyser import MAX_TERM_BYTES, MAX_TERMS, Token, analyse, tokens_with_offsets


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("pertemuan", "temu"),
        ("Mereka bertemu, menemui, ditemukan.", "mereka temu temu temu"),
        ("kerja sama pekerja bekerja", "kerja sama kerja kerja"),
        ("tulisan menulis penulis", "tulis tulis tulis"),
        ("berita memberitakan pemberitaan", "berita berita berita"),
        ("ita", "ita"),
        ("Kementerian Pertahanan", "menteri tahan"),
    ],
)
def test_inflected_words_share_their_root(text: str, terms: str) -> None:
    assert analyse(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("negara-negara", "negara"),
        ("berbalas-balasan", "balas"),
        ("anak-anaknya", "anak"),
        ("meniru-nirukan", "tiru"),
        ("sayur-mayur", "sayur mayur"),
        ("KTP-nya PBB‑lah", "ktp pbb"),
        ("e-KTP non-blok", "e ktp non blok"),
    ],
)
def test_reduplication_and_clitics_are_one_word(text: str, terms: str) -> None:
    assert analyse(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("7,5 persen", "7 5 persen"),
        ("kompas.com https://a.id/b?c=1", "kompas com https a id b c 1"),
        ("redaksi@contoh.id", "redaksi contoh id"),
        ("1e5 0x1F 3.11.7 007 -5", "1 e 5 0 x 1 f 3 11 7 007 5"),
        ("covid-19 G20 G-20", "covid 19 g 20 g 20"),
        ("Rp1.000", "rp 1 000"),
        ("nama_berkas @istana #G7", "nama berkas istana g 7"),
        ("Jum'at Jum’at Qur`an", "jumat jumat quran"),
        ("China's 'Rusia'", "china rusia"),
        ("م ٣٤", "م 34"),
        ("m² ½", "m"),
        ("\x00 <b> & | ! ( ) : * \\ '", "b"),
        ("", ""),
    ],
)
def test_terms_are_letters_or_figures(text: str, terms: str) -> None:
    assert analyse(text) == terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Café CAFÉ cafe\u0301", "cafe cafe cafe"),
        ("Erdoğan İstanbul Straße", "erdogan istanbul strasse"),
        ("ＡＳＥＡＮ asean ASEAN", "asean asean asean"),
        ("Москва МОСКВА", "москва москва"),
        ("Mos\u00adkow Mos\u200bkow", "moskow moskow"),
    ],
)
def test_case_and_diacritics_are_folded(text: str, terms: str) -> None:
    assert analyse(text) == terms


def test_analysing_terms_again_changes_nothing() -> None:
    terms = analyse("Pertemuan para menteri luar negeri membahas kesepakatan perdagangan negara-negara ASEAN.")
    assert analyse(terms) == terms


def test_offsets_are_where_the_words_stand() -> None:
    text = "Pertemuan: negara-negara G20, Jum'at."
    tokens = tokens_with_offsets(text)
    assert [text[start:end] for _, start, end in tokens] == ["Pertemuan", "negara-negara", "G", "20", "Jum'at"]
    assert tokens[0] == Token("temu", 0, 9)


def test_terms_and_their_number_are_bounded() -> None:
    assert analyse("x" * 500) == "x" * MAX_TERM_BYTES
    assert len(analyse("é" + "京" * 500).encode()) <= MAX_TERM_BYTES
    assert len(analyse("kata " * (MAX_TERMS + 7)).split()) == MAX_TERMS


@pytest.mark.process
def test_threads_and_processes_agree() -> None:
    texts = [f"pertemuan ke-{number} membahas kerja sama" for number in range(20)]
    expected = [analyse(text) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(analyse, texts)) == expected
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert list(processes.map(analyse, texts)) == expected


def test_tokens_travel_between_processes() -> None:
    tokens = tokens_with_offsets("Menteri bertemu")
    assert pickle.loads(pickle.dumps(tokens)) == tokens


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("menulis", "tulis"),
        ("Penyapuan", "sapu"),
        ("memukulnya", "pukul"),
        ("belajar", "ajar"),
        ("mempertanggungjawabkan", "tanggungjawab"),
        ("negara-negara", "negara"),
        ("Jum'at", "jumat"),
        ("7,5", "7"),
    ],
)
def test_a_word_that_may_be_wanted_is_stemmed(word: str, term: str) -> None:
    every = tokens_with_offsets(word)
    assert tokens_with_offsets(word, {analyse(word).split()[0]}) == every
    assert tokens_with_offsets(word, {every[0].term[:3]}) == every
    assert term in analyse(word)


def test_a_word_that_cannot_be_wanted_keeps_its_place() -> None:
    text = "Para menteri bertemu di negara-negara Eropa, kata KTP-nya"
    every = tokens_with_offsets(text)
    some = tokens_with_offsets(text, {"eropa"})
    assert [token[1:] for token in some] == [token[1:] for token in every]
    assert [token.term for token in some] == ["para", "menteri", "bertemu", "di", "negara", "eropa", "kata", "ktp"]
    assert not tokens_with_offsets("", set())
