"""Names of people, of companies and of the places they are in."""

from __future__ import annotations


def _names(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = _names("""
Aaron Abigail Adele Aisha Alan Alejandra Amara Amelie Anders Andrea Anika Antoine Arjun Astrid Beatriz
Benedikt Bianca Bram Brendan Bruno Camille Carla Cedric Chen Chloe Claire Connor Dana Daniel Daria Deepa
Derek Diego Dominik Elena Elif Emeka Emil Erin Esther Fabian Farah Femke Fiona Florian Frida Gabriel
Gemma Giulia Grace Greta Hannah Haruto Heidi Helena Henrik Ines Irina Isaac Ivan Jamal Janek Jasmin Jens
Joanna Jonas Josefin Julian Kadir Karin Katja Keiko Kevin Laila Lars Laura Leif Leon Liam Lorenzo Louise
Luis Maeve Magnus Malik Marek Margot Marta Mateo Meera Mikkel Mina Nadia Naomi Natalie Nils Noor Olga
Oliver Omar Oscar Paolo Patricia Pavel Petra Philippe Priya Rachel Rafael Ravi Rebecca Robin Rosa Ruth
Samir Sandra Saskia Sean Selma Sergio Shira Simon Sofia Stefan Susan Tamara Tariq Teresa Thomas Tilda
Tobias Uma Ursula Valerie Vera Viktor Walter Wanda Xavier Yara Yusuf Zoe
""")

LAST_NAMES = _names("""
Abbott Adeyemi Ahmed Albrecht Almeida Andersen Arnaud Bachmann Baker Banerjee Barros Becker Bergstrom
Bianchi Blake Bouchard Brandt Brennan Brooks Callahan Carter Castellano Chandra Choi Christensen Clarke
Costa Coyle Dalton Delacroix Desai Dietrich Dubois Edwards Eklund Engel Erdogan Faber Fairchild Farrell
Ferrari Fischer Fontaine Foster Garnier Gibbs Gomez Graf Greenwood Gupta Haas Hallberg Hansen Harper
Hassan Hayes Heikkinen Hoffmann Holt Horvath Hughes Ibrahim Iyer Jansen Jensen Johansson Kaplan Kaur
Keller Kim Klein Kovac Kowalski Kruger Lambert Larsen Laurent Leclerc Lindqvist Lopez Lund Maas MacLeod
Marchetti Marino Martens Mbeki McKay Mehta Meyer Molina Moreau Morgan Mueller Nakamura Navarro Nguyen
Nilsen Novak Nowak Okafor Olsen Ortega Osei Park Patel Pereira Petit Pham Pohl Quinn Rahman Ramos Reyes
Richter Rinaldi Rossi Roy Salazar Sato Schmid Schneider Schulz Shah Silva Simmons Sorensen Stein Stewart
Suzuki Tanaka Thorne Torres Turner Ueda Vance Vasquez Vogel Wagner Walsh Weber Weiss Whitaker Winter
Wolff Wright Yamada Yilmaz Zhang Zimmermann
""")

#: first parts of company names
COMPANY_STEMS = _names("""
Alder Amber Arbor Ardent Aspen Atlas Aurora Axle Beacon Birch Blue Harbor Bramble Bridge Bright Brook
Calder Canyon Castle Cedar Cinder Clear Cobalt Copper Coral Crest Crown Dale Delta Dover Eagle Eastgate
Echo Elm Ember Falcon Fern Field Flint Forge Fox Gable Garnet Glen Granite Green Grove Harrow Haven
Hawthorn Hazel Heron High Peak Hollow Horizon Iron Ivory Jasper Juniper Kestrel Keystone Lake Lantern
Laurel Linden Lumen Maple Marble Meadow Mercer Mill Mistral Nimbus North Oak Obsidian Onyx Orchard Orion
Osprey Otter Park Pebble Pine Pioneer Prairie Quarry Quill Raven Red Ridge River Rowan Saffron Sable Sage
Sierra Silver Slate South Spruce Stag Stone Summit Sutter Swift Tamarack Tern Thorn Tide Timber Torrent
Tundra Union Valley Vesper Vista Walnut West Willow Winter Wolf Yarrow Zephyr
""")

#: second parts by industry
COMPANY_KINDS: dict[str, tuple[str, ...]] = {
    "logistics": ("Freight", "Logistics", "Haulage", "Forwarding", "Parcel", "Cold Chain"),
    "manufacturing": ("Components", "Castings", "Tooling", "Machine Works", "Plastics", "Bearings"),
    "insurance": ("Mutual", "Insurance", "Assurance", "Underwriting", "Risk Partners"),
    "hospital": ("Clinics", "Health System", "Hospital Group", "Medical Center", "Care Trust"),
    "retail": ("Stores", "Outfitters", "Grocers", "Home & Garden", "Pharmacies"),
    "energy": ("Energy", "Grid", "Water & Power", "Renewables", "Utilities"),
    "bank": ("Bank", "Savings", "Credit Union", "Capital", "Payments"),
    "software": ("Software", "Cloud", "Analytics", "Systems", "Labs"),
    "construction": ("Construction", "Builders", "Civil Engineering", "Facades", "Infrastructure"),
    "food": ("Foods", "Dairy", "Bakeries", "Beverages", "Mills"),
    "pharma": ("Pharma", "Biologics", "Diagnostics", "Therapeutics", "Labs AG"),
    "university": ("University", "College", "Research Institute", "Polytechnic"),
    "telecom": ("Telecom", "Fiber", "Broadband", "Networks"),
    "airline": ("Air", "Aviation Services", "Airport Services", "Ground Handling"),
}
INDUSTRIES = tuple(COMPANY_KINDS)

CITIES: dict[str, tuple[str, ...]] = {
    "Americas East": (
        "Boston",
        "Charlotte",
        "Atlanta",
        "Toronto",
        "Pittsburgh",
        "Newark",
        "Columbus",
        "Tampa",
        "Montreal",
        "Richmond",
        "Buffalo",
        "Louisville",
    ),
    "Americas West": (
        "Denver",
        "Portland",
        "Phoenix",
        "Sacramento",
        "Salt Lake City",
        "Vancouver",
        "Dallas",
        "Tacoma",
        "Fresno",
        "Boise",
        "Tucson",
        "Houston",
    ),
    "EMEA": (
        "Leeds",
        "Bristol",
        "Aarhus",
        "Gothenburg",
        "Bremen",
        "Linz",
        "Winterthur",
        "Lyon",
        "Ghent",
        "Utrecht",
        "Kassel",
        "Cork",
        "Nantes",
        "Tampere",
    ),
}

#: titles by the part a contact plays: champion, economic buyer, technical evaluator, procurement, user, legal
TITLES: tuple[tuple[str, ...], ...] = (
    (
        "Head of Operations",
        "Director Service Delivery",
        "Process Owner Order-to-Cash",
        "Operations Manager",
        "Head of Shared Services",
        "Supply Chain Manager",
        "Director of Claims",
        "Head of Customer Service",
        "Plant Manager",
        "Transformation Lead",
        "Head of Field Service",
        "Director Business Systems",
    ),
    (
        "CFO",
        "COO",
        "VP Finance",
        "VP Operations",
        "Managing Director",
        "CIO",
        "SVP Supply Chain",
        "Group Controller",
    ),
    ("IT Security Manager", "CISO", "Enterprise Architect", "Head of IT Infrastructure", "Integration Lead"),
    ("Procurement Manager", "Category Buyer IT", "Head of Indirect Purchasing", "Vendor Manager"),
    ("Team Lead Back Office", "Dispatcher", "AP Supervisor", "Shift Lead", "Service Coordinator", "Key User"),
    ("Legal Counsel", "Data Protection Officer", "Contracts Manager", "General Counsel"),
)
