"""Business case: what really goes on behind a stage and a date, and where does nobody know?"""

import streamlit as st

from analytics.business_case.gaps import BARS, ORDERS, gap_sentence, gaps_by_stage, headline, worst_gap
from analytics.case_matrix import coloured, matrix_table
from analytics.case_view import Filter, deals_against, deals_behind_gap, findings, in_quarter
from analytics.figures import case_gaps, hygiene_bars
from analytics.terms import explain, label
from analytics.wording import count, money, plain
from pages.shared import cached, case_lists, scope, show

show.come_back("pages/deals/business_case.py")
company, chosen = cached.the_company(), scope.current()
words = {"currency": company.currency, "locale": company.locale}
look = words | {"dark": show.is_dark()}
link = scope.parameters(chosen)
THIS, ALL = "This quarter", "All open"

top = st.container()
with st.container(horizontal=True, gap="large"):
    which = st.segmented_control(
        "Deals",
        [ALL, THIS],
        default=ALL,
        required=True,
        key="dated",
        bind="query-params",
        help="All open deals of the scope, or only those dated in its quarter (without Omitted).",
    )
    bar = st.segmented_control(
        "An answer counts when it is at least",
        list(BARS),
        default="explained",
        required=True,
        key="bar",
        bind="query-params",
        help=plain(explain("depth")),
    )
everything = cached.the_cases(chosen)
view = in_quarter(everything, chosen.quarter) if which == THIS else everything
bar = bar or "explained"  # a link that ends in "bar="
gaps = gaps_by_stage(view.cases, bar)
worst = worst_gap(gaps)
gap_said = "" if worst is None else f"{gap_sentence(worst, bar)}."
lead, rest = headline(view.cases, company)
with top:
    show.answer("Business case", lead, f"{gap_said} {rest}".strip())

if view.deals.empty:
    st.info("Choose all open deals above, another team or owner, or an earlier date: none here is open.")
    st.stop()
if not view.is_answered:
    case_lists.how_to_load()

by_deal, by_stage, against, search = st.tabs(
    ["Deals by question", "Gaps by stage", "What does not fit", "Search"], key="view", bind="query-params"
)
stages, questions = list(dict.fromkeys(gaps["stage"])), [one.label for one in view.cases.questions]

if by_deal.open:
    with by_deal:
        with st.container(horizontal=True):
            orders = {heading: key for key, (heading, _, _) in ORDERS.items()}
            order = orders[case_lists.pick("sort", "Sort by", list(orders), every=False)]
            stage = case_lists.pick("stage", "Stage", stages)
            category = case_lists.pick("category", "Forecast category", sorted(set(view.deals["category"])))
            question = case_lists.pick(
                "question",
                f"No {bar} answer to",
                questions,
                help="Only deals below the bar in this question.",
            )
        asked = Filter(stage, category, question, bar)
        kept = asked.of(view)
        if said := asked.in_words():
            st.caption(plain(f"Only deals {said}: {len(kept.deals):,} of {len(view.deals):,}."))
        if kept.deals.empty:
            st.info("No deal is left. Choose fewer filters above.")
        else:
            table = matrix_table(kept.cases, order)
            drawn = coloured(kept.cases, table, dark=look["dark"])
            case_lists.matrix(table, drawn, kept, company, file=f"cases {chosen.as_of}", parameters=link)

if by_stage.open:
    with by_stage:
        show.figure(
            gap_said or f"Every open deal has all its answers {bar}.",
            case_gaps.case_gaps(gaps, **look),
            case_gaps.describe(gaps, **words),
            gaps,
            file=f"gaps {bar} {chosen.as_of}",
            note=f"Share of each stage's open money without an answer that is at least {bar}.",
            kinds={"money": "money", "missing": "money", "share": "share"},
        )
        st.subheader("The deals behind a cell", anchor=False)
        at = worst if worst is not None else gaps.iloc[0]
        with st.container(horizontal=True):
            stage = case_lists.pick("gap_stage", "Stage", stages, every=False, start=at["stage"])
            question = case_lists.pick("gap_question", "Question", questions, every=False, start=at["label"])
        cell = gaps[(gaps["stage"] == stage) & (gaps["label"] == question)].iloc[0]
        behind = deals_behind_gap(view, stage, question, bar)
        part, whole = (
            money(cell[one], company.currency, locale=company.locale) for one in ("missing", "money")
        )
        below = f"no {bar} {question.lower()}, in {behind.n} of {count(cell['deals'], 'deal')}"
        st.markdown(plain(f"{part} of {whole} at {stage} has {below}."))
        show.deals(behind, company, file=f"gap {stage} {question} {bar}", parameters=link)

if against.open:
    with against:
        named = findings(view)
        show.figure(
            f"Case and CRM do not fit together in {count(view.contradictions['deal_id'].nunique(), 'deal')}",
            hygiene_bars.hygiene_bars(named, **look),
            hygiene_bars.describe(named, **words),
            named,
            file=f"contradictions {chosen.as_of}",
            note="Money of the open deals that each check names. One deal can be named by several.",
            kinds={"money": "money"},
        )
        found = {row.key: row.deals for row in hygiene_bars.table(named).itertuples() if row.deals}
        check = show.from_url("check", tuple(found))
        with st.container(horizontal=True):
            for key, n in found.items():
                show.opener("check", key, f"{label(key)}: {count(n, 'deal')}")
        if check:
            st.subheader(label(check), anchor=False)
            st.caption(plain(explain(check)))
            case_lists.reasons(deals_against(view, check), company, name=check, parameters=link)
            show.closer("check")

if search.open:
    with search:
        case_lists.search(view, chosen, company, link)
