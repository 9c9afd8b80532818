"""Papers that are of no kind the toolkit knows: what a pile holds by accident. Written for the tests."""

from __future__ import annotations

#: By what each is; several mention our papers, as such texts do.
STRANGERS: dict[str, str] = {
    "a page of a novel": """
CHAPTER SEVEN
The Passport
She had kept the passport in the drawer with the receipts and the broken watch, and now it was gone. Outside, the
change in the weather had brought the whole town to the harbour. "You signed a contract," Benedek said, without
looking up from the ticket in his hand. "You signed it, and you signed it twice." The agreement between them had never
been spoken of. In the evening the table was laid for three, though only two of them would sit down to it, and her
father poured the wine as if nothing in the house had been stolen, as if the letter from the ministry had not come.
"A birth certificate," he said at last, "is a piece of paper. A visa is a piece of paper. A man is not." The server at
the inn had told them as much. They paid in cash, left a tip of which nobody spoke, and took the road by the river,
where the barges lay so deep in the water that the dogs could step from one to the next without wetting a foot. It was
cold. It would be colder in the mountains. She thought of the degree she had not taken, of the room in Trieste with
its one window, and of the name in the passport, which was not hers and which she had come to like better than hers.
- 112 -
""",
    "a newspaper": """
THE EUNOMIA COURIER
Passport delays hit families before the holidays
By our correspondent
Thousands of families face weeks of waiting for a passport, the ministry admitted on Tuesday, as staff shortages
continue at the central office. "The contract with the printer was signed in March," a spokesman said.
Council approves budget of 4.2 million
The council voted 12 to 9 for the budget. The total includes 380,000 for the new library and 1.1 million for roads.
Police appeal for witnesses
A man without a criminal record was arrested near the station after a taxi driver reported an unpaid fare of 24.50.
Weather
Cloudy with showers, brighter in the west. Highs of 12 degrees. Sunrise 07:12, sunset 16:40.
Sport
The visiting team took the lead in the ninth minute and never gave it back. The final score was 3 to 1.
""",
    "a recipe": """
Lentil soup with lemon
Serves 4   Preparation 15 minutes   Cooking 40 minutes
Ingredients
250 g red lentils
2 carrots, 1 onion, 2 cloves of garlic
1.5 l vegetable stock
1 tsp cumin, 1 tsp paprika, salt
juice of 1 lemon
Method
Fry the onion gently in oil for 5 minutes. Add the garlic and the spices and stir for one minute more.
Add the carrots, the lentils and the stock, bring to the boil and simmer for 30 minutes. Season, add the lemon juice
and serve with bread. The soup keeps for three days in the refrigerator.
""",
    "source code": """
from dataclasses import dataclass
import sys

@dataclass
class Invoice:
    number: str
    total: float

def tax(invoice: Invoice, rate: float = 0.19) -> float:
    \"\"\"Return the tax of an invoice.\"\"\"
    return round(invoice.total * rate, 2)

def main() -> int:
    for line in sys.stdin:
        number, total = line.split(";")
        print(number, tax(Invoice(number, float(total))))
    return 0

if __name__ == "__main__":
    raise SystemExit(main())
""",
    "a manual": """
OPERATING INSTRUCTIONS
Coffee machine KX 220
1. Safety
Read these instructions before first use and keep them in a safe place. Do not immerse the appliance in water.
2. Before first use
2.1 Fill the tank up to the mark MAX.
2.2 Switch the machine on and wait until the light stops flashing.
3. Descaling
Descale the machine every three months. Use only the descaler recommended by the manufacturer.
4. Warranty
The warranty period is 24 months from the date of purchase. Keep your receipt as proof of purchase.
5. Technical data
Voltage 220-240 V, 50 Hz. Power 1450 W. Weight 3.2 kg. Capacity of the tank 1.8 l.
""",
    "an academic paper": """
On the Stability of Sediment in Braided Rivers
M. Ostervang, T. Okafor
Department of Earth Sciences, University of Eunomia
Abstract
We study the transport of sediment in braided rivers under varying discharge. In agreement with earlier results
[3, 7], the bed load grows with the third power of the excess shear stress. Experiments in a flume of 12 m confirm it.
1 Introduction
Braided rivers are found wherever the supply of sediment exceeds the capacity of a single channel [1]. The degree of
braiding depends on the slope and on the discharge; a review is given in [2].
2 Methods
The flume was filled with quartz sand of a median diameter of 0.8 mm. Discharge was held constant for six hours.
References
[1] Okafor, T. (2011) Channels and bars. J. Fluvial Res. 12, 114-131.
""",
    "a letter to a friend": """
Dear Aylin,
Thank you so much for the lovely weekend. The children still speak of the boat, and I still have the sand in my shoes.
I found your receipt from the restaurant in my coat, it was 84.50 in total and I owe you half of it!
Did you find your passport in the end? Ours is at the consulate for the visa, so we cannot travel before May.
Ben has signed his employment contract at last and begins in September. He asks whether you still have his bicycle.
Write soon, and kiss the dog for us.
Love,
Marit
""",
    "a menu": """
Gasthaus Zum Goldenen Anker
Speisekarte
Vorspeisen
Kürbissuppe mit Kernöl  6,90
Feldsalat mit Speck  8,50
Hauptspeisen
Wiener Schnitzel mit Kartoffelsalat  19,80
Kässpätzle mit Röstzwiebeln  14,20
Forelle Müllerin  21,50
Nachspeisen
Apfelstrudel mit Vanillesoße  6,50
Getränke
Hausbier 0,5 l  4,20
Apfelschorle 0,4 l  3,60
Alle Preise inklusive Mehrwertsteuer
""",
    "a sheet of music": """
Nocturne
Andante  M. Okafor
p  cresc.  mf
dim.  rit.  a tempo
Ped.  *  Ped.  *
12
""",
    "an advertisement": """
WINTER SALE
Up to 50 % off on all coats
Only this weekend in our store at Harbour Street 12
Opening hours Monday to Saturday 9 to 20
Follow us and win a trip to the mountains
""",
    "minutes of a club": """
Protokoll der Mitgliederversammlung
Turnverein Altenried 1898
Der Vorsitzende begrüßt die Anwesenden und stellt die Beschlussfähigkeit fest. Der Kassierer berichtet über das
abgelaufene Jahr: Einnahmen von 12.480,00 Euro stehen Ausgaben von 11.930,50 Euro gegenüber. Die Kasse wurde geprüft.
Der Vertrag mit dem Platzwart wird verlängert. Die Beiträge bleiben unverändert. Unter Verschiedenes wird das Sommerfest
besprochen; die Einladung erfolgt schriftlich. Der Vorsitzende schließt die Versammlung um 21.40 Uhr.
""",
    "a page of a French guide book": """
Autour de la cathédrale
Le quartier se visite à pied en une demi-journée. On part de la place du marché, où se tient le samedi un marché aux
fleurs, et l'on suit la rue des Orfèvres jusqu'à la maison du prévôt, bâtie en 1542. Entrée libre. Un billet commun
permet de voir aussi le musée des instruments, dont la collection de vielles est la plus riche du pays. À table, on
goûtera la tarte aux quetsches ; l'addition y reste raisonnable. Le visa du maire se lit encore sur la porte nord.
""",
    "a crossword": """
ACROSS
1 Opposite of down (2)
3 Paper that a traveller needs (8)
7 It is signed by two parties (8)
DOWN
2 River of the underworld (4)
4 Not quite a receipt (4)
""",
    "a timetable": """
Linie 14  Hauptbahnhof - Seeufer
Montag bis Freitag
Hauptbahnhof  06:05  06:25  06:45  07:05  07:25
Rathaus  06:09  06:29  06:49  07:09  07:29
Universität  06:14  06:34  06:54  07:14  07:34
Seeufer  06:21  06:41  07:01  07:21  07:41
""",
    "a Spanish poem": """
Canción del puerto
Las barcas vuelven solas con la tarde
y el faro cuenta lentamente el mar;
nadie pregunta al viento cuánto tarda,
nadie le cobra al agua por cantar.
""",
}
