"""Names of places, by which notices of two towns are told apart (``pipelines/fingerprint.py``).

Single words, case-folded: the provinces, regencies and cities of Indonesia, known districts of its largest cities, the
islands, and the foreign cities that are in the news most. A name of two words is known by the one that says most
("bajo" of Labuan Bajo, "york" of New York), and a name with one of ``DIRECTIONS`` behind it is another place.
Left out are names that are mostly ordinary words: Batu, Lima, Negara, Buru, Seram, Metro, Pesisir, Kota Baru.
"""

# Behind a place's name they are a part of it: Jakarta Barat, Nusa Tenggara Timur, Bekasi Kota, Kutai Kartanegara.
DIRECTIONS = frozenset(
    """
    barat daya hilir hulu ilir kartanegara kota laut pusat raya selatan tengah tenggara timur ulu utara
    """.split()  # noqa: SIM905 - lists of words are read and kept as words
)

# Two ways of writing one name: whoever prefers the other has not named another place.
SPELLINGS = {
    "brussels": "brussel", "cairo": "kairo", "jogja": "yogyakarta", "jogjakarta": "yogyakarta", "kiev": "kyiv",
    "mekah": "makkah", "mekkah": "makkah", "moscow": "moskow", "palangkaraya": "palangka", "singapore": "singapura",
    "solo": "surakarta", "sumatra": "sumatera", "yogya": "yogyakarta",
}  # fmt: skip

PLACES = frozenset(
    """
    sumatera sumatra jawa kalimantan sulawesi nusa papua maluku madura flores lombok sumba timor nias halmahera
    sumut sumbar sumsel kepri babel dki jabar jateng diy jatim ntb ntt kalbar kalteng kalsel kaltim kaltara
    sulut sulteng sulbar sulsel sultra malut

    aceh banda bireuen blangpidie gayo kutacane langsa lhokseumawe meulaboh nagan pidie sabang sigli simeulue singkil
    subulussalam takengon tamiang tapaktuan
    medan ambarita asahan balige belawan berastagi binjai dairi deli gunungsitoli humbang kabanjahe karo labuhanbatu
    langkat mandailing padangsidimpuan pakpak parapat pematangsiantar rantauprapat samosir serdang siantar sibolga
    sidikalang sidimpuan simalungun stabat tanjungbalai tapanuli tebingtinggi toba
    amplas denai helvetia marelan petisah polonia selayang sunggal tembung tuntungan
    padang agam batusangkar bukittinggi dharmasraya lubukbasung mentawai painan pariaman pasaman payakumbuh sawahlunto
    sijunjung solok
    riau bagansiapiapi bangkinang bengkalis dumai indragiri kampar meranti pekanbaru pelalawan rengat rokan siak
    tembilahan anambas batam bintan karimun lingga natuna pinang tanjungpinang
    jambi bangko batanghari bungo kerinci merangin sarolangun sungaipenuh tebo
    palembang banyuasin baturaja enim kayuagung komering lahat lubuklinggau martapura musi musirawas ogan pagaralam
    prabumulih sekayu bangka belitung muntok pangkalpinang sungailiat tanjungpandan
    bengkulu curup kaur kepahiang lebong mukomuko rejang seluma
    lampung bandarlampung kalianda kotabumi liwa mesuji pesawaran pringsewu tanggamus tulangbawang

    jakarta jakbar jakpus jaksel jaktim jakut ancol cakung cawang cengkareng cilandak cilincing cipayung ciracas gambir
    grogol jagakarsa jatinegara kalideres kebayoran kemang kemanggisan kemayoran kembangan koja kramatjati mampang
    matraman menteng pademangan palmerah pancoran penjaringan pluit priok pulogadung senayan senen setiabudi tambora
    tebet
    bandung antapani arcamanik batununggal buahbatu cibiru cicendo cileunyi coblong dago gedebage kiaracondong lengkong
    rancasari regol sukajadi sukasari ujungberung
    bekasi bogor ciamis cianjur cibinong cibitung cicalengka cikarang cileungsi cimahi cimanggis cinere cipanas cirebon
    cisarua ciwidey depok garut indramayu jatiasih jatinangor jatisampurna jonggol karawang kuningan lembang majalaya
    majalengka ngamprah palabuhanratu pangalengan pangandaran parung pelabuhanratu pondokgede purwakarta rancaekek
    rawalumbu bantargebang sawangan sentul singaparna soreang subang sukabumi sukmajaya sumedang tambun tapos
    tasikmalaya
    banten anyer balaraja bintaro cikupa cilegon ciledug ciputat karawaci labuan lebak malingping merak pamulang
    pandeglang rangkasbitung serang serpong tangerang tangsel
    semarang ambarawa banjarnegara banyumanik banyumas blora borobudur boyolali brebes cepu cilacap demak gombong
    grobogan gunungpati jepara kajen karanganyar kartasura kebumen kendal klaten kroya kudus lasem magelang majenang
    muntilan ngaliyan pati pedurungan pekalongan pemalang purbalingga purwodadi purwokerto purworejo rembang salatiga
    slawi solo sragen sukoharjo surakarta tegal tembalang temanggung ungaran wonogiri wonosobo
    yogyakarta yogya jogja jogjakarta bantul gunungkidul kaliurang kotagede kulonprogo prambanan progo sleman
    umbulharjo wates wonosari
    surabaya asemrowo benowo gayungan gubeng karangpilang kenjeran krembangan lakarsantri mulyorejo rungkut semampir
    simokerto sukolilo tambaksari tandes wiyung wonocolo wonokromo
    bangil bangkalan banyuwangi blitar bojonegoro bondowoso caruban gresik jember jombang kediri kepanjen kraksaan
    krian lamongan lowokwaru lumajang madiun magetan malang mojokerto nganjuk ngawi pacitan pamekasan pasuruan ponorogo
    porong probolinggo pujon sampang sidoarjo singosari situbondo sumenep trenggalek tuban tulungagung

    bali amlapura badung bangli buleleng canggu denpasar gianyar gilimanuk jembrana jimbaran karangasem klungkung kuta
    mangupura sanur semarapura seminyak singaraja tabanan ubud
    mataram bima dompu praya selong sumbawa taliwang alor atambua bajawa bajo belu ende kefamenanu kupang larantuka
    lembata malaka manggarai maumere nagekeo ngada raijua rote ruteng sikka soe waikabubak waingapu
    pontianak bengkayang entikong kapuas kayong ketapang landak melawi mempawah ngabang putussibau sambas sanggau
    sekadau singkawang sintang barito buntok kasongan katingan kotawaringin lamandau palangka palangkaraya
    pangkalanbun sampit seruyan sukamara amuntai balangan banjar banjarbaru banjarmasin barabai batulicin kandangan
    kotabaru marabahan paringin pelaihari tabalong tapin balikpapan berau bontang ikn kutai mahakam paser penajam
    samarinda sangatta sendawar sepaku tenggarong bulungan malinau nunukan tarakan
    manado airmadidi amurang bitung bolaang kotamobagu minahasa mongondow sangihe talaud tomohon tondano boalemo
    bolango gorontalo limboto pohuwato banggai bungku buol donggala luwuk morowali palu parigi poso sigi tojo tolitoli
    majene mamasa mamuju mandar pasangkayu polewali polman
    makassar biringkanaya manggala mariso panakkukang rappocini tallo tamalanrea tamalate ujungpandang bantaeng barru
    bone bulukumba enrekang gowa jeneponto luwu makale malino maros palopo pangkep parepare pinrang rantepao sengkang
    sidrap sinjai soppeng sungguminasa takalar toraja wajo watampone baubau bombana buton kendari kolaka konawe muna
    raha wakatobi
    ambon aru dobo jailolo masohi morotai namlea saumlaki sofifi sula taliabu tanimbar ternate tidore tobelo tual weda
    agats ampat asmat biak bintuni deiyai dekai digoel dogiyai fakfak jayapura jayawijaya kaimana keerom lanny
    manokwari mappi maybrat merauke mimika nabire nduga oksibil paniai sarmi sentani serui sorong supiori tambrauw
    timika tolikara wamena wondama yahukimo yalimo yapen

    abuja aires amman amsterdam angeles ankara athena baghdad bangkok begawan beijing beirut berlin bogota brasilia
    brussel brussels budapest cairo canberra caracas colombo dakar damaskus delhi dhabi dhaka dili doha dubai dublin
    francisco gaza guangzhou hanoi havana helsinki hongkong islamabad istanbul jeddah jenewa johannesburg johor kabul
    kairo kathmandu khartoum kiev kopenhagen kuala kuwait kyiv lisbon london madinah madrid makkah manila mekah mekkah
    melbourne minsk moscow moskow mumbai nairobi naypyidaw oslo ottawa paris penang praha pretoria putrajaya pyongyang
    ramallah riyadh seoul shanghai shenzhen singapore singapura stockholm sydney taipei teheran tokyo toronto tripoli
    vatikan vientiane warsawa washington wellington wina wuhan yangon yerusalem york
    """.split()  # noqa: SIM905 - lists of words are read and kept as words
)
