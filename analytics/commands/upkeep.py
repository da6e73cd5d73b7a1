"""Commands that look after the store: settings, questions, backup, restore."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics.audit.trail import Trail, beside, trail_of
from analytics.business_case.questions import METHODS, change_questions, method_as_of, shipped
from analytics.erasure import erase_again, erased_marks
from analytics.problems import BadInput
from analytics.risk.warning_limits import SETTING, limits_from
from analytics.store.copies import backup, restore
from analytics.store.database import Store
from analytics.store.settings import read_settings, write_setting
from analytics.store.subjects import SETTINGS
from analytics.wording import count


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    settings = commands.add_parser("settings", help="show the company's settings, or change one")
    settings.add_argument("key", nargs="?")
    settings.add_argument("value", nargs="?")
    settings.set_defaults(run=_settings)

    asking = commands.add_parser("questions", help="show a method's questions, or change them")
    asking.add_argument("method", nargs="?", choices=METHODS, help="default: the company's own")
    asking.add_argument(
        "--change",
        type=Path,
        metavar="FILE.toml",
        help="make this file's questions the ones in force from now",
    )
    asking.set_defaults(run=_questions)

    saving = commands.add_parser("backup", help="copy the store to a file, while it is in use")
    saving.add_argument("file", type=Path, metavar="FILE")
    saving.set_defaults(run=_backup)

    restoring = commands.add_parser("restore", help="put a backup in the store's place")
    restoring.add_argument("file", type=Path, metavar="FILE")
    restoring.set_defaults(run=_restore)


def _settings(store: Store, given: argparse.Namespace) -> None:
    if given.key and given.value is not None:
        if given.key == SETTING:
            limits_from(given.value)  # says what is wrong before anything is written
        write_setting(store, given.key, given.value)
    elif given.key is not None and given.key not in SETTINGS:
        raise BadInput("there is no such setting", expected="one of " + ", ".join(SETTINGS), got=given.key)
    for key, value in read_settings(store).items():
        if given.key in (None, key):
            print(f"{key} = {value}")


def _questions(store: Store, given: argparse.Namespace) -> None:
    key = given.method or read_settings(store)["method"]
    if given.change is not None:
        try:
            text = given.change.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput("the file cannot be read", where=str(given.change), got=str(error)) from error
        changed = change_questions(store, key, text, str(given.change))
        print(f"New versions: {', '.join(changed)}." if changed else "Nothing has changed.")
    now = datetime.now(UTC).replace(tzinfo=None)
    method = method_as_of(store, key, now) if store.exists else shipped(key)
    print(f"{method.name} ({key}):")
    for one in method.questions:
        print(f"  {one.key}: {one.wording} (version {one.version}, weight {one.weight:g}, as {one.asks})")


def _backup(store: Store, given: argparse.Namespace) -> None:
    trail = trail_of(store.path)
    backup(store, given.file)
    print(f"Copied {store.path} to {given.file}.")
    if trail.path.exists():
        trail.copy(beside(given.file))
        print(f"Its audit is {beside(given.file)}; keep the two together.")


def _restore(store: Store, given: argparse.Namespace) -> None:
    erased, again = erased_marks(store), 0

    def erase(copy: Store) -> None:  # before it is put in place: a kill must not leave a name in the store
        nonlocal again
        again = erase_again(copy, erased)

    kept = restore(store, given.file, prepare=erase)
    print(f"{store.path} is now what {given.file} holds.")
    if again:
        print(f"{count(again, 'person', 'people')} erased since it was made: erased again.")
    trail = trail_of(store.path)
    if not trail.path.exists() and beside(given.file).exists():
        Trail(beside(given.file)).copy(trail.path)  # an audit that is there goes on: it tells of this too
    if kept:
        print(f"What it was before is kept as {kept}; restore that file to undo this.")
