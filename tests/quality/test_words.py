"""Sentences can be translated: each is marked so that ``pyside6-lupdate`` finds it, and translated when shown."""

from __future__ import annotations

import ast
import string

import pytest

from tests.sentences import calls, is_text, name_of, sentences, trees

_ALONE = {"tr", "trn", "_tr", "translate", "QT_TR_NOOP", "QT_TRANSLATE_NOOP"}
"""What would be in another context than the one that is asked, or in none."""
_QT = "desktop/start/locale.py"
"""The one file that asks Qt."""


def _faults(tree: ast.AST) -> set[int]:
    """Return the lines that mark or ask for a sentence in a way that leaves it untranslated."""
    return {call.lineno for call in calls(tree) if _is_wrong(call)}


def _is_wrong(call: ast.Call) -> bool:
    name = name_of(call.func)
    if name == "words.QT_TR_NOOP":
        return len(call.args) != 1 or not is_text(call.args[0])
    if name != "words.tr":
        _, dot, last = name.rpartition(".")
        # here it is ``str.translate``, which takes a table
        return last in _ALONE and (not dot or last == "tr" or (bool(call.args) and is_text(call.args[0])))
    if call.keywords or len(call.args) not in (1, 3):
        return True
    if len(call.args) == 3:
        return not is_text(call.args[0]) or not is_text(call.args[1])
    return not is_text(call.args[0]) and not _is_looked_up(call.args[0])


def _is_looked_up(node: ast.expr) -> bool:
    """Return whether this may be a marked sentence of a table; not one that is put together."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "get"
    return isinstance(node, (ast.Name, ast.Subscript))


def _said_at_import(tree: ast.AST) -> set[int]:
    """Return the lines that translate while their module is imported, which is before the language is known."""
    found = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and name_of(node.func) == "words.tr":
            found.add(node.lineno)
        if isinstance(node, ast.FunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def _says_nothing_else(tree: ast.AST) -> set[int]:
    """Return the lines with a function without arguments that only gives a sentence, where a marked one is enough."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Lambda) and not node.args.args and isinstance(node.body, ast.Call)
        if name_of(node.body.func) in ("words.tr", "tr", "trn")
    }


def _unmarked(tree: ast.AST) -> set[int]:
    """Return the lines with a sentence in a table of a module that is not marked."""
    values = [
        value
        for statement in ast.iter_child_nodes(tree)
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None
        for table in ast.walk(statement.value)
        if isinstance(table, (ast.Dict, ast.Tuple))
        for value in (table.values if isinstance(table, ast.Dict) else table.elts)
    ]
    return {value.lineno for value in values if is_text(value) and _is_sentence(ast.literal_eval(value))}


def _is_sentence(text: str) -> bool:
    """Return whether a person would read it; codes and names of fields are small and have no spaces."""
    return " " in text or text[:1].isupper()


@pytest.mark.parametrize("search", [_faults, _said_at_import, _says_nothing_else])
def test_every_sentence_can_be_found_and_is_translated_when_it_is_said(search: object) -> None:
    assert callable(search)
    found = [f"{path}:{line}" for path, tree in trees().items() if path != _QT for line in sorted(search(tree))]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'words.tr(f"{count} files")',
        'words.tr("a" + b)',
        'words.tr("{}".format(1))',
        'words.tr("a" if b else "c")',
        'words.tr("many", "one")',
        'words.tr("many", f"{n}", n)',
        'words.tr("many", "one", count=n)',
        'words.tr("many", None, n)',
        "words.QT_TR_NOOP(text)",
        'tr("alone")',
        'self.tr("in the context of a class")',
        "view.tr(text)",
        'QCoreApplication.translate("Context", "text")',
    ],
)
def test_the_search_finds_what_cannot_be_translated(source: str) -> None:
    assert _faults(ast.parse(source)) == {1}


def test_the_search_finds_what_is_said_too_early_or_too_late() -> None:
    early = 'A = words.tr("a")\nclass B:\n  C = words.tr("c")\n  def d(self, e=words.tr("e")): pass\n'
    assert _said_at_import(ast.parse(early)) == {1, 3, 4}
    late = 'def f(): return words.tr("a")\nB = lambda: words.tr("b")\nC = words.QT_TR_NOOP("c")'
    assert _said_at_import(ast.parse(late)) == set()
    assert _says_nothing_else(ast.parse('A = {"b": lambda: words.tr("b")}')) == {1}
    assert _says_nothing_else(ast.parse('A = {"b": lambda count: words.tr("many", "one", count)}')) == set()


def test_no_table_of_words_has_a_sentence_that_is_not_marked() -> None:
    tables = {path: tree for path, tree in trees().items() if path.endswith("_words.py")}
    assert [f"{path}:{line}" for path, tree in tables.items() for line in sorted(_unmarked(tree))] == []
    assert _unmarked(ast.parse('A = {\n"a": words.QT_TR_NOOP("Go on"),\n"b": "Go on",\n"c": ("b", "Go")}')) == {3, 4}


def test_the_search_lets_plain_strings_and_tables_pass() -> None:
    plain = 'words.tr("a" "b"); words.tr("many", "one", count); words.tr("{n}").format(n=1); words.QT_TR_NOOP("c")'
    assert (
        _faults(ast.parse(f"{plain}; words.tr(TABLE[code]); words.tr(TABLE.get(code)); text.translate(table)")) == set()
    )


def test_a_form_for_one_leaves_out_nothing_but_numbers() -> None:
    """A translator may use in each form what the plural has, because only that is filled in for certain."""
    plurals = [sentence for sentence in sentences() if sentence.one is not None]
    assert plurals
    assert [sentence for sentence in plurals if _names(str(sentence.one)) - _names(sentence.text)] == []


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
