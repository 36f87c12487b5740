"""The life of claims: claimants, the desk, the provider's people and the clock do whatever comes to mind.

Played by the driver of the life of customers (tests/handover/life), which says how sequences are drawn, shortened and
shown. `world` is the stage, `rows` what is read after each act, `checks` and its neighbours are the invariants, worked
out anew from rows, `faults` are mistakes planted to see them found. Each other file is one area with its list `RULES`,
and perhaps `BEGINNINGS`. A new transition is one more rule in its area, or one line in `ELSEWHERE` of `test_life`.
"""
