"""Other languages: names of columns, words for stages and categories, months; other scripts."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.intake.fields import key
from analytics.intake.guessing import guess_columns
from analytics.intake.labels import category_words, labels
from analytics.intake.table_fields import FIELDS, guess

DAY = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    ("label", "same", "other"),
    [
        ("Geschäftsname", "geschaftsname", "Geschftsname"),
        ("Montant estimé", "MONTANT ESTIME", "Montant estim"),
        ("Größe", "grösse", "Gre"),
        ("取引 - 金額", "取引金額", "取引 - 名"),
        ("ガス", "ｶﾞｽ", "カス"),  # the sign that makes 'ga' of 'ka' is no accent
        ("Probability (%)", "probability", "Probabilit"),
        ("#", "#", "%"),
    ],
)
def test_headers_of_any_script_are_told_apart(label, same, other) -> None:
    assert key(label) == key(same)
    assert key(label) != key(other)


SALESFORCE = {
    "de": "Opportunity-Inhaber;Accountname;Opportunity-Name;Phase;Prognosekategorie;Betrag;"
    "Wahrscheinlichkeit (%);"
    "Schlusstermin;Erstelldatum;Nächster Schritt",
    "fr": "Propriétaire de l'opportunité;Nom du compte;Nom de l'opportunité;Étape;"
    "Catégorie de prévision;Montant;"
    "Probabilité (%);Date de clôture;Date de création;Étape suivante",
    "es": "Propietario de la oportunidad;Nombre de la cuenta;Nombre de la oportunidad;"
    "Etapa;Categoría de previsión;"
    "Importe;Probabilidad (%);Fecha de cierre;Fecha de creación;Próximo paso",
    "pt": "Proprietário da oportunidade;Nome da conta;Nome da oportunidade;Fase;Categoria de previsão;Valor;"
    "Probabilidade (%);Data de fechamento;Data de criação;Próxima etapa",
    "it": "Titolare opportunità;Nome account;Nome opportunità;Fase;Categoria di previsione;"
    "Importo;Probabilità (%);"
    "Data di chiusura;Data di creazione;Fase successiva",
    "nl": "Eigenaar opportunity;Accountnaam;Naam opportunity;Fase;Prognosecategorie;Bedrag;"
    "Waarschijnlijkheid (%);"
    "Sluitingsdatum;Aanmaakdatum;Volgende stap",
}
WORDS = {
    "de": ("Geschlossen gewonnen", "Geschlossen verloren", "Zugesagt", "12. März 2026"),
    "fr": ("Fermée gagnée", "Fermée perdue", "Engagé", "12 mars 2026"),
    "es": ("Cerrada ganada", "Cerrada perdida", "Compromiso", "12 de marzo de 2026"),
    "pt": ("Fechado e ganho", "Fechado e perdido", "Compromisso", "12 de março de 2026"),
    "it": ("Chiusa vinta", "Chiusa persa", "Impegno", "12 marzo 2026"),
    "nl": ("Gesloten gewonnen", "Gesloten verloren", "Toegezegd", "12 maart 2026"),
}


@pytest.mark.parametrize("language", list(SALESFORCE))
def test_a_report_in_another_language(stage, write, language) -> None:
    won, lost, commit, day = WORDS[language]
    rows = [
        f"Ann;Acme;A;{won};;1.000,00;100;{day};2026-01-05;",
        f"Ann;Bolt;B;{lost};;2.000,00;0;{day};2026-01-05;",
        f"Bob;Cord;C;Demo;{commit};3.000,00;40;{day};2026-01-05;call",
    ]
    look = stage(write("report.csv", SALESFORCE[language] + "\n" + "\n".join(rows) + "\n"), as_of=DAY)
    states = (
        "select distinct d.name, c.is_closed, c.is_won, c.amount::int, c.close_date::varchar,"
        " c.forecast_category from deal_change c join deal d using (deal_id) where c.stage is not null"
        " and c.valid_at::date = '2026-06-30'"
        " order by 1"
    )
    assert look.rows(states) == [
        ("A", True, True, 1000, "2026-03-12", "Closed"),
        ("B", True, False, 2000, "2026-03-12", "Omitted"),
        ("C", False, False, 3000, "2026-03-12", "Commit"),
    ]
    assert look.rows("select distinct account_name from deal order by 1") == [("Acme",), ("Bolt",), ("Cord",)]
    assert look.one("select distinct next_step from deal_work where next_step is not null") == "call"


@pytest.mark.parametrize(
    "header",
    [
        "Datensatz-ID;Deal-Name;Dealphase;Betrag;Für Deal zuständiger Mitarbeiter;"
        "Abschlussdatum;Erstellungsdatum",
        "ID de transaction;Nom de la transaction;Phase de la transaction;Montant;"
        "Propriétaire de la transaction;"
        "Date de fermeture;Date de création",
        "ID de registro;Nombre del negocio;Etapa del negocio;Valor;Propietario del negocio;Fecha de cierre;"
        "Fecha de creación",
        "ID do registro;Nome do negócio;Etapa do negócio;Valor;Proprietário do negócio;Data de fechamento;"
        "Data de criação",
        "ID record;Nome affare;Fase affare;Importo;Proprietario affare;Data di chiusura;Data di creazione",
        "Record-ID;Dealnaam;Dealfase;Bedrag;Dealeigenaar;Sluitingsdatum;Aanmaakdatum",
    ],
)
def test_hubspots_columns_in_other_languages(header) -> None:
    names = ["deal_id", "name", "stage", "amount", "owner", "close_date", "created"]
    assert guess(header.split(";")) == {name: place for place, name in enumerate(names)}


def test_the_app_guesses_by_the_same_names() -> None:
    import pandas as pd

    header = SALESFORCE["fr"].split(";")
    assert guess_columns(header, pd.DataFrame())["amount"] == "Montant"


def test_a_label_never_means_two_fields_of_one_language() -> None:
    seen: dict[str, str] = {}
    for field in FIELDS:
        for label in {key(label) for label in labels("deals", field.name)}:
            assert seen.setdefault(label, field.name) == field.name, label


def test_categories_are_words_of_our_own_five() -> None:
    assert set(category_words().values()) == {"Closed", "Commit", "Best Case", "Pipeline", "Omitted"}


def test_japanese_headers_through_a_mapping(stage, write) -> None:
    path = write(
        "案件.csv",
        "案件番号,案件名,金額,確度,完了予定日\n1,東京,1000,受注,2026/05/20\n2,大阪,2000,提案,2026/08/01\n",
    )
    mapping = write(
        "jp.toml",
        '[columns]\ndeal_id = "案件番号"\nname = "案件名"\namount = "金額"\nstage = "確度"\n'
        'close_date = "完了予定日"\n'
        '[stages."提案"]\nprobability = 0.4\n[stages."受注"]\nwon = true\n',
    )
    look = stage(path, mapping=mapping, as_of=DAY)
    states = (
        "select distinct deal_id, stage, is_won, amount::int from deal_change where not is_opening order by 1"
    )
    assert look.rows(states) == [("1", "受注", True, 1000), ("2", "提案", False, 2000)]
