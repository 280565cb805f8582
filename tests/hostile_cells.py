"""What a learner may hand in to reach whoever opens a page about it: cells, outputs and names."""

import base64
import struct
import zlib

RUN = "top.PWNED=1;alert(1)"
FAR = "http://far.example"
PAGE = f"<script>{RUN}</script>"
IN_64 = base64.b64encode(f'<img src="{FAR}/i">{PAGE}'.encode()).decode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><image href="{FAR}/i.svg"/>{PAGE}</svg>'
SVG_64 = base64.b64encode(SVG.encode()).decode()

# In a page of nbgrader's own, in Chromium, these run, or ask another host, or lead to what is no web page.
TRIPS = {
    # links
    "script link": f"[x](javascript:{RUN})",
    "script link in capitals": f"[x](JaVaScRiPt:{RUN})",
    "script link with a tab": f'<a href="java\tscript:{RUN}">x</a>',
    "script link with a line": f'<a href="java&#10;script:{RUN}">x</a>',
    "script link in entities": f"[x](&#106;avascript&colon;{RUN})",
    "script link after a space": f'<a href=" javascript:{RUN}">x</a>',
    "script link after a control": f'<a href="&#1;javascript:{RUN}">x</a>',
    "script link in brackets": f"<javascript:{RUN}>",
    "script link by reference": f"[x][y]\n\n[y]: javascript:{RUN}",
    "script link with a host": f"[x](javascript://far.example/%0a{RUN})",
    "script link around a picture": f"[![p](data:image/gif;base64,R0lGODlhAQABAAAAACw=)](javascript:{RUN})",
    "script link in a heading": f"# [x](javascript:{RUN})",
    "script link in a table": f"|a|\n|-|\n|[x](javascript:{RUN})|",
    "script link in SVG": f'<svg><a href="javascript:{RUN}"><text y="20">x</text></a></svg>',
    "script link in SVG, old": f'<svg><a xlink:href="javascript:{RUN}"><text y="20">x</text></a></svg>',
    "script link set by SVG": f'<svg><a><set attributeName="href" to="javascript:{RUN}"/>'
    '<text y="20">x</text></a></svg>',
    "script link in an area": f'<img usemap="#m" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" width="50" '
    f'height="50"><map name="m"><area shape="default" href="javascript:{RUN}"></map>',
    "ping": f'<a href="#x" ping="{FAR}/ping">x</a>',
    "base": f'<base href="{FAR}/">\n\n[x](y)',
    "link to this machine": "[x](http://localhost:8888/formgrader?path=submitted)",
    "link beside": "[x](../../nbgrader_config.py)",
    "link to a file": "[x](file:///etc/passwd)",
    # pictures and other things from far away
    "picture": f"![p]({FAR}/p.png)",
    "picture by reference": f"![p]\n\n[p]: {FAR}/p.png",
    "picture without a scheme": "![p](//far.example/p.png)",
    "picture in HTML": f'<img src="{FAR}/p.png">',
    "picture in sizes": f'<img srcset="{FAR}/p.png 1x, {FAR}/q.png 2x">',
    "picture by choice": f'<picture><source srcset="{FAR}/p.png"><img></picture>',
    "picture in SVG": f'<svg><image href="{FAR}/p.png" width="9" height="9"/></svg>',
    "picture in SVG, named": f'<svg><use href="{FAR}/p.svg#x"/><feImage href="{FAR}/p.png"/>'
    f'<image xlink:href="{FAR}/q.png" width="9" height="9"/></svg>',
    "picture as a button": f'<input type="image" src="{FAR}/p.png">',
    "picture of a film": f'<video poster="{FAR}/p.png"></video>',
    "film": f'<video autoplay muted src="{FAR}/v.mp4"></video>',
    "sound": f'<audio preload="auto" src="{FAR}/a.mp3"></audio>',
    "subtitles": f'<video src="data:,"><track default src="{FAR}/t.vtt"></video><img src="{FAR}/x">',
    "background": f'<table background="{FAR}/p.png"><tr><td>x</td></tr></table>',
    "style": f'<p style="background:url({FAR}/p.png)">x</p>',
    "style, escaped": f'<p style="background:u\\72 l({FAR}/p.png)">x</p>',
    "style, by set": f"<p style=\"background:image-set('{FAR}/p.png' 1x)\">x</p>",
    "style of a list": f'<ul style="list-style:url({FAR}/p.png)"><li>x</li></ul>',
    "style sheet": f"<style>@import url({FAR}/s.css);</style>",
    "style sheet with a font": f"<style>@font-face{{font-family:f;src:url({FAR}/f)}}*{{font:9px f}}</style>",
    "style sheet, linked": f'<link rel="stylesheet" href="{FAR}/s.css">',
    "icon": f'<link rel="prefetch" href="{FAR}/i"><link rel="preload" as="image" href="{FAR}/j">',
    "frame": f'<iframe src="{FAR}/"></iframe>',
    "frame with a page": f'<iframe srcdoc="<script>{RUN.replace("top", "parent")}</script>"></iframe>',
    "frame with a script": f'<iframe src="javascript:{RUN}"></iframe>',
    "frame with data": f'<iframe src="data:text/html;base64,{IN_64}"></iframe>',
    "object": f'<object data="{FAR}/o"></object>',
    "object with data": f'<object data="data:text/html;base64,{IN_64}"></object>',
    "embedded": f'<embed src="{FAR}/e">',
    "embedded data": f'<embed src="data:image/svg+xml;base64,{SVG_64}">',
    "refresh": f'<meta http-equiv="refresh" content="0;url={FAR}/r">',
    "form": f'<form action="{FAR}/"><button>x</button></form>',
    "form with a script": f'<form action="javascript:{RUN}"><button>x</button></form>',
    "button of another form": f'<form id="f"></form><button form="f" formaction="javascript:{RUN}">x',
    # scripts
    "script": PAGE,
    "script in a line": f"words {PAGE} words",
    "script from far": f'<script src="{FAR}/s.js"></script>',
    "script module": f'<script type="module">import "{FAR}/m.js"</script>',
    "script in SVG": f"<svg>{PAGE}</svg>",
    "script after an open comment": f"<!--> {PAGE} -->",
    "event": f'<img src=x onerror="{RUN}">',
    "event without a space": f'<p><img/src=x/onerror="{RUN}"></p>',
    "event, unclosed": f'<p><b>x</b><img src=x onerror="{RUN}"',
    "event of SVG": f'<svg onload="{RUN}"></svg>',
    "event of SVG, animated": f'<svg><animate onbegin="{RUN}" attributeName="x" dur="1s"/></svg>',
    "event on a click": f'<b onclick="{RUN}">x</b>',
    "event under the mouse": f'<b onmouseover="{RUN}">x</b>',
    "event in focus": f'<b tabindex="0" autofocus onfocus="{RUN}">x</b>',
    "event of a key": f'<b tabindex="0" onkeydown="{RUN}">x</b>',
    "event of details": f'<details open ontoggle="{RUN}"><summary>x</summary>y</details>',
    "event of a style": f'<style>@keyframes k{{}}</style><b style="animation:k 1s" onanimationstart="{RUN}">',
    "event of a film": f'<video><source onerror="{RUN}"></video>',
    "event of a body": f'<body onpageshow="{RUN}">',
    "event in a picture's words": f'![" onerror="{RUN}](x)<img alt="`" src=x title="` onerror={RUN} ">'
    f'<img src=x onerror="{RUN}">',
    "event after a title": f'[x](http://far.example/ "a\\" onmouseover=\\"{RUN}")<b onclick="{RUN}">x</b>',
    "event in a text box": f'<textarea></textarea><img src=x onerror="{RUN}">',
    "event in a template": f'<p><template shadowrootmode="open"><img src=x onerror="{RUN}"></template>',
    "event in MathML": f'<math><mi onclick="{RUN}">x</mi></math>',
    "event after a formula": f'$x$<img src=x onerror="{RUN}">$y$',
    "event in an environment": f'\\begin{{a}}\\end{{a}}<img src=x onerror="{RUN}">',
    "event in a diagram": f'```mermaid\n<img src=x onerror="{RUN}">\n```',
    "attached page, shown": (
        '<embed src="data:image/svg+xml;base64,' + SVG_64 + '">![p](attachment:a)',
        {"a": {"text/html": IN_64}},
    ),
}
# What no page runs, or what only a typesetter of TeX or an older browser would.
OTHERS = {
    "script in a half tag": f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    "event in another namespace": f'<math><mtext><table><mglyph><style><img src=x onerror="{RUN}">',
    "attached page": ("![p](attachment:a)", {"a": {"image/svg+xml": SVG_64}}),
    "TeX link": r"$\href{javascript:" + RUN + r"}{x}$ \\(\href{javascript:alert(1)}{x}\\)",
    "TeX link in entities": f"&#36;&#92;href{{javascript:{RUN}}}{{x}}&#36;",
    "TeX address": r"$$\url{javascript:alert(1)}$$",
    "TeX class": r"$\class{btn}{x}$ $\cssId{submission_id}{x}$",
    "TeX style": rf"$\style{{background:url({FAR}/p.png)}}{{x}}$ $\bbox[url({FAR}/p)]{{x}}$",
    "TeX sign": rf"$\unicode[x;background:url({FAR}/p)]{{x41}}$",
    "TeX packages": r"$\require{html}\href{javascript:alert(1)}{x}\data{a=b}{x}\htmlData{a=b}{x}$",
    "TeX picture": rf"$\includegraphics{{{FAR}/p.png}}$",
    "TeX macro": r"$\def\a#1{\href{javascript:alert(1)}{#1}}\a x$ $\newcommand{\b}{\b\b}\b$",
    "TeX with HTML": f'$\\text{{<img src=x onerror="{RUN}">}}$ $a<img src=x onerror="{RUN}">b$',
    "TeX environment": r"\begin{align}\href{javascript:alert(1)}{x}\end{align}",
    "link in MathML": f'<math href="javascript:{RUN}"><mi href="javascript:{RUN}">x</mi></math>',
    "link with data": f"[x](data:text/html;base64,{IN_64})",
    "link with VBScript": "[x](vbscript:msgbox(1))",
    "names of the page": '<form id="submission_id" name="base_url"></form><a id="top" name="FormGrader">',
    "gadgets of the page": f'<a class="btn tabbable score" data-toggle="tooltip" data-link="{FAR}" '
    f'data-template="<img src=x onerror={RUN}>" title="x">x</a>',
    "missing attachment": "![p](attachment:nowhere.png)",
    "attached to itself": ("![p](attachment:a)", {"a": {"image/png": IN_64}}),
    "attached with a name": ("![p](attachment:a)", {f'"><img src=x onerror={RUN}>': {"image/png": "x"}}),
}
CELLS = TRIPS | OTHERS


def picture(width: int = 2, height: int = 2, profile: bytes = b"") -> str:
    """A black PNG in base64, written by hand; a large one says so and ends early. profile: of its colours."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(min(width, 99)) for _ in range(min(height, 99))))
    signature = b"\x89PNG\r\n\x1a\n"
    profiles = chunk(b"iCCP", b"a\0\0" + zlib.compress(profile)) if profile else b""
    parts = [signature, chunk(b"IHDR", head), profiles, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return base64.b64encode(b"".join(parts)).decode()


DISPLAYS = f"""from IPython.display import HTML, SVG, Image, Javascript, Latex, Markdown, display
display(HTML({PAGE!r}), Javascript({RUN!r}), Latex({OTHERS["TeX link"]!r}), Markdown({TRIPS["picture"]!r}))
display({{"image/svg+xml": {SVG!r}, "text/html": {SVG!r}, "text/plain": {PAGE!r}}}, raw=True)
display({{"image/png": '" onerror="{RUN}'}}, raw=True)
display({{"image/png": {picture()!r}}}, raw=True, metadata={{"image/png": {{"width": '1 onload={RUN}'}}}})
print({PAGE!r}, "\\x1b[31m<b onclick={RUN}>x</b>", "\\x1b]8;;javascript:{RUN}\\x07x\\x1b]8;;\\x07")"""
CODE = [DISPLAYS, f"raise ValueError({PAGE!r})", f"# {PAGE}\nx = '{SVG}'", f"%%html\n{PAGE}\n{SVG}"]
GOOD = (  # what an honest learner writes, and a teacher has to be able to read
    "The *slope* is $\\frac{\\partial L}{\\partial w} < 0$, see [here](https://example.org/a?b=c).\n\n"
    "| a | b |\n|---|---|\n| 1 | `x_1 < \\n` |\n\n![a drawing](attachment:my%20drawing.png)\n\n"
    "$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$",
    {"my drawing.png": {"image/png": picture()}},
)
NAMES = '"><img src=x onerror="top.PWNED=1">'
