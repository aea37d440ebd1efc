"""Expressions of kernels as GLSL, each with its type."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from generation.previs.gl.translate import Array, Signature

ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
WHOLE: dict[type[ast.operator], str] = {ast.BitXor: "^", ast.BitAnd: "&", ast.BitOr: "|", ast.RShift: ">>", ast.LShift: "<<"}
COMPARISONS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
FLOATS = {"floor": "floor", "ceil": "ceil", "sqrt": "sqrt", "exp": "exp", "sin": "sin", "cos": "cos"}
RANK = {"bool": 0, "int": 1, "uint": 2, "float": 3}


@dataclass(frozen=True)
class Expression:
    text: str
    kind: str  # "float", "int", "uint", "bool" or "float[n]"


def named(name: str) -> str:
    """A variable's name in GLSL, which keeps many words and all with two underscores to itself."""
    return name.strip("_") + "_v"


def coerced(value: Expression, kind: str) -> Expression:
    if value.kind == kind or kind == "void":
        return value
    if value.text.isdigit():
        return Expression(value.text + {"float": ".0", "uint": "u", "int": ""}[kind], kind)
    return Expression(f"{kind}({value.text})", kind)


class Expressions:
    def __init__(
        self, types: Mapping[str, str], arrays: Mapping[str, Array], constants: Mapping[str, Any], callee: Callable[[str], Signature]
    ) -> None:
        self._types, self._arrays, self._constants, self._callee = types, arrays, constants, callee

    def of(self, node: ast.expr) -> Expression:
        match node:
            case ast.Constant(value=value):
                return self._number(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=ast.Name(id="np"), attr="pi"):
                return self._number(np.pi)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                made = self.of(operand)
                return Expression(f"(-{made.text})", made.kind)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Expression(f"(!{self.truth(operand)})", "bool")
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(self.of(left), op, self.of(right))
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return Expression("(" + sign.join(self.truth(v) for v in values) + ")", "bool")
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare([left, *others], ops)
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                one, other = self._alike(self.of(body), self.of(otherwise))
                return Expression(f"({self.truth(test)} ? {one.text} : {other.text})", one.kind)
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr="shape"), slice=ast.Constant(value=index)):
                return Expression(self._arrays[name].shape[int(str(index))].replace("{v}", named(name)), "int")
            case ast.Subscript():
                return self.element(node)
            case ast.Call():
                return self._call(node)
        raise SyntaxError(f"cannot be said in GLSL: {ast.unparse(node)}")

    def truth(self, node: ast.expr) -> str:
        made = self.of(node)
        return made.text if made.kind == "bool" else f"({made.text} != {'0.0' if made.kind == 'float' else '0'})"

    def element(self, node: ast.Subscript, store: bool = False) -> Expression:
        assert isinstance(node.value, ast.Name)
        array = self._arrays[node.value.id]
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(indices) != array.rank:
            raise SyntaxError(f"{ast.unparse(node)} is not one element.")
        text = (array.store or array.read) if store else array.read
        for k, index in enumerate(indices):
            text = text.replace(f"{{{k}}}", coerced(self.of(index), "int").text)
        return Expression(text.replace("{v}", named(node.value.id)), array.kind)

    def _number(self, value: object) -> Expression:
        if isinstance(value, bool):
            return Expression("true" if value else "false", "bool")
        if isinstance(value, int | np.integer):
            return Expression(str(int(value)), "int")
        if isinstance(value, float | np.floating):
            return Expression(repr(float(value)), "float")
        raise SyntaxError(f"no number: {value!r}")

    def _name(self, name: str) -> Expression:
        if name in self._types:
            return Expression(named(name), self._types[name])
        return self._number(self._constants[name])

    def _alike(self, one: Expression, other: Expression) -> tuple[Expression, Expression]:
        kind = max(one.kind, other.kind, key=lambda k: RANK[k])
        return coerced(one, kind), coerced(other, kind)

    def _binary(self, left: Expression, op: ast.operator, right: Expression) -> Expression:
        if isinstance(op, ast.Div):
            return Expression(f"({coerced(left, 'float').text} / {coerced(right, 'float').text})", "float")
        if isinstance(op, ast.Pow):
            return Expression(f"pow({coerced(left, 'float').text}, {coerced(right, 'float').text})", "float")
        left, right = self._alike(left, right)
        if isinstance(op, ast.Mod | ast.FloorDiv) and left.kind == "int":  # Python's, which round down
            return Expression(f"{'whole_mod' if isinstance(op, ast.Mod) else 'whole_div'}({left.text}, {right.text})", "int")
        sign = ARITHMETIC.get(type(op)) or (WHOLE.get(type(op)) if left.kind != "float" else None)
        if sign is None:
            raise SyntaxError(f"cannot be said in GLSL: {left.text} {type(op).__name__} {right.text}")
        return Expression(f"({left.text} {sign} {right.text})", left.kind)

    def _compare(self, nodes: list[ast.expr], ops: list[ast.cmpop]) -> Expression:
        made = [self.of(node) for node in nodes]
        parts = []
        for k, op in enumerate(ops):
            one, other = self._alike(made[k], made[k + 1])
            parts.append(f"{one.text} {COMPARISONS[type(op)]} {other.text}")
        return Expression("(" + " && ".join(parts) + ")", "bool")

    def _call(self, node: ast.Call) -> Expression:
        function = ast.unparse(node.func)
        if function in ("min", "max"):
            one, other = self._alike(self.of(node.args[0]), self.of(node.args[1]))
            return Expression(f"{function}({one.text}, {other.text})", one.kind)
        if function == "abs":
            made = self.of(node.args[0])
            return Expression(f"abs({made.text})", made.kind)
        if function.startswith("np.") and function[3:] in FLOATS:
            return Expression(f"{FLOATS[function[3:]]}({coerced(self.of(node.args[0]), 'float').text})", "float")
        if function in ("float", "np.float32"):
            return coerced(self.of(node.args[0]), "float")
        if function == "int":
            return coerced(self.of(node.args[0]), "int")
        if function in ("np.uint32", "np.int64"):  # whole numbers that wrap; 64 bits are only ever cut to 32 afterwards
            return coerced(self.of(node.args[0]), "uint")
        if function == "np.uint8":
            return Expression(f"floor({coerced(self.of(node.args[0]), 'float').text})", "float")
        signature = self._callee(function)
        given = []
        for argument, (_, kind) in zip(node.args, signature.parameters, strict=True):
            if kind:
                given.append(coerced(self.of(argument), kind).text)
        return Expression(f"k_{function.strip('_')}({', '.join(given)})", signature.answer)
