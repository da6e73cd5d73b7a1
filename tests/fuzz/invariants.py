"""What must hold whatever is read: only BadInput comes out, counts add up, rejects name lines that exist."""

from __future__ import annotations

from analytics.store.staging import Staging
from analytics.store.subjects import SUBJECTS


def check(staging: Staging, lines: dict[str, int] | None = None) -> None:
    """Each row read is staged, or rejected, or neither (a duplicate); a reject names a line that exists.

    `lines`: label of a file -> its number of lines, where it is known.
    """
    rows = staging.con.execute
    staged = " union ".join(f"select file_no, line from {name} where line is not null" for name in SUBJECTS)
    both = rows(f"select * from ({staged}) intersect select file_no, line from staged_reject").fetchall()
    assert not both, f"staged and rejected: {both}"
    counted = rows(
        f"select f.file, f.rows_read, (select count(*) from ({staged}) s where s.file_no = f.file_no),"
        " (select count(distinct line) from staged_reject r where r.file_no = f.file_no) from staged_file f"
    ).fetchall()
    for file, read, kept, rejected in counted:
        assert kept + rejected <= read, f"{file}: {read} read, {kept} staged, {rejected} rejected"
    rejects = rows(
        "select f.file, r.line, r.reason from staged_reject r left join staged_file f using (file_no)"
    )
    for file, line, reason in rejects.fetchall():
        assert file is not None, f"a reject of no file: {reason}"
        assert (line or 0) >= 1, f"{file}: a reject of line {line}"
        assert reason, f"{file}, line {line}: rejected without a reason"
        assert lines is None or file not in lines or line <= lines[file], (
            f"{file}: line {line} of {lines[file]}"
        )
