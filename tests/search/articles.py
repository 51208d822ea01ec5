"""Some forty made-up articles, and what stores them."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.text.analyser import analyse
from database import articles
from database.articles import Terms

JAKARTA = ZoneInfo("Asia/Jakarta")
SEEN = datetime(2024, 10, 1, 3, 0, tzinfo=UTC)

# outlet, day of September 2024 (0: undated), title, text
ARTICLES = (
    ("samudra", 1, "Menteri Luar Negeri Bertemu Duta Besar", "Pertemuan itu membahas kerja sama ekonomi kedua negara."),
    ("samudra", 2, "Kerja Sama Pertahanan Diperluas", "Kedua menteri pertahanan sepakat memperluas latihan bersama."),
    ("samudra", 3, "Harga Beras Naik 7,5 Persen", "Pedagang mengeluhkan kenaikan harga beras di pasar induk."),
    ("samudra", 4, "KTT G20 Ditutup", "Para pemimpin G-20 menutup pertemuan dengan pernyataan bersama."),
    ("samudra", 5, "Vaksin Covid-19 Dibagikan", "Petugas membagikan vaksin covid19 di puskesmas."),
    ("samudra", 6, "Jemaah Salat Jum'at Penuhi Masjid", "Umat memenuhi masjid pada hari Jumat."),
    ("samudra", 7, "Rusia dan Tiongkok Gelar Latihan", "Moskow menyatakan latihan laut itu rutin. PBB memantau."),
    ("samudra", 8, "Tiongkok Tanggapi Tarif", "Kementerian perdagangan Tiongkok menanggapi tarif baru."),
    ("samudra", 9, "Rusia Kirim Gandum", "Gandum dari Rusia tiba di pelabuhan. Menteri pertanian menyambutnya."),
    ("samudra", 0, "Arsip Lama tentang Rusia", "Naskah tanpa tanggal tentang hubungan Rusia dan Indonesia."),
    ("lentera", 1, "Warga Pulang ke Kampung", "Ribuan warga pulang ke kampung halaman naik kereta api."),
    ("lentera", 2, "Negara-Negara ASEAN Bersidang", "Sidang negara anggota ASEAN membahas laut."),
    ("lentera", 3, "Presiden Resmikan Bendungan", "Presiden meresmikan bendungan senilai Rp1.000.000.000."),
    ("lentera", 4, "Situs kompas.example Diretas", "Situs kompas.example dan surel redaksi@kompas.example diretas."),
    ("lentera", 5, "Café Baru di Kota Lama", "Sebuah kafe, atau café, dibuka di kota lama."),
    ("lentera", 6, "Erdoğan Tiba di Jakarta", "Presiden Turki Erdogan tiba untuk kunjungan kenegaraan."),
    ("lentera", 7, "Москва dan Beijing", "Tulisan Москва tampak di papan nama. 北京 juga tertulis."),
    ("lentera", 8, "Berita Palsu Beredar", "Pemberitaan palsu beredar di media sosial."),
    ("lentera", 9, "Rupiah Menguat", "Rupiah menguat terhadap dolar Amerika Serikat, kata Bank Indonesia."),
    ("lentera", 10, "Gempa Guncang Pesisir", "Gempa magnitudo 5.6 mengguncang pesisir. BMKG: tidak ada tsunami."),
    ("lentera", 0, "Resep Soto", "Rebus ayam, lalu tambahkan serai dan kunyit."),
    ("cakrawala", 11, "Menteri Pertahanan Rusia ke Beijing", "Menteri pertahanan Rusia bertemu timpalannya."),
    ("cakrawala", 12, "Wang dan Lavrov Berbincang", "Wang berbincang dengan Lavrov tentang Ukraina dan energi."),
    ("cakrawala", 13, "Lavrov Kunjungi Jakarta", "Lavrov bertemu menteri luar negeri. Wang tidak hadir."),
    ("cakrawala", 14, "Ukraina Terima Bantuan", "Ukraina menerima bantuan kemanusiaan dari PBB."),
    ("cakrawala", 15, "Perdagangan Gas Meningkat", "Ekspor gas Rusia ke Tiongkok meningkat tajam."),
    ("cakrawala", 16, "Pemain Muda Cetak Gol", "Gol penentu dicetak pada menit ke-90+2."),
    ("cakrawala", 17, "Timnas Menang 2-1", "Tim nasional menang dua satu atas tamunya di stadion utama."),
    ("cakrawala", 18, "Ponsel X1e5 Diluncurkan", "Ponsel tipe X1e5 dijual mulai hari ini dengan versi 3.11.7."),
    ("cakrawala", 19, "Agen 007 Kembali", "Film agen 007 tayang lagi. Tagar #agen_007 ramai."),
    ("cakrawala", 20, "Pembayaran e-KTP Digital", "Pemerintah menyiapkan e-KTP digital; KTP-nya tetap berlaku."),
    (None, 21, "Naskah Tanpa Nama", "Sumber tanpa nama menulis tentang kerja keras dan rasa sama."),
    ("cakrawala", 22, "Kerja, Sama Pentingnya", "Bekerja keras itu penting. Sama penting dengan istirahat."),
    ("cakrawala", 23, None, "Tulisan tanpa judul tentang Moskow dan sungainya."),
    ("cakrawala", 24, "Air Bersih untuk Desa", "Sumur baru memberi air bersih. Warga desa bersyukur."),
    ("cakrawala", 25, "Hujan Deras", "Hujan deras mengguyur. Banjir merendam jalan utama kota."),
    ("cakrawala", 26, "Banjir Surut", "Banjir surut; warga membersihkan rumah-rumah mereka."),
    ("cakrawala", 27, "Festival Layang-Layang", "Layang-layang raksasa terbang di pantai."),
    ("cakrawala", 28, "Luar Biasa, Negeri Ini", "Di luar sana hujan. Negeri tetangga kering."),
    ("cakrawala", 29, "Ujian Sekolah", "Ujian sekolah dimulai Senin. Siswa bersiap."),
    ("cakrawala", 30, "Pasar Malam", "Pasar malam dibuka kembali dengan protokol baru."),
)


def add_article(session: Session, title: str | None, text: str, **values: Any) -> int:
    """Stores an article with its terms; what is not given is made up."""
    given: dict[str, Any] = {
        "outlet": "samudra",
        "title": title,
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "authors": [],
        "tags": [],
        "timezone": "Asia/Jakarta",
        "first_seen_at": SEEN,
        "origin": "crawl",
    } | values
    authors, section = "\n".join(given["authors"]), given.get("section") or ""
    terms = Terms(*map(analyse, (title or "", text, authors, section)))
    return articles.add(session, given, terms)


def add_articles(session: Session) -> None:
    """Stores all of ``ARTICLES``, number n at n o'clock modulo 24 of its day in Jakarta; ids are 1, 2, 3 …"""
    for number, (outlet, day, title, text) in enumerate(ARTICLES, 1):
        at = datetime(2024, 9, day, tzinfo=JAKARTA) + timedelta(hours=number % 24) if day else None
        url = f"https://{outlet or 'tanpa'}.example/{number}"
        add_article(session, title, text, outlet=outlet, url=url, published_at=at)
    session.commit()
