"""`python -m analytics.business_case.depth.train`: learn from all answers, write the numbers to ship."""

from __future__ import annotations

from analytics.business_case.depth.fitted import FITTED, save
from analytics.business_case.depth.learn import learn
from analytics.business_case.depth.training import load


def main() -> None:
    """Write `fitted.npz` anew."""
    answers = load()
    save(learn(answers), FITTED)
    print(f"{len(answers):,} answers learned, {FITTED.stat().st_size / 1024:,.0f} KiB written to {FITTED}")


if __name__ == "__main__":
    main()
