"""Too common terms: stop-words for queries, everyday words for similarity.

The index holds them all, since phrases need them.
"""

from functools import cache

from core.text.analyser import analyse

# Function words only. Left out on purpose: words with a root of meaning ("secara" → cara, "terhadap" → hadap,
# "tersebut" → sebut), and "antara", which is also a news agency.
_STOP_WORDS = """
yang dan atau serta bahwa karena jika kalau bila agar supaya sehingga maka namun tetapi tapi di ke dari pada dalam
oleh untuk dengan tanpa kepada daripada tentang hingga sampai ini itu adalah ialah yaitu yakni juga pun lah nya para
sang si saja lagi seperti sebagai ia dia mereka kami kita saya aku anda akan telah sudah masih belum dapat bisa hanya
lebih sangat ketika
"""
# Words of every kind of news, for an archive too small to count frequencies. For similarity only: in a query they are
# meant.
_EVERYDAY_WORDS = """
kata ujar tutur jelas ungkap papar sebut tambah lanjut terang tanya jawab cerita tahun bulan pekan hari jam menit saat
waktu kini kemarin lalu lama sejak selama sebelum setelah usai sedang sementara mulai akhir awal sore pagi siang malam
senin selasa rabu kamis jumat sabtu januari februari maret april mei juni juli agustus september oktober november
desember satu dua tiga empat lima sepuluh puluh ratus ribu juta miliar triliun persen banyak sedikit semua seluruh
beberapa berbagai setiap masing paling cukup kurang besar kecil tinggi rendah baru pertama kedua ketiga kali ada jadi
buat laku beri dapat ambil pakai punya milik tahu minta mau ingin harus perlu datang pergi lihat secara terhadap
tersebut antara antar bagi guna demi rangka serta atas bawah luar selain kecuali walau meski tidak bukan tak jangan
apa siapa mana kapan bagaimana mengapa kembali pula sendiri hal cara orang pihak sama kena
"""


@cache
def stop_terms() -> frozenset[str]:
    return frozenset(analyse(_STOP_WORDS).split())


@cache
def everyday_terms() -> frozenset[str]:
    return stop_terms() | frozenset(analyse(_EVERYDAY_WORDS).split())
