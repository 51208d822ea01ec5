import pytest

from crawler.extraction.language import detect_language


@pytest.mark.parametrize(
    "text",
    [
        "Pemerintah Kabupaten Gowa akan memperbaiki jalan yang rusak akibat banjir pekan lalu.",
        "Polisi menangkap dua orang yang diduga mencuri sepeda motor di Makassar.",
        "Rupiah ditutup melemah 25 poin terhadap dolar AS pada perdagangan sore ini.",
        "Kedua pihak sepakat meningkatkan kerja sama perdagangan dan investasi.",
        "Tiongkok dan Rusia sepakat memperkuat koordinasi strategis kedua negara.",
    ],
)
def test_indonesian_sentence_is_indonesian(text: str) -> None:
    assert detect_language(text) == "id"


@pytest.mark.parametrize(
    "text",
    [
        "Polis menahan dua lelaki kerana disyaki mencuri motosikal di Kuala Lumpur.",
        "Harga minyak masak dijangka naik berikutan kekurangan bekalan di pasaran.",
        "Kedua-dua pihak bersetuju untuk meningkatkan kerjasama perdagangan dan pelaburan.",
        "China dan Rusia bersetuju memperkukuh penyelarasan strategik antara kedua-dua negara.",
        "Seramai 200 penduduk dipindahkan selepas kampung mereka dilanda banjir kilat semalam.",
    ],
)
def test_malay_sentence_is_malay(text: str) -> None:
    assert detect_language(text) == "ms"


def test_other_languages_keep_their_code() -> None:
    assert detect_language("The president said the two countries would work together on trade.") == "en"
    assert detect_language("Wong-wong desa padha kumpul ing bale desa kanggo rembugan bab panen.") == "jv"


@pytest.mark.parametrize("text", ["", "Bola 2-1", "2026 " * 40])
def test_too_little_text_has_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_indonesian_words_that_malay_shares_prove_nothing() -> None:
    text = "Pejabat Tiongkok Wang Yi boleh jadi bertemu pelajar; jabatan itu kosong sejak semalam, ujarnya dalam rilis."
    assert detect_language(text) == "id"


def test_a_quotation_does_not_make_a_text_indonesian() -> None:
    quoted = "Polisi sudah menahan orang yang dicari itu dan akan memeriksanya, kata Kapolres."
    text = (
        f"The police have detained the man who was sought since Monday, the chief said: {quoted} He did not say more."
    )
    assert (
        detect_language(text + " The investigation will go on until the end of the month, he told the reporters there.")
        == "en"
    )


def test_common_words_do_not_make_malay_indonesian() -> None:
    text = (
        "Polis telah menahan seorang lelaki yang disyaki mencuri dan akan dibawa ke mahkamah untuk didakwa dengan "
        "segera kerana tidak memberi kerjasama kepada pihak berkuasa dalam siasatan itu, menurut kenyataan oleh ketua "
        "polis."
    )
    assert detect_language(text) == "ms"
