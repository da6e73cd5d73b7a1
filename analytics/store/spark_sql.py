"""The queries in Spark's SQL: sqlglot translates, and what it would get wrong is put right here.

Each rule below is a difference between the two engines that a test found; what both say alike needs none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

#: Column types of the store -> Spark's.
TYPES = {
    "VARCHAR": "STRING",
    "TIMESTAMP": "TIMESTAMP_NTZ",  # without a zone, as here: UTC
    "BLOB": "BINARY",
    "INTEGER": "INT",
}

#: Before the name of a table: all of its rows, whoever looks.
WHOLE = "whole_"


def translated(sql: str, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A query and its parameters as Spark takes them. Lists become rows, moments texts that are cast."""
    tree = _parsed(sql).copy()
    for select in list(tree.find_all(exp.Select)):
        if names := _unnested(select):
            select.replace(_rows(names, [len(parameters[name]) for name in names]))
    given: dict[str, Any] = {}
    for placeholder in list(tree.find_all(exp.Placeholder)):
        name = str(placeholder.this)
        value = parameters[name] if name in parameters else _item(parameters, name)
        if isinstance(value, datetime):
            # Spark would take a Python moment for one with a zone
            value = value.isoformat(sep=" ")
            placeholder.replace(exp.cast(placeholder.copy(), exp.DataType.Type.TIMESTAMPNTZ))
        given[name] = value
    return tree.sql("spark"), given


def tables_of(sql: str) -> frozenset[str]:
    """The tables of the store that a query reads."""
    tree = _parsed(sql)
    made_here = {one.alias for one in tree.find_all(exp.CTE)}
    return frozenset(one.name for one in tree.find_all(exp.Table)) - made_here


@cache
def _parsed(sql: str) -> exp.Expr:
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in reversed(list(tree.walk(bfs=False))):  # what stands inside of others first
        for rule in (_whole_table, _subscriber, _days, _rounded, _trimmed, _joined, _quantile):
            if (other := rule(node)) is not None:
                node.replace(other)
    return tree


def _whole_table(node: exp.Expr) -> exp.Expr | None:
    """`store.deal` is all of the table, also where `deal` shows a part of it (analytics/store/sight.py)."""
    if not isinstance(node, exp.Table) or node.db != "store":
        return None
    return exp.Table(this=exp.to_identifier(WHOLE + node.name), alias=node.args.get("alias"))


def _subscriber(node: exp.Expr) -> exp.Expr | None:
    """Spark's variables are not as DuckDB's; a view of one row holds this one."""
    if not isinstance(node, exp.Anonymous) or node.name.lower() != "getvariable":
        return None
    (name,) = node.expressions
    return exp.select(name.name).from_(f"seen_{name.name}").subquery()


def _days(node: exp.Expr) -> exp.Expr | None:
    """Days between two moments are midnights passed; Spark's DATEDIFF(DAY, ...) counts whole 24 hours."""
    if not isinstance(node, exp.DateDiff) or str(node.args.get("unit")).upper() != "DAY":
        return None
    days = [exp.cast(one.copy(), exp.DataType.Type.DATE) for one in (node.this, node.expression)]
    return exp.Anonymous(this="DATEDIFF", expressions=days)


def _rounded(node: exp.Expr) -> exp.Expr | None:
    """Of 1.005, a little less than it says, DuckDB makes 1.00, and Spark, which looks at the digits, 1.01."""
    if not isinstance(node, exp.Round) or not (places := node.args.get("decimals")):
        return None
    factor = exp.Literal.number(f"{10 ** int(str(places))}D")
    whole = exp.Round(this=exp.Mul(this=exp.paren(node.this.copy()), expression=factor))
    return exp.paren(exp.Div(this=whole, expression=factor.copy(), typed=False, safe=False))


def _trimmed(node: exp.Expr) -> exp.Expr | None:
    """DuckDB takes every kind of space away, Spark only the plain one."""
    if not isinstance(node, exp.Trim):
        return None
    spaces = exp.Literal.string(r"^\p{Zs}+|\p{Zs}+$")
    return exp.Anonymous(
        this="REGEXP_REPLACE", expressions=[node.this.copy(), spaces, exp.Literal.string("")]
    )


def _joined(node: exp.Expr) -> exp.Expr | None:
    """A list of texts joined in their own order."""
    if not isinstance(node, exp.GroupConcat) or not isinstance(node.this, exp.Order):
        return None
    texts = node.this.this
    inner = texts.expressions[0] if isinstance(texts, exp.Distinct) else texts
    (order,) = node.this.expressions
    if order.this != inner or order.args.get("desc"):
        raise NotImplementedError(f"Spark joins texts in their own order: {node.sql('duckdb')}")
    ordered = exp.Anonymous(
        this="SORT_ARRAY", expressions=[exp.Anonymous(this="COLLECT_LIST", expressions=[texts.copy()])]
    )
    return exp.Anonymous(this="ARRAY_JOIN", expressions=[ordered, node.args["separator"].copy()])


def _quantile(node: exp.Expr) -> exp.Expr | None:
    """The exact one; sqlglot would write an approximation."""
    if not isinstance(node, exp.PercentileCont) or node.expression is None:
        return None
    return exp.Anonymous(this="PERCENTILE", expressions=[node.this.copy(), node.expression.copy()])


def _unnested(select: exp.Select) -> dict[str, str]:
    """List parameter -> name of its column, if that is all that a SELECT does."""
    found = {}
    for one in select.expressions:
        if not isinstance(one, exp.Alias) or not isinstance(one.this, exp.Explode):
            return {}
        found[str(one.this.this.this)] = one.alias
    return found


def _rows(names: Mapping[str, str], lengths: Sequence[int]) -> exp.Expr:
    """One SELECT per position of the lists, as UNION ALL: Spark unnests one list at a time."""
    (length,) = set(lengths)
    found = [
        exp.select(
            *(exp.alias_(exp.Placeholder(this=f"{name}_{n}"), column) for name, column in names.items())
        )
        for n in range(length)
    ]
    if not found:
        nothing = exp.cast(exp.null(), exp.DataType.Type.TIMESTAMPNTZ)
        return exp.select(*(exp.alias_(nothing.copy(), column) for column in names.values())).where("false")
    return exp.union(*found, distinct=False) if len(found) > 1 else found[0]


def _item(parameters: Mapping[str, Any], name: str) -> Any:
    """A parameter that stands for one item of a list: NAME_NUMBER."""
    base, _, number = name.rpartition("_")
    return parameters[base][int(number)]
