"""Fingerprints that recognise a text when it returns, cut, extended or edited.

Pure. A fingerprint depends only on the text's comparison form. Its parts:

- *bands*: MinHash of the 4-word shingles, one row a band. ``COMMON_BANDS`` of ``BANDS`` make two texts candidates
  (binomial in their common share; tables in ``docs/stories.md``).
- *shingles*: hashes of the 3-word shingles, which verify candidates. A number, date or weekday makes one a *value*: a
  template fills it in. Then come dates, signs of the zodiac, and places in their *slots*: the two words before a
  place, and the two behind it.

A date ("Senin (15/4/2024)", "15 April 2024") is one token, and so is a number with separators. Changing a value in
``tests/pipelines/test_fingerprint.py`` requires a higher ``SCHEME``, which links stored articles anew.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from core.text.words import folded_words

# Parts of a place's name behind it: Jakarta Barat, Nusa Tenggara Timur, Bekasi Kota, Kutai Kartanegara.
_DIRECTIONS = "barat daya hilir hulu ilir kartanegara kota laut pusat raya selatan tengah tenggara timur ulu utara"
DIRECTIONS = frozenset(_DIRECTIONS.split())

# Variant spellings of one place's name.
SPELLINGS = {
    "brussels": "brussel", "cairo": "kairo", "jogja": "yogyakarta", "jogjakarta": "yogyakarta", "kiev": "kyiv",
    "mekah": "makkah", "mekkah": "makkah", "moscow": "moskow", "palangkaraya": "palangka", "singapore": "singapura",
    "solo": "surakarta", "sumatra": "sumatera", "yogya": "yogyakarta",
}  # fmt: skip

_PLACES = """
sumatera sumatra jawa kalimantan sulawesi nusa papua maluku madura flores lombok sumba timor nias halmahera sumut
sumbar sumsel kepri babel dki jabar jateng diy jatim ntb ntt kalbar kalteng kalsel kaltim kaltara sulut sulteng sulbar
sulsel sultra malut aceh banda bireuen blangpidie gayo kutacane langsa lhokseumawe meulaboh nagan pidie sabang sigli
simeulue singkil subulussalam takengon tamiang tapaktuan medan ambarita asahan balige belawan berastagi binjai dairi
deli gunungsitoli humbang kabanjahe karo labuhanbatu langkat mandailing padangsidimpuan pakpak parapat pematangsiantar
rantauprapat samosir serdang siantar sibolga sidikalang sidimpuan simalungun stabat tanjungbalai tapanuli tebingtinggi
toba amplas denai helvetia marelan petisah polonia selayang sunggal tembung tuntungan padang agam batusangkar
bukittinggi dharmasraya lubukbasung mentawai painan pariaman pasaman payakumbuh sawahlunto sijunjung solok riau
bagansiapiapi bangkinang bengkalis dumai indragiri kampar meranti pekanbaru pelalawan rengat rokan siak tembilahan
anambas batam bintan karimun lingga natuna pinang tanjungpinang jambi bangko batanghari bungo kerinci merangin
sarolangun sungaipenuh tebo palembang banyuasin baturaja enim kayuagung komering lahat lubuklinggau martapura musi
musirawas ogan pagaralam prabumulih sekayu bangka belitung muntok pangkalpinang sungailiat tanjungpandan bengkulu
curup kaur kepahiang lebong mukomuko rejang seluma lampung bandarlampung kalianda kotabumi liwa mesuji pesawaran
pringsewu tanggamus tulangbawang jakarta jakbar jakpus jaksel jaktim jakut ancol cakung cawang cengkareng cilandak
cilincing cipayung ciracas gambir grogol jagakarsa jatinegara kalideres kebayoran kemang kemanggisan kemayoran
kembangan koja kramatjati mampang matraman menteng pademangan palmerah pancoran penjaringan pluit priok pulogadung
senayan senen setiabudi tambora tebet bandung antapani arcamanik batununggal buahbatu cibiru cicendo cileunyi coblong
dago gedebage kiaracondong lengkong rancasari regol sukajadi sukasari ujungberung bekasi bogor ciamis cianjur cibinong
cibitung cicalengka cikarang cileungsi cimahi cimanggis cinere cipanas cirebon cisarua ciwidey depok garut indramayu
jatiasih jatinangor jatisampurna jonggol karawang kuningan lembang majalaya majalengka ngamprah palabuhanratu
pangalengan pangandaran parung pelabuhanratu pondokgede purwakarta rancaekek rawalumbu bantargebang sawangan sentul
singaparna soreang subang sukabumi sukmajaya sumedang tambun tapos tasikmalaya banten anyer balaraja bintaro cikupa
cilegon ciledug ciputat karawaci labuan lebak malingping merak pamulang pandeglang rangkasbitung serang serpong
tangerang tangsel semarang ambarawa banjarnegara banyumanik banyumas blora borobudur boyolali brebes cepu cilacap
demak gombong grobogan gunungpati jepara kajen karanganyar kartasura kebumen kendal klaten kroya kudus lasem magelang
majenang muntilan ngaliyan pati pedurungan pekalongan pemalang purbalingga purwodadi purwokerto purworejo rembang
salatiga slawi solo sragen sukoharjo surakarta tegal tembalang temanggung ungaran wonogiri wonosobo yogyakarta yogya
jogja jogjakarta bantul gunungkidul kaliurang kotagede kulonprogo prambanan progo sleman umbulharjo wates wonosari
surabaya asemrowo benowo gayungan gubeng karangpilang kenjeran krembangan lakarsantri mulyorejo rungkut semampir
simokerto sukolilo tambaksari tandes wiyung wonocolo wonokromo bangil bangkalan banyuwangi blitar bojonegoro bondowoso
caruban gresik jember jombang kediri kepanjen kraksaan krian lamongan lowokwaru lumajang madiun magetan malang
mojokerto nganjuk ngawi pacitan pamekasan pasuruan ponorogo porong probolinggo pujon sampang sidoarjo singosari
situbondo sumenep trenggalek tuban tulungagung bali amlapura badung bangli buleleng canggu denpasar gianyar gilimanuk
jembrana jimbaran karangasem klungkung kuta mangupura sanur semarapura seminyak singaraja tabanan ubud mataram bima
dompu praya selong sumbawa taliwang alor atambua bajawa bajo belu ende kefamenanu kupang larantuka lembata malaka
manggarai maumere nagekeo ngada raijua rote ruteng sikka soe waikabubak waingapu pontianak bengkayang entikong kapuas
kayong ketapang landak melawi mempawah ngabang putussibau sambas sanggau sekadau singkawang sintang barito buntok
kasongan katingan kotawaringin lamandau palangka palangkaraya pangkalanbun sampit seruyan sukamara amuntai balangan
banjar banjarbaru banjarmasin barabai batulicin kandangan kotabaru marabahan paringin pelaihari tabalong tapin
balikpapan berau bontang ikn kutai mahakam paser penajam samarinda sangatta sendawar sepaku tenggarong bulungan
malinau nunukan tarakan manado airmadidi amurang bitung bolaang kotamobagu minahasa mongondow sangihe talaud tomohon
tondano boalemo bolango gorontalo limboto pohuwato banggai bungku buol donggala luwuk morowali palu parigi poso sigi
tojo tolitoli majene mamasa mamuju mandar pasangkayu polewali polman makassar biringkanaya manggala mariso panakkukang
rappocini tallo tamalanrea tamalate ujungpandang bantaeng barru bone bulukumba enrekang gowa jeneponto luwu makale
malino maros palopo pangkep parepare pinrang rantepao sengkang sidrap sinjai soppeng sungguminasa takalar toraja wajo
watampone baubau bombana buton kendari kolaka konawe muna raha wakatobi ambon aru dobo jailolo masohi morotai namlea
saumlaki sofifi sula taliabu tanimbar ternate tidore tobelo tual weda agats ampat asmat biak bintuni deiyai dekai
digoel dogiyai fakfak jayapura jayawijaya kaimana keerom lanny manokwari mappi maybrat merauke mimika nabire nduga
oksibil paniai sarmi sentani serui sorong supiori tambrauw timika tolikara wamena wondama yahukimo yalimo yapen abuja
aires amman amsterdam angeles ankara athena baghdad bangkok begawan beijing beirut berlin bogota brasilia brussel
brussels budapest cairo canberra caracas colombo dakar damaskus delhi dhabi dhaka dili doha dubai dublin francisco
gaza guangzhou hanoi havana helsinki hongkong islamabad istanbul jeddah jenewa johannesburg johor kabul kairo
kathmandu khartoum kiev kopenhagen kuala kuwait kyiv lisbon london madinah madrid makkah manila mekah mekkah melbourne
minsk moscow moskow mumbai nairobi naypyidaw oslo ottawa paris penang praha pretoria putrajaya pyongyang ramallah
riyadh seoul shanghai shenzhen singapore singapura stockholm sydney taipei teheran tokyo toronto tripoli vatikan
vientiane warsawa washington wellington wina wuhan yangon yerusalem york
"""
PLACES = frozenset(_PLACES.split())


# Raise it whenever the same text would get another fingerprint.
SCHEME = 1

# Long shingles and one row a band: a copy cut to a third has J = 1/3 at any length, and two rows would square it.
BAND_WORDS = 4
BANDS = 20
# One common band may be chance: a stock phrase that has the smallest hash of many texts.
COMMON_BANDS = 2
SHINGLE_WORDS = 3
SLOT_WORDS = 2

# The packed form, 32-bit numbers: plain shingles below VALUES, then shingles with a value, dates, signs of the zodiac,
# and places: a slot, and in the last PLACE_BITS the place in it.
VALUES = 1 << 31
DATES = VALUES | 1 << 30
SIGNS = DATES | 1 << 29
SLOTS = SIGNS | 1 << 28
PLACE_BITS = 10

# The words of a few thousand articles; measured at 0.18 kB each.
_CACHED_WORDS = 65_536
_SEED = 42
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan",
            "februari pebruari feb",
            "maret mar",
            "april apr",
            "mei",
            "juni jun",
            "juli jul",
            "agustus agu ags agt",
            "september sep sept",
            "oktober okt",
            "november nopember nov",
            "desember des",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = frozenset(["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "ahad"])
# Daily notices are filled in with these, besides numbers and dates: forecasts and signs of the zodiac.
_FORECASTS = frozenset(["cerah", "berawan", "mendung", "gerimis", "hujan", "petir", "kabut", "berkabut"])
_SIGNS = frozenset([
    "aries", "taurus", "gemini", "cancer", "leo", "virgo", "libra", "scorpio", "skorpio", "sagitarius", "sagittarius",
    "capricorn", "aquarius", "pisces",
])  # fmt: skip
# A letter for each kind of token, so that dates and numbers are found by a regular expression over a text's kinds. Of
# numbers: y is a year, a may be a month or a day, b a day only, n is any other.
_PLAIN, _WEEKDAY, _MONTH, _NUMBER, _DATE, _FORECAST, _SIGN = "p", "w", "M", "n", "d", "f", "s"
_PLACE, _DIRECTION = "P", "D"
_KINDS = {
    word: kind
    for kind, words in (
        (_MONTH, _MONTHS),
        (_WEEKDAY, _WEEKDAYS),
        (_FORECAST, _FORECASTS),
        (_SIGN, _SIGNS),
        (_DIRECTION, DIRECTIONS),
        (_PLACE, PLACES),
    )
    for word in words
}
_NUMERIC = re.compile(r"(?P<y>(?:19|20)\d\d)|(?P<a>0?[1-9]|1[0-2])|(?P<b>1[3-9]|2\d|3[01])|(?P<n>(?:rp)?\d.*)")
_DATE_OR_NUMBER = re.compile(
    rb"w?(?P<named>[ab]M)y?|(?P<iso>ya[ab])|w?(?P<full>[ab]a)y|w(?P<short>[ab]a)(?![abny])|[abny]{2,}"
)
# Runs that may hold a date or number: rare, and found in an eighth of the time.
_RUN = re.compile(rb"[wabny][wabnyM]+")
_PART_OF_PLACE = re.compile(rb"(?P<place>PD{1,2})")
_IS_VALUE = np.isin(np.arange(256, dtype=np.uint8), np.frombuffer(b"wabndfs", np.uint8))
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
# Words behind a place make another slot than the same words before one.
_BEHIND = np.uint64(1 << 63)
_PLACE_MASK = np.uint64((1 << PLACE_BITS) - 1)
# Different for each band, so that bands share no values.
_BAND_SALTS = np.arange(1, BANDS + 1, dtype=np.uint64) * _MIX[0]

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Numbers by which a text is found and verified.

    Attributes:
        bands: ``BANDS`` signed 32-bit numbers, each mixed with its band's; none without words.
        shingles: sorted, unique, little-endian 32-bit numbers.
    """

    bands: tuple[int, ...]
    shingles: bytes


def fingerprint(text: str) -> Fingerprint:
    return fingerprint_words(folded_words(text))


def fingerprint_words(words: Sequence[str]) -> Fingerprint:
    hashes, kinds = _tokens(words)
    if not len(hashes):
        return Fingerprint((), b"")
    shingles, longer = _shingles(hashes)
    return Fingerprint(_bands(longer), _packed(shingles, hashes, kinds))


def _tokens(words: Sequence[str]) -> tuple[Hashes, NDArray[np.uint8]]:
    """Return hash and kind of each token, without weekdays beside a date."""
    codes = np.fromiter(map(_code, words), np.uint64, len(words))
    kinds = (codes >> np.uint64(32)).astype(np.uint8)
    hashes = codes & np.uint64(0xFFFFFFFF)
    kept = np.ones(len(words), np.bool_)
    for match in _tokens_of_words(kinds.tobytes()):
        start, end = match.span()
        token, kind = _token(match, words)
        hashes[start], kinds[start] = zlib.crc32(token.encode()), ord(kind)
        kept[start + 1 : end] = False
    return hashes[kept], kinds[kept]


def _tokens_of_words(kinds: bytes) -> Iterator[re.Match[bytes]]:
    for run in _RUN.finditer(kinds):
        yield from _DATE_OR_NUMBER.finditer(kinds, *run.span())
    yield from _PART_OF_PLACE.finditer(kinds)


def _token(match: re.Match[bytes], words: Sequence[str]) -> tuple[str, str]:
    if match.lastgroup in {None, "place"}:
        named = (SPELLINGS.get(word, word) for word in words[match.start() : match.end()])
        return "·".join(named), _PLACE if match.lastgroup else _NUMBER
    start = match.start(match.lastgroup or 0)
    if match.lastgroup == "iso":
        return f"{int(words[start + 2])}/{int(words[start + 1])}", _DATE
    month = words[start + 1]
    return f"{int(words[start])}/{_MONTHS.get(month) or int(month)}", _DATE


@lru_cache(maxsize=_CACHED_WORDS)
def _code(word: str) -> int:
    return ord(_kind(word)) << 32 | zlib.crc32(SPELLINGS.get(word, word).encode())


def _kind(word: str) -> str:
    if word in _KINDS:
        return _KINDS[word]
    number = _NUMERIC.fullmatch(word)
    return number.lastgroup or _NUMBER if number else _PLAIN


def _shingles(hashes: Hashes) -> tuple[Hashes, Hashes]:
    mixed = shorter = np.zeros(len(hashes), np.uint64)
    for place in range(min(BAND_WORDS, len(hashes))):
        mixed = (mixed[: len(hashes) - place] ^ hashes[place:]) * _MIX[0]
        mixed ^= mixed >> np.uint64(29)
        if place < SHINGLE_WORDS:
            shorter = mixed
    return _finished(shorter), _finished(mixed)


def _finished(mixed: Hashes) -> Hashes:
    mixed = mixed * _MIX[1]
    return mixed ^ (mixed >> np.uint64(32))


def _bands(shingles: Hashes) -> tuple[int, ...]:
    offsets = np.array([0, len(shingles)], np.uint64)
    rows = RMinHash.digest_matrix_from_flat_token_hashes(shingles, offsets, BANDS, _SEED).to_rows()
    mixed = _finished((np.array(rows[0], np.uint64) ^ _BAND_SALTS) * _MIX[0])
    return tuple((mixed >> np.uint64(32)).astype(np.uint32).view(np.int32).tolist())


def _packed(shingles: Hashes, hashes: Hashes, kinds: NDArray[np.uint8]) -> bytes:
    is_value = _IS_VALUE[kinds]
    count = len(shingles)
    has_value = is_value[:count].copy()
    for place in range(1, len(hashes) - count + 1):
        has_value |= is_value[place : place + count]
    packed = np.where(has_value, shingles >> np.uint64(34) | np.uint64(VALUES), shingles >> np.uint64(33))
    dates = hashes[kinds == ord(_DATE)] >> np.uint64(3) | np.uint64(DATES)
    signs = hashes[kinds == ord(_SIGN)] >> np.uint64(4) | np.uint64(SIGNS)
    slots = _slots(hashes, np.flatnonzero(kinds == ord(_PLACE)))
    numbers = np.sort(np.concatenate((packed, dates, signs, slots)).astype("<u4"))
    unique: bytes = numbers[np.append(True, numbers[1:] != numbers[:-1])].tobytes()
    return unique


def _slots(hashes: Hashes, places: NDArray[np.intp]) -> Hashes:
    """Return each place's slots; all places within them count as the same."""
    if not len(places):
        return places.astype(np.uint64)
    masked = hashes.copy()
    masked[places] = 0
    pairs = masked[:-1] * _MIX[0] ^ masked[1:]
    before, behind = places[places >= SLOT_WORDS], places[places < len(hashes) - SLOT_WORDS]
    slots = np.concatenate((pairs[before - SLOT_WORDS], pairs[behind + 1] ^ _BEHIND))
    named = hashes[np.concatenate((before, behind))] & _PLACE_MASK
    return _finished(slots * _MIX[0]) >> np.uint64(36) & ~_PLACE_MASK | named | np.uint64(SLOTS)


# Shorter texts are stubs ("Simak selengkapnya di video berikut."), equal by accident: they never link two articles.
MIN_LINKING_WORDS = 20


def can_link(words: int) -> bool:
    return words >= MIN_LINKING_WORDS
