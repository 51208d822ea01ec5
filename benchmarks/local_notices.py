"""Made-up notices in which only names differ from town to town."""

import math
import random
from collections.abc import Callable
from datetime import date

from benchmarks.invented_news import Report
from benchmarks.vocabulary import MONTHS, PRAYERS, WEEKDAYS

Family = Callable[[str, date, random.Random], Report]


def long_day(day: date) -> str:
    """The day as it is written in full."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def prayer_rows(day: date, west: float) -> list[str]:
    """Return a line for each prayer, shifted by hours.

    A quarter of an hour with the seasons, more in the east.
    """
    shift = 0.25 * math.sin(day.timetuple().tm_yday / 58) + west
    return [f"{prayer}: {_clock(at - shift)} WIB" for prayer, at in PRAYERS]


def _clock(hours: float) -> str:
    minutes = round(hours * 60)
    return f"{minutes // 60:02}.{minutes % 60:02}"


def _licences(subject: str, day: date, rng: random.Random) -> Report:
    streets = rng.sample(STREETS, 3)
    text = (
        f"Kepolisian membuka layanan perpanjangan surat izin mengemudi keliling bagi warga {subject} pada "
        f"{long_day(day)}. "
        "Layanan dibuka mulai pukul 08.00 hingga 14.00 waktu setempat.\n"
        f"Mobil layanan hari ini tersedia di {streets[0]}, {streets[1]}, dan {streets[2]}.\n"
        "Persyaratan yang harus dibawa ialah kartu tanda penduduk asli beserta salinannya, surat izin lama, dan bukti "
        "pemeriksaan kesehatan. Biaya perpanjangan sebesar Rp80.000 untuk golongan A dan Rp75.000 untuk golongan C.\n"
        "Layanan ini hanya melayani perpanjangan; surat izin yang telah habis masa berlakunya harus dibuat dari awal."
    )
    return Report(f"Lokasi SIM Keliling {subject} Hari Ini", text)


def _prayers_alike(subject: str, day: date, _: random.Random) -> Report:
    rows = prayer_rows(day, west=0)
    text = (
        f"Jadwal imsakiyah dan salat lima waktu untuk warga Kota {subject}, Jawa Barat, pada {long_day(day)} telah "
        "diterbitkan oleh Kementerian Agama.\n" + "\n".join(rows) + "\n"
        "Umat Islam di Jawa Barat dapat mengunduh jadwal sebulan penuh di laman resmi kementerian di Jakarta. Jadwal "
        "ini telah memperhitungkan waktu aman selama dua menit untuk daerah yang letaknya lebih tinggi."
    )
    return Report(f"Jadwal Imsakiyah {subject} Hari Ini", text)


def _power_cut(subject: str, day: date, _: random.Random) -> Report:
    text = (
        f"Perusahaan listrik akan memadamkan aliran listrik untuk pemeliharaan jaringan di wilayah {subject} pada "
        f"{long_day(day)}, pukul 09.00 hingga 15.00.\n"
        "Pemadaman dilakukan bergiliran agar petugas dapat bekerja dengan selamat. Pelanggan diminta mencabut "
        "peralatan elektronik dari stopkontak dan menampung air bersih secukupnya sebelum aliran listrik padam.\n"
        f"Manajer unit layanan {subject} memohon maaf atas ketidaknyamanan ini. Aliran listrik dapat menyala "
        "lebih cepat apabila pekerjaan selesai sebelum waktunya. Keluhan dapat disampaikan lewat aplikasi "
        "atau nomor layanan pelanggan."
    )
    return Report(f"Jadwal Pemadaman Listrik {subject}", text)


def _recruitment(subject: str, day: date, _: random.Random) -> Report:
    text = (
        f"Bank milik daerah membuka lowongan kerja bagi lulusan diploma dan sarjana untuk penempatan di {subject} dan "
        f"sekitarnya. Pendaftaran dibuka hingga {long_day(day)} dan tidak dipungut biaya.\n"
        "Posisi yang dibuka ialah teller, petugas layanan nasabah, analis kredit, dan staf teknologi "
        "informasi. Pelamar harus berusia paling tinggi 27 tahun, memiliki indeks prestasi sekurang-kurangnya "
        "3,00, belum menikah, dan bersedia menjalani ikatan dinas selama dua tahun setelah masa pendidikan berakhir.\n"
        f"Pelamar yang berdomisili di {subject} lebih diutamakan. Berkas yang harus diunggah meliputi surat lamaran, "
        "daftar riwayat hidup, pasfoto terbaru, ijazah dan transkrip nilai yang dilegalisasi, kartu tanda penduduk, "
        "serta surat keterangan catatan kepolisian yang masih berlaku.\n"
        "Seleksi terdiri atas pemeriksaan berkas, ujian tertulis, wawancara, dan tes kesehatan di kantor pusat di "
        f"Jakarta. Hasil setiap tahap diumumkan lewat laman resmi dan papan pengumuman kantor cabang {subject}.\n"
        "Panitia mengingatkan pelamar agar waspada terhadap penipuan yang mengatasnamakan bank. Seluruh biaya "
        "perjalanan selama seleksi ditanggung oleh pelamar, dan keputusan panitia tidak dapat diganggu gugat. "
        "Bagi pelamar yang dinyatakan lulus, pendidikan dimulai pada awal bulan berikutnya dan berlangsung "
        "selama tiga bulan dengan uang saku."
    )
    return Report(f"Lowongan Kerja Bank Daerah di {subject}", text)


STREETS = tuple(
    f"{place} {name}"
    for place in ("halaman kantor pos", "lapangan", "pasar", "mal", "terminal")
    for name in ("Cempaka", "Anggrek", "Melati", "Kenanga", "Flamboyan", "Teratai")
)
LOCAL: dict[str, Family] = {
    "mobile licence office": _licences,
    "prayer times, same minutes": _prayers_alike,
    "power cut": _power_cut,
    "recruitment": _recruitment,
}
# In no list of places.
VILLAGES = (
    "Pasir Gading", "Muara Kencana", "Tanjung Selaras", "Bukit Permata", "Karang Wangi", "Teluk Cahaya",
    "Sumber Rejeki", "Rawa Indah", "Kampung Damai", "Lembah Asri",
)  # fmt: skip
