"""The shipped declarations against public addresses of their outlets. Nothing here says that an outlet answers."""

import re
from collections import Counter
from datetime import date

import pytest

from core.urls import belongs
from crawler.discovery.walks import Walk
from outlets.registry import Registry
from outlets.schema import Outlet
from outlets.urls import is_article

REGISTRY = Registry.from_settings([])
OUTLETS = REGISTRY.all()
every_outlet = pytest.mark.parametrize("outlet", OUTLETS, ids=[outlet.name for outlet in OUTLETS])

ARTICLES = """
antara https://www.antaranews.com/berita/5129056/pemkab-bandung-barat-tetapkan-klb-usai-ratusan-siswa-keracunan-mbg
antara http://www.antaranews.com/berita/629369/saat-pengadilan-pertemukan-brotoseno-dan-angelina-sondakh
antara_daerah https://jogja.antaranews.com/berita/820151/pemkab-bantul-menyerahkan-sertifikat-tanah-mbah-tupon
antara_daerah https://sumsel.antaranews.com/nasional/berita/1176372/profesor-china-terbitkan-buku-tentang-indonesia
beritasatu https://www.beritasatu.com/internasional/3013582/as-pantau-ketat-mata-uang-10-negara-ini
bharata https://bharataradio738.com/index.php/beritalengkap/E42ev2xdur
bharata https://bharataradio738.com/beritalengkap/2347f893
cnbcindonesia https://www.cnbcindonesia.com/news/20201215174238-4-209332/idi-217-dokter-146-perawat-meninggal-akibat-covid-19
cnnindonesia https://www.cnnindonesia.com/ekonomi/20200701162043-78-519622/rupiah-keok-ke-rp14282-per-dolar-as-pada-rabu-sore
cri https://indonesian.cri.cn/2022/09/15/ARTIDA3wWC5Lc0ncK0yJV1ML220915.shtml
cri https://indonesian.cri.cn/2023/09/06/ARTI9XLCa4fBMRKu91nvEYhl230906.shtml?spm=C1.P2
cri http://indonesian.cri.cn/201/2018/05/05/203s172406.htm
detik https://news.detik.com/berita/d-8588052/khofifah-pimpin-misi-dagang-ke-hong-kong-transaksi-tembus-rp-12-038-t
detik https://www.detik.com/sumut/berita/d-7572645/contoh-slug
detik https://news.detik.com/read/2018/05/17/190129/4025797/10/bercanda-bawa-bom-penumpang-lion-air-di-makassar-diamankan
idxchannel https://www.idxchannel.com/economics/tinggalkan-rusia-investor-asing-tarik-dana-rp539-triliun
jawapos https://www.jawapos.com/sepak-bola-dunia/2607240073/konser-pitbull-paksa-fk-kauno-zalgiris-pindah-kandang
jpnn https://www.jpnn.com/news/bea-cukai-ditjen-perdagangan-luar-negeri-dan-insw-sepakati-mou-electronic
katadata https://katadata.co.id/berita/industri/6a74489906fb8/profit-peritel-menyusut-akibat-diskon-dan-biaya-naik
katadata https://katadata.co.id/berita/2020/04/22/kementan-evaluasi-anomali-lonjakan-harga-beras-dan-ayam
kompas https://otomotif.kompas.com/read/2024/01/06/180829115/pindad-bikin-prototipe-motor-listrik-ev-scooter
kompas http://nasional.kompas.com/read/2016/02/16/14382361/Menteri.Yuddy.Ancam.PNS.yang.Rankingnya.Terendah.
kompas https://money.kompas.com/read/2023/11/02/213419026/menhub-bocorkan-penyebab-harga-tiket-pesawat-masih-mahal?page=all
kumparan https://kumparan.com/kumparannews/rano-karno-di-peringatan-30-tahun-kudatuli-keadilan-belum-selesai-27oRU1T1EYV
liputan6 https://www.liputan6.com/news/read/6402618/polisi-gagalkan-tawuran-di-jaktim-senjata-tajam-dan-10-remaja-diamankan
liputan6 https://hot.liputan6.com/read/4611435/5-potret-cassandra-lee-pakai-busana-putri-kerajaan-turki-memesona
mediaindonesia https://mediaindonesia.com/internasional/486904/wni-di-ukraina-menjadi-saksi-kabar-bohong-rusia
merdeka https://www.merdeka.com/peristiwa/read/8253998/perintah-dirjen-imigrasi-soal-event-lari-bule-diskriminasi-wni
merdeka https://www.merdeka.com/uang/umkm-sumbang-61-persen-ke-pdb-tapi-nilai-ekspor-umkm-masih-rendah.html
okezone https://news.okezone.com/read/2025/10/20/340/3177870/gempa-m5-2-guncang-laut-banda-maluku-bmkg
okezone https://techno.okezone.com/read/2025/08/29/57/3166258/vivo-v60-resmi-diluncurkan-dengan-zeiss-telephoto?page=all
rakyatku https://rakyatku.com/read/189270/maribar-nyatakan-sikap-dukung-danny-fatma-di-pilkada-makassar
rakyatku http://tekno.rakyatku.com/read/72433/2017/11/03/whatsapp-down-di-seluruh-dunia
republika https://sharia.republika.co.id/berita/tkobdl423/kemenag-pastikan-wajib-halal-tetap-berlaku-oktober-2026
republika https://news.republika.co.id/berita//tfacd1409/bantah-beri-instruksi-pembubaran-nobar
republika http://nasional.republika.co.id/berita/nasional/daerah/16/02/15/o2l07x284-marcella-zalianty-promo-pariwisata
rri https://rri.co.id/biak/hobi/1895298/tiga-gunung-tertinggi-di-indonesia-ada-di-papua
sindonews https://international.sindonews.com/read/1731809/43/as-rugi-besar-akibat-serangan-iran-1784876878
sindonews https://ekbis.sindonews.com/read/1731809/43/as-rugi-besar-akibat-serangan-iran-1784876878?showpage=all
suara https://www.suara.com/bisnis/2026/07/24/101120/iwip-terapkan-prinsip-ekonomi-sirkular-kelola-sampah-domestik
tempo https://www.tempo.co/ekonomi/trump-umumkan-tarif-impor-baru-ke-60-negara-2277913
tribunnews https://www.tribunnews.com/superskor/7858909/pssi-nya-argentina-minta-suporter-berdamai-dengan-kekalahan
tribunnews https://www.tribunnews.com/internasional/2026/07/24/rusia-menjebak-buruh-migran-agar-bertempur-di-ukraina
tvri https://nasional.tvrinews.com/berita/txum5tf-laskar-prabowo-08-komit-dukung-pemerintahan-prabowo-gibran
viva https://www.viva.co.id/sport/1915974-bank-bjb-permudah-masyarakat-ikut-merbabu-trail-run-lewat-program-menabung
viva https://viva.co.id/berita/dunia/1536609-jokowi-beri-selamat-xi-jinping-karena-terpilih-kembali
wartaekonomi https://wartaekonomi.co.id/read580205/regulasi-aset-digital-diperkuat-ojk-garap-aturan-derivatif
wartaekonomi http://wartaekonomi.co.id/read146119/terminal-giwangan-yogyakarta-berangkatkan-sekitar-35000-penumpang.html
"""

OTHER_PAGES = """
antara https://www.antaranews.com/tag/mbg
antara https://www.antaranews.com/video/5129056/contoh-video
antara https://www.antaranews.com/indeks/21-11-2026/2
antara_daerah https://jogja.antaranews.com/terkini
beritasatu https://www.beritasatu.com/tag/ekonomi
beritasatu https://www.beritasatu.com/nasional/indeks/2
bharata https://bharataonline.com/
cnbcindonesia https://www.cnbcindonesia.com/tv/20201215174238-39-209332/video-contoh
cnbcindonesia https://www.cnbcindonesia.com/indeks?date=2026/07/24&page=2
cnnindonesia https://www.cnnindonesia.com/tv/20201214083527-405-581674/video-contoh
cnnindonesia https://www.cnnindonesia.com/tag/rupiah
cri https://indonesian.cri.cn/china/index.shtml
detik https://finance.detik.com/foto-bisnis/d-7349798/momen-jabat-tangan-jokowi-dan-elon-musk-usai-starlink-masuk-ri
detik https://news.detik.com/indeks?date=07%2F24%2F2026&page=2
detik https://www.detik.com/tag/pilkada
detik https://20.detik.com/e-flash/20240520-240520001/video-contoh
idxchannel https://www.idxchannel.com/tag/harga-emas-hari-ini
idxchannel https://www.idxchannel.com/economics/tinggalkan-rusia-investor-asing-tarik-dana-rp539-triliun/2
idxchannel https://www.idxchannel.com/market-news
jawapos https://www.jawapos.com/tag/persebaya
jawapos https://www.jawapos.com/nasional
jpnn https://www.jpnn.com/tag/persib-bandung-juara
jpnn https://jpnn.com/news/rusia-alihkan-serangan-ke-donbas-apa-tujuannya?page=6
katadata https://katadata.co.id/indeks
katadata https://katadata.co.id/tags/harga-beras
kompas https://indeks.kompas.com/?site=all&date=2026-07-24&page=2
kompas https://www.kompas.com/tag/jakarta
kompas https://video.kompas.com/watch/1234567/contoh-video
kumparan https://kumparan.com/channel/news
kumparan https://kumparan.com/topic/pilkada
kumparan https://kumparan.com/seorang-pembaca/cerita-saya-hari-ini-27oRU1T1EYV
liputan6 https://www.liputan6.com/photo/read/4541831/contoh-foto
liputan6 https://www.liputan6.com/tag/ppn
mediaindonesia https://mediaindonesia.com/ekonomi/20/40
mediaindonesia https://mediaindonesia.com/video/1234/contoh-video
merdeka https://www.merdeka.com/foto/read/8253998/contoh-foto
merdeka https://www.merdeka.com/peristiwa
merdeka https://www.merdeka.com/indeks-berita/2019/01/02/index2.html
okezone https://news.okezone.com/more/latest-updates
okezone https://www.okezone.com/tag/gempa
rakyatku https://rakyatku.com/tag/makassar
rakyatku https://rakyatku.com/news
republika https://republika.co.id/index/50/2026/07/24
republika https://republika.co.id/kanal/news/politik
republika https://www.republika.co.id/berita/nasional/politik
rri https://rri.co.id/en/hobbies/1895298/three-highest-mountains
rri https://rri.co.id/ambon
sindonews https://www.sindonews.com/topic/9001/contoh
sindonews https://international.sindonews.com/read/1731809/43/as-rugi-besar-akibat-serangan-iran-1784876878/5
suara https://www.suara.com/indeks?page=2
suara https://www.suara.com/video/2026/07/24/101120/contoh-video
tempo https://www.tempo.co/penulis/nama-penulis-12345
tempo https://www.tempo.co/ekonomi
tribunnews https://www.tribunnews.com/tag/contoh-tag
tribunnews https://www.tribunnews.com/index-news/nasional?page=2
tvri https://nasional.tvrinews.com/kategori/politik
viva https://www.viva.co.id/indeks
viva https://www.viva.co.id/tag/1234-contoh
wartaekonomi https://wartaekonomi.co.id/indeks/20260724?page=2
"""


def table(text: str) -> list[tuple[Outlet, str]]:
    return [(REGISTRY.get(name), url) for name, url in map(str.split, text.strip().splitlines())]


def sources(outlet: Outlet) -> list[str]:
    return [*outlet.discover.feeds, *outlet.discover.sitemaps, *outlet.discover.pages]


def expand(template: str) -> str:
    """The address of the listing's second page, of 24 July 2026."""
    return Walk(template, date(2026, 7, 24)).url(2)


@pytest.mark.parametrize(("outlet", "url"), table(ARTICLES), ids=lambda value: getattr(value, "name", ""))
def test_article_address_is_recognised(outlet: Outlet, url: str) -> None:
    assert is_article(url, outlet)


@pytest.mark.parametrize(("outlet", "url"), table(OTHER_PAGES), ids=lambda value: getattr(value, "name", ""))
def test_other_address_is_no_article(outlet: Outlet, url: str) -> None:
    assert not is_article(url, outlet)


def test_every_outlet_has_example_addresses() -> None:
    for examples in (ARTICLES, OTHER_PAGES):
        assert {outlet.name for outlet, _ in table(examples)} == set(REGISTRY.names())


@pytest.mark.parametrize(("outlet", "url"), table(ARTICLES), ids=lambda value: getattr(value, "name", ""))
def test_article_address_finds_its_outlet(outlet: Outlet, url: str) -> None:
    assert belongs(url, outlet.domains)
    assert REGISTRY.for_url(url) is outlet


@every_outlet
def test_note_is_dated_and_claims_no_check(outlet: Outlet) -> None:
    assert outlet.note
    assert re.match(r"2026-\d\d-\d\d: [A-Z]", outlet.note)
    assert outlet.note.endswith("No live check was made.")
    assert outlet.status in {"unverified", "blocked"}


@every_outlet
def test_every_domain_finds_its_outlet(outlet: Outlet) -> None:
    assert [REGISTRY.for_url(f"https://{domain}/") for domain in outlet.domains] == [outlet] * len(outlet.domains)


@every_outlet
def test_outlet_belongs_to_a_group(outlet: Outlet) -> None:
    assert set(outlet.groups) <= {"seed", "asing", "nasional", "daerah", "ekonomi", "negara"}
    assert outlet.groups


@every_outlet
def test_page_templates_expand_to_addresses(outlet: Outlet) -> None:
    for template in outlet.discover.pages:
        assert re.fullmatch(r"https://[a-z0-9.-]+/[A-Za-z0-9._~/?=&%-]*", expand(template))


@every_outlet
def test_listing_pages_are_no_articles(outlet: Outlet) -> None:
    assert not any(is_article(expand(template), outlet) for template in outlet.discover.pages)


def test_dates_in_templates_read_as_the_sites_do() -> None:
    expanded = {name: expand(REGISTRY.get(name).discover.pages[0]) for name in ("detik", "sindonews", "okezone")}
    assert expanded == {
        "detik": "https://news.detik.com/indeks?date=07%2F24%2F2026&page=2",
        "sindonews": "https://www.sindonews.com/indeks/0/20?t=2026-07-24",
        "okezone": "https://index.okezone.com/bydate/channel/2026/07/24/1/15/",
    }


def test_no_source_is_declared_twice() -> None:
    counts = Counter(re.sub(r"^https?://(www\.)?", "", url) for outlet in OUTLETS for url in sources(outlet))
    assert [url for url, count in counts.items() if count > 1] == []


def test_no_domain_is_declared_twice() -> None:
    counts = Counter(domain for outlet in OUTLETS for domain in outlet.domains)
    assert [domain for domain, count in counts.items() if count > 1] == []


def test_seed_outlets_are_shipped() -> None:
    assert [outlet.name for outlet in OUTLETS if "seed" in outlet.groups] == ["bharata", "cri", "rakyatku"]


def test_republika_is_marked_as_blocked() -> None:
    assert [outlet.name for outlet in OUTLETS if outlet.status == "blocked"] == ["republika"]
