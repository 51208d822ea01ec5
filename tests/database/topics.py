"""Short made-up texts: five seeds about China–Russia diplomacy, and articles about it, near it and far from it."""

SEEDS = {
    "Menlu Tiongkok dan Rusia Bertemu di Beijing": (
        "Menteri Luar Negeri Tiongkok menyambut mitranya dari Rusia di Beijing. Kedua menteri membahas kemitraan "
        "strategis, kerja sama bilateral dan koordinasi di Dewan Keamanan. Tiongkok dan Rusia sepakat memperdalam "
        "rasa saling percaya."
    ),
    "Putin Sambut Utusan Tiongkok di Moskow": (
        "Presiden Rusia Vladimir Putin menerima utusan Tiongkok di Kremlin. Putin mengatakan hubungan Rusia dan "
        "Tiongkok berada pada tingkat tertinggi. Utusan itu menyampaikan pesan Presiden Xi tentang kemitraan "
        "strategis kedua negara."
    ),
    "Konsultasi Keamanan Strategis Digelar": (
        "Rusia dan Tiongkok menggelar konsultasi keamanan strategis. Sekretaris Dewan Keamanan Rusia dan diplomat "
        "senior Tiongkok membahas BRICS, situasi kawasan dan kerja sama multilateral menentang sanksi sepihak."
    ),
    "Lavrov: BRICS Makin Kuat": (
        "Menteri Luar Negeri Rusia Sergei Lavrov memuji peran Tiongkok dalam BRICS. Lavrov menyebut koordinasi "
        "kebijakan luar negeri Moskow dan Beijing sebagai penopang tatanan multipolar."
    ),
    "Beijing dan Moskow Rayakan 75 Tahun Hubungan Diplomatik": (
        "Tiongkok dan Rusia memperingati 75 tahun hubungan diplomatik. Kedua pihak berjanji meningkatkan "
        "komunikasi strategis, kunjungan tingkat tinggi dan kerja sama bilateral di segala bidang."
    ),
}
ABOUT_IT = {
    "Wang Yi Bertolak ke Moskow": (
        "Diplomat Tiongkok Wang Yi bertolak ke Moskow untuk menemui Lavrov. Keduanya akan membahas kemitraan "
        "strategis Rusia dan Tiongkok serta agenda BRICS, kata Kementerian Luar Negeri Tiongkok."
    ),
    "Xi dan Putin Bicara Lewat Telepon": (
        "Presiden Tiongkok dan Presiden Rusia berbicara lewat telepon pada Senin. Kremlin menyatakan hubungan "
        "bilateral Rusia dan Tiongkok akan terus diperdalam, termasuk koordinasi di Dewan Keamanan."
    ),
    "Rusia Dukung Sikap Beijing": (
        "Kementerian Luar Negeri Rusia mendukung sikap Beijing. Juru bicara di Moskow mengatakan Tiongkok adalah "
        "mitra strategis dan menolak sanksi sepihak terhadap kedua negara."
    ),
}
NEAR_IT = {
    "Ganda Putra Tumbangkan Wakil Tiongkok": (
        "Ganda putra Indonesia menumbangkan wakil Tiongkok pada babak semifinal bulu tangkis di Beijing. Pelatih "
        "memuji pertahanan pemainnya, yang menang dua gim langsung."
    ),
    "Menlu ASEAN Bahas Krisis Kawasan": (
        "Para menteri luar negeri ASEAN bertemu di Jakarta membahas situasi kawasan. Indonesia menyerukan dialog "
        "dan kerja sama antarnegara anggota."
    ),
    "Impor Baja Tiongkok Melonjak": (
        "Impor baja dari Tiongkok melonjak pada semester pertama. Pengusaha dalam negeri meminta bea masuk, "
        "sedangkan kementerian perdagangan masih mengkaji tarif."
    ),
}
FAR_FROM_IT = {
    "Persela Menang Tipis di Kandang": (
        "Gol tunggal pada menit akhir membawa tuan rumah menang. Pelatih memuji penjaga gawang, sedangkan "
        "suporter merayakan kemenangan di luar stadion sampai malam."
    ),
    "Kiper Cedera, Laga Uji Coba Ditunda": (
        "Kiper utama cedera lutut saat latihan sehingga laga uji coba ditunda. Dokter tim memperkirakan pemulihan "
        "memakan waktu enam pekan, dan klub mencari penggantinya di bursa transfer."
    ),
    "Banjir Rendam Sawah di Tiga Desa": (
        "Hujan deras membuat sungai meluap dan merendam sawah di tiga desa. Petani terancam gagal panen, "
        "sementara petugas menyiapkan tenda dan dapur umum bagi pengungsi."
    ),
    "Resep Soto Ayam Kuah Bening": (
        "Rebus ayam dengan serai dan daun jeruk, lalu tumis bumbu halus sampai harum. Sajikan soto dengan tauge, "
        "seledri dan perasan jeruk nipis."
    ),
    "Harga Cabai Turun Menjelang Akhir Pekan": (
        "Harga cabai di pasar induk turun setelah pasokan dari petani kembali lancar. Pedagang berharap pembeli "
        "ramai lagi menjelang akhir pekan."
    ),
    "Konser Amal Galang Dana untuk Sekolah": (
        "Sejumlah penyanyi menggelar konser amal untuk membangun sekolah yang rusak. Tiket habis terjual dan dana "
        "terkumpul melampaui sasaran panitia."
    ),
}
