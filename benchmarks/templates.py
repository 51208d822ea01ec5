"""Made-up regular notices: one template each, filled in anew every day.

A notice is determined by its subject (a place or sign) and its day, so that two outlets that carry it carry copies;
notices of other days or subjects are none, however similar.
"""

import random
from datetime import date

from benchmarks.invented_news import Report, figure
from benchmarks.local_notices import LOCAL, Family, long_day, prayer_rows
from benchmarks.vocabulary import CITIES, CLUBS, CURRENCIES, FORTUNES, GOODS, SIGNS, WEATHER, WEEKDAYS


def notice(family: str, subject: str, day: date) -> Report:
    """Return the family's notice of a day and subject (a city, a sign).

    Always the same.
    """
    return FAMILIES[family](subject, day, random.Random(f"{family} {subject} {day}"))


def subjects(family: str) -> tuple[str, ...]:
    """Return the subjects of the family's notices."""
    return SIGNS if family.startswith("horoscope") else CITIES[:12]


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} ({day.day}/{day.month}/{day.year})"


def _rupiah(rng: random.Random, low: int, high: int, step: int = 50) -> str:
    return f"Rp{figure(rng.randrange(low, high, step))}"


def _gold(subject: str, day: date, rng: random.Random) -> Report:
    gram = rng.randrange(1_240_000, 1_330_000, 1000)
    rows = [f"{weight} gram: Rp{figure(int(gram * weight + 30_000))}" for weight in (1, 2, 3, 5, 10, 25, 50, 100)]
    turn = rng.choice(("naik", "turun"))
    text = (
        f"Harga emas batangan keluaran pabrik logam mulia nasional di {subject} pada {_day(day)} tercatat {turn} "
        f"{_rupiah(rng, 1000, 15000, 1000)} per gram dibandingkan dengan harga pada perdagangan sebelumnya.\n"
        f"Dikutip dari laman resmi perusahaan, harga emas hari ini berada pada level Rp{figure(gram)} per gram. Adapun "
        f"harga pembelian kembali atau buyback dipatok Rp{figure(gram - rng.randrange(90_000, 120_000, 1000))} "
        "per gram.\n"
        "Sesuai dengan ketentuan yang berlaku, setiap pembelian emas batangan dikenai pajak penghasilan sebesar 0,45 "
        "persen bagi pemegang nomor pokok wajib pajak dan 0,9 persen bagi yang tidak memilikinya.\n"
        "Berikut rincian harga emas batangan menurut ukurannya:\n" + "\n".join(rows) + "\n"
        "Harga dapat berubah sewaktu-waktu mengikuti perkembangan pasar dunia dan nilai tukar rupiah."
    )
    return Report("Harga Emas Batangan Hari Ini", text)


def _exchange(subject: str, day: date, rng: random.Random) -> Report:
    rows = [
        f"{currency}: beli Rp{figure(rate)}, jual Rp{figure(rate + rng.randrange(20, 300))}"
        for currency, rate in ((name, rng.randrange(100, 17_000)) for name in CURRENCIES)
    ]
    text = (
        f"Nilai tukar rupiah terhadap sejumlah mata uang asing pada {long_day(day)} bergerak "
        f"{rng.choice(('menguat', 'melemah', 'mendatar'))} pada pembukaan perdagangan pasar uang antarbank.\n"
        f"Berikut daftar kurs yang dihimpun dari sejumlah bank besar di {subject} pagi ini:\n" + "\n".join(rows) + "\n"
        "Kurs di atas berlaku untuk transaksi di kantor cabang dan dapat berbeda dengan kurs pada layanan elektronik. "
        "Nasabah disarankan untuk memastikan kurs terakhir kepada petugas bank sebelum melakukan transaksi."
    )
    return Report("Kurs Rupiah Hari Ini", text)


def _weather(subject: str, day: date, rng: random.Random) -> Report:
    start = CITIES.index(subject)
    rows = [
        f"{city}: {rng.choice(WEATHER)}, suhu {low}-{low + rng.randrange(5, 10)} derajat Celsius, kelembapan "
        f"{rng.randrange(50, 75)}-{rng.randrange(80, 99)} persen"
        for city, low in ((CITIES[(start + place) % len(CITIES)], rng.randrange(21, 27)) for place in range(9))
    ]
    return Report(f"Prakiraan Cuaca {subject} dan Sekitarnya", _forecast(day, subject, rows))


def _weather_words(subject: str, day: date, rng: random.Random) -> Report:
    start = CITIES.index(subject)
    rows = [
        f"{CITIES[(start + place) % len(CITIES)]}: pagi {rng.choice(WEATHER)}, siang {rng.choice(WEATHER)}, malam "
        f"{rng.choice(WEATHER)}"
        for place in range(9)
    ]
    return Report(f"Cuaca {subject} Hari Ini", _forecast(day, subject, rows))


def _forecast(day: date, subject: str, rows: list[str]) -> str:
    return (
        f"Balai Meteorologi wilayah {subject} mengeluarkan prakiraan cuaca untuk {long_day(day)}. Secara umum "
        "cuaca di "
        "sejumlah kota diperkirakan tidak banyak berubah dibandingkan dengan hari sebelumnya.\n"
        "Berikut prakiraan cuaca selengkapnya menurut kota:\n" + "\n".join(rows) + "\n"
        "Masyarakat diimbau tetap waspada terhadap kemungkinan hujan disertai kilat dan angin kencang dalam durasi "
        "singkat, terutama pada sore hingga malam hari. Perkembangan cuaca dapat dipantau lewat laman dan "
        "aplikasi resmi."
    )


def _earthquake(subject: str, day: date, rng: random.Random) -> Report:
    strength = f"{rng.randrange(3, 6)},{rng.randrange(10)}"
    place = f"{rng.randrange(5, 180)} kilometer {rng.choice(('barat daya', 'timur laut', 'tenggara', 'barat laut'))}"
    text = (
        f"Gempa bumi tektonik dengan magnitudo {strength} mengguncang wilayah {subject} dan sekitarnya pada "
        f"{_day(day)} "
        f"pukul {rng.randrange(24):02}.{rng.randrange(60):02} WIB.\n"
        f"Hasil analisis Badan Meteorologi menunjukkan episenter gempa terletak pada koordinat {rng.randrange(1, 10)},"
        f"{rng.randrange(10, 99)} derajat lintang selatan dan {rng.randrange(100, 135)},{rng.randrange(10, 99)} "
        "derajat "
        f"bujur timur, tepatnya di laut pada jarak {place} {subject}, pada kedalaman {rng.randrange(8, 150)} "
        "kilometer.\n"
        "Dengan memperhatikan lokasi episenter dan kedalaman hiposenternya, gempa bumi yang terjadi merupakan "
        "jenis gempa "
        "bumi dangkal akibat adanya aktivitas sesar aktif. Hasil pemodelan menunjukkan bahwa gempa bumi ini tidak "
        "berpotensi tsunami.\n"
        "Hingga berita ini diturunkan, hasil pemantauan menunjukkan adanya "
        f"{rng.randrange(0, 9)} aktivitas gempa bumi susulan. Kepada masyarakat diimbau agar tetap tenang dan tidak "
        "terpengaruh oleh isu yang tidak dapat dipertanggungjawabkan kebenarannya."
    )
    return Report(f"Gempa Magnitudo {strength} Guncang {subject}", text)


def _schedule(subject: str, day: date, rng: random.Random) -> Report:
    clubs = rng.sample(CLUBS, 12)
    hours = ("15.30", "16.00", "18.30", "19.00", "20.30", "21.00")
    rows = [f"{rng.choice(hours)} WIB: {clubs[at]} vs {clubs[at + 1]}, disiarkan langsung" for at in range(0, 12, 2)]
    text = (
        "Jadwal lengkap pertandingan liga utama pekan ini menghadirkan sejumlah laga menarik yang akan "
        "berlangsung pada "
        f"{long_day(day)}. Laga antara {clubs[0]} dan {clubs[1]} menjadi sajian utama malam ini.\n"
        "Berikut jadwal siaran langsung pertandingan yang dapat disaksikan di layar kaca maupun layanan digital:\n"
        + "\n".join(rows)
        + f"\nJadwal sewaktu-waktu dapat berubah sesuai dengan kebijakan penyelenggara liga. Pembaca di {subject} "
        "dapat "
        "menyaksikannya lewat pemancar setempat."
    )
    return Report("Jadwal Siaran Langsung Liga Utama Malam Ini", text)


def _horoscope(subject: str, day: date, rng: random.Random) -> Report:
    lines = [f"{area}: {rng.choice(FORTUNES[area])}." for area in FORTUNES]
    text = (
        f"Ramalan zodiak {subject} untuk {long_day(day)} memberi gambaran tentang asmara, karier, keuangan, dan "
        "kesehatan. "
        f"Simak ramalan selengkapnya bagi kamu yang berbintang {subject} berikut ini.\n" + "\n".join(lines) + "\n"
        f"Angka keberuntungan: {rng.randrange(1, 99)}. Warna keberuntungan: "
        f"{rng.choice(('merah', 'hijau', 'biru', 'kuning', 'ungu', 'putih', 'jingga'))}.\n"
        "Ramalan ini hanya untuk hiburan dan tidak perlu dijadikan pegangan hidup."
    )
    return Report(f"Ramalan Zodiak {subject} Hari Ini", text)


def _horoscopes(subject: str, day: date, rng: random.Random) -> Report:
    lines = [
        f"{sign}: {rng.choice(FORTUNES['Asmara'])}; {rng.choice(FORTUNES['Keuangan'])}."
        for sign in (subject, *(sign for sign in SIGNS if sign != subject))
    ]
    text = (
        f"Bagaimana peruntungan kamu pada {long_day(day)}? Berikut ramalan semua zodiak tentang asmara dan keuangan.\n"
        + "\n".join(lines)
        + "\nRamalan ini hanya untuk hiburan dan tidak perlu dijadikan pegangan hidup."
    )
    return Report("Ramalan Zodiak Lengkap Hari Ini", text)


def _prayers(subject: str, day: date, _: random.Random) -> Report:
    rows = prayer_rows(day, west=2.2 * CITIES.index(subject) / 12)
    text = (
        f"Berikut jadwal salat untuk wilayah {subject} dan sekitarnya pada {long_day(day)} berdasarkan perhitungan "
        "Kementerian Agama.\n" + "\n".join(rows) + "\n"
        "Jadwal di atas berlaku untuk pusat kota; wilayah di sekitarnya dapat menambah atau mengurangi beberapa menit. "
        "Umat Islam dianjurkan menunaikan salat di awal waktu dan berjemaah di masjid terdekat."
    )
    return Report(f"Jadwal Salat {subject} Hari Ini", text)


def _stocks(subject: str, day: date, rng: random.Random) -> Report:
    level = rng.randrange(680_000, 740_000)
    move = rng.randrange(50, 9_000)
    turn = rng.choice(("menguat", "melemah"))
    text = (
        f"Indeks harga saham gabungan ditutup {turn} {move / 100:.2f} poin atau {100 * move / level:.2f} persen "
        "ke level "
        f"{figure(level // 100)},{level % 100:02} pada perdagangan {_day(day)}.\n"
        f"Sebanyak {rng.randrange(150, 350)} saham naik, {rng.randrange(150, 350)} saham turun, dan "
        f"{rng.randrange(150, 250)} "
        "saham tidak bergerak dari posisi sebelumnya. Frekuensi perdagangan tercatat "
        f"{figure(rng.randrange(800_000, 1_500_000))}"
        f" kali dengan jumlah saham yang diperdagangkan {rng.randrange(10, 30)},{rng.randrange(1, 99)} miliar "
        "lembar senilai "
        f"Rp{rng.randrange(7, 19)},{rng.randrange(1, 99)} triliun.\n"
        f"Menurut analis di {subject}, pergerakan indeks dipengaruhi oleh sentimen dari pasar global dan "
        "penantian pelaku "
        "pasar terhadap arah kebijakan suku bunga bank sentral. Investor asing membukukan "
        f"{rng.choice(('beli', 'jual'))} bersih Rp{rng.randrange(20, 900)},{rng.randrange(1, 99)} miliar.\n"
        "Keputusan investasi sepenuhnya berada di tangan pembaca."
    )
    return Report(f"IHSG Ditutup {turn.capitalize()}", text)


def _counts(subject: str, day: date, rng: random.Random) -> Report:
    total = rng.randrange(100_000, 900_000)
    text = (
        f"Satuan tugas penanganan wabah mencatat penambahan {figure(rng.randrange(100, 9_000))} kasus baru di "
        f"{subject} pada "
        f"{_day(day)}. Dengan penambahan tersebut, jumlah kasus secara keseluruhan menjadi {figure(total)} orang "
        "sejak awal "
        "tahun.\n"
        f"Pada periode yang sama, pasien yang dinyatakan sembuh bertambah {figure(rng.randrange(100, 9_000))} "
        "orang sehingga "
        f"totalnya {figure(int(total * 0.9) + rng.randrange(5_000))} orang. Adapun pasien yang meninggal dunia "
        "bertambah "
        f"{rng.randrange(1, 300)} orang menjadi {figure(rng.randrange(2_000, 30_000))} orang.\n"
        f"Petugas juga telah memeriksa {figure(rng.randrange(10_000, 90_000))} spesimen dari "
        f"{figure(rng.randrange(8_000, 70_000))}"
        " orang dalam sehari. Pemerintah mengimbau masyarakat untuk tetap disiplin menjalankan protokol "
        "kesehatan, memakai "
        "masker, mencuci tangan, dan menjauhi kerumunan."
    )
    return Report("Tambahan Kasus Harian dan Pasien Sembuh", text)


def _prices(subject: str, day: date, rng: random.Random) -> Report:
    rows = [f"{good}: {_rupiah(rng, 12_000, 140_000)} per kilogram" for good in GOODS]
    text = (
        f"Harga sejumlah bahan pokok di pasar tradisional {subject} pada {long_day(day)} terpantau bervariasi. "
        "Pantauan "
        "petugas dinas perdagangan menunjukkan sebagian komoditas naik dan sebagian lainnya turun.\n"
        "Berikut daftar harga rata-rata bahan pokok hari ini:\n" + "\n".join(rows) + "\n"
        "Pemerintah daerah memastikan pasokan aman dan akan menggelar operasi pasar apabila harga melonjak tajam."
    )
    return Report(f"Harga Bahan Pokok di {subject}", text)


FAMILIES: dict[str, Family] = {
    "gold price": _gold,
    "exchange rates": _exchange,
    "weather with numbers": _weather,
    "weather in words": _weather_words,
    "earthquake notice": _earthquake,
    "match schedule": _schedule,
    "horoscope of a sign": _horoscope,
    "horoscope of all signs": _horoscopes,
    "prayer times": _prayers,
    "stock index": _stocks,
    "daily counts": _counts,
    "market prices": _prices,
    **LOCAL,
}
# Those whose notices of one day differ from place to place, or from sign to sign.
BY_PLACE = (
    "weather with numbers",
    "weather in words",
    "earthquake notice",
    "horoscope of a sign",
    "prayer times",
    "daily counts",
    "market prices",
    *LOCAL,
)
# Of places that are in no list only the names differ, which nothing tells from words that an editor replaced.
BY_UNKNOWN_PLACE = ("mobile licence office",)
# Long, and all that changes is one date, as if it had been edited.
LONG = ("recruitment",)
