"""The grammar of generic expressions: trees, texts, names, extensions and errors."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from hs3.errors import ExpressionError
from hs3.expressions import (
    CONSTANTS,
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    STANDARD_FUNCTIONS,
    Call,
    Constant,
    Expression,
    Number,
    Operator,
    Ordinal,
    Variable,
    bind_ordinals,
    extensions,
    names,
    ordinals,
    parse,
    to_text,
)
from hs3.expressions.analysis import text_of


def postfix(text: str) -> str:
    """The tree in one line; unary operators are marked, calls have their arity."""
    words = []
    for node in parse(text).nodes:
        unary = isinstance(node, Operator) and node.arity == 1
        arity = f"/{node.arity}" if isinstance(node, Call) else ""
        words.append(("u" if unary else "") + text_of(node) + arity)
    return " ".join(words)


@pytest.mark.parametrize(
    "text, tree",
    [
        ("1", "1"),
        ("1.234E2", "1.234E2"),
        ("1.5e-3", "1.5e-3"),
        ("TRUE", "TRUE"),
        ("a_b2", "a_b2"),
        ("1e3*x", "1e3 x *"),
        ("a+b-c", "a b + c -"),
        ("a-b*c/d", "a b c * d / -"),
        ("(a+b)*c", "a b + c *"),
        ("2^3^2", "2 3 2 ^ ^"),
        ("-x^2", "x 2 ^ u-"),
        ("x^-2", "x 2 u- ^"),
        ("2^-y^2", "2 y 2 ^ u- ^"),
        ("-a*b", "a u- b *"),
        ("a*-b", "a b u- *"),
        ("a - -b", "a b u- -"),
        ("--0.5", "0.5 u- u-"),
        ("!a && b", "a u! b &&"),
        ("!a == b", "a u! b =="),
        ("!x^2", "x 2 ^ u!"),
        ("a || b && c", "a b c && ||"),
        ("a == b < c", "a b c < =="),
        ("a < b + c", "a b c + <"),
        ("a === b !== c", "a b === c !=="),
        ("a && b ? c : d", "a b && c d ?:"),
        ("a ? b : c ? d : e", "a b c d e ?: ?:"),
        ("a ? b ? c : d : e", "a b c d ?: e ?:"),
        ("a ? b : c + d", "a b c d + ?:"),
        ("exp(x)", "x exp/1"),
        ("pow( x ,y+1 )", "x y 1 + pow/2"),
        ("min(max(a,b), c)", "a b max/2 c min/2"),
        ("x**2", "x 2 **"),
        ("TMath::Pi()*r", "TMath::Pi/0 r *"),
        ("@0 + x[12]", "@0 x[12] +"),
        (" a\n\t+ b ", "a b +"),
        ("exp + 1", "exp 1 +"),
    ],
)
def test_tree(text: str, tree: str) -> None:
    assert postfix(text) == tree


@pytest.mark.parametrize(
    "text, shortest",
    [
        ("((a))", "a"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a/(b*c)", "a / (b * c)"),
        ("(2^3)^2", "(2^3)^2"),
        ("2^(3^2)", "2^3^2"),
        ("(-x)^2", "(-x)^2"),
        ("-(x^2)", "-x^2"),
        ("-(-x)", "--x"),
        ("(a?b:c)?d:e", "(a ? b : c) ? d : e"),
        ("a?(b?c:d):e", "a ? b ? c : d : e"),
        ("(a<b)<c", "a < b < c"),
        ("a<(b<c)", "a < (b < c)"),
        ("pow((a),b)", "pow(a, b)"),
    ],
)
def test_text(text: str, shortest: str) -> None:
    assert to_text(parse(text)) == shortest


NAMES = st.sampled_from(["x", "y", "alpha_1", "a.b", "_n", "μ", "exp", "e1"])
LEAVES = st.one_of(
    st.sampled_from(["0", "1", "2.5", "1.", ".5", "1e-3", "1.5E+2"]).map(lambda t: (Number(t),)),
    st.sampled_from(sorted(CONSTANTS)).map(lambda c: (Constant(c),)),
    NAMES.map(lambda n: (Variable(n),)),
    st.integers(0, 9).map(lambda i: (Ordinal(i, f"x[{i}]"),)),
)
SYMBOLS = [
    "+",
    "-",
    "*",
    "/",
    "^",
    "**",
    "==",
    "!=",
    "===",
    "!==",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
]


def _grow(inner: st.SearchStrategy) -> st.SearchStrategy:
    def call(name: str) -> st.SearchStrategy:
        signature = FUNCTIONS[name]
        return st.lists(inner, min_size=signature.least, max_size=signature.most).map(
            lambda args: (*sum(args, ()), Call(name, len(args)))
        )

    return st.one_of(
        st.tuples(st.sampled_from("+-!"), inner).map(lambda t: (*t[1], Operator(t[0], 1))),
        st.tuples(st.sampled_from(SYMBOLS), inner, inner).map(
            lambda t: (*t[1], *t[2], Operator(t[0], 2))
        ),
        st.tuples(inner, inner, inner).map(lambda t: (*t[0], *t[1], *t[2], Operator("?:", 3))),
        st.sampled_from(sorted(FUNCTIONS)).flatmap(call),
    )


@given(st.recursive(LEAVES, _grow, max_leaves=20).map(Expression))
def test_text_and_back(expression: Expression) -> None:
    text = to_text(expression)
    assert parse(text) == expression
    assert parse(f"(({text}))") == expression
    assert parse(text.replace(" ", "")) == expression


def test_names_in_order_of_first_use() -> None:
    expression = parse("b*exp(a) + b^c - PI*TRUE + TMath::Abs(d)")
    assert names(expression) == ("b", "a", "c", "d")
    assert names(parse("EULER + 1")) == ()
    assert names(parse("pi * e + true")) == ("pi", "e", "true")  # names, unless nothing has them


def test_ordinals() -> None:
    expression = parse("@1 * x[0] + @1")
    assert ordinals(expression) == (1, 0)
    assert to_text(bind_ordinals(expression, ["mu", "x"])) == "x * mu + x"
    with pytest.raises(IndexError):
        bind_ordinals(expression, ["mu"])


@pytest.mark.parametrize(
    "text, expected",
    [
        ("a + b*exp(c)^2 ? !d : PI*1.5e2 - 7", []),
        ("1.0/2 + x/2", []),
        ("(a < b) == (c < d)", []),
        ("log10(x) + log10(y)", [("function", "log10", 0)]),
        ("x + TMath::Exp(x)", [("function", "TMath::Exp", 4)]),
        ("std::exp(x)", [("function", "std::exp", 0)]),
        ("@0 * x[1]", [("ordinal", "@0", 0), ("ordinal", "x[1]", 5)]),
        ("x**2", [("double_star", "**", 1)]),
        ("1. + .5", [("number_format", "1.", 0), ("number_format", ".5", 5)]),
        ("+x", [("unary_plus", "+", 0)]),
        ("a.b + α", [("name", "a.b", 0), ("name", "α", 6)]),
        ("0 < x < 1", [("chained_comparison", "<", 6)]),
        ("1/2*x", [("integer_division", "/", 1)]),
        ("x*(1+2)/3", []),
        ("(1+2)/3*x", [("integer_division", "/", 5)]),
        ("(x > 1)/2", [("integer_division", "/", 7)]),
        ("(x ? 1 : 2)/4", [("integer_division", "/", 11)]),
        ("(x ? 1 : 2.0)/4", []),
        ("abs(1)/2", [("integer_division", "/", 6)]),
        ("2^2/3", []),
        ("-1/2", [("integer_division", "/", 2)]),
        ("floor(1)/2", [("function", "floor", 0)]),
        ("3/2^2", []),
    ],
)
def test_extensions(text: str, expected: list[tuple[str, str, int]]) -> None:
    found = [(e.name, e.text, e.offset) for e in extensions(parse(text))]
    assert found == expected


@pytest.mark.parametrize(
    "text, line, column, message",
    [
        ("", 1, 1, "is empty"),
        ("  ", 1, 3, "is empty"),
        ("a +", 1, 4, "ends too early"),
        ("a\n+ *", 2, 3, "unexpected '*'"),
        ("exp(x", 1, 6, "ends too early"),
        ("exp(x))", 1, 7, "unexpected ')'"),
        ("exp (x)", 1, 5, "no blank may stand between exp and its bracket"),
        ("TMath::Exp\t(x)", 1, 1, "no bracket follows TMath::Exp"),
        ("1 + TMath::Pi", 1, 5, "no bracket follows TMath::Pi"),
        ("f (x)", 1, 3, "unexpected '('"),
        ("2 x", 1, 3, "unexpected 'x'"),
        ("2x", 1, 1, "'2x' is neither a number nor a name"),
        ("a + 1.2.3", 1, 5, "'1.2.3' is neither a number nor a name"),
        ("1e", 1, 1, "'1e' is neither a number nor a name"),
        ("0x10", 1, 1, "'0x10' is neither"),
        ("1e400", 1, 1, "beyond the range of float64"),
        ("gamma_stat[0]*2", 1, 1, "the name 'gamma_stat[0]' cannot stand"),
        ("1 + a::b", 1, 5, "the name 'a::b' cannot stand"),
        ("x = 3", 1, 3, "unexpected character '='"),
        ("x & y", 1, 3, "unexpected character '&'"),
        ("x % 2", 1, 3, "unexpected character '%'"),
        ("x; y", 1, 2, "unexpected character ';'"),
        ("(1, 2)", 1, 3, "unexpected ','"),
        ("exp()", 1, 1, "exp takes 1 argument, not 0"),
        ("pow(x)", 1, 1, "pow takes 2 arguments, not 1"),
        ("min(a, b, c)", 1, 1, "min takes 2 arguments, not 3"),
        ("TMath::Gaus(a, b, c, d, e)", 1, 1, "takes 1 to 4 arguments, not 5"),
        ("x ? y", 1, 6, "ends too early"),
        ("@x", 1, 1, "unexpected character '@'"),
        ("'x'", 1, 1, 'unexpected character "\'"'),
        ("a.b.", 1, 1, "the name 'a.b.' cannot stand"),
        ("x => 1", 1, 3, "unexpected character '='"),
        ("x <> 1", 1, 4, "unexpected '>'"),
    ],
)
def test_syntax_errors_say_where(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert (error.line, error.column) == (line, column), str(error)
    assert message in error.message
    assert error.code == "expression.invalid"
    assert error.value == text


@pytest.mark.parametrize(
    "text, suggestion",
    [("sqr(x)", "sqrt"), ("TMath::Exq(x)", "TMath::Exp"), ("Exp(x)", "exp"), ("arctan(x)", "atan")],
)
def test_unknown_function_suggests_the_nearest(text: str, suggestion: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.code == "expression.unknown_function"
    assert suggestion in caught.value.suggestions


def test_landau_is_refused_with_the_reason() -> None:
    with pytest.raises(ExpressionError, match="approximation"):
        parse("TMath::Landau(x)")


def parsed(text: str) -> Expression | ExpressionError:
    """What parsing gives; any exception but the declared one goes through."""
    try:
        return parse(text)
    except ExpressionError as error:
        return error


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="ab1.0e+-*/^()!<>=&|?:, @[]x\n", max_size=60),
        st.lists(st.sampled_from(["a", "1", "(", ")", "-", "^", "?", ":", "exp(", ","])).map(
            "".join
        ),
    )
)
def test_any_text_parses_or_says_where_not(text: str) -> None:
    result = parsed(text)
    if isinstance(result, ExpressionError):
        assert 0 <= result.offset <= len(text)
        assert result.line >= 1
        assert result.column >= 1
    else:
        assert parse(to_text(result)) == result
        assert all(0 <= e.offset < len(text) for e in extensions(result))


LONG = MAX_LENGTH - 10


@pytest.mark.parametrize(
    "text",
    [
        "(" * LONG,
        "(" * (LONG // 2) + "x" + ")" * (LONG // 2),
        "-" * LONG + "x",
        "!" * LONG,
        "a+" * (LONG // 2) + "a",
        "1^" * (LONG // 2) + "1",
        "a?" * (LONG // 4) + "1" + ":1" * (LONG // 4),
        "a.b" * (LONG // 3),
        "a:" * (LONG // 2),
        "1" * LONG,
        "sqrt(" * (LONG // 5),
        "x[" * (LONG // 2),
        "é" * LONG,
        "x" * (10 * MAX_LENGTH),
    ],
    ids=lambda text: text[:6],
)
def test_long_texts_are_bounded_in_time_and_depth(text: str) -> None:
    start = time.process_time()
    result = parsed(text)
    if isinstance(result, ExpressionError):
        assert len(str(result)) < 400
    else:
        assert parsed(to_text(result)) == result or len(to_text(result)) > MAX_LENGTH
        extensions(result)
    assert time.process_time() - start < 10


def test_depth_limit() -> None:
    levels = MAX_DEPTH - 1
    deep = parse("-" * levels + "x")
    assert parse(to_text(deep)) == deep
    assert hash(deep) == hash(parse("-" * levels + "x"))
    with pytest.raises(ExpressionError, match="nest"):
        parse("-" * (levels + 1) + "x")
    assert len(parse("+".join(["x"] * 2000)).nodes) == 3999  # a chain is not deep


def test_nodes_that_are_no_tree_are_refused() -> None:
    for nodes in [(), (Number("1"), Number("2")), (Operator("+", 2),), (Call("exp", 1),)]:
        with pytest.raises(ValueError, match="postfix"):
            Expression(nodes)


def test_the_standard_lists_these_functions() -> None:
    assert set(STANDARD_FUNCTIONS) == {
        *("exp", "log", "sqrt", "abs", "pow", "min", "max"),
        *("sin", "cos", "tan", "asin", "acos", "atan"),
    }
    assert set(CONSTANTS) == {"TRUE", "FALSE", "PI", "EULER"}


def test_the_specification_lists_every_function() -> None:
    text = (ROOT / "spec" / "expressions.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([A-Za-z_0-9:]+)`", text))
    plain = {name for name in FUNCTIONS if not name.startswith("std::")}
    assert plain <= told, plain - told


def test_import_loads_neither_parser_library_nor_jax() -> None:
    code = "import sys, hs3.expressions; print(*(m for m in ('lark', 'jax') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
