"""Blue Sheets on the pages: adding one to a deal, choosing a deal for one, looking into one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.business_case import by_hand
from analytics.business_case.documents import assign, original
from analytics.company import Company
from analytics.problems import BadInput
from analytics.sheets import (
    add_to_deal,
    facts_table,
    found_in_words,
    how_found,
    import_uploads,
    preview,
    result_table,
    sheets_table,
)
from analytics.wording import count, day, is_missing, plain
from pages.shared import audit_show, cached, case_forms, scope, show

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PAGE = "pages/deals/blue_sheets.py"


def of_deal(deal_id: str, sheets: Any, company: Company, parameters: dict[str, str]) -> None:
    """The sheets of a deal with their originals, and a place to add one."""
    for row in sheets.to_dict("records"):
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"sheet-{row['document_id'][:12]}"
        ):
            dated = day(row["valid_at"], locale=company.locale)
            st.markdown(plain(f"{row['file']}, {dated}: {count(int(row['paragraphs']), 'paragraph')}"))
            query = {**parameters, "sheet": row["document_id"]}
            show.page_link(_PAGE, label="What stands in it", query_params=query, **show.ARROW)
            download_original(row["document_id"], row["file"], where="deal")
    with st.expander("Add a Blue Sheet to this deal"):
        _add(deal_id)


def download_original(document_id: str, file: str, *, where: str) -> None:
    """A button that gives the file back as it was imported."""
    store = cached.store()  # as this reader may see it: the button is pressed outside of a run
    audit_show.download_button(
        "Download the original",
        lambda: original(store, document_id)[1],
        file,
        what=f"Blue Sheet {document_id[:12]}",
        mime=WORD,
        key=f"original {where} {document_id}",
        help=plain(f"The file {file}, byte by byte as it was imported."),
    )


def _add(deal_id: str) -> None:
    """Upload one document, look at what was found in it, then keep it with this deal."""
    given = st.file_uploader("A Word document (.docx)", type=["docx", "docm"], key=f"upload {deal_id}")
    if given is None:
        st.caption("Its answers, people, red flags and actions are read and linked to their paragraphs.")
        return
    content = given.getvalue()
    try:
        sheet, match = preview(cached.store(), given.name, content)
    except BadInput as problem:
        show.problem(problem)
        return
    st.markdown(plain(found_in_words(sheet)))
    show.dataframe(
        facts_table(sheet),
        hide_index=True,
        width="stretch",
        column_config={"Text": st.column_config.TextColumn(width="large")},
        key=f"preview {deal_id}",
    )
    if match.deal_id not in (None, deal_id):
        st.warning(
            plain(f"The sheet itself names the deal {match.deal_id}. Add it here only if that is wrong.")
        )
    name = case_forms.name_field(f"upload {deal_id}")
    if st.button("Add to this deal", type="primary", key=f"add {deal_id}"):
        try:
            with st.spinner("Adding the Blue Sheet …"):
                add_to_deal(
                    cached.to_write(Deed.LINK, deal_id),
                    cached.the_company(),
                    given.name,
                    content,
                    deal_id,
                    author=name,
                )
        except BadInput as problem:
            st.error(plain(problem))
            return
        case_forms.done(f"{given.name} is added to this deal.")


def upload_many() -> None:
    """Import documents and zips, with a progress bar, and say what became of each."""
    given = st.file_uploader(
        "Word documents, or a zip of them",
        type=["docx", "docm", "zip"],
        accept_multiple_files=True,
        key=f"upload many {st.session_state.setdefault('sheets imported', 0)}",  # emptied by an import
        help="Macros never run, nothing outside the document is fetched, and the data stays on this machine.",
    )
    if not given:
        return
    if st.button(f"Import {count(len(given), 'file')}", type="primary", key="import many"):
        bar = st.progress(0.0, text="Reading the Blue Sheets …")
        try:
            result = import_uploads(
                cached.to_write(Deed.LOAD),
                cached.the_company(),
                [(one.name, one.getvalue()) for one in given],
                lambda share, text: bar.progress(min(share, 1.0), text=text[:1].upper() + text[1:]),
            )
        except BadInput as problem:
            bar.empty()
            show.problem(problem)
            return
        bar.empty()
        st.session_state["last sheets import"] = result
        st.session_state["sheets imported"] += 1
        scope.go_to_latest()
        st.rerun()


def last_import() -> None:
    """What the last import of this session did."""
    result = st.session_state.get("last sheets import")
    if result is None:
        return
    rejected = sum(file.rejected > 0 for file in result.files)
    said = f"{count(len(result.files), 'document')} read"
    if result.import_id is None:
        st.info(plain(f"{said}: all of them were loaded before, nothing changed."))
    elif rejected:
        st.warning(plain(f"{said}, {rejected:,} of them rejected: Data loaded says why."))
        show.page_link("pages/trust/data_loaded.py", label="Why, in Data loaded", **show.ARROW)
    else:
        st.success(plain(f"{said}, none rejected."))
    with st.expander("File by file"):
        for note in result.notes:
            st.caption(plain(note))
        show.dataframe(result_table(result.files), hide_index=True, width="stretch", key="last import")


def choose_deal(row: dict[str, Any], labels: dict[str, str], name: str) -> None:
    """One waiting sheet: what it says, why it waits, and whose it is."""
    document_id = row["document_id"]
    with st.container(border=True, key=f"waiting-{document_id[:12]}"):
        st.markdown(f"**{plain(row['file'])}**")
        st.markdown(plain(f"It says: {row['says'] or 'nothing about its deal'}. Why it waits: {row['how']}."))
        offered = [one for one in row["candidates"] if one in labels]
        options = [*offered, *(one for one in labels if one not in offered)]
        chosen = st.selectbox(
            "Its deal",
            options,
            index=0 if offered else None,
            format_func=lambda deal_id: labels[deal_id] + (" · likely" if deal_id in offered else ""),
            placeholder="Type a deal, account or id",
            key=f"deal of {document_id}",
        )
        with st.container(horizontal=True):
            if st.button(
                "It belongs to this deal", type="primary", key=f"yes {document_id}", disabled=not chosen
            ):
                _decide(document_id, chosen, name, f"{row['file']} now belongs to {chosen}.")
            if st.button("It belongs to no deal", key=f"no {document_id}"):
                _decide(document_id, None, name, f"{row['file']} belongs to no deal; it stays in the list.")
            download_original(document_id, row["file"], where="waiting")
            show.opener("sheet", document_id, "What stands in it")


def _decide(document_id: str, deal_id: str | None, name: str, message: str) -> None:
    try:
        store = cached.to_write(Deed.LINK, deal_id or "", document_id=document_id)
        assign(store, document_id, deal_id, author=name)
    except BadInput as problem:
        show.problem(problem)
        return
    case_forms.done(message)


def all_sheets(rows: Any) -> None:
    """Every sheet as a table; choosing a row looks into it."""
    table = sheets_table(rows)
    event = show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config={
            "Document": st.column_config.TextColumn(width=260),
            "Deal": st.column_config.TextColumn(width=260),
            "How": st.column_config.TextColumn(width=150),
            "Dated": st.column_config.DateColumn(),
        },
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        key=f"all sheets {st.session_state.setdefault('sheets looked into', 0)}",  # nothing stays selected
    )
    left, right = st.columns([3, 1])
    left.caption("Select a row to look into a sheet.")
    with right:
        show.download(table, "blue sheets")
    if event.selection.rows:
        document_id = str(rows["document_id"].iloc[event.selection.rows[0]])
        if st.query_params.get("sheet") != document_id:
            st.session_state["sheets looked into"] += 1
            st.query_params["sheet"] = document_id
            st.query_params.pop("paragraph", None)
            st.rerun()


def look_into(row: dict[str, Any], rows: Any, wanted: str, parameters: dict[str, str]) -> None:
    """One sheet, paragraph by paragraph, with what became of each."""
    st.subheader(plain(row["file"]), anchor=False)
    whose = row["deal_name"] if not is_missing(row["deal_name"]) else "no deal yet"
    st.markdown(plain(f"Deal: {whose} ({how_found(row['how'])}). It says: {row['says'] or 'nothing'}."))
    with st.container(horizontal=True, vertical_alignment="center"):
        if not is_missing(row["deal_id"]):
            show.page_link(
                "pages/deals/one_deal.py",
                label="Open the deal",
                query_params={**parameters, "deal": row["deal_id"]},
                **show.ARROW,
            )
        download_original(row["document_id"], row["file"], where="sheet")
        show.closer("sheet", "Back to all Blue Sheets")
    found = rows[rows["paragraph"].astype(str) == wanted].to_dict("records")
    for one in found:
        read_as = "nothing" if is_missing(one["used_as"]) else one["used_as"]
        st.info(plain(f"Paragraph {one['paragraph']} ({one['place']}), read as {read_as}: {one['text']}"))
    kinds = {"": "Everything", "unplaced": "Without a place", "facts": "Facts"}
    which = st.segmented_control(
        "Show",
        list(kinds),
        format_func=kinds.get,
        default="",
        required=True,
        key="paragraphs",
        bind="query-params",
    )
    if which == "unplaced":
        rows = rows[rows["used_as"].isna()]
    elif which == "facts":
        rows = rows[rows["used_as"].notna() & (rows["used_as"] != "label")]
    event = show.dataframe(
        rows.rename(columns={"paragraph": "No.", "text": "Text", "place": "Where", "used_as": "Read as"}),
        hide_index=True,
        width="stretch",
        placeholder="no place",
        column_config={"Text": st.column_config.TextColumn("Text", width="large")},
        on_select="rerun",
        selection_mode="single-row",
        key=f"sheet paragraphs {which} {int(rows['used_as'].isna().sum())}",  # a placed one is not selected
    )
    left, right = st.columns([3, 1])
    left.caption("Select a paragraph without a place to give it one.")
    with right:
        show.download(rows, f"paragraphs of {row['file']}", what=f"paragraphs of {row['document_id'][:12]}")
    for chosen in event.selection.rows:
        _give_a_place(row, rows.iloc[chosen].to_dict())


def _give_a_place(row: dict[str, Any], paragraph: dict[str, Any]) -> None:
    """A person says what a paragraph is."""
    if not is_missing(paragraph["used_as"]):
        st.info(plain(f"Paragraph {paragraph['paragraph']} has a place already: {paragraph['used_as']}."))
        return
    if is_missing(row["deal_id"]):
        st.info("Choose the deal of this sheet first; then its paragraphs can be placed.")
        return
    with st.container(border=True, key="give-a-place"):
        st.markdown(plain(f"Paragraph {paragraph['paragraph']}: {paragraph['text']}"))
        words = by_hand.choices(cached.the_method(scope.current().as_of))
        used_as = st.selectbox("Place it as", list(words), format_func=words.get, key="place as")
        name = case_forms.name_field("place")
        if st.button("Place it", type="primary", key="place it"):
            number = int(paragraph["paragraph"])
            try:
                by_hand.place(
                    cached.to_write(Deed.LINK, str(row["deal_id"]), document_id=row["document_id"]),
                    row["document_id"],
                    number,
                    used_as,
                    author=name,
                )
            except BadInput as problem:
                st.error(plain(problem))
                return
            case_forms.done(f"Paragraph {number} is placed: {words[used_as]}.")
