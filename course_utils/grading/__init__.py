"""Submissions in, scores out: what a learner wrote runs in a sandbox, what it is worth is decided outside.

sandbox        one submission's program, locked away: only numbers, text and formulas come out
wire           what may come out, and how it is read (formulas, activations: of which parts)
session        that program, asked for its answers (worker: its inside, shell: its IPython)
assembly       a submission, put back on its source's skeleton
examination    the source's own checks, run on the answers in a clean process
preprocessors  the same as two steps of nbgrader's autograde; hooks: what comes before them
"""
