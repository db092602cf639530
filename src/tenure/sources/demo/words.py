"""The words of the simulated company: what it sells, where its customers are, what they are called and say."""

from __future__ import annotations

from dataclasses import dataclass

SEGMENTS = ("SMB", "Mid-Market", "Enterprise")
TIERS = ("Silver", "Gold", "Platinum")
INDUSTRIES = ("Logistics", "Manufacturing", "Retail", "Healthcare", "Software", "Energy", "Education", "Finance")
SUCCESS_PLANS = ("Adopt", "Expand", "Renew", "Rescue")


@dataclass(frozen=True)
class Place:
    """A country with its sales region, how often customers come from it, and how they are invoiced there."""

    country: str
    region: str
    weight: float
    language: str
    domain: str
    form: str
    currency: str | None = None  # None: the company's own


REGIONS = ("DACH", "Western Europe", "International")
PLACES = (
    Place("DE", "DACH", 0.30, "de", "de", "GmbH"),
    Place("AT", "DACH", 0.06, "de", "at", "GmbH"),
    Place("CH", "DACH", 0.05, "de", "ch", "AG"),
    Place("FR", "Western Europe", 0.11, "fr", "fr", "SAS"),
    Place("NL", "Western Europe", 0.09, "nl", "nl", "B.V."),
    Place("IT", "Western Europe", 0.06, "it", "it", "S.r.l."),
    Place("ES", "Western Europe", 0.07, "es", "es", "S.L."),
    Place("GB", "International", 0.09, "en", "co.uk", "Ltd", "GBP"),
    Place("US", "International", 0.12, "en", "com", "Inc.", "USD"),
    Place("SE", "International", 0.05, "sv", "se", "AB"),
)

IN_EUROS = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17}
PRODUCTS = (("planner", "Planner", "Planning"), ("insights", "Insights", "Analytics"))
PLANS = ("Start", "Team", "Business", "Scale")  # of Planner, in order
ADD_ON = "Insights"
LIST_CENTS = (900, 1900, 3200, 4500)  # a seat a month, billed monthly

FIRST_NAMES = (
    "Anna Ben Clara David Elena Felix Greta Hugo Ines Jonas Katrin Lars Maria Noah Olga Paul Rosa Simon Tina Viktor "
    "Zoe Amira Bruno Chiara Emil Fatima Jean Lucía Mats Nadia"
).split()
LAST_NAMES = (
    "Weber Müller Schmidt Fischer Keller Wagner Hoffmann Schäfer Koch Bauer Richter Klein Wolf Neumann Schwarz Krüger "
    "Martin Dubois Rossi Bianchi García López deVries Jansen Smith Taylor Brown Lindqvist Berg Novak Kaya Yilmaz"
).split()
TITLES = ("Head of Operations", "Team Lead", "Project Manager", "IT Manager", "Controller", "Managing Director")

FIRST_PARTS = (
    "Nord Süd Alpen Hansa Rhein Elbe Isar Donau Brücken Stern Falken Linden Berg Ufer Hafen Silber Morgen Atlas Orion "
    "Delta Vega Lumen Terra Aero Cargo Medi Agro Finova Helio Kobalt Marea Norte Polar Riva Sol Tramo Unita Vela Westa "
    "Zenit"
).split()
SECOND_PARTS = (
    "licht werk haus tec log pharm data kraft stahl bau markt wind quell feld tal port form ware plan netz ion mobil "
    "care food print"
).split()

REASONS = (
    "price",
    "missing_feature",
    "poor_support",
    "low_usage",
    "champion_left",
    "competitor",
    "bankruptcy",
    "acquired",
    "unpaid",
)
CHURN_KINDS = ("voluntary", "non_payment", "merger", "closed")
KIND_OF_REASON = (0, 0, 0, 0, 0, 0, 3, 2, 1)
CONTROLLABLE = (True, True, True, True, False, True, False, False, False)
COMPETITORS = ("Planhub", "Taskline", "Orgaflow")

THEMES = ("ease of use", "support", "price", "reliability", "missing feature", "onboarding")
PRAISE = (
    "Easy to use, the whole team likes it.",
    "Support answers fast and knows the product.",
    "Worth the price for us.",
    "Runs without a hitch.",
    "The last release had what we needed.",
    "Getting started took a day.",
)
COMPLAINTS = (
    "Too many clicks for simple things.",
    "We wait too long for an answer.",
    "Too expensive for what we use.",
    "It was down twice this month.",
    "We still miss the export.",
    "Nobody showed us how to start.",
)
TICKET_CATEGORIES = ("how-to", "bug", "billing", "integration", "access")
TICKET_SUBJECTS = (
    "How do I copy a plan?",
    "Where can I set working days?",
    "The board does not load",
    "A task shows twice",
    "A question about our invoice",
    "We need another billing address",
    "The calendar does not synchronise",
    "The API answers with an error",
    "I cannot log in",
    "Please add a colleague",
)
TICKET_CHANNELS = ("email", "chat", "phone", "web")
PRIORITIES = ("low", "normal", "high", "urgent")

CSM_NAMES = (
    "Lena Hartmann",
    "Tom Berger",
    "Sofia Marin",
    "Jakob Lund",
    "Mia Brandt",
    "Karim Haddad",
    "Nora Weiss",
    "Pablo Ruiz",
    "Eva Nowak",
    "Oscar Lindgren",
    "Julia Baum",
    "Marc Leroy",
)
MANAGER_NAMES = ("Sabine Vogt", "Claire Fontaine", "Daniel Price")
LEADER_NAME = "Ruth Steiner"
AGENT_NAMES = ("Ivo Petrov", "Hanna Sommer", "Leo Grant", "Yara Silva")
TRAINER_NAMES = ("Petra Lang", "Milan Horak", "Inga Dahl", "Luca Ferri", "Aisha Khan")
SALES_NAMES = ("Felix Brand", "Carla Moretti", "James Walsh")
ONBOARDING_NAMES = ("Alina Kurz", "Mateo Gil")
NEW_MANAGER = "Helen Brooks"
