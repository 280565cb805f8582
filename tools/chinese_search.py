"""Search in Chinese, which has no spaces: Sphinx finds a text by each two letters that stand side by side."""

import re

from sphinx.search.zh import SearchChinese

HAN = re.compile("[\u4e00-\u9fff]+")


class Pairs(SearchChinese):
    """Of 链式法则 it keeps 链式, 式法 and 法则, and each letter; of what is asked, the pairs alone."""

    language_name = "English"  # whose endings are cut off: Sphinx 9 calls the script for it by this name
    js_splitter_code = r"""
var splitQuery = (query) =>
  (query.match(/[\u4e00-\u9fff]+|\w+/g) || []).flatMap((word) =>
    word.length < 3 || /\w/.test(word) ? [word] : [...word.slice(1)].map((next, at) => word[at] + next),
  );
"""

    def split(self, input: str) -> list[str]:
        runs = HAN.findall(input)
        pieces = [run[at : at + size] for run in runs for size in (1, 2) for at in range(len(run) + 1 - size)]
        return [*pieces, *super().split(HAN.sub(" ", input))]

    def word_filter(self, stemmed_word: str) -> bool:
        return bool(HAN.match(stemmed_word)) or super().word_filter(stemmed_word)
