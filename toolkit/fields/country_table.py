"""Countries and issuers as documents print them: one row a code, `ICAO code | ISO alpha-2 | names and nationalities`.

Codes: ICAO Doc 9303-3, section 5 (ISO 3166-1 alpha-3, `D` for Germany, and the codes of parts A to D for the
British nationalities, organisations, stateless persons and refugees, and the fictional Utopia of the specimens).
The first name of a row is the one we print; then other names, then nationalities, in the languages papers come in.
"""

from __future__ import annotations

ROWS = """
AFG|AF|Afghanistan|Afghan
ALA|AX|Åland Islands
ALB|AL|Albania|Albanian
DZA|DZ|Algeria|Algérie|Algerian|Algérienne
ASM|AS|American Samoa
AND|AD|Andorra|Andorran
AGO|AO|Angola|Angolan
AIA|AI|Anguilla
ATA|AQ|Antarctica
ATG|AG|Antigua and Barbuda
ARG|AR|Argentina|Argentine|Argentinian|Argentina
ARM|AM|Armenia|Armenian
ABW|AW|Aruba
AUS|AU|Australia|Commonwealth of Australia|Australian
AUT|AT|Austria|Republic of Austria|Österreich|Republik Österreich|Austrian|österreichisch
AZE|AZ|Azerbaijan|Azerbaijani
BHS|BS|Bahamas|The Bahamas|Bahamian
BHR|BH|Bahrain|Bahraini
BGD|BD|Bangladesh|Bangladeshi
BRB|BB|Barbados|Barbadian
BLR|BY|Belarus|Belarusian
BEL|BE|Belgium|Kingdom of Belgium|Belgique|België|Belgien|Belgian|Belge
BLZ|BZ|Belize|Belizean
BEN|BJ|Benin|Beninese
BMU|BM|Bermuda|Bermudian
BTN|BT|Bhutan|Bhutanese
BOL|BO|Bolivia|Plurinational State of Bolivia|Bolivian
BES|BQ|Bonaire, Sint Eustatius and Saba
BIH|BA|Bosnia and Herzegovina|Bosnian
BWA|BW|Botswana
BVT|BV|Bouvet Island
BRA|BR|Brazil|Brasil|Federative Republic of Brazil|República Federativa do Brasil|Brazilian|Brasileiro|Brasileira
IOT|IO|British Indian Ocean Territory
BRN|BN|Brunei Darussalam|Brunei|Bruneian
BGR|BG|Bulgaria|Republic of Bulgaria|Bulgarian
BFA|BF|Burkina Faso|Burkinabe
BDI|BI|Burundi|Burundian
CPV|CV|Cabo Verde|Cape Verde|Cape Verdean
KHM|KH|Cambodia|Cambodian
CMR|CM|Cameroon|Cameroun|Cameroonian
CAN|CA|Canada|Canadian|Canadienne
CYM|KY|Cayman Islands|Caymanian
CAF|CF|Central African Republic
TCD|TD|Chad|Chadian
CHL|CL|Chile|Republic of Chile|Chilean|Chilena
CHN|CN|China|People's Republic of China|Chinese
CXR|CX|Christmas Island
CCK|CC|Cocos (Keeling) Islands
COL|CO|Colombia|República de Colombia|Colombian|Colombiana
COM|KM|Comoros|Comorian
COG|CG|Congo|Republic of the Congo
COD|CD|Democratic Republic of the Congo|Congo (Democratic Republic)
COK|CK|Cook Islands
CRI|CR|Costa Rica|Costa Rican
CIV|CI|Côte d'Ivoire|Ivory Coast|Ivorian
HRV|HR|Croatia|Republic of Croatia|Republika Hrvatska|Croatian
CUB|CU|Cuba|Cuban
CUW|CW|Curaçao
CYP|CY|Cyprus|Cypriot
CZE|CZ|Czechia|Czech Republic|Česká republika|République tchèque|Czech
DNK|DK|Denmark|Danmark|Danish|Dansk
DJI|DJ|Djibouti
DMA|DM|Dominica
DOM|DO|Dominican Republic|República Dominicana|Dominican
ECU|EC|Ecuador|Ecuadorian|Ecuatoriana
EGY|EG|Egypt|Arab Republic of Egypt|Egyptian
SLV|SV|El Salvador|Salvadoran
GNQ|GQ|Equatorial Guinea
ERI|ER|Eritrea|Eritrean
EST|EE|Estonia|Eesti|Republic of Estonia|Estonian
SWZ|SZ|Eswatini|Swaziland
ETH|ET|Ethiopia|Ethiopian
FLK|FK|Falkland Islands
FRO|FO|Faroe Islands
FJI|FJ|Fiji|Fijian
FIN|FI|Finland|Suomi|Finnish
FRA|FR|France|République française|French Republic|Frankreich|Francia|French|Française|Français|Französisch
GUF|GF|French Guiana
PYF|PF|French Polynesia
ATF|TF|French Southern Territories
GAB|GA|Gabon|Gabonese
GMB|GM|Gambia|The Gambia|Gambian
GEO|GE|Georgia|Georgian
D|DE|Germany|Federal Republic of Germany|Deutschland|Bundesrepublik Deutschland|Allemagne|Alemania|German|Deutsch
GHA|GH|Ghana|Republic of Ghana|Ghanaian
GIB|GI|Gibraltar
GRC|GR|Greece|Hellenic Republic|Hellas|Greek|Hellenic
GRL|GL|Greenland
GRD|GD|Grenada|Grenadian
GLP|GP|Guadeloupe
GUM|GU|Guam
GTM|GT|Guatemala|Guatemalan
GGY|GG|Guernsey
GIN|GN|Guinea|Guinean
GNB|GW|Guinea-Bissau
GUY|GY|Guyana|Guyanese
HTI|HT|Haiti|Haitian
HMD|HM|Heard Island and McDonald Islands
VAT|VA|Holy See|Vatican City State
HND|HN|Honduras|Honduran
HKG|HK|Hong Kong|Hong Kong SAR
HUN|HU|Hungary|Magyarország|Hungarian|Magyar
ISL|IS|Iceland|Ísland|Icelandic
IND|IN|India|Republic of India|Indien|Inde|Indian|Indisch
IDN|ID|Indonesia|Republic of Indonesia|Indonesian
IRN|IR|Iran|Islamic Republic of Iran|Iranian
IRQ|IQ|Iraq|Republic of Iraq|Iraqi
IRL|IE|Ireland|Éire|Irish
IMN|IM|Isle of Man
ISR|IL|Israel|State of Israel|Israeli
ITA|IT|Italy|Italia|Italian Republic|Repubblica italiana|Italian|Italiana
JAM|JM|Jamaica|Jamaican
JPN|JP|Japan|Japanese
JEY|JE|Jersey
JOR|JO|Jordan|Hashemite Kingdom of Jordan|Jordanian
KAZ|KZ|Kazakhstan|Kazakh|Kazakhstani
KEN|KE|Kenya|Republic of Kenya|Kenyan
KIR|KI|Kiribati
PRK|KP|Democratic People's Republic of Korea|North Korea
KOR|KR|Republic of Korea|South Korea|Korea|Korean
KWT|KW|Kuwait|Kuwaiti
KGZ|KG|Kyrgyzstan|Kyrgyz Republic|Kyrgyz
LAO|LA|Lao People's Democratic Republic|Laos|Lao
LVA|LV|Latvia|Latvija|Republic of Latvia|Latvian
LBN|LB|Lebanon|Liban|Lebanese
LSO|LS|Lesotho
LBR|LR|Liberia|Liberian
LBY|LY|Libya|Libyan
LIE|LI|Liechtenstein
LTU|LT|Lithuania|Lietuva|Lietuvos Respublika|Republic of Lithuania|Lithuanian
LUX|LU|Luxembourg|Grand Duchy of Luxembourg|Luxembourgish|Luxembourgeoise
MAC|MO|Macao|Macau
MDG|MG|Madagascar|Malagasy
MWI|MW|Malawi|Malawian
MYS|MY|Malaysia|Malaysian
MDV|MV|Maldives|Maldivian
MLI|ML|Mali|Malian
MLT|MT|Malta|Maltese
MHL|MH|Marshall Islands
MTQ|MQ|Martinique
MRT|MR|Mauritania|Mauritanian
MUS|MU|Mauritius|Mauritian
MYT|YT|Mayotte
MEX|MX|Mexico|México|Estados Unidos Mexicanos|United Mexican States|Mexican|Mexicana|Mexicano
FSM|FM|Micronesia|Federated States of Micronesia
MDA|MD|Moldova|Republic of Moldova|Moldovan
MCO|MC|Monaco|Monegasque
MNG|MN|Mongolia|Mongolian
MNE|ME|Montenegro|Montenegrin
MSR|MS|Montserrat
MAR|MA|Morocco|Kingdom of Morocco|Maroc|Moroccan|Marocaine
MOZ|MZ|Mozambique|Mozambican
MMR|MM|Myanmar|Burma|Burmese
NAM|NA|Namibia|Namibian
NRU|NR|Nauru
NPL|NP|Nepal|Nepali|Nepalese
NLD|NL|Netherlands|The Netherlands|Nederland|Koninkrijk der Nederlanden|Dutch|Nederlandse
NCL|NC|New Caledonia
NZL|NZ|New Zealand|Aotearoa|New Zealander
NIC|NI|Nicaragua|Nicaraguan
NER|NE|Niger
NGA|NG|Nigeria|Federal Republic of Nigeria|Nigerian
NIU|NU|Niue
NFK|NF|Norfolk Island
MKD|MK|North Macedonia|Macedonia|Macedonian
MNP|MP|Northern Mariana Islands
NOR|NO|Norway|Norge|Noreg|Norwegian|Norsk
OMN|OM|Oman|Omani
PAK|PK|Pakistan|Islamic Republic of Pakistan|Pakistani
PLW|PW|Palau
PSE|PS|Palestine|State of Palestine|Palestinian
PAN|PA|Panama|Panamanian
PNG|PG|Papua New Guinea
PRY|PY|Paraguay|Paraguayan
PER|PE|Peru|República del Perú|Peruvian|Peruana
PHL|PH|Philippines|Republic of the Philippines|Pilipinas|Filipino|Filipina
PCN|PN|Pitcairn
POL|PL|Poland|Polska|Rzeczpospolita Polska|Republic of Poland|Polish|Polskie|Polonaise
PRT|PT|Portugal|República Portuguesa|Portuguese|Portuguesa
PRI|PR|Puerto Rico
QAT|QA|Qatar|Qatari
REU|RE|Réunion
ROU|RO|Romania|România|Romanian|Română
RUS|RU|Russian Federation|Russia|Российская Федерация|Russian
RWA|RW|Rwanda|Rwandan
BLM|BL|Saint Barthélemy
SHN|SH|Saint Helena, Ascension and Tristan da Cunha
KNA|KN|Saint Kitts and Nevis|Kittitian
LCA|LC|Saint Lucia|Saint Lucian
MAF|MF|Saint Martin
SPM|PM|Saint Pierre and Miquelon
VCT|VC|Saint Vincent and the Grenadines
WSM|WS|Samoa|Samoan
SMR|SM|San Marino
STP|ST|Sao Tome and Principe
SAU|SA|Saudi Arabia|Kingdom of Saudi Arabia|Saudi|Saudi Arabian
SEN|SN|Senegal|Sénégal|Senegalese
SRB|RS|Serbia|Srbija|Republic of Serbia|Serbian
SYC|SC|Seychelles
SLE|SL|Sierra Leone
SGP|SG|Singapore|Republic of Singapore|Singaporean|Singapore Citizen
SXM|SX|Sint Maarten
SVK|SK|Slovakia|Slovak Republic|Slovenská republika|Slovak
SVN|SI|Slovenia|Slovenija|Republika Slovenija|Republic of Slovenia|Slovenian
SLB|SB|Solomon Islands
SOM|SO|Somalia|Somali
ZAF|ZA|South Africa|Republic of South Africa|South African
SGS|GS|South Georgia and the South Sandwich Islands
SSD|SS|South Sudan|South Sudanese
ESP|ES|Spain|España|Reino de España|Kingdom of Spain|Spanien|Espagne|Spanish|Española|Español
LKA|LK|Sri Lanka|Sri Lankan
SDN|SD|Sudan|Sudanese
SUR|SR|Suriname|Surinamese
SJM|SJ|Svalbard and Jan Mayen
SWE|SE|Sweden|Sverige|Kingdom of Sweden|Swedish|Svensk
CHE|CH|Switzerland|Swiss Confederation|Schweiz|Suisse|Svizzera|Svizra|Swiss
SYR|SY|Syrian Arab Republic|Syria|Syrian
TWN|TW|Taiwan|Republic of China|Taiwanese
TJK|TJ|Tajikistan|Tajik
TZA|TZ|Tanzania|United Republic of Tanzania|Tanzanian
THA|TH|Thailand|Kingdom of Thailand|Thai
TLS|TL|Timor-Leste
TGO|TG|Togo|Togolese
TKL|TK|Tokelau
TON|TO|Tonga|Tongan
TTO|TT|Trinidad and Tobago|Trinidadian
TUN|TN|Tunisia|Tunisie|Tunisian|Tunisienne
TUR|TR|Türkiye|Turkey|Republic of Türkiye|Türkiye Cumhuriyeti|Turkish
TKM|TM|Turkmenistan|Turkmen
TCA|TC|Turks and Caicos Islands
TUV|TV|Tuvalu
UGA|UG|Uganda|Ugandan
UKR|UA|Ukraine|Україна|Ukrainian
ARE|AE|United Arab Emirates|UAE|Emirati
GBR|GB|United Kingdom|United Kingdom of Great Britain and Northern Ireland|Great Britain|UK|British|British Citizen
USA|US|United States of America|United States|The United States of America|USA|American
UMI|UM|United States Minor Outlying Islands
URY|UY|Uruguay|Uruguayan
UZB|UZ|Uzbekistan|Uzbek
VUT|VU|Vanuatu
VEN|VE|Venezuela|Bolivarian Republic of Venezuela|República Bolivariana de Venezuela|Venezuelan|Venezolana
VNM|VN|Viet Nam|Vietnam|Socialist Republic of Viet Nam|Vietnamese
VGB|VG|British Virgin Islands
VIR|VI|United States Virgin Islands
WLF|WF|Wallis and Futuna
ESH|EH|Western Sahara
YEM|YE|Yemen|Yemeni
ZMB|ZM|Zambia|Zambian
ZWE|ZW|Zimbabwe|Zimbabwean
GBD||British Overseas Territories Citizen
GBN||British National (Overseas)
GBO||British Overseas Citizen
GBP||British Protected Person
GBS||British Subject
RKS|XK|Kosovo|Republic of Kosovo|Kosovar
EUE|EU|European Union
UNO||United Nations Organization|United Nations
UNA||United Nations specialized agency
UNK||Resident of Kosovo under UNMIK
XBA||African Development Bank
XIM||African Export-Import Bank
XCC||Caribbean Community
XCE||Council of Europe
XCO||Common Market for Eastern and Southern Africa
XEC||Economic Community of West African States
XPO||International Criminal Police Organization|Interpol
XES||Organization of Eastern Caribbean States
XMP||Parliamentary Assembly of the Mediterranean
XOM||Sovereign Military Order of Malta
XDC||Southern African Development Community
XXA||Stateless person|Stateless
XXB||Refugee (1951 Convention)
XXC||Refugee
XXX||Person of unspecified nationality
IAO||International Civil Aviation Organization
UTO|UT|Utopia|Utopian|Utopienne
"""
