"""Made-up Indonesian news: seeded sentences about places, people and offices that do not exist."""

import random
from collections.abc import Mapping
from typing import Final

_SLOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "depan": (
        "Bramanto",
        "Citrawan",
        "Dewirani",
        "Ganesta",
        "Harjuno",
        "Kartasih",
        "Larasita",
        "Melatiwi",
        "Nugrahi",
        "Pramesto",
        "Ratnawi",
        "Sekarwan",
        "Tirtono",
        "Wulanjar",
        "Yudantara",
        "Zulkarna",
    ),
    "belakang": (
        "Adikusara",
        "Bintangraya",
        "Cakrasana",
        "Dirgamulya",
        "Kelanasari",
        "Lembahyung",
        "Manggalawi",
        "Pinangraya",
        "Rantauwan",
        "Samudrasa",
        "Tamanjaya",
        "Wiryasena",
    ),
    "kota": (
        "Tanjung Selaras",
        "Muara Kencana",
        "Bukit Lontara",
        "Teluk Pinang Dua",
        "Pulau Sendayu",
        "Kuala Mertani",
        "Lembah Arung",
        "Pasir Gading",
        "Sungai Perak Hilir",
        "Ujung Beringin",
        "Rantau Delima",
        "Batu Selayang",
    ),
    "jabatan": (
        "Kepala Dinas Perikanan",
        "Wali Kota",
        "Bupati",
        "Camat",
        "Ketua Koperasi Nelayan",
        "Kepala Pelabuhan",
        "Direktur Rumah Sakit Daerah",
        "Kepala Dinas Pendidikan",
        "Juru Bicara Pemerintah Daerah",
        "Ketua Kelompok Tani",
        "Kepala Badan Penanggulangan Bencana Daerah",
        "Rektor Universitas Bahari",
    ),
    "lembaga": (
        "pemerintah daerah",
        "dewan perwakilan rakyat daerah",
        "koperasi nelayan",
        "badan pangan setempat",
        "dinas perhubungan",
        "panitia pembangunan",
        "perusahaan air minum",
        "lembaga penelitian kelautan",
        "asosiasi pedagang pasar",
        "balai taman nasional",
        "otoritas pelabuhan",
        "dinas kesehatan",
    ),
    "hal": (
        "pasar ikan",
        "jembatan gantung",
        "dermaga kapal rakyat",
        "sekolah terapung",
        "jalan lingkar timur",
        "pembangkit listrik tenaga surya",
        "gudang beras",
        "puskesmas pembantu",
        "terminal bus antarkota",
        "saluran irigasi",
        "kawasan hutan bakau",
        "pabrik pengolahan rumput laut",
        "museum perahu",
        "bendungan kecil",
    ),
    "kerja": (
        "memperbaiki",
        "membangun kembali",
        "memperluas",
        "mengawasi",
        "membuka",
        "menata ulang",
        "membiayai",
        "meresmikan",
        "memeriksa",
        "mengevaluasi",
        "memindahkan",
        "melanjutkan pembangunan",
    ),
    "pelaku": (
        "nelayan",
        "petani garam",
        "pedagang",
        "guru honorer",
        "mahasiswa",
        "warga pesisir",
        "sopir angkutan",
        "penenun",
        "peternak lebah",
        "pembuat perahu",
        "buruh pelabuhan",
        "pemandu wisata",
    ),
    "alasan": (
        "karena curah hujan sangat tinggi",
        "setelah anggaran disetujui",
        "karena permintaan terus meningkat",
        "sejak musim angin barat datang",
        "menyusul keluhan masyarakat",
        "untuk mengurangi kemacetan",
        "agar harga tetap terjangkau",
        "demi keselamatan pengguna",
        "karena bahan baku sulit diperoleh",
        "setelah tertunda selama dua tahun",
        "untuk menarik lebih banyak wisatawan",
    ),
    "waktu": (
        "pada awal bulan depan",
        "sebelum akhir tahun",
        "dalam tiga pekan mendatang",
        "mulai musim tanam berikutnya",
        "selama masa libur sekolah",
        "setelah masa uji coba selesai",
        "paling lambat pertengahan tahun",
        "secara bertahap",
        "begitu izin diterbitkan",
    ),
    "ukuran": ("ton", "hektare", "meter", "keluarga", "unit", "paket", "orang", "rumah", "liter", "kilometer"),
    "sikap": (
        "menyambut baik",
        "mempertanyakan",
        "mendukung sepenuhnya",
        "masih meragukan",
        "menyayangkan",
        "mengapresiasi",
    ),
    "harap": (
        "kegiatan ini tidak hanya berlangsung sesaat",
        "hasilnya segera dirasakan masyarakat kecil",
        "semua pihak menjaga apa yang sudah dibangun",
        "pengawasan dilakukan secara terbuka",
        "tidak ada lagi warga yang tertinggal",
        "kerja sama antardaerah semakin erat",
        "anak muda mau kembali ke kampung halaman",
    ),
    "cuaca": ("hujan deras", "gelombang tinggi", "angin kencang", "banjir rob", "kabut tebal", "kemarau panjang"),
    "rubrik": ("Daerah", "Ekonomi", "Pendidikan", "Lingkungan", "Budaya", "Kesehatan"),
    "tanda": (
        "nelayan",
        "pasar ikan",
        "pelabuhan",
        "pendidikan",
        "cuaca",
        "anggaran",
        "wisata",
        "irigasi",
        "bakau",
        "koperasi",
        "garam",
        "perahu",
        "pesisir",
        "kesehatan",
    ),
}
_SENTENCES: Final = (
    "{lembaga} {kota} berencana {kerja} {hal} di wilayah {kota} {waktu}",
    "{jabatan} {kota}, {nama}, mengatakan bahwa {hal} itu akan selesai {waktu} {alasan}",
    "menurut data {lembaga}, sedikitnya {angka} {ukuran} sudah tercatat, naik {kecil} persen dibandingkan tahun lalu",
    "sebanyak {angka} {pelaku} dari {kota} hadir dalam pertemuan yang digelar di halaman {hal}",
    "{nama} {sikap} keputusan {lembaga} untuk {kerja} {hal} tersebut",
    "para {pelaku} di {kota} berharap {harap}",
    "anggaran sebesar Rp{kecil},{satu} miliar disiapkan untuk {kerja} {hal} {alasan}",
    "namun, {cuaca} yang melanda {kota} selama {kecil} hari membuat pekerjaan sempat terhenti",
    "“kami ingin {harap},” kata {nama} saat ditemui di {kota}",
    "“tidak mudah {kerja} {hal} dengan {angka} {pelaku}, tetapi kami akan berusaha,” ujar {nama}",
    "ia menambahkan, {lembaga} juga akan {kerja} {hal} yang berada sekitar {kecil} kilometer dari pusat {kota}",
    "sementara itu, {nama} dari kelompok {pelaku} meminta agar {harap}",
    "{hal} yang dibangun {kecil} tahun lalu itu kini dipakai oleh lebih dari {angka} {pelaku}",
    "di tempat terpisah, {jabatan} {kota} menegaskan {lembaga} tidak akan {kerja} {hal} tanpa persetujuan warga",
    "hasil penelitian menunjukkan {angka} {ukuran} di sekitar {hal} terancam oleh {cuaca}",
    "meski begitu, sebagian {pelaku} masih menunggu kepastian {alasan}",
    "rapat yang dipimpin {nama} itu berlangsung selama {satu} jam dan menghasilkan {satu} kesepakatan",
    "dari jumlah tersebut, {angka} {ukuran} disalurkan kepada {pelaku} di {kota} {waktu}",
    "{kota} selama ini dikenal sebagai daerah {pelaku}, dengan {angka} {ukuran} hasil setiap tahun",
    "jika berjalan lancar, {lembaga} akan {kerja} {satu} {hal} lagi di {kota}",
)
_TITLES: Final = (
    "{lembaga} {kota} Akan {kerja} {hal}",
    "{angka} {pelaku} {kota} Terdampak {cuaca}",
    "{kota} Siapkan Rp{kecil} Miliar untuk {hal}",
    '{jabatan} {kota}: "{harap}"',
    "Ribuan {pelaku} {sikap} Rencana {hal} di {kota}",
    "{pelaku} “{kota}” Kembali Bekerja Setelah {cuaca}",
    "{hal} {kota} Dibuka, {angka} {pelaku} Hadir",
    "Kisah {nama}, {pelaku} & Penjaga {hal} {kota}",
    "{cuaca} Landa {kota}, {lembaga} Salurkan {angka} Paket",
)
_SMALL_WORDS: Final = frozenset({"di", "dan", "untuk", "yang", "dari", "dengan", "ke", "pada"})
_MALAY: Final = (
    "Kerajaan negeri memaklumkan bahawa sebanyak {angka} keluarga yang terjejas akibat banjir telah dipindahkan ke pusat "
    "pemindahan sementara di {kota}. Beliau berkata mesyuarat khas akan diadakan pada hari Isnin di pejabat daerah",
    "Menteri Besar ketika ditemui pemberita berkata pihak berkuasa tempatan mahu pesakit di hospital diberi rawatan segera "
    "kerana kemudahan di kawasan luar bandar masih tidak mencukupi. Katanya, peruntukan sebanyak RM{kecil} juta telah diluluskan",
    "Ketua Polis Daerah, {nama}, ketika dihubungi mengesahkan pihaknya menerima laporan berhubung kejadian itu pada jam "
    "{satu} petang. Siasatan lanjut sedang dijalankan dan orang ramai dinasihatkan supaya tidak membuat sebarang spekulasi",
    "Pengarah Jabatan Pengangkutan Jalan berkata lebih {angka} saman telah dikeluarkan kepada pemandu kereta dan motosikal "
    "sempena Ops Bersepadu sejak Ahad lalu. Menurutnya, kesalahan yang paling kerap dilakukan ialah tidak memakai tali pinggang",
)
_ENGLISH: Final = (
    "Officials in {kota} said on Friday that {angka} families had been moved to higher ground after the river rose overnight. "
    "The head of the district office, {nama}, told reporters that schools would stay closed until next week",
    "Traders at the fish market complained that the new regulation would push prices up by {kecil} percent. They asked the "
    "council to delay the plan until the harbour had been repaired and the roads were safe again",
    "Researchers who spent {satu} years counting the mangroves along the coast found that {angka} hectares had been lost. "
    "They warned that the remaining forest could disappear within a generation unless the government acted",
)


class Writer:
    """Writes sentences, paragraphs, titles and names from one seeded stream of chance."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)

    def __getitem__(self, slot: str) -> str:
        match slot:
            case "nama":
                return f"{self['depan']} {self['belakang']}"
            case "angka":
                return str(self.chance.randint(21, 989))
            case "kecil":
                return str(self.chance.randint(11, 97))
            case "satu":
                return str(self.chance.randint(2, 9))
            case _:
                return self.chance.choice(_SLOTS[slot])

    def sentence(self) -> str:
        """One sentence with its full stop."""
        return _sentence(self.chance.choice(_SENTENCES).format_map(self))

    def paragraph(self, sentences: int = 3) -> str:
        """So many sentences, no two of one pattern."""
        return " ".join(_sentence(pattern.format_map(self)) for pattern in self.chance.sample(_SENTENCES, k=sentences))

    def paragraphs(self, count: int) -> list[str]:
        """Paragraphs of two to four sentences."""
        return [self.paragraph(self.chance.randint(2, 4)) for _ in range(count)]

    def title(self) -> str:
        """A headline in Indonesian title case, some with quotation marks and ampersands."""
        words = self.chance.choice(_TITLES).format_map(self).split(" ")
        return " ".join(word if word in _SMALL_WORDS else _capital(word) for word in words)

    def foreign(self, language: str, count: int = 8) -> list[str]:
        """Paragraphs in Malay (``ms``) or English (``en``)."""
        patterns = _MALAY if language == "ms" else _ENGLISH
        return [patterns[n % len(patterns)].format_map(self) + "." for n in range(count)]


def _capital(text: str) -> str:
    start = 1 if text[:1] in '“"' else 0
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def _sentence(text: str) -> str:
    return _capital(text) + "."
