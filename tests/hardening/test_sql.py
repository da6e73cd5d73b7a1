"""What a file calls its columns, stages and people is never part of a statement."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analytics.intake import stage_files
from analytics.store.database import Store
from analytics.store.landing import land
from tests.small_stores import contents

ATTACKS = [
    "x'; drop table deal; --",
    'x"; drop table deal; --',
    "x'); attach '/etc/passwd' as p; --",
    "' + (select content from read_text('/etc/passwd')) + '",
    "{0} {name} %s $1 ?",
    "x` or 1=1 /*",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_and_texts_of_a_table_stay_texts(tmp_path: Path, attack: str) -> None:
    path, mapping = tmp_path / "deals.csv", tmp_path / "mapping.toml"
    header = ["Opportunity ID", attack, "Stage", "Amount", "Close Date", f"Owner {attack}"]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, [attack, attack, attack, "100", "2026-03-30", attack]])
    quoted = attack.replace("\\", "\\\\").replace('"', '\\"')
    mapping.write_text(
        f'[columns]\ndeal_id = "Opportunity ID"\nname = "{quoted}"\nstage = "Stage"\namount = "Amount"\n'
        f'close_date = "Close Date"\nowner = "Owner {quoted}"\n[stages."{quoted}"]\nprobability = 0.4\n',
        encoding="utf-8",
    )
    store = Store(tmp_path / "store.duckdb")
    land(store, stage_files([path], mapping=mapping), kind="table")
    found = contents(store)
    (deal,), (change,) = found["deal"], found["deal_change"]
    assert deal[0] == attack
    assert attack in deal[1:]
    assert attack in change
    assert "root:" not in str(found)
