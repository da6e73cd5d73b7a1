"""The quarter's luck moves deals not created yet, and leaves their mean as it is."""

import numpy as np
import pytest

from analytics.forecast.draws import _Shared
from analytics.forecast.luck import GRID
from tests.forecast.test_draws import outlook


@pytest.mark.parametrize("chance", [0.02, 0.2, 0.8])
@pytest.mark.parametrize("rho", [0.01, 0.05, 0.20])
def test_over_all_luck_new_deals_bring_what_is_usual(chance: float, rho: float) -> None:
    shared = _Shared.of(outlook(np.full(50, chance)), rho)
    factor = shared.factors[:, 0]
    assert shared.weights[1] @ factor == pytest.approx(1.0, abs=0.003)
    assert factor[GRID > 1].min() > 1 > factor[GRID < -1].max()
