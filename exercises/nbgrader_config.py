"""nbgrader's settings for this course. Run nbgrader in this folder, so that it reads them."""

from nbgrader.apps import api, autogradeapp

from course_utils.grading.converter import CarefulAutograde
from course_utils.grading.preprocessors import Assemble, Examine

autogradeapp.Autograde = api.Autograde = CarefulAutograde  # nbgrader has no setting for this

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
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    Examine,
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbconvert.preprocessors.sanitize.SanitizeHTML",  # no script of a learner in a teacher's browser
]
c.SanitizeHTML.enabled = True
c.OverwriteCells.add_missing_cells = True
