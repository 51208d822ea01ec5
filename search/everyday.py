"""Words of every kind of news, which say nothing of what an article is about. For likeness only: queries mean them."""

from core.text.analyser import analyse
from search.stopwords import STOP_TERMS

_SAYING = "kata ujar tutur jelas ungkap papar sebut tambah lanjut terang tanya jawab cerita"
_TIME = (
    "tahun bulan pekan hari jam menit saat waktu kini kemarin lalu lama sejak selama sebelum setelah usai "
    "sedang sementara mulai akhir awal sore pagi siang malam senin selasa rabu kamis jumat sabtu januari "
    "februari maret april mei juni juli agustus september oktober november desember"
)
_AMOUNT = (
    "satu dua tiga empat lima sepuluh puluh ratus ribu juta miliar triliun persen banyak sedikit semua seluruh "
    "beberapa berbagai setiap masing paling cukup kurang besar kecil tinggi rendah baru pertama kedua ketiga kali"
)
_DOING = "ada jadi buat laku beri dapat ambil pakai punya milik tahu minta mau ingin harus perlu datang pergi lihat"
_LINKING = (
    "secara terhadap tersebut antara antar bagi guna demi rangka serta atas bawah luar selain kecuali walau meski "
    "tidak bukan tak jangan apa siapa mana kapan bagaimana mengapa kembali pula sendiri hal cara orang pihak sama kena"
)

# What a list of function words leaves over where so few articles are stored that counting cannot tell.
EVERYDAY_TERMS = STOP_TERMS | {
    term for words in (_SAYING, _TIME, _AMOUNT, _DOING, _LINKING) for term in analyse(words).split()
}
