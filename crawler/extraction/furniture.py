"""Recognise lines around an article that are never part of its text.

A rule matches a whole line or a beginning that no sentence has (a colon, a messenger's name), so "Komentar warganet
ramai …" stays.
"""

import re
from collections.abc import Iterable, Sequence

# Headings of blocks with links, not text.
_HEADINGS = (
    (
        r"(?:berita|artikel|video|foto|topik|tulisan|postingan|konten|kabar|info|news|kanal) "
        r"(?:lain(?:nya)?|terkait|terbaru|terkini|terhangat|populer|terpopuler|pilihan|serupa|utama|rekomendasi)"
        r"(?: (?:lain(?:nya)?|terkait|hari ini))?"
    ),
    r"ter(?:populer|kini|baru|kait|hangat|favorit|komentar)(?: (?:lain(?:nya)?|hari ini|di .{1,25}))?",
    r"(?:paling|most) (?:populer|dibaca|dikomentari|popular|read)|populer",
    r"(?:related|recommended|latest|other|more) (?:articles?|posts?|news|stories|topics)",
    r"(?:pilihan|rekomendasi) (?:editor|redaksi|untuk anda|untukmu|berita|artikel)|rekomendasi",
    r"trending(?: \w+)?|editor['’]?s? picks?|you may (?:also )?like|jangan lewatkan|infografis terkait",
    r"(?:anda mungkin|mungkin anda) (?:juga )?(?:suka|tertarik).{0,20}",
    (
        r"(?:(?:kirim|tulis|tinggalkan|beri|lihat|tambahkan|semua) )?(?:\d+ )?"
        r"(?:komentar|comments?|leave a (?:reply|comment))(?: (?:anda|pembaca|netizen|warganet|\(?\d+\)?))?"
    ),
    r"tags?|label|topik|kata kunci|keywords?",
)

# Buttons and markers alone on a line.
_LABELS = (
    (
        r"(?:bagikan|share|sebarkan|sharing)"
        r"(?: (?:on|ke|di|via|lewat|this|with|to|berita|artikel|ini|link|facebook|twitter|whatsapp|telegram|x|email))*"
    ),
    r"advert[io]sements?(?: ?/.*)?|iklan|ads?|adv(?:ertorial)?|sponsored|promoted",
    r"lanjut(?:kan)? (?:mem)?baca(?: di bawah.*)?|scroll (?:to|ke|untuk) .{1,60}|continue reading.{0,40}",
    r"(?:halaman|page|laman)(?: (?:selanjutnya|berikutnya|sebelumnya|\d+ (?:dari|of)))?[\d\W]*",
    r"\d+ dari \d+ halaman|untuk melanjutkan membaca",
    r"selanjutnya|berikutnya|sebelumnya|next|prev(?:ious)?|kembali|(?:baca )?selengkapnya|loading",
    r"(?:lihat|tampilkan) (?:semua(?:nya)?|lainnya|selengkapnya)|muat (?:lainnya|lebih.*)",
    r"(?:read|load|show|see) (?:more|all)",
    r"baca (?:juga|pula|semua|lainnya|lagi)|(?:simak|lihat|tonton|cek|saksikan|nonton) (?:juga|video(?:nya)?|pula)",
    r"facebook|twitter|whatsapp|telegram|instagram|pinterest|linkedin|line|e-?mail|print|cetak",
    r"salin(?: (?:tautan|link))?|copy(?: link)?|tautan (?:telah )?(?:di)?salin",
    r"lihat (?:foto|gambar|video)|perbesar|perkecil|zoom|ukuran (?:huruf|font)|font size|simpan|suka|like",
    r"dengarkan(?: (?:berita|artikel))?",
    r"follow(?: us)?|ikuti(?: kami)?|masuk|login|daftar|log in|sign in|subscribe|berlangganan|related|update me",
)

# Beginnings of prompts and notices, inside the text or below.
_PROMPTS = (
    r"(?:baca|lihat|simak|tonton|cek|saksikan|dengarkan|nonton) ?(?:juga|pula)\b",
    (
        r"(?:baca|lihat|simak|tonton|cek|saksikan)(?: (?:lainnya|selengkapnya|artikel|berita|liputan|lagi))?"
        r"(?: (?:lainnya|selengkapnya|terkait|menarik))? ?[:»>]"
    ),
    r"baca selengkapnya\b|(?:simak|tonton|saksikan|lihat|nonton) video(?:nya)?\b",
    r"(?:berita|artikel|video) (?:terkait|lainnya|terbaru|populer) ?[:|]",
    r"pilihan editor ?:|rekomendasi untuk anda\b",
    r"(?:tags?|topik|kata kunci|label|bagikan|share|sebarkan|promo) ?:|(?:filed under|posted in|tagged)\b",
    r"share (?:this|with|on)\b",
    r"ikuti .{0,120}(?:whatsapp|wa channel|google news|telegram|saluran|channel|media sosial|instagram|twitter)",
    r"(?:yuk|mari|ayo|silakan)?,? ?(?:ber)?gabung(?:lah)? .{0,80}(?:whatsapp|telegram|channel|saluran|grup)",
    r"follow .{0,60}(?:whatsapp|google|channel|official|instagram|twitter|telegram|akun|account|kami|us\b)",
    r"dapatkan .{0,80}(?:setiap hari dari|google news|whatsapp|telegram|notifikasi|di ponsel|breaking news)",
    (
        r"(?:simak )?(?:breaking news|berita (?:terbaru|pilihan|lain(?:nya)?|menarik))\b.{0,60}"
        r"(?:whatsapp|google news|telegram|ponsel|klik)"
    ),
    (
        r"(?:cek|telusuri|temukan|nikmati|silakan baca|baca) (?:berita|artikel|konten|update|informasi)\b.{0,80}"
        r"(?:google news|di sini|klik|lainnya|whatsapp|aplikasi|sedikit iklan|tanpa iklan)"
    ),
    r"(?:unduh|download|install?) .{0,60}(?:aplikasi|apps?\b|play store|app store)",
    r"(?:klik|tekan|buka|kunjungi) (?:di sini|disini|tautan|link|laman ini)\b",
    r"ikuti perkembangan berita\b",
    r"add as a preferred source\b|berlangganan (?:untuk|sekarang)\b",
    r"lihat .{0,40} di google news|(?:pantau|update) .{0,60}(?:google news|whatsapp channel)",
    r"copyright\b|©|\(c\) ?\d{4}|hak cipta\b|all rights reserved|seluruh (?:isi|konten) .{0,40}hak cipta",
    r"dilarang (?:keras )?(?:mengambil|menyalin|mengutip|memperbanyak|meng-?copy|menyebarluaskan|melakukan crawling)",
    r"\[? ?gambas ?:|scroll (?:to (?:continue|resume)|ke bawah|untuk melanjutkan|down)\b|advertisement\b",
    r"halaman (?:selanjutnya|berikutnya)\b|(?:selanjutnya|sebelumnya) ?:",
    r"(?:foto|caption|ilustrasi|photo|image|gambar|infografis|(?:keterangan|sumber) foto) ?:|\[ ?ilustrasi\b",
    r"kirim komentar\b|komentar ?[:(]|(?:\d+|tulis|beri|tinggalkan) (?:komentar|comments?)\b.{0,80}$",
    r"artikel ini (?:telah|sudah|pernah) (?:tayang|terbit|dimuat|dipublikasikan|diterbitkan) (?:di|pada|sebelumnya)\b",
    r"(?:disclaimer|catatan redaksi) ?:|kolom komentar\b.{0,80}tanggung jawab",
    # Roles: facts for the author field.
    (
        r"(?:penulis|editor|pewarta|reporter|redaktur|uploader|pengunggah|penyunting|kontributor|jurnalis|fotografer"
        r"|laporan(?: wartawan)?|wartawan|penerjemah|author|writer|produser|redaksi)(?: ?(?:&|dan|/) ?\w+)? ?[:|]"
    ),
)

_BARE_PROMPTS = (
    r"(?:baca|lihat|simak|tonton|cek)(?: (?:juga|pula|selengkapnya|berita lainnya|artikel lainnya))?",
    r"(?:berita|artikel) (?:terkait|lainnya) ?:",
)


def _any_of(expressions: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(expressions)})", re.IGNORECASE)


def _whole(expressions: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{'|'.join(expressions)})\W*", re.IGNORECASE)


_HEADING, _LABEL, _PROMPT, _BARE_PROMPT = (
    _whole(_HEADINGS),
    _whole(_LABELS),
    _any_of(_PROMPTS),
    _whole(_BARE_PROMPTS),
)
# "Suasana rapat (Foto: Budi/Kabar)", "Peta wilayah [foto: CRI]": a source at the end of the sentence.
_CAPTION = re.compile(
    r"[^.!?\"”’\s]\s*[(\[]\s*(?:(?:sumber|foto|photo|dok|dokumentasi|ilustrasi|source|credit|tangkapan layar)\b"
    r"[^()\[\]]{0,80}|[\w.-]+\.(?:com|id|net)/[^()]{2,40}|istimewa|ist|CMG|CRI|CGTN)\s*[)\]]\.?$",
    re.IGNORECASE,
)
_LONGEST_CAPTION = 300
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_LONGEST_LABEL = 90  # characters; headings and buttons are shorter, so paragraphs skip those expressions
_LONGEST_HEADLINE = 160
_PROSE = 80  # a line this long with a sentence's end is text again, even below a heading; headlines have none


def is_heading(line: str) -> bool:
    """True for the heading of another block ("Berita Lainnya", "Komentar")."""
    return len(line) <= _LONGEST_LABEL and _HEADING.fullmatch(line) is not None


def is_furniture_line(line: str) -> bool:
    line = " ".join(line.split())
    if not line:
        return False
    if len(line) <= _LONGEST_LABEL and (_HEADING.fullmatch(line) or _LABEL.fullmatch(line)):
        return True
    return _PROMPT.match(line) is not None or is_caption(line)


def is_caption(line: str) -> bool:
    return len(line) <= _LONGEST_CAPTION and _CAPTION.search(line) is not None


def is_prompt(text: str) -> bool:
    """True for a prompt or notice ("Baca juga:"), not for words like "Facebook"."""
    return _PROMPT.match(text) is not None


def is_prose(line: str) -> bool:
    return len(line) >= _PROSE and _SENTENCE_END.search(line.rstrip()) is not None


def strip_lines(lines: Sequence[str]) -> list[str]:
    """Drop furniture lines; empty lines stay, except below a heading.

    A bare "Baca juga:" goes with the headline below; a heading with everything up to the next prose, but alone if
    before any text.
    """
    return [lines[index] for index in kept_lines(lines)]


def kept_lines(lines: Sequence[str]) -> list[int]:
    """Return the positions of the lines that ``strip_lines`` keeps."""
    kept: list[int] = []
    below_heading = after_prompt = found_text = False
    for index, raw in enumerate(lines):
        line = " ".join(raw.split())
        if not line:
            if not below_heading:
                kept.append(index)
            continue
        is_furniture = is_furniture_line(line)
        below_heading = below_heading and (is_furniture or not is_prose(line))
        if not (is_furniture or below_heading or (after_prompt and _is_headline(line))):
            found_text = True
            kept.append(index)
        after_prompt = _BARE_PROMPT.fullmatch(line) is not None
        below_heading = below_heading or (found_text and is_heading(line))
    return kept


def _is_headline(line: str) -> bool:
    return len(line) <= _LONGEST_HEADLINE and _SENTENCE_END.search(line) is None
