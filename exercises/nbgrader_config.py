"""nbgrader's settings for this course. Run nbgrader in this folder, so that it reads them."""

import os
import sys
from pathlib import Path

import nbgrader
from nbgrader.apps import api, autogradeapp, generatefeedbackapp

from course_utils.grading.ahead import ParallelAutograde
from course_utils.grading.converter import CarefulFeedback
from course_utils.grading.formgrader import close
from course_utils.grading.kept import CheckLabels, SaveTogether
from course_utils.grading.late import Penalties
from course_utils.grading.pages import TEMPLATES
from course_utils.grading.preprocessors import Assemble, Examine, Harmless, Overwrite

autogradeapp.Autograde = api.Autograde = ParallelAutograde  # nbgrader has no setting for this
generatefeedbackapp.GenerateFeedback = api.GenerateFeedback = CarefulFeedback
if handlers := sys.modules.get("nbgrader.server_extensions.formgrader.handlers"):  # in JupyterLab
    close(handlers, Path(__file__).parent)

# nbgrader calls alembic, and finds it only in an activated environment: else it deletes a release, and fails.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.course_id = "gradient_descent_derived"

# A released answer cell keeps its `answer = ...`: the solution is cut out, and nothing put in its place.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = "*Your answer here.*"
# The release stands in the repository: generate again, and fill the gradebook, rather than skip it.
c.GenerateAssignment.force = True

# What a learner hands in runs in a sandbox only, and its own kernel decides nothing (see README.md).
c.Autograde.sanitize_preprocessors = [
    Assemble,
    Overwrite,
    CheckLabels,
]
c.Autograde.autograde_preprocessors = [
    Examine,
    "nbgrader.preprocessors.LimitOutput",
    SaveTogether,
    Penalties,
    CheckLabels,
    Harmless,
]
c.OverwriteCells.add_missing_cells = True
# Sets whose own cells run once beforehand, as tests/grading/test_nursery.py has shown that they leave nothing
# behind. Those of any other set, or of a changed one, run with each submission alone, which takes longer.
c.Examine.tried = [
    *("9bf7fd0c57520492", "cad49e7fa09c1191"),  # 1_chain_rule, in English and in Chinese
    *("fa662cdb013911e7", "b550a58032d79a1c"),  # 2_train
    *("6765f5f964fa0d7f", "bf43883d17fdbba1"),  # 3_activations_and_optimizers
    *("43ded54587e919ee", "fe7ec2e241fc3d0a"),  # 4_deeper
    *("0c0236562c5b640a", "c8167fab2eadaa55"),  # 5_project
]
c.NotebookExporter.optimistic_validation = True  # a notebook is validated once, behind all steps

# What is handed in late loses nothing. With c.LatePolicy.per_day = 0.1 it loses a tenth for each day begun.
c.AssignLatePenalties.plugin_class = "course_utils.grading.late.LatePolicy"
c.ExportApp.plugin_class = "course_utils.grading.marks.Plain"

# The pages of feedback and of Formgrader run no script of a learner's, and ask no other host for anything.
c.HTMLExporter.filters = {"markdown2html": "course_utils.grading.pages.markdown2html"}
c.HTMLExporter.preprocessors = ["course_utils.grading.pages.EscapeNames"]
c.HTMLExporter.extra_template_basedirs = [
    str(TEMPLATES),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]
c.WidgetsDataTypeFilter.display_data_priority = ["image/png", "image/jpeg", "text/plain"]
c.HighlightMagicsPreprocessor.enabled = False  # no other language's lexer, however a cell begins
