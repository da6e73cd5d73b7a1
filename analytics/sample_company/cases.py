"""What goes wrong at customers, by line of business: the facts that a business case is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One trouble at one kind of customer. `measure` has a number {n}, drawn between `low` and `high`."""

    process: str
    team: str
    system: str
    trouble: str
    cause: str
    effect: str
    measure: str
    low: int
    high: int


def _cases(text: str) -> tuple[Case, ...]:
    """One case per paragraph, its parts divided by bars."""
    made = []
    for paragraph in text.strip().split("\n\n"):
        process, team, system, trouble, cause, effect, measure, low, high = (
            part.strip() for part in paragraph.replace("\n", " ").split("|")
        )
        made.append(Case(process, team, system, trouble, cause, effect, measure, int(low), int(high)))
    return tuple(made)


_LOGISTICS = """
proof of delivery | dispatch | an old Transporeon export | drivers hand in paper PODs and dispatch scans
them at night | the handhelds were never linked to the TMS | invoices go out nine days late and two
shippers hold back payment | {n} PODs missing at month end | 140 | 900

slot booking | yard desk | a shared Excel on the N: drive | carriers ring the gate for a slot and the
yard clerk writes over somebody else's | three depots kept their own sheet after the merger | trucks
queue on the access road and the city fined them | {n} minutes average gate wait | 38 | 130

freight claims | claims desk | Outlook folders | damage claims sit in mailboxes until the carrier's
deadline is gone | nobody owns a claim between depot and head office | they write off claims they would
have won | {n} claims lapsed last year | 45 | 400
"""
_MANUFACTURING = """
engineering changes | production planning | SAP ECC and a print-out | the line builds the old revision
since the change note reaches the shift leads on paper | PLM and ERP were bought by two different plants
and don't talk | rework on finished housings and a blocked customer release | {n} units reworked in a
quarter | 60 | 700

supplier complaints | incoming quality | a Lotus Notes database | 8D reports come back to five mailboxes
and are typed in by hand | Notes was frozen when its only developer retired | the same batch defect came
in three times | {n} days to close an 8D | 21 | 75

spare parts orders | after-sales | Navision 2009 | service techs fax part numbers and after-sales looks
them up in binders | the catalogue was never digitised for machines built before 2012 | customers buy
from copy shops instead | {n} wrong parts shipped per month | 18 | 160
"""
_INSURANCE = """
motor claims intake | first notice of loss team | AS/400 claims core | handlers re-key every broker mail
because the core has no inbox | the broker portal was stopped half-way in 2021 | storms bring a backlog
of weeks and the ombudsman counts it | {n} open claims older than 30 days | 300 | 4200

policy endorsements | mid-term adjustments desk | Guidewire plus Word letters | address changes wait for
a letter template that only two people can edit | templates sit in a legacy print server | brokers move
books to a rival with same-day changes | {n} hours per endorsement | 9 | 60

subrogation | recovery unit | a list in SharePoint | recoverable claims are spotted by chance | nobody
flags liability at intake | limitation dates pass and the money is gone | {n} cases time-barred since
January | 20 | 210
"""
_HOSPITAL = """
discharge letters | ward secretaries | a dictation tool from 2011 | letters wait for the senior
physician's signature on paper | the signature step was left out of the EHR roll-out | the payer cuts the
case rate when the letter comes after day 5 | {n} letters unsigned on an average Monday | 80 | 900

medical device service | biomedical engineering | stickers and an Access file | nobody can say which pump
was checked when | Access is kept by one engineer on a local disk | an inspection found pumps beyond
their date | {n} devices without a valid check | 35 | 480

theatre scheduling | OR coordination | a whiteboard and phone calls | first cuts start late as sets are
not back from sterilisation | sterile services see the plan only at 6 am | lists get cancelled at noon
and patients go elsewhere | {n} minutes lost per theatre and day | 35 | 95
"""
_RETAIL = """
store returns | reverse logistics | three mailboxes and a till report | stores send goods back without a
number and the DC lets them pile up | each banner kept its own return codes | season goods come back on
the shelf after the season | {n} pallets waiting in the DC | 70 | 650

supplier invoices | accounts payable | Baan and paper approvals | store managers sign delivery notes that
reach AP two weeks later | goods receipt was never switched on for direct deliveries | cash discounts are
lost every month | {n} invoices without a match | 400 | 6000

price changes | category management | Excel to the tills by FTP | labels and tills disagree on Monday
mornings | the upload runs before the label print is confirmed | trading standards fined two stores | {n}
price overrides a week | 220 | 2600
"""
_ENERGY = """
connection requests | grid planning | a GIS and letters | installers' solar requests are typed from PDF
into the GIS | the portal of 2019 only covers boxes under 10 kW | the regulator's eight-week limit is
broken | {n} requests beyond the limit | 250 | 5200

outage reporting | control room | SCADA and a phone tree | crews report restoration by phone and the
outage map lags by hours | the field app was never given access to SCADA events | complaints go to the
council and the licence review | {n} minutes until a fault is on the map | 42 | 190

meter exchanges | field planning | printed day lists | fitters stand before closed doors as appointments
change after printing | appointments are held by a call centre in another system | each wasted trip is
paid to the contractor | {n} failed visits a month | 160 | 1900
"""
_BANK = """
business account opening | KYC operations | scanned folders and Pega | owners are asked for the same
papers twice | two branches of the bank keep separate client files | a third of applicants give up before
the account is there | {n} days to open an account | 17 | 54

payment investigations | back office | SWIFT screens and Outlook | investigators copy MT199 texts into
mails and chase by hand | queues were never set up when the hub was bought | correspondents charge
penalty interest | {n} cases open for more than ten days | 90 | 1100

covenant checks | credit risk | Excel from relationship managers | covenants are checked when somebody
remembers to | the loan system holds the clause as free text | supervisors put it in their letter | {n}
covenants overdue | 40 | 380
"""
_SOFTWARE = """
customer onboarding | implementation team | Jira and Notion | each consultant keeps a checklist of their
own | the product was sold faster than the team grew and nobody set a standard | go-lives slip and the
first renewal is at risk | {n} days to first value | 48 | 140

usage invoicing | billing ops | a script and a spreadsheet | overage is worked out by a script that one
engineer runs by hand | metering and billing were built by two start-ups before the merger | customers
dispute bills and finance issues credits | {n} credit notes a quarter | 30 | 360

support escalations | tier 2 | Zendesk and Slack | escalations get lost between Slack threads | Slack was
opened to customers without a process | two large accounts asked for service credits | {n} breached SLAs
per month | 12 | 140
"""
_CONSTRUCTION = """
subcontractor invoices | site accounting | paper progress sheets | foremen confirm quantities on paper
that travels by car | the site offices have no link to the ERP since the network was cut back | subs stop
work until they are paid | {n} days from sheet to payment | 39 | 96

defect lists | site managers | photos in WhatsApp | defects found at hand-over are kept in chat groups |
each site manager came with their own habits from acquired firms | retentions stay with the client for
years | {n} open defects at hand-over | 150 | 2400

equipment rental | plant yard | a blackboard and phone | cranes stay on hire after they are done | nobody
on site is told the off-hire date | hire for idle equipment eats the site margin | {n} idle hire days a
month | 55 | 520
"""
_FOOD = """
batch records | quality assurance | paper batch sheets | sheets are checked two days after the goods have
left | the line terminals were left out of the MES budget | a recall took a weekend of searching | {n}
sheets with missing signatures | 35 | 420

retailer deductions | key account back office | EDI mails and Excel | deductions for short deliveries are
accepted unread | proof sits with three hauliers | margin with the two largest chains is a point below
plan | {n} deductions a month | 130 | 1900

allergen changes | recipe management | Word files | label changes reach the packing line late | recipe
and label data live in two files kept by two people | a mislabelled lot was taken off the shelf | {n}
days to change a label | 12 | 44
"""
_PHARMA = """
deviation handling | QA operations | TrackWise and mail | investigations wait for shift statements on
paper | night shift has no access to the system | batches stand in quarantine past their sales window |
{n} deviations older than 30 days | 25 | 260

trial site contracts | clinical operations | e-mail and a tracker | budget redlines go round four
functions by mail | nobody can see whose turn it is | sites start months after the plan | {n} days from
draft to signature | 62 | 170

stability samples | analytical lab | a LIMS from 2008 | pull dates are looked up in a wall calendar | the
LIMS scheduler broke with a Windows update and was never mended | authorities asked for missing time
points | {n} missed pull dates in a year | 8 | 75
"""
_UNIVERSITY = """
research grants | grants office | a FileMaker base | post-award reports are put together from four
systems | faculties refused the shared chart of accounts | a funder kept back the last instalment | {n}
late reports a year | 15 | 140

exam appeals | registrar | paper forms | appeals are walked from office to office | the campus system has
no workflow for anything after grading | two cases went to court over missed deadlines | {n} working days
per appeal | 25 | 90

lab purchasing | faculty administration | order books | labs order outside contracts as the portal takes
weeks | approvals run over the dean's secretary only | the framework discount is lost | {n} off-contract
orders a term | 240 | 2100
"""
_TELECOM = """
fibre permits | build planning | Excel trackers per contractor | street permits run out before the digger
arrives | each contractor sends its tracker in its own form | crews stand idle and the subsidy milestone
moves | {n} permits expired last quarter | 22 | 260

order fallout | provisioning | a workaround queue in Remedy | orders with odd addresses fall out and are
mended by hand | address data of the bought regional carrier was never cleaned | customers cancel before
they are live | {n} orders stuck at any time | 350 | 5200

tower leases | site management | binders and a lawyer's list | rents go up since notice dates are missed
| leases of the acquired company sit in a warehouse | paying rent for sites that are switched off | {n}
leases rolled over unseen | 14 | 160
"""
_AIRLINE = """
crew expenses | crew administration | paper slips | slips from outstations are keyed in weeks later | the
roster system has no interface to payroll | the union filed a grievance over late pay | {n} slips waiting
| 450 | 5200

baggage claims | station services | WorldTracer and mail | passengers write three times before anybody
answers | mail of four stations lands in one box | the regulator counts complaints per carrier | {n}
claims beyond 30 days | 210 | 2600

parts loans | maintenance control | phone and a logbook | borrowed parts are not sent back in time |
nobody checks the loan list at shift change | penalty fees to the pool partner | {n} parts overdue | 16 |
130
"""

CASES: dict[str, tuple[Case, ...]] = {
    "logistics": _cases(_LOGISTICS),
    "manufacturing": _cases(_MANUFACTURING),
    "insurance": _cases(_INSURANCE),
    "hospital": _cases(_HOSPITAL),
    "retail": _cases(_RETAIL),
    "energy": _cases(_ENERGY),
    "bank": _cases(_BANK),
    "software": _cases(_SOFTWARE),
    "construction": _cases(_CONSTRUCTION),
    "food": _cases(_FOOD),
    "pharma": _cases(_PHARMA),
    "university": _cases(_UNIVERSITY),
    "telecom": _cases(_TELECOM),
    "airline": _cases(_AIRLINE),
}

#: reasons behind the reasons, for any case
WIDER_CAUSES = (
    "the {team} lost two people in {year} and was never filled up",
    "the integrator left {system} half configured when the project money ran out in {year}",
    "{city} was bought in {year} and kept its own way of working",
    "bonuses count volume only, so nobody in the {team} reports what goes wrong",
    "the only admin of {system} went on parental leave in {year} and the job was split up",
    "master data for {process} belongs to nobody since the reorganisation of {year}",
    "IT took away the write access to {system} after an audit in {year}, so people built side lists",
    "the last upgrade of {system} was rolled back in {year} and nobody dares touch it",
    "shifts hand over by word of mouth, {system} has no log for it",
    "each site agreed on its own cut-off time and {system} takes only one",
)

#: what has a date at a buyer: what happens, and what it means when it is missed
EVENTS = (
    ("the licence for {system} ends", "after that they'd pay extended support at three times the rate"),
    ("the auditors come back", "a second finding would go to the supervisory board"),
    ("the new site in {city} opens", "it can't start with paper, there is no room for the files"),
    ("the contract with {incumbent} renews by itself", "they'd be bound for another 36 months"),
    ("wave 2 of the ERP programme is cut over", "whatever isn't in scope by then waits for 2028"),
    ("the peak season starts", "nothing is changed in the systems from then to January"),
    ("the e-invoicing duty comes into force", "their largest customers will reject PDF invoices"),
    ("the data centre lease runs out", "{system} can't be moved, the hardware is out of support"),
    ("the regulator's deadline passes", "each late case is fined from that day"),
    ("day one of the merger", "two {team}s become one and need one way of working"),
    ("the hiring freeze starts", "two leavers in the {team} won't be replaced"),
    ("the change freeze for year-end closing begins", "go-live would move to March"),
    ("their main customer's supplier audit", "without a fix they lose the A rating and the next tender"),
    ("the temp contracts in the {team} end", "eleven people leave and the backlog comes back"),
    ("the subsidy for digital projects closes", "40% of the cost would be theirs again"),
    ("the works agreement expires", "without a new one {system} must not be used for shift data"),
)

NO_EVENTS = (
    "nothing happens if they wait, {system} runs until 2029",
    "the {team} has lived with it for six years and could go on",
    "the audit point was closed with a manual check",
    "the peak is over and the pressure with it",
    "the programme it belonged to was stopped in {year}",
    "the sponsor's date was a wish, nobody else in {city} knows it",
)

RIVALS = (
    "Veltrix",
    "Flowmatic",
    "Ordanza",
    "Processia",
    "Kwik",
    "Baseline One",
    "Docuvia",
    "in-house build",
    "ServiceNow",
)
DOCUMENTS = (
    "the steering committee minutes",
    "their internal audit report",
    "the project charter",
    "a ticket dump",
    "the monthly ops report",
    "the board paper",
    "the risk register",
    "their KPI deck",
    "the budget sheet",
    "the RFP annex",
    "the lessons-learned file",
    "the roadmap slide",
)
