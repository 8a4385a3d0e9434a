"""Helpers of COMP 141 for the labs: is my exercise right, and a chart of my numbers.

    check("area", area)         says whether an exercise is right, and if not, what to look at
    progress(1)                 the exercises of lab 1: done and still to do
    chart(numbers, labels)      a bar chart below the cell; also chart(dictionary)

Plain Python, 3.9 or newer. The expected answers are in here for all to read: checks are there to help, grades are not.
"""

import copy
import html
import math

LABS = {
    1: ["minutes_in_class", "whole_hours", "left_minutes", "shout", "fahrenheit", "rectangle_sign"],
    2: ["middle_temperature", "total", "average", "count_above", "position_of_largest", "year_total"],
    3: ["price_of", "count_words", "most_common", "words_of_length", "throws_until"],
}

# What a variable should hold at the end.
ANSWERS = {
    "minutes_in_class": 2100,
    "whole_hours": 16,
    "left_minutes": 40,
    "middle_temperature": 19,
}

_SMALL_TABLE = [["2001", "Jan", "10.5"], ["2001", "Feb", "20"], ["2002", "Jan", "7"]]

# What a function should give back: pairs of arguments and result.
CASES = {
    "shout": [(("hello",), "HELLO!"), (("Stop",), "STOP!"), (("",), "!")],
    "fahrenheit": [((0,), 32), ((100,), 212), ((-40,), -40), ((21.5,), 70.7)],
    "rectangle_sign": [((3, 4), "12 square meters"), ((5, 5), "25 square meters")],
    "total": [(([1, 2, 3],), 6), (([2.5, -2.5],), 0), (([],), 0)],
    "average": [(([1, 2, 3],), 2), (([7],), 7), (([0, 1],), 0.5), (([],), 0)],
    "count_above": [(([1, 5, 9], 4), 2), (([5, 5], 5), 0), (([], 1), 0)],
    "position_of_largest": [(([3, 8, 5],), 1), (([9, 1],), 0), (([-3, -1],), 1), (([4, 4],), 0)],
    "year_total": [((_SMALL_TABLE, "2001"), 30.5), ((_SMALL_TABLE, "2002"), 7), ((_SMALL_TABLE, "1999"), 0)],
    "price_of": [(({"tea": 2, "cake": 3}, "cake"), 3), (({"tea": 2}, "soup"), 0)],
    "count_words": [((["a", "b", "a"],), {"a": 2, "b": 1}), (([],), {})],
    "most_common": [(({"sea": 2, "light": 5, "fog": 1},), "light"), (({"one": 1},), "one")],
    "words_of_length": [(({"sea": 2, "fog": 1, "light": 5}, 3), ["fog", "sea"]), (({"light": 5}, 3), [])],
    "throws_until": [(([2, 6, 1], 6), 2), (([6], 6), 1), (([1, 2, 3], 6), 0)],
}

_done = set()


def check(name, answer):
    """Print whether `answer` (a value, or a function) is right for the exercise called `name`."""
    if name in CASES:
        verdict = _check_function(name, answer)
    elif name in ANSWERS:
        verdict = _check_value(answer, ANSWERS[name])
    else:
        print(f"There is no exercise called {name!r}. Is the name in check(...) still as it was handed out?")
        return
    if verdict is None:
        _done.add(name)
        print(f"{name}: right!")
    else:
        _done.discard(name)
        print(f"{name}: {verdict}")


def progress(lab):
    """Print which exercises of lab number `lab` are right so far, since the kernel was started."""
    names = LABS[lab]
    for name in names:
        print("[x]" if name in _done else "[ ]", name)
    finished = sum(name in _done for name in names)
    print(f"{finished} of {len(names)} done" + (". Well done!" if finished == len(names) else ""))


def _check_value(answer, expected):
    """None if right, else a sentence."""
    if answer is None:
        return "not started yet. Put your expression where None stands."
    if _same(answer, expected):
        return None
    return f"not yet. Yours is {answer!r}." + _hint(answer, expected)


def _check_function(name, function):
    """None if right in all cases, else a sentence about the first case that is not."""
    cases = CASES[name]
    if not callable(function):
        return f"{name} should be a function (def {name}...), but it is {function!r}."
    results = []
    for arguments, _ in cases:
        # The function gets copies: it may change the lists it is given.
        try:
            results.append(function(*copy.deepcopy(arguments)))
        except Exception as error:  # noqa: BLE001 - whatever a student's code raises is told, not raised
            return f"{_call(name, arguments)} stopped with {type(error).__name__}: {error}"
    if all(result is None for result in results):
        return "not started yet: it gives back None. (Written already? It must return its result, not print it.)"
    right = [_same(result, expected) for result, (_, expected) in zip(results, cases)]  # noqa: B905 - strict= came after 3.9
    if all(right):
        return None
    first = right.index(False)
    arguments, expected = cases[first]
    return (
        f"{sum(right)} of {len(cases)} tries right. {_call(name, arguments)} should give {expected!r}, "
        f"yours gives {results[first]!r}." + _hint(results[first], expected)
    )


def _same(answer, expected):
    """Equal; numbers may differ by rounding."""
    if _is_number(answer) and _is_number(expected):
        return math.isclose(answer, expected, rel_tol=1e-9, abs_tol=1e-6)
    if isinstance(answer, (list, tuple)) and isinstance(expected, (list, tuple)):
        return (
            isinstance(answer, list) == isinstance(expected, list)
            and len(answer) == len(expected)
            and all(_same(a, e) for a, e in zip(answer, expected))  # noqa: B905
        )
    return type(answer) is type(expected) and answer == expected


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _hint(answer, expected):
    """A sentence about the usual slip behind this wrong answer, or nothing."""
    if isinstance(answer, str) and _is_number(expected):
        return " That is text, in quotes; a number is asked for."
    if _is_number(answer) and isinstance(expected, str):
        return " That is a number; text is asked for: str(number) makes one into the other."
    if isinstance(answer, str) and isinstance(expected, str) and answer.split() == expected.split():
        return " Look at the spaces."
    if isinstance(answer, str) and isinstance(expected, str) and answer.lower() == expected.lower():
        return " Look at capital and small letters."
    return ""


def _call(name, arguments):
    return f"{name}({', '.join(repr(argument) for argument in arguments)})"


def chart(values, labels=None, title=""):
    """A bar chart of a list of numbers, or of a dictionary {label: number}, shown below the cell.

    What is not a number yet (None, from an exercise still to do) gets no bar.
    """
    if isinstance(values, dict):
        labels = list(values.keys())
        values = list(values.values())
    values = list(values or [])
    labels = [str(label) for label in (labels or [])]
    labels += [str(number) for number in range(len(labels) + 1, len(values) + 1)]
    return Chart(values, labels, str(title))


class Chart:
    """A drawing when the last line of a cell is one; lines of text when it is printed."""

    ROW, BAR, GAP = 24, 420, 10  # pixels: height of a row, longest bar, space around

    def __init__(self, values, labels, title):
        self.rows = [(label, value if _is_number(value) else None) for label, value in zip(labels, values)]  # noqa: B905
        self.title = title
        self.largest = max([abs(value) for _, value in self.rows if value is not None], default=0) or 1

    def __repr__(self):
        if not self.rows:
            return "(nothing to draw yet)"
        width = max(len(label) for label, _ in self.rows)
        lines = [self.title] if self.title else []
        for label, value in self.rows:
            bar = "" if value is None else "#" * round(40 * abs(value) / self.largest)
            lines.append(f"{label:>{width}} | {bar} {_short(value)}")
        return "\n".join(lines)

    def _repr_svg_(self):
        """Called by the notebook; a picture made of text, see https://developer.mozilla.org/docs/Web/SVG."""
        if not self.rows:
            return None
        left = self.GAP + 8 * max(len(label) for label, _ in self.rows)
        top = self.GAP + (self.ROW if self.title else 0)
        width, height = left + self.BAR + 90, top + self.ROW * len(self.rows) + self.GAP
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img"'
            f' font-family="sans-serif" font-size="13">',
            f"<title>{html.escape(self.title or 'bar chart')}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        ]
        if self.title:
            parts.append(_text(self.GAP, self.GAP + 12, self.title, 'font-weight="bold"'))
        for number, (label, value) in enumerate(self.rows):
            y = top + number * self.ROW
            bar = 0 if value is None else round(self.BAR * abs(value) / self.largest, 1)
            color = "#b4472c" if (value or 0) < 0 else "#2c6fb4"
            parts.append(_text(left - 6, y + 16, label, 'text-anchor="end"'))
            parts.append(f'<rect x="{left}" y="{y + 3}" width="{bar}" height="{self.ROW - 6}" fill="{color}"/>')
            parts.append(_text(left + bar + 6, y + 16, _short(value)))
        return "".join(parts) + "</svg>"


def _text(x, y, words, more=""):
    return f'<text x="{x}" y="{y}" fill="#222222" {more}>{html.escape(words)}</text>'


def _short(value):
    """The number as it stands beside its bar."""
    if value is None:
        return "(to do)"
    return str(value) if isinstance(value, int) else f"{value:.1f}"
