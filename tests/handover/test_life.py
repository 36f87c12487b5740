"""People do whatever comes to mind with everything that a customer holds, and the invariants hold after every act."""

import os

import pytest

from handover import transitions
from tests.handover.life.driver import Stage

SEQUENCES = 2_000
PIECES = 16
VISITS = 200


@pytest.mark.django_db
def test_try() -> None:
    import time
    t = time.time()
    stage = Stage()
    n = int(os.environ.get("N", "20"))
    import cProfile, pstats, os as o
    pr = cProfile.Profile()
    c = o.times().user
    stage.run(range(n)) if not o.environ.get("PROF") else pr.runcall(stage.run, range(n))
    print("cpu", o.times().user - c)
    if o.environ.get("PROF"):
        pstats.Stats(pr).sort_stats("cumtime").print_stats(60)
    print(time.time() - t)
    for name in sorted(transitions.__all__, key=lambda x: stage.world.visits[x]):
        print(name, stage.world.visits[name] * 2000 / n, stage.world.refused[name])
    print(stage.world.visits.keys() - set(transitions.__all__), {k:v for k,v in stage.world.refused.items() if "clock" in k})
    print(stage.world.visits.total(), stage.world.refused.total())
