"""What is wrong with the shape of a topic file and what mends it, in the words of those who write one."""

import re
from collections.abc import Collection
from difflib import get_close_matches

_QUOTE = "put it in quotation marks"
_LEAST = "a topic has at least id, title, version and rules"
_NUMBER = "a number is expected, such as 1 or 0.5"

_MENDS = tuple(
    (re.compile(said), mend)
    for said, mend in (
        (r"Expected `str[ |a-z]*`, got `(?:int|float)`", f"YAML takes {{value}} for a number: {_QUOTE}"),
        (r"Expected `str[ |a-z]*`, got `bool`", f"YAML takes {{value}} for true or false: {_QUOTE}"),
        (r"Expected `str[ |a-z]*`, got `date", f"YAML takes {{value}} for a date: {_QUOTE}"),
        (
            r"Expected `str`, got `object`",
            "YAML takes this for a mapping, for its colon and blank: put it in single quotes",
        ),
        (r"Expected `str[ |a-z]*`, got `null`", "nothing stands here: write a text"),
        (r"Expected `str[ |a-z]*`, got `array`", "this is a list: write one text"),
        (r"Expected `array` of length >= 1", "the list is empty: write at least one"),
        (r"Expected `array`, got `(?:object|null)`", "a list is expected: `{key}: […]`"),
        (r"Expected `array`", "a list is expected: `{key}: [{value}]`"),
        (r"Expected `object`, got `null`\Z", f"the file is empty: {_LEAST}"),
        (r"Expected `object`, got `\w+`\Z", f"this is no topic: {_LEAST}"),
        (r"Expected `object`", "`{key}` has keys of its own, each with a colon: `{key}: {{name: …}}`"),
        (r"Expected `float`, got", _NUMBER),
        (r"Expected `int`, got", "a whole number is expected, such as 20"),
        (r"Expected `bool`, got", "true or false is expected"),
        (r"Expected `(?:float|int)` (?P<bound>[<>]=? \d+)", "{value} is out of bounds: the number must be {bound}"),
        (r"Expected `str` matching regex", "an id has small letters, digits and hyphens, such as sea-ice"),
        (r"Expected `str` of length >= 1", "nothing stands here: write a text"),
        (r"Expected `str` of length <= (?P<bound>\d+)", "this is too long: it may have {bound} characters"),
        (r"Expected `str` - at `key`", f"a key is a text: {_QUOTE}"),
        (r"Object missing required field `(?P<name>[^`]*)`", "`{name}` is missing: write `{name}: …`"),
        (
            r"Object contains unknown field `(?P<name>.*?)`(?: - at|\Z)",
            "there is no key `{name}`{guess}; there are {keys}",
        ),
    )
)
"""What msgspec says of a value, and what is said of it to people."""


def mend(problem: str, key: str, value: str, keys: Collection[str]) -> str:
    """The sentence for what msgspec has said.

    `key` is the name of the value at fault, `value` its text in the file, and `keys` are those that may
    stand there. What is not in the table is left as it is.
    """
    for said, sentence in _MENDS:
        if found := said.match(problem):
            groups = found.groupdict()
            near = get_close_matches(groups.get("name", ""), keys, 1)
            guess = f": write `{near[0]}`" if near else ""
            return sentence.format(key=key, value=value, keys=", ".join(keys), guess=guess, **groups)
    return problem
