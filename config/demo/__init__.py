"""A lively register for trying out: invented people and organisations, brought in by the acts real ones use.

`people` and `holdings` say who and what, `scenes` what happened to them over the past weeks, `story` how a scene is
played once and only once.
"""
