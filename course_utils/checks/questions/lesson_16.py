"""The questions of lesson 16."""

import sympy as sp

from .kinds import choice, number

a, u, v, k = sp.symbols("a u v k")

QUESTIONS = {
    "16.1": number(
        sp.diff(a * a + a, a).subs(a, 2),
        {
            4: "that is through b alone. c is made from a directly as well.",
            3: "b is made from a twice, and both times count.",
            1: "that is the direct way alone. a goes into b as well.",
            6: "that is the value of c. How fast does it change with a?",
            2: "that is one of the ways. How many lead from c to a? Add what comes along each.",
            12: "what comes along the ways is added, not multiplied.",
            8: "c has b once and a once. Add what comes along each way.",
        },
    ),
    "16.2": number(
        sp.count_ops(u * v + k),
        {
            1: "one for each operation: what is made first, and what after it?",
            3: "one for each operation. The name k is no operation.",
            5: "u, v and k are on the tape already.",
        },
    ),
    "16.3": choice(
        "complete",
        **{
            "complete": "all that was made from it stands later on the tape, and has passed its part on.",
            "one": "that is true of the loss alone.",
            "still zero": "it began at zero. What has been passed on to it since?",
        },
    ),
}
