"""The life of a customer: people do whatever comes to mind with what they hold, and the invariants are asked each time.

`world` is the stage, `checks` are the invariants, `driver` plays sequences from seeds and shortens what goes wrong,
`faults` are mistakes planted to see them found. Each other file is one area with its list `RULES`; a new area is a file
and one line in `driver.AREAS`.
"""
