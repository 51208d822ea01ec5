"""The query language: text → ``Query``.

    menteri pertahanan            both words, in any of their forms and any order
    "menteri pertahanan"          the words next to each other
    Wang AND (Lavrov OR Putin)    AND, OR, NOT in capitals, and parentheses
    Rusia -Ukraina +yang          without a word; with a word even if it is a stop-word

Words side by side mean AND and bind last, as in web search: ``a b OR c`` is ``a AND (b OR c)``. Words written together
("covid-19", "7,5", "kompas.com") mean a phrase. Stop-words count in phrases, and elsewhere only where nothing else is
left. A query may consist of what is not wanted alone. The grammar is luqum's (Lucene's); a new kind of expression gets
a node in ``tree`` and a line in ``_Reader``.
"""

import re

import luqum.tree as lucene
from luqum.exceptions import ParseError

from crawler.errors import UsageError
from database.search.aliases import NO_ALIASES, Aliases
from database.search.analyser import analyse
from database.search.grammar import parse
from database.search.stopwords import STOP_TERMS
from database.search.tree import And, Node, Not, Or, Phrase, Query, Word

# Far above what a person writes, and below what luqum (seconds) and FTS5 (256 levels) choke on.
MAX_LENGTH = 10_000
MAX_WORDS = 500
MAX_DEPTH = 20

# What phones and word processors make of the plain quote.
_TYPOGRAPHIC_QUOTES = str.maketrans("“”„‟«»", '""""""')
_PHRASE = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_BALANCED = re.compile(r'\\.|["()]', re.DOTALL)
# luqum wants no word to begin with these; to the analyser they stand between words anyway.
_MARK_BEFORE_WORD = re.compile(r"""(?<![^\s(+\-:])['/]""")
_LOST_ESCAPE = re.compile(r"\\(?=\s|$)")
_POSITION = re.compile(r"at position (\d+)!?$")
# What luqum reads and this language does not have.
_UNUSED = {
    lucene.Fuzzy: "'~'",
    lucene.Proximity: "'~'",
    lucene.Boost: "'^'",
    lucene.Range: "'[… TO …]'",
    lucene.From: "'>'",
    lucene.To: "'<'",
}
_SHOWN = 78  # characters of the query around the mistake


class QueryError(UsageError):
    """The query cannot be read. The message says what is wrong, at which column, and points to it."""

    def __init__(self, problem: str, text: str, position: int) -> None:
        self.problem = problem
        self.column = position + 1
        start = max(0, position - _SHOWN // 2)
        excerpt = re.sub(r"\s", " ", text[start : start + _SHOWN])
        super().__init__(f"query, column {self.column}: {problem}\n  {excerpt}\n  {' ' * (position - start)}^")


def parse_query(text: str, aliases: Aliases = NO_ALIASES) -> Query:  # noqa: ARG001
    """Read a query.

    Raises:
        QueryError: it is empty, unbalanced, too long or deep, or asks for what the language does not have.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"it has {len(text):,} characters; {MAX_LENGTH:,} are allowed", text, MAX_LENGTH)
    plain = text.translate(_TYPOGRAPHIC_QUOTES)
    _check_balance(plain, text)
    root = _Reader(text).read(_parse(_readable(plain), text)) if plain.strip() else None
    if root is None:
        raise QueryError("there is no word to look for", text, 0)
    return Query(text, root)


def _check_balance(plain: str, text: str) -> None:
    """Quotes and parentheses; luqum would only say that something is wrong somewhere."""
    opened: list[int] = []
    quote: int | None = None
    for found in _BALANCED.finditer(plain):
        mark, position = found.group(), found.start()
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


def _readable(plain: str) -> str:
    """The query without what luqum has no place for outside phrases; every character keeps its column."""
    parts: list[str] = []
    end = 0
    for phrase in _PHRASE.finditer(plain):
        parts += [_without_marks(plain[end : phrase.start()]), phrase.group()]
        end = phrase.end()
    return "".join([*parts, _without_marks(plain[end:])])


def _without_marks(part: str) -> str:
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
    """Luqum's complaint in our words."""
    place = _POSITION.search(message)
    if place is None:
        return QueryError(f"something is missing after {text.rsplit(maxsplit=1)[-1]!r}", text, len(text.rstrip()))
    position = int(place.group(1))
    word = re.match(r"\S{1,20}", text[position:])
    return QueryError(f"{word.group() if word else ' '!r} cannot stand here", text, position)


class _Reader:
    """Makes our tree of luqum's; where the analyser finds no word, nothing is left (``None``)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = 0

    def read(self, item: lucene.Item, depth: int = 0) -> Node | None:
        if depth > 2 * MAX_DEPTH:  # a parenthesis and the operator in it count one each
            raise self._error(item, f"more than {MAX_DEPTH} operators inside each other")
        node: Node | None
        match item:
            case lucene.Word():
                node = self._word(item)
            case lucene.Phrase():
                terms = self._terms(item, item.value[1:-1])
                node = Phrase(terms) if terms else None
            case lucene.Group():
                node = self.read(item.children[0], depth + 1)
            case lucene.Plus():
                node = _kept(self.read(item.children[0], depth + 1))
            case lucene.Not() | lucene.Prohibit():
                inner = self.read(item.children[0], depth + 1)
                node = None if inner is None else Not(inner)
            case lucene.OrOperation():
                node = _joined(Or, self._read_all(item, depth))
            case lucene.AndOperation() | lucene.UnknownOperation():
                node = _joined(And, _without_stop_words(self._read_all(item, depth)))
            case _:
                raise self._refusal(item)
        return node

    def _read_all(self, item: lucene.Item, depth: int) -> list[Node]:
        nodes = (self.read(child, depth + 1) for child in item.children)
        return [node for node in nodes if node is not None]

    def _word(self, item: lucene.Word) -> Node | None:
        if "*" in item.value or "?" in item.value.rstrip("?"):
            raise self._error(item, "'*' and '?' do not stand for letters here: every form of a word is found anyway")
        terms = self._terms(item, item.value)
        if not terms:
            return None
        return Word(terms[0]) if len(terms) == 1 else Phrase(terms)

    def _terms(self, item: lucene.Item, value: str) -> tuple[str, ...]:
        terms = tuple(analyse(value.replace("\\", "")).split())
        self._words += len(terms)
        if self._words > MAX_WORDS:
            raise self._error(item, f"more than {MAX_WORDS} words")
        return terms

    def _refusal(self, item: lucene.Item) -> QueryError:
        if isinstance(item, lucene.SearchField):
            return self._error(item, f"there is no field {item.name!r}; to look for the words, put them in quotes")
        mark = _UNUSED.get(type(item), "this")
        return self._error(item, f"{mark} means nothing here; to look for the words, put them in quotes")

    def _error(self, item: lucene.Item, problem: str) -> QueryError:
        return QueryError(problem, self._text, item.pos or 0)


def _kept(node: Node | None) -> Node | None:
    return Phrase((node.term,)) if isinstance(node, Word) else node


def _joined(kind: type[And | Or], nodes: list[Node]) -> Node | None:
    if len(nodes) < 2:  # noqa: PLR2004 - one alone needs no joining
        return nodes[0] if nodes else None
    return kind(tuple(nodes))


def _without_stop_words(nodes: list[Node]) -> list[Node]:
    """The nodes without bare stop-words, if anything wanted is left."""
    rest = [node for node in nodes if not (isinstance(node, Word) and node.term in STOP_TERMS)]
    return rest if any(not isinstance(node, Not) for node in rest) else nodes
