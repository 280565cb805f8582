"""Submissions in, scores out: what a learner wrote runs in a sandbox, and is read and checked in another one.

ahead          nbgrader's autograde with many workers (fleet), for whom each submission is a job
               (released: of sets that are as released, under_way: one run at a time)
converter      nbgrader's autograde, which copies a submission first (regular: no links; reading: notebooks;
               handed_in: which of them it is)
preprocessors  steps of it: put on the skeleton (assembly), examined, made harmless
kept           what nbgrader would work out again for each submission
variants       a set of a learner's own: what varies, which of it a learner has, whose a notebook is
formgrader     what nbgrader leaves open in a teacher's JupyterLab, closed
pages          a learner's words, safe to open (attachments: pictures in them, mathml: formulas in them)
broker         passes messages between the two sandboxes, and says which results are believed (results)
session        the submission's program from outside (worker: its inside, shell: its IPython,
               skeleton: whether all that the set gave it is still there)
examiner       the other one's inside: an examination of each submission, a process for each question
wire           what may come out of a submission, and how it is read (formulas, activations: of which parts)
report         what a class got wrong, for the teacher (report_page: with pictures)
exchange       handed out and in on a class server: a variant for each, and nobody speaks for anybody else
marks          for spreadsheets, Moodle and Canvas (late: what lateness costs; history: earlier tries;
               second_marker; tables: what a spreadsheet shall not compute)
sandbox        how programs are locked away (seccomp: calls that the kernel refuses; channel: how they talk)
warmed         programs that start with all imports done (nursery: forks them; lock: each locks itself in)
"""
