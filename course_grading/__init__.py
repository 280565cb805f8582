"""Scores for problem sets. What a learner wrote runs in a sandbox, and what it is worth is decided outside.

sandbox        one submission's program, locked away: only numbers, text and formulas come out
examination    the source's own checks, run on these in a clean process
preprocessors  the same as two steps of nbgrader's autograde
"""
