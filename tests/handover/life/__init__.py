"""The life of a customer: people do whatever comes to mind with what they hold, and the invariants are asked each time.

`world` is the stage, `checks`, `checks_holders` and `limits` are the invariants, `driver` plays sequences from seeds
and shortens what goes wrong, `faults` and `faults_holders` are mistakes planted to see them found, `savepoints` takes
back what was only tried. Each other file is one area with its list `RULES`, and perhaps `BEGINNINGS`: names of rules
with which some sequences start, so that what takes many acts is reached. A new area is a file, one line in
`driver.AREAS`, and its place in a theme.
"""
