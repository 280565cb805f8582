"""A wheel carries the lessons' data with it. All else about the package stands in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithData(build_py):
    def run(self):
        super().run()
        if self.editable_mode:
            return  # the data are where they always are
        for path in Path("notebooks/data").glob("*.csv"):
            target = Path(self.build_lib, "course_utils", "data", path.name)
            self.mkpath(str(target.parent))
            self.copy_file(str(path), str(target))


setup(cmdclass={"build_py": WithData})
