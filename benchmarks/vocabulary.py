"""The words and frames of the made-up news and notices."""

import re

MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
)
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def _list(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in re.split(r"[,\n]", words) if word.strip())


FIRST_NAMES = _list("""Adi, Agus, Bagas, Bayu, Cahyo, Citra, Damar, Dewi, Dian, Eko, Endah, Fajar, Farida, Galih,
Gita, Hadi, Hesti, Imam, Indra, Intan, Joko, Kartika, Laras, Lestari, Made, Maya, Mulya, Nanda, Ningsih, Nur, Oki,
Panji, Prasetyo, Putri, Rahmat, Ratna, Rizal, Rudi, Sari, Satria, Sekar, Slamet, Sri, Surya, Taufik, Tirta, Umar,
Utami, Wahyu, Wawan, Wulan, Yanti, Yoga, Yusuf, Zainal, Zahra, Alif, Bening, Ketut, Lukman, Mega, Rangga, Teguh""")
LAST_NAMES = _list("""Abimanyu, Adiningrat, Alamsyah, Anggoro, Aritonang, Baskara, Budiman, Daulay, Darmawan, Effendi,
Fauzan, Ginting, Gunawan, Hakim, Halim, Hanafiah, Hapsari, Harahap, Hidayat, Irawan, Iskandar, Kaban, Kurniawan,
Kusuma, Latuconsina, Lubis, Mahendra, Manurung, Marpaung, Maulana, Mokodompit, Nainggolan, Nasution, Nugroho,
Pakpahan, Pangestu, Pattinasarany, Permadi, Pranata, Purnomo, Rahardjo, Ramadhan, Rumbiak, Sanjaya, Santoso, Saputra,
Sembiring, Setiawan, Siagian, Simbolon, Sitompul, Subagyo, Sudrajat, Suharto, Supriyadi, Suryadinata, Syahputra,
Tambunan, Tanjung, Wibisono, Wicaksono, Wijayanto, Yudhoyo, Zulkarnain""")
CITIES = _list("""Ambarita, Baturaja, Bontang, Cilegon, Dumai, Ende, Fakfak, Garut, Gorontalo, Jambi, Jepara, Kendari,
Ketapang, Klaten, Kupang, Lamongan, Luwuk, Madiun, Majene, Manokwari, Mataram, Mempawah, Metro, Nabire, Namlea,
Natuna, Ngawi, Nunukan, Palopo, Parepare, Pasuruan, Pekalongan, Poso, Purwokerto, Rantepao, Ruteng, Sabang, Salatiga,
Sampit, Sibolga, Singkawang, Sintang, Sorong, Sukabumi, Tarakan, Tegal, Ternate, Tobelo, Tual, Tuban, Waingapu,
Wonosobo, Berau, Blitar, Bulukumba, Demak, Kudus, Lumajang, Magetan, Pacitan""")
OFFICES = _list("""Dinas Kesehatan, Dinas Perhubungan, Badan Pangan Daerah, Kejaksaan Negeri, Kepolisian Resor, Dinas
Pendidikan, Balai Konservasi, Badan Penanggulangan Bencana, Kantor Imigrasi, Dinas Perikanan, Pengadilan Negeri,
Komisi Pemilihan, Dewan Kota, Perusahaan Air Minum, Otoritas Pelabuhan, Badan Narkotika, Universitas Negeri, Rumah
Sakit Umum, Dinas Lingkungan Hidup, Kantor Pajak, Bank Daerah, Serikat Buruh, Kamar Dagang, Persatuan Guru, Asosiasi
Petani, Koperasi Nelayan, Lembaga Bantuan Hukum, Dinas Pariwisata, Satuan Lalu Lintas, Dinas Pekerjaan Umum""")
POSTS = _list("""kepala, sekretaris, juru bicara, wakil kepala, direktur, ketua, koordinator, pelaksana tugas kepala,
manajer operasi, komandan regu, kepala seksi, ketua tim, anggota dewan pengawas, bendahara, peneliti senior""")
NOUNS = _list("""jembatan, pasar, gudang, waduk, irigasi, sekolah, puskesmas, terminal, dermaga, kapal, truk, bus,
kereta, bandara, jalan, trotoar, lampu, pipa, sumur, sawah, kebun, ladang, hutan, sungai, danau, pantai, teluk,
karang, bukit, lereng, tambang, pabrik, mesin, listrik, bensin, solar, gas, batu bara, nikel, kelapa sawit, karet,
kopi, kakao, beras, jagung, kedelai, gula, garam, cabai, bawang, telur, daging, ikan, udang, rumput laut, pupuk,
benih, harga, pasokan, stok, anggaran, pajak, retribusi, utang, bunga, kredit, tabungan, saham, dana, bantuan, hibah,
lelang, tender, kontrak, proyek, izin, peraturan, undang-undang, keputusan, putusan, gugatan, laporan, penyelidikan,
bukti, saksi, tersangka, terdakwa, korban, pelaku, jaksa, hakim, pengacara, polisi, tentara, petugas, relawan, warga,
pemuda, perempuan, anak, lansia, siswa, mahasiswa, guru, dosen, dokter, perawat, pasien, buruh, petani, nelayan,
peternak, pedagang, pembeli, pengusaha, investor, wisatawan, penumpang, pengemudi, pengungsi, pemilih, calon, partai,
koalisi, kampanye, debat, pemungutan suara, sidang, rapat, musyawarah, kunjungan, perundingan, perjanjian, kerja sama,
perbatasan, ekspor, impor, bea masuk, kurs, neraca, pertumbuhan, inflasi, pengangguran, upah, kemiskinan, gizi,
vaksin, obat, wabah, gejala, penyakit, limbah, sampah, asap, banjir, longsor, gempa, kekeringan, kebakaran, ombak,
angin, hujan, cuaca, iklim, suhu, satwa, burung, penyu, gajah, harimau, bibit, taman, museum, candi, festival,
pameran, panggung, film, lagu, buku, naskah, batik, tenun, turnamen, pertandingan, pelatih, pemain, wasit, stadion,
medali, latihan, cedera, musim, kurikulum, ujian, beasiswa, laboratorium, penelitian, data, jaringan, aplikasi,
satelit, komputer, sinyal, kamera, keamanan, ketertiban, layanan, antrean, keluhan, jadwal, tarif, tiket, rute,
kemacetan, kecelakaan, evakuasi""")
ADJECTIVES = _list("""baru, lama, besar, kecil, darurat, nasional, daerah, setempat, tambahan, utama, resmi, ilegal,
terpadu, murah, mahal, langka, rusak, aman, rawan, padat, sepi, terbuka, tertutup, sementara, tetap, awal, akhir,
mendatang, lanjutan, mandiri, bersama, swasta, negeri, modern, tradisional, bersih, tercemar, kering, basah, dalam,
dangkal, panjang, pendek, cepat, lambat, digital, internasional, musiman, bulanan, tahunan, harian, massal, terbatas,
gratis, bersubsidi, unggulan, pilihan, terdampak, rentan, produktif, berizin, terdaftar, berskala kecil""")
VERBS = _list("""memperbaiki, membangun, menutup, membuka, memeriksa, menyita, menyalurkan, membagikan, menambah,
memangkas, menaikkan, menurunkan, menahan, melepas, mengawasi, mendata, menghitung, mengusulkan, menolak, menyetujui,
membatalkan, menunda, mempercepat, memperluas, mempersempit, melarang, mengizinkan, mengubah, mengganti, memindahkan,
mengangkut, menjual, membeli, menyewa, menanam, memanen, mengolah, mengimpor, mengekspor, menguji, meneliti, mencatat,
melaporkan, membantah, membenarkan, memantau, mengevakuasi, menyelamatkan, melindungi, merawat, melatih, mendampingi,
mengundang, memanggil, menggugat, menuntut, memvonis, membebaskan, menangkap, mengejar, memasang, mencabut,
membongkar, menata, merancang, merevisi, membahas, menyusun, mengesahkan, menerbitkan, menarik, mengumumkan,
merahasiakan, mendanai, membiayai, menagih, menghapus, mengurangi, menggandakan, memetakan, menelusuri, mengolah
kembali, mendorong, mencegah, mengatasi, mengantisipasi, menyiapkan, menyediakan, mengelola, mengambil alih,
menyerahkan, menerima, memenuhi""")
ADVERBS = _list("""bertahap, tanpa syarat, hati-hati, sesegera mungkin, musim ini, secara terbuka, diawasi ketat,
patungan, tanpa pemberitahuan, sementara waktu, sejak awal tahun, menjelang lebaran, sampai tenggat, di luar dugaan,
sesuai rencana, lebih awal, setiap pekan, hampir setiap malam, serentak, berulang kali, diam-diam, lewat laut, melalui
udara, dengan alat berat, memakai perahu, bersama warga, di tengah hujan, selama libur, sepanjang malam, hingga subuh,
tergesa-gesa, bergiliran, seadanya, lagi-lagi, cuma-cuma, sekaligus, perlahan, beramai-ramai, sendirian, mati-matian,
terang-terangan, kian gencar, separuh hati, siang malam, dua kali sehari, saban Jumat, paling akhir""")
CLAIMS = _list("""menurut dia, katanya, ujarnya, kata dia, ucapnya, tuturnya, jelasnya, imbuhnya, tegasnya, paparnya,
ia menambahkan, ia melanjutkan, dia menegaskan, demikian penjelasannya, begitu pengakuannya, lanjutnya, sebutnya""")
SAYS = _list("""mengatakan, menyatakan, menjelaskan, menerangkan, mengungkapkan, menyebutkan, memaparkan, menegaskan,
mengakui, menilai, memperkirakan, berharap, meyakini, mengingatkan, menuturkan""")
LINKS = _list("""Selain itu, Sementara itu, Namun, Akibatnya, Sebelumnya, Di sisi lain, Untuk itu, Meski begitu,
Karena itulah, Pada saat yang sama, Tak hanya itu, Di tempat terpisah, Kendati demikian, Belakangan, Sebaliknya,
Dengan demikian, Lebih jauh, Mula-mula, Pada akhirnya, Ironisnya, Dalam pada itu, Sejauh ini, Bahkan""")
UNITS = _list("""hektare, ton, unit, kepala keluarga, rumah, orang, liter, kilometer, karung, ekor, meter kubik,
pohon, desa, kelas, ruangan, perahu, kendaraan, lembar, kasus, lokasi, megawatt, sambungan, kursi, paket, butir""")
PURPOSES = _list("""agar, supaya, sehingga, karena, sebab, meskipun, sementara, sebelum, setelah, selama, sejak,
ketika, kecuali jika, asalkan, walau""")

PHRASES: dict[str, tuple[str, ...]] = {
    "thing": (
        "{noun}",
        "{noun} {adjective}",
        "{noun} {noun}",
        "{noun} dan {noun}",
        "{noun} {adjective} di {town}",
        "{noun} yang {adjective}",
        "[sejumlah|berbagai|aneka|beberapa|banyak] {noun}",
        "{noun} [itu|ini|tersebut|tadi|lain]",
        "{noun}nya",
        "[para|semua|sebagian] {noun} {adjective}",
        "{adjective}nya {noun}",
        "{noun} [serta|atau|beserta|tanpa] {noun} {adjective}",
        "{noun} {town}",
        "{number} {unit} {noun}",
        "[ribuan|puluhan|ratusan] {noun}",
        "{noun} [milik|bagi|untuk|dari|dalam] {noun}",
        "{noun} [calon|mirip|khas|buatan] {noun}",
        "{noun} untuk {noun} {adjective}",
    ),
    "act": (
        "{verb} {thing}",
        "akan {verb} {thing}",
        "telah {verb} {thing}",
        "belum {verb} {thing}",
        "tidak {verb} {thing}",
        "sudah {verb} {thing} {adverb}",
        "terpaksa {verb} {thing}",
        "berencana {verb} {thing}",
        "mulai {verb} {thing}",
        "{verb} {thing} {adverb}",
        "{verb} dan {verb} {thing}",
        "sempat {verb} {thing}",
        "ingin {verb} {thing}",
        "diminta {verb} {thing}",
        "kembali {verb} {thing}",
        "gagal {verb} {thing}",
        "siap {verb} {thing}",
    ),
    "clause": (
        "{thing} {act}",
        "{office} {act}",
        "{noun} {act}",
        "pihaknya {act}",
        "{name} {act}",
        "mereka {act}",
        "{thing} sudah {adjective}",
        "{noun} menjadi {adjective}",
        "[tidak ada|hanya ada|sedikit] {noun} [yang|sudah|masih] {adjective}",
        "{number} {unit} {noun} {adjective}",
        "kami {act}",
        "{noun} di {town} {act}",
    ),
}
# A report begins with one of these.
LEADS = (
    "{office} {city} {act} pada {day}.",
    "{Post} {office} {city} {person} {say} {clause} {because} {clause}.",
    "{Thing} di {city} {act}, {day}.",
    "“{Clause},” kata {person} di {city}, {day}.",
)
SENTENCES = (
    "“{Clause}. {Clause} {because} {clause},” {claim}.",
    "“Kami {act} {adverb},” {claim}.",
    "{Link}, {clause} {because} {clause}.",
    "{Link}, {person} {say} {clause}.",
    "{Link}, {office} {act}.",
    "Dari {number1} {unit} [itu|tadi|semula], {number2} [di antaranya|ternyata|masih|sudah] {adjective}.",
    "[Sedikitnya|Setidaknya|Lebih dari|Sekitar] {number1} {noun} {act} [sejak|mulai|pada|sebelum] {day}.",
    "[Nilainya|Kerugiannya|Ongkosnya] [mencapai|ditaksir] Rp{money} [atau naik|alias turun|, tumbuh] {percent} persen.",
    "{Because} {clause}, {clause}.",
    "{Person}, {age} tahun, {act}.",
    "{Clause}, {claim}.",
    "[Data|Catatan|Laporan|Berkas] {office} [menunjukkan|menyebut|merekam|memuat] {number2} {unit} {noun} {adjective}.",
    "{Noun} [tersebut|ini|tadi] {act} hingga [pukul|jam] {hour}.",
    "Pada {day}, {office} {act} {because} {clause}.",
    "{Thing} [berjarak|terletak|berada|bisa ditempuh] {number} [kilometer|langkah|menit|mil] dari {town}.",
    "{Person2} dari {office2} {say} {clause}.",
    "“{Clause}, apalagi {clause},” ujar {person2}.",
    "Ia mencontohkan {thing} di {town} yang {adjective}.",
    "[Tahun lalu|Semula|Dahulu|Pekan kemarin] {clause}, [sedangkan|kini|tetapi sekarang|padahal] {clause}.",
    "{Office2} [meminta|mendesak|menyarankan] {thing} {act} [paling lambat|sebelum|pukul] {hour}.",
    "[Sebanyak|Kira-kira|Tak kurang dari|Hampir] {number2} {noun} {act}, [sisanya|selebihnya|yang lain] {adjective}.",
    "{Clause} dan {clause}.",
    "[Tak jauh|Hanya beberapa langkah|Selemparan batu|Dua blok|Agak ke utara] dari {noun}, {clause}.",
    "Menurut {person2}, {clause} {because} {clause}.",
    "Kalau {clause}, {clause}.",
    "{Thing} maupun {thing} {act}.",
    "[Biaya|Ongkos|Belanja|Sewa] {noun} [senilai|sebesar] Rp{money} [ditanggung|dibayar|ditalangi|dipikul] {office2}.",
    "{Link}, [harga|ongkos|upah|sewa] {noun} di {town} [turun|merosot|melonjak|bergeser] {percent} persen.",
    "Rencananya {thing} {act}, {claim}.",
    "Hingga {day}, {number1} {unit} {noun} {act}.",
    "{Person} juga {say} {clause}.",
    "[Belum jelas apakah|Entah mengapa|Tak seorang pun tahu bahwa|Beredar kabar bahwa] {clause}.",
    "[Itulah sebabnya|Berkat itu|Maka|Tak heran] {thing} {act}.",
    "[Salah satu|Seorang|Mantan|Istri] {noun}, {name}, {act}.",
    "“[Jangan sampai|Pastikan|Mohon dicatat,|Semoga|Siapa sangka] {clause},” [pesan|pinta|canda|seru] {person}.",
    "[Ketika ditanya|Saat disinggung|Dimintai tanggapan] [soal|perihal|tentang] {thing}, {person2} {say} {clause}.",
    "{Noun}, {noun}, dan {noun} {act} {adverb}.",
    "[Angka|Jumlah|Capaian|Besaran] {thing} {percent} persen [di atas|melampaui|di bawah] {noun} {adjective}.",
    "Sekitar pukul {hour}, {clause}.",
    "Warga {town} {act} {because} {clause}.",
    "Di {town}, {clause}; di {city}, {clause}.",
    "Bersama {person2}, {person} {act}.",
    "{Adverb}, {thing} {act}.",
    "Padahal {clause}.",
    "[Perkara|Urusan|Kasus|Soal] {thing} [ditangani|diserahkan kepada|menjadi wewenang] {office2} {city}.",
    "Usai {verb} {thing}, {noun} {act}.",
)

WORDS = {
    "noun": NOUNS,
    "adjective": ADJECTIVES,
    "verb": VERBS,
    "adverb": ADVERBS,
    "claim": CLAIMS,
    "say": SAYS,
    "link": LINKS,
    "because": PURPOSES,
    "town": CITIES,
    "unit": UNITS,
    "office": OFFICES,
}

# Notices

SIGNS = ("Aries", "Taurus", "Gemini", "Cancer", "Leo", "Virgo", "Libra", "Scorpio", "Sagitarius", "Capricorn")
CLUBS = (
    "Laskar Samudra", "Persatuan Bukit", "Garuda Muda Ende", "Elang Selatan", "PS Tirta", "Banteng Timur",
    "Mutiara Teluk", "Harimau Hitam", "Bintang Utara", "Singa Lembah", "Perkasa Luwuk", "Putra Danau", "Gelora Kota",
    "Badai Barat", "Hiu Karang", "Pelita Desa", "Sriwijaya Baru", "Kuda Sumba", "Naga Sungai", "Rajawali FC",
)  # fmt: skip
CURRENCIES = ("dolar Amerika", "euro", "yen Jepang", "dolar Singapura", "dolar Australia", "yuan Tiongkok", "ringgit")
WEATHER = ("cerah", "cerah berawan", "berawan", "berawan tebal", "hujan ringan", "hujan sedang", "hujan petir", "kabut")
GOODS = (
    "beras medium",
    "gula pasir",
    "minyak goreng curah",
    "cabai merah",
    "bawang putih",
    "telur ayam",
    "daging sapi",
)
PRAYERS = (("Imsak", 4.4), ("Subuh", 4.57), ("Terbit", 5.85), ("Zuhur", 11.9), ("Asar", 15.2), ("Magrib", 17.85))
FORTUNES = {
    "Asmara": (
        "pasangan menunggu kabar darimu, jangan biarkan gengsi menang",
        "seseorang dari masa lalu kembali menyapa",
        "tahan diri dari pertengkaran kecil di rumah",
        "malam ini cocok untuk makan bersama tanpa gawai",
        "kejujuran akan menyelamatkan hubungan yang goyah",
        "yang masih sendiri sebaiknya menerima ajakan kawan",
        "cemburu tanpa alasan hanya menguras tenaga",
        "beri ruang, rindu justru tumbuh dari jarak",
    ),
    "Karier": (
        "atasan memperhatikan ketelitianmu, selesaikan laporan lebih awal",
        "tawaran baru datang dari arah yang tidak disangka",
        "rekan kerja sedang sensitif, pilih kata dengan bijak",
        "tunda keputusan besar sampai akhir pekan",
        "ide lama yang ditolak kini layak diajukan lagi",
        "jangan memikul pekerjaan orang lain terlalu banyak",
        "hari yang baik untuk belajar keterampilan lain",
        "rapat panjang menguji kesabaran, tetaplah tenang",
    ),
    "Keuangan": (
        "ada pemasukan kecil dari kerja sampingan",
        "catat pengeluaran, kebocoran datang dari jajan",
        "hindari meminjamkan uang kepada kerabat jauh",
        "saatnya menyisihkan dana darurat meski sedikit",
        "diskon menggoda, tanyakan dulu apakah benar perlu",
        "tagihan lama sebaiknya dilunasi pekan ini",
        "investasi berisiko bukan pilihan bijak saat ini",
        "rezeki tak terduga datang dari seorang teman",
    ),
    "Kesehatan": (
        "kurangi begadang dan perbanyak air putih",
        "leher dan punggung butuh peregangan",
        "pencernaan agak rewel, hindari makanan pedas",
        "jalan kaki setengah jam membuat pikiran segar",
        "mata lelah, istirahatkan dari layar",
        "alergi lama dapat kambuh karena debu",
        "energi melimpah, salurkan lewat olahraga",
        "jangan abaikan sarapan",
    ),
}
