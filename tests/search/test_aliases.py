from pathlib import Path

import pytest

from core.errors import DeclarationError
from core.toml_files import load_toml
from search.aliases import MAX_NAME_WORDS, MAX_NAMES, NO_ALIASES, STARTER, Aliases, load_aliases
from search.ast import And, Near, Node, Not, Or, Phrase, Prefix, Word
from search.query import MAX_WORDS, QueryError, parse_query
from search.stopwords import stop_terms

ALIASES = Aliases(
    [("Tiongkok", "China"), ("Shoigu", "Shoygu", "Sergei Shoigu"), ("KPK", "Komisi Pemberantasan Korupsi")]
)
CHINA = Or((Word("china"), Word("tiongkok")))
KPK = Phrase(("komisi", "berantas", "korupsi"))


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("China", CHINA),
        ("CHINA's", CHINA),
        ("china rusia", And((CHINA, Word("rusia")))),
        ("-china a", And((Not(CHINA), Word("a")))),
        ("NOT (a OR china)", Not(Or((Word("a"), CHINA)))),
        ("+china", Phrase(("china",))),
        ("+(china a)", And((Word("china"), Word("a")))),
        ("chin*", Prefix("chin")),
        ("title:china", Or((Word("china", "title"), Word("tiongkok", "title")))),
        ("author:china", Word("china", "author")),
        ('"presiden china"', Phrase(("presiden", "china"))),
        ("Sergei Shoigu", Or((And((Word("sergei"), Word("shoigu"))), Word("shoigu"), Word("shoygu")))),
        ('"Sergei Shoigu"', Or((Phrase(("sergei", "shoigu")), Word("shoigu"), Word("shoygu")))),
        ("shoigu", Or((Word("shoigu"), Word("shoygu")))),
        ("kpk", Or((Word("kpk"), KPK))),
        ("pemberantasan korupsi", And((Word("berantas"), Word("korupsi")))),
        ("near(china, kpk, 3)", Near((("china", "tiongkok"), ("kpk",)), 3)),
    ],
)
def test_names_are_looked_up_with_their_aliases(text: str, root: Node) -> None:
    assert parse_query(text, ALIASES).root == root


def test_the_longest_name_counts() -> None:
    query = parse_query("komisi pemberantasan korupsi AND sergei shoigu AND a", ALIASES)
    assert query.aliases == (("komisi pemberantasan korupsi", ("KPK",)), ("sergei shoigu", ("Shoigu", "Shoygu")))


def test_other_forms_of_a_word_are_not_the_name() -> None:
    assert parse_query("komisi memberantas korupsi", ALIASES).aliases == ()


def test_the_answer_shows_what_was_looked_up_too() -> None:
    query = parse_query('china title:"China" near(China, a) -shoygu', ALIASES)
    assert query.aliases == (("china", ("Tiongkok",)), ("China", ("Tiongkok",)), ("shoygu", ("Shoigu",)))
    assert parse_query("china", NO_ALIASES).aliases == ()


def test_aliases_count_as_words() -> None:
    with pytest.raises(QueryError, match=f"more than {MAX_WORDS} words, with the other names they have"):
        parse_query(" OR ".join(["china"] * (MAX_WORDS // 2 + 1)), ALIASES)


def test_groups_with_a_common_name_are_one() -> None:
    aliases = Aliases([("a", "b"), ("c", "d"), ("e", "f"), ("B", "c")])
    assert aliases.others("a") == ("b", "c", "d")
    assert aliases.others("d") == ("a", "b", "c")
    assert aliases.others("e") == ("f",)


def test_own_files_add_to_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[same]]\nnames = ["Tiongkok", "Negeri Tirai Bambu"]\n[[same]]\nnames = ["AS", "Amerika Serikat"]\n'
    )
    aliases = load_aliases([str(own), ""])
    assert set(aliases.others("china")) >= {"Tiongkok", "Cina", "Negeri Tirai Bambu"}
    assert "Amerika Serikat" in aliases.others("as")
    assert len(load_aliases(f"{own}:")) == len(aliases) > len(load_aliases())


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("same = 1", "same: must be [[same]]"),
        ("[same]\nnames = []", "same: must be [[same]]"),
        ("[[group]]\n", "group: no such key; Allowed: [[same]]"),
        ("same = [1]", "same[0]: must be a table"),
        ('[[same]]\nname = ["a", "b"]', "same[0].name: no such key; Allowed: names"),
        ("[[same]]\n", "same[0].names: must be a list of 2 to"),
        ('[[same]]\nnames = ["a"]', "same[0].names: must be a list of 2 to"),
        (f"[[same]]\nnames = {['a'] * (MAX_NAMES + 1)}", "same[0].names: must be a list of 2 to"),
        ('[[same]]\nnames = ["a", "b"]\n[[same]]\nnames = ["a", 3]', "same[1].names: '3' must be text"),
        ('[[same]]\nnames = ["a", "?!"]', "same[0].names: '?!' must be text of 1 to"),
        (f'[[same]]\nnames = ["a", "{"b " * (MAX_NAME_WORDS + 1)}"]', "must be text of 1 to"),
        ("[[same", "1:7: not TOML"),
    ],
)
def test_wrong_files_say_where_and_what(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "salah.toml"
    file.write_text(content)
    with pytest.raises(DeclarationError) as caught:
        load_aliases([file])
    assert str(caught.value).startswith(str(file))
    assert fault in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"hilang.toml: cannot be read: No such file"):
        load_aliases([tmp_path / "hilang.toml"])


def test_the_shipped_names_are_no_everyday_words() -> None:
    aliases = load_aliases()
    assert len(aliases) > 150
    for word in [*stop_terms(), "as", "dua", "kata", "bank", "negara", "menteri", "presiden", "china town"]:
        assert aliases.others(word) == (), word


def test_no_shipped_name_stands_twice() -> None:
    names = [name for group in load_toml(STARTER)["same"] for name in group["names"]]
    assert len(names) == len(set(names)) == len(load_aliases())


def test_the_names_of_the_subject_are_shipped() -> None:
    aliases = load_aliases()
    for name, other in [
        ("shoigu", "Shoygu"), ("tiongkok", "China"), ("cina", "RRT"), ("moscow", "Moskow"), ("peking", "Beijing"),
        ("perserikatan bangsa-bangsa", "PBB"), ("kementerian luar negeri", "Kemlu"), ("joko widodo", "Jokowi"),
    ]:  # fmt: skip
        assert other in aliases.others(name), name
    assert aliases.others("menteri luar negeri") == ()
