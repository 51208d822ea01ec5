"""The query language (``docs/searching.md``): text → ``Query``.

Words side by side bind last: ``a b OR c`` is ``a AND (b OR c)``. Words written together ("covid-19", "7,5",
"kompas.com") mean a phrase. Stop-words count in phrases, and elsewhere only where nothing else is left. The index
holds roots: ``pembangun*``, itself a form of *bangun*, finds that too. In ``near`` only aliases of one word count.

The grammar is luqum's (Lucene's); a new kind of expression gets a node in ``ast`` and a line in ``_Reader``.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain, takewhile
from math import prod
from typing import Any, NamedTuple

import luqum.tree as lucene
import ply.yacc
from luqum.exceptions import ParseError
from rich.cells import cell_len

from core.errors import UsageError
from core.text.analyser import analyse, unstemmed_words
from search.aliases import MAX_NAME_WORDS, NO_ALIASES, Aliases
from search.ast import And, Near, Node, Not, Or, Phrase, Place, Prefix, Query, Word, join_nodes, positive_texts
from search.fields import FIELDS, PLACES, VALUES, UnreadableError, read_value
from search.stopwords import stop_terms

_make = ply.yacc.yacc
ply.yacc.yacc = partial(_make, debug=False, write_tables=False)
try:
    from luqum.thread import parse
finally:
    ply.yacc.yacc = _make

# Far above any written query, and below the limits of luqum (seconds) and FTS5 (256 levels).
MAX_LENGTH = 10_000
MAX_DEPTH = 20

# ``near(a, "b c", 5)`` is handed to luqum as a field of as many characters: NEAR:"a, ☐b c☐, 5". These two
# belong to Unicode's private use; no keyboard has them.
NEAR = "\ue000" * 3
NEAR_QUOTE = "\ue001"

# Quotes as phones and word processors write them; and characters not typed on purpose.
_PLAIN = str.maketrans("“”„‟«»" + "\ue000\ue001\0", '""""""' + "   ")
_IN_NEAR = str.maketrans('"\\', NEAR_QUOTE + " ")
_QUOTED = r'"(?:\\.|[^"\\])*"'
_PHRASE_OR_NEAR = re.compile(
    rf'{_QUOTED}|(?<![^\s(+\-:])near\((?P<near>(?:[^()"\\]|{_QUOTED})*)\)?', re.IGNORECASE | re.DOTALL
)
_BALANCED = re.compile(r'\\.|["()]', re.DOTALL)
# luqum wants no word to begin with these; to the analyser they stand between words anyway.
_MARK_BEFORE_WORD = re.compile(r"""(?<![^\s(+\-:])['/]""")
_LOST_ESCAPE = re.compile(r"\\(?=\s|$)")
# Their colon names no field.
_ADDRESS = re.compile(r"\bhttps?://[^\s()\"]+", re.IGNORECASE)
_CLOCK = re.compile(r"(?<![\w.])(?<!\d[+-])\d{1,3}(?::\d{1,3})+(?![\w:])")
_SPECIAL = re.compile(r"[^\w.]")
_POSITION = re.compile(r"at position (\d+)!?$")
_SHOWN = 78  # characters of the query around the mistake


class QueryError(UsageError):
    """An unreadable query; the message points to the mistake."""

    def __init__(self, problem: str, text: str, position: int) -> None:
        self.problem = problem
        self.column = position + 1
        start = max(0, position - _SHOWN // 2)
        excerpt = re.sub(r"\s", " ", text[start : start + _SHOWN])
        # Letters of some scripts are two columns wide on a terminal, or none.
        indent = " " * cell_len(excerpt[: position - start])
        super().__init__(f"query, column {self.column}: {problem}\n  {excerpt}\n  {indent}^")


def read_syntax(text: str) -> lucene.Item | None:
    """Parse a query into luqum's tree, ``None`` for an empty one.

    Raises:
        QueryError: it is unbalanced, too long, or none.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"it has {len(text):,} characters; {MAX_LENGTH:,} are allowed", text, MAX_LENGTH)
    plain = text.translate(_PLAIN)
    _check_balance(plain, text)
    return _parse(_readable(plain, text), text) if plain.strip() else None


def _check_balance(plain: str, text: str) -> None:
    """Check quotes and parentheses; luqum would not say where the mistake is."""
    opened: list[int] = []
    quote: int | None = None
    for match in _BALANCED.finditer(plain):
        mark, position = match.group(), match.start()
        if mark == '"':
            quote = position if quote is None else None
        elif quote is not None:
            continue
        elif mark == "(":
            opened.append(position)
            if len(opened) > MAX_DEPTH:
                raise QueryError(f"more than {MAX_DEPTH} parentheses inside each other", text, position)
        elif mark == ")":
            if not opened:
                raise QueryError("this parenthesis was never opened", text, position)
            opened.pop()
    if quote is not None:
        raise QueryError("this quotation mark is never closed", text, quote)
    if opened:
        raise QueryError("this parenthesis is never closed", text, opened[-1])


def _readable(plain: str, text: str) -> str:
    return "".join(_readable_parts(plain, text))


def _readable_parts(plain: str, text: str) -> Iterator[str]:
    """Yield the query as luqum reads it; every character keeps its column."""
    end = 0
    for match in _PHRASE_OR_NEAR.finditer(plain):
        yield _without_marks(plain[end : match.start()])
        if match["near"] is None:
            yield match.group()
        elif match.group().endswith(")"):
            yield f'{NEAR}:"{match["near"].translate(_IN_NEAR)}"'
        else:
            raise QueryError("near(…) holds words and a number only: near(wang, lavrov, 10)", text, match.start())
        end = match.end()
    yield _without_marks(plain[end:])


def _without_marks(part: str) -> str:
    for written_together in (_ADDRESS, _CLOCK):
        part = written_together.sub(lambda match: _SPECIAL.sub(".", match.group()), part)
    return _LOST_ESCAPE.sub(" ", _MARK_BEFORE_WORD.sub(" ", part))


def _parse(plain: str, text: str) -> lucene.Item:
    try:
        item: lucene.Item = parse(plain)  # type: ignore[no-untyped-call]  # the library has no annotations
    except ParseError as error:
        raise _placed(str(error), text) from error
    except (ArithmeticError, ValueError) as error:
        # "~" and "^" want a number; luqum does not check it.
        mark = re.search(r"[~^]", plain)
        raise QueryError("no number stands here", text, mark.start() if mark else 0) from error
    return item


def _placed(message: str, text: str) -> QueryError:
    place = _POSITION.search(message)
    if place is None:
        return QueryError(f"something is missing after {text.rsplit(maxsplit=1)[-1][-20:]!r}", text, len(text.rstrip()))
    position = int(place.group(1))
    word = re.match(r"\S{1,20}", text[position:])
    return QueryError(f"{word.group() if word else ' '!r} cannot stand here", text, position)


MIN_NEAR_WORDS, MAX_NEAR_WORDS = 2, 5
MAX_DISTANCE = 50
# Where no distance is named; as in FTS5.
DISTANCE = 10
# FTS5 gets one NEAR for each combination of names.
_MAX_COMBINATIONS = 64


def read_near(inside: str) -> tuple[Sequence[str], int]:
    parts = next(csv.reader([" ".join(inside.split())], quotechar=NEAR_QUOTE, skipinitialspace=True), [])
    number = parts[-1].strip() if parts else ""
    if number.isdecimal() and number.isascii():
        return parts[:-1], int(number[:4])
    return parts, DISTANCE


def near_problem(parts: Sequence[str], distance: int) -> str | None:
    if not MIN_NEAR_WORDS <= len(parts) <= MAX_NEAR_WORDS:
        return f"near takes {MIN_NEAR_WORDS} to {MAX_NEAR_WORDS} words, e.g. near(wang, lavrov, {DISTANCE})"
    if not 1 <= distance <= MAX_DISTANCE:
        return f"near's distance is a whole number from 1 to {MAX_DISTANCE}"
    return None


def has_too_many_combinations(words: Sequence[Sequence[str]]) -> bool:
    return prod(map(len, words)) > _MAX_COMBINATIONS or len(words) > 2 * MAX_NEAR_WORDS


# Far above any written query, and below FTS5's limit (256 levels).
MAX_WORDS = 500
# Each may cost a look into an index of its own.
MAX_FIELDS = 100
MIN_PREFIX = 3

# Read by luqum, but not in this language, or not in this place.
_UNUSED = {
    lucene.Fuzzy: "'~'",
    lucene.Boost: "'^'",
    lucene.Range: "'[… TO …]'",
    lucene.From: "'>'",
    lucene.To: "'<'",
}


def parse_query(text: str, aliases: Aliases = NO_ALIASES, now: datetime | None = None) -> Query:
    """Parse a query; ``date:7d`` counts from ``now``, by default this moment.

    Raises:
        QueryError: it is empty, unbalanced, too long or deep, or not in the language.
    """
    item = read_syntax(text)
    reader = _Reader(text, aliases, now or datetime.now(UTC))
    root = None if item is None else reader.read(item)
    if root is None:
        raise QueryError("there is no word to look for", text, 0)
    return Query(text, root, tuple(reader.used.items()))


class _At(NamedTuple):
    """Surroundings of an expression: a field, and a ``+`` before it."""

    field: str | None = None
    exact: bool = False

    @property
    def place(self) -> Place | None:
        return PLACES.get(self.field) if self.field else None

    @property
    def has_aliases(self) -> bool:
        return not self.exact and self.field in {None, "title"}


_ANYWHERE = _At()


class _Reader:
    """Turns luqum's tree into ours; ``None`` where the analyser finds no word."""

    def __init__(self, text: str, aliases: Aliases, now: datetime) -> None:
        self._text = text
        self._aliases = aliases
        self._now = now
        self._words = 0
        self._fields = 0
        self.used: dict[str, tuple[str, ...]] = {}

    def read(self, item: lucene.Item, at: _At = _ANYWHERE, depth: int = 0) -> Node | None:
        if depth > 2 * MAX_DEPTH:  # a parenthesis and the operator in it count one each
            raise self._error(item, f"more than {MAX_DEPTH} operators inside each other")
        node: Node | None
        match item:
            case lucene.BaseGroup():
                node = self.read(item.children[0], at, depth + 1)
            case lucene.Plus():
                node = _kept(self.read(item.children[0], at._replace(exact=True), depth + 1))
            case lucene.Not() | lucene.Prohibit():
                inner = self.read(item.children[0], at, depth + 1)
                node = None if inner is None else Not(inner)
            case lucene.OrOperation():
                node = _joined(Or, (self.read(child, at, depth + 1) for child in item.children))
            case lucene.AndOperation() | lucene.UnknownOperation():
                node = _joined(And, self._read_sequence(_sequence(item), at, depth))
            case lucene.SearchField():
                node = self._read_field(item, at, depth)
            case _:
                node = self._read_value(item, at.field) if at.field in VALUES else self._read_text(item, at)
        return node

    def _read_sequence(self, items: Sequence[lucene.Item], at: _At, depth: int) -> list[Node]:
        nodes: list[tuple[Node, bool]] = []
        start = 0
        while start < len(items):
            end = start + max(1, self._name_at(items[start : start + MAX_NAME_WORDS], at))
            first, alone = items[start], end == start + 1
            node = self.read(first, at, depth + 1) if alone else self._read_name(items[start:end], at)
            if node is not None:
                nodes.append((node, isinstance(first, lucene.SearchField)))
            start = end
        return _without_stop_words(nodes)

    def _name_at(self, items: Sequence[lucene.Item], at: _At) -> int:
        """Count the leading items that make a name with aliases."""
        if not (at.has_aliases and self._aliases):
            return 0
        return self._aliases.longest([unstemmed_words(_value(item)) for item in takewhile(_is_plain_word, items)])

    def _read_field(self, item: lucene.SearchField, at: _At, depth: int) -> Node | None:
        inner, name = item.children[0], item.name.lower()
        if name == NEAR:
            if not isinstance(inner, lucene.Phrase):
                raise self._error(inner, "nothing like '~' or '^' may follow near(…): its last number is the distance")
            return self._near(item, *read_near(inner.value[1:-1]), at)
        if at.field is not None:
            raise self._error(item, f"no field may stand inside another: {name}: inside {at.field}:")
        if name not in FIELDS:
            allowed = ", ".join(f"{field}:" for field in FIELDS)
            problem = f"there is no field {item.name[:40]!r}; to look for the words, put them in quotes ({allowed})"
            raise self._error(item, problem)
        self._count_field(item)
        return self.read(inner, at._replace(field=name), depth + 1)

    def _read_value(self, item: lucene.Item, field: str | None) -> Node:
        assert field is not None
        self._count_field(item)
        try:
            return read_value(field, item, self._now)
        except UnreadableError as error:
            raise self._error(item, str(error)) from error

    def _read_text(self, item: lucene.Item, at: _At) -> Node | None:
        match item:
            case lucene.Word() if "*" in item.value:
                return self._read_prefix(item, at)
            case lucene.Word() if "?" in item.value.rstrip("?"):
                problem = "'?' does not stand for a letter here: every form of a word is found anyway"
                raise self._error(item, problem)
            case lucene.Word() | lucene.Phrase():
                return self._read_name([item], at)
            case lucene.Proximity():
                return self._near(item, item.term.value[1:-1].split(), item.degree, at)
        mark = _UNUSED.get(type(item), "this")
        raise self._error(item, f"{mark} means nothing here; to look for the words, put them in quotes")

    def _read_prefix(self, item: lucene.Word, at: _At) -> Node:
        start, mark, rest = item.value.partition("*")
        words = unstemmed_words(start)
        if any(map(str.isalnum, rest)) or "*" in rest or "?" in start:
            raise self._error(item, "'*' stands at the end of a word only: every form of a word is found anyway")
        if len(words) != 1 or len(words[0]) < MIN_PREFIX:
            raise self._error(item, f"'{mark}' needs at least {MIN_PREFIX} letters (or figures, not both) before it")
        prefix = Prefix(words[0], at.place)
        root = self._terms(item, start)
        return prefix if root == words else Or((prefix, _as_node(root, at.place)))

    def _read_name(self, items: Sequence[lucene.Item], at: _At) -> Node | None:
        typed = _joined(And, [self._read_words(item, _value(item), at.place) for item in items])
        written = " ".join(map(_value, items))
        others = self._aliases.others(written) if at.has_aliases else ()
        if not others:
            return typed
        self.used[written] = others
        return _joined(Or, [typed, *(self._read_words(items[0], name, at.place) for name in others)])

    def _read_words(self, item: lucene.Item, text: str, place: Place | None) -> Node | None:
        terms = self._terms(item, text)
        return _as_node(terms, place) if terms else None

    def _near(self, item: lucene.Item, parts: Sequence[str], distance: int, at: _At) -> Node:
        if at.field not in {None, "title"}:
            raise self._error(item, f"near means nothing in {at.field}:, only in title: and without a field")
        if problem := near_problem(parts, distance):
            raise self._error(item, problem)
        words: list[tuple[str, ...]] = []
        phrases: list[Phrase] = []
        for part in parts:
            terms = self._terms(item, part)
            if not terms:
                raise self._error(item, f"near needs a word where {part[:40]!r} stands")
            words += [self._alternatives(item, part, terms[0], at)] if len(terms) == 1 else [(term,) for term in terms]
            phrases += [Phrase(terms, at.place)] if len(terms) > 1 else []
        different = tuple(dict.fromkeys(words))
        if has_too_many_combinations(different):
            raise self._error(item, "too many words and aliases in this near; put + before it to look for these only")
        if len(different) == 1:
            return join_nodes(Or, [Word(term, at.place) for term in words[0]])
        # A phrase stands together, and its words do not count towards the distance.
        distance += sum(len(phrase.terms) - 1 for phrase in phrases)
        return join_nodes(And, [Near(different, distance, at.place), *phrases])

    def _alternatives(self, item: lucene.Item, word: str, term: str, at: _At) -> tuple[str, ...]:
        others = self._aliases.others(word) if at.has_aliases else ()
        terms = {name: self._terms(item, name) for name in others if len(unstemmed_words(name)) == 1}
        if terms:
            self.used.setdefault(word, tuple(terms))
        return tuple(dict.fromkeys([term, *(name_term for (name_term,) in terms.values())]))

    def _terms(self, item: lucene.Item, value: str) -> tuple[str, ...]:
        terms = tuple(analyse(value.replace("\\", "")).split())
        self._words += len(terms)
        if self._words > MAX_WORDS:
            aliases = ", with the other names they have" if self.used else ""
            raise self._error(item, f"more than {MAX_WORDS} words{aliases}")
        return terms

    def _count_field(self, item: lucene.Item) -> None:
        self._fields += 1
        if self._fields > MAX_FIELDS:
            raise self._error(item, f"more than {MAX_FIELDS} fields and values")

    def _error(self, item: lucene.Item, problem: str) -> QueryError:
        return QueryError(problem, self._text, item.pos or 0)


def _value(item: Any) -> str:
    value: str = item.value
    return value[1:-1] if isinstance(item, lucene.Phrase) else value


def _sequence(item: lucene.BaseOperation) -> list[lucene.Item]:
    """Flatten nested ANDs, since AND binds closer than a space."""
    nested = ((child.children if isinstance(child, lucene.AndOperation) else (child,)) for child in item.children)
    return list(chain.from_iterable(nested))


def _is_plain_word(item: lucene.Item) -> bool:
    return isinstance(item, lucene.Word) and "*" not in item.value


def _as_node(terms: tuple[str, ...], place: Place | None) -> Word | Phrase:
    return Word(terms[0], place) if len(terms) == 1 else Phrase(terms, place)


def _kept(node: Node | None) -> Node | None:
    return Phrase((node.term,), node.place) if isinstance(node, Word) else node


def _joined(kind: type[And | Or], nodes: Iterable[Node | None]) -> Node | None:
    kept = list(dict.fromkeys(node for node in nodes if node is not None))
    return join_nodes(kind, kept) if kept else None


def _without_stop_words(nodes: Sequence[tuple[Node, bool]]) -> list[Node]:
    """Drop bare stop-words if other words are left; those in a field stay."""
    rest = [node for node, in_field in nodes if in_field or not (isinstance(node, Word) and node.term in stop_terms())]
    return rest if any(_has_words(node) for node in rest) else [node for node, _ in nodes]


def _has_words(node: Node) -> bool:
    return not isinstance(node, Not) and any(True for _ in positive_texts(node))


__all__ = ["MAX_DEPTH", "MAX_FIELDS", "MAX_LENGTH", "MAX_WORDS", "QueryError", "parse_query"]
