"""Kernels of previs as GLSL: the look is written once, in Python, and both renderers draw from it.

Understood is what those kernels use of Python: numbers, arithmetic, `if`, `for … in range`, calls of each other, tuples as answers, and reading
and writing arrays. An array parameter becomes whatever its `Array` says: texels, uniforms, or a global variable. Anything else is a
`SyntaxError` when the program is made, never a wrong picture.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generation.previs.gl.expressions import Expression, Expressions, coerced, named

TYPES = {"float": "float", "np.float32": "float", "int": "int", "bool": "bool", "np.uint32": "uint"}
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


@dataclass(frozen=True)
class Array:
    """What an array of a kernel is in GLSL. `read` and `store` (where different) are templates with an index each: `{0}`, `{1}` …

    With `handle`, the parameter stays as an int, `{v}` in the templates: a row of a table, the number of a map. `shape` are expressions.
    """

    read: str
    rank: int = 1
    handle: bool = False
    kind: str = "float"
    shape: tuple[str, ...] = ()
    store: str = ""


@dataclass(frozen=True)
class Signature:
    parameters: tuple[tuple[str, str], ...]  # name and type; arrays without a handle have type ""
    answer: str  # a type, "void", or "float[n]"


class Kernels:
    """Collects GLSL of kernels and of all kernels they call, each once, callees first."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = dict(arrays)
        self.signatures: dict[str, Signature] = {}
        self._code: list[str] = []

    @property
    def source(self) -> str:
        return "\n".join(self._code)

    def add(self, *kernels: Any, **arrays: Array) -> Kernels:
        """`arrays` are for these kernels alone, and for callees that are not there yet."""
        for kernel in kernels:
            self._add(kernel, arrays, pixel=False)
        return self

    def add_pixel(self, kernel: Any, **arrays: Array) -> Kernels:
        """A kernel whose body is two loops, over rows and columns of what it fills: it becomes a function of one (row, column)."""
        self._add(kernel, arrays, pixel=True)
        return self

    def _add(self, kernel: Any, arrays: Mapping[str, Array], pixel: bool) -> None:
        function: Callable[..., Any] = getattr(kernel, "py_func", kernel)
        name = function.__name__
        if name in self.signatures:
            return
        parsed = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        assert isinstance(parsed, ast.FunctionDef)
        node = _one_pixel(parsed) if pixel else parsed
        here = {**self.arrays, **arrays}
        signature = _signature(node, here)

        def callee(called: str) -> Signature:
            if called not in self.signatures:
                self._add(function.__globals__[called], arrays, pixel=False)
            return self.signatures[called]

        text = Body(node, signature, here, function.__globals__, callee).text()
        self.signatures[name] = signature
        self._code.append(text)


def _signature(node: ast.FunctionDef, arrays: Mapping[str, Array]) -> Signature:
    parameters = []
    for argument in node.args.args:
        written = ast.unparse(argument.annotation) if argument.annotation else ""
        kind = TYPES.get(written, "")
        if not kind:
            if argument.arg not in arrays:
                raise SyntaxError(f"{node.name}: nothing says what the array “{argument.arg}” is on the device.")
            kind = "int" if arrays[argument.arg].handle else ""
        parameters.append((argument.arg, kind))
    answer = ast.unparse(node.returns) if node.returns else "None"
    if answer.startswith("tuple["):
        return Signature(tuple(parameters), f"float[{answer.count(',') + 1}]")
    return Signature(tuple(parameters), "void" if answer == "None" else TYPES[answer])


def _one_pixel(node: ast.FunctionDef) -> ast.FunctionDef:
    """The function for one pixel of a kernel that loops over rows and, inside, columns."""
    rows = node.body[-1]
    columns = rows.body[-1] if isinstance(rows, ast.For) else None
    if not isinstance(rows, ast.For) or not isinstance(columns, ast.For):
        raise SyntaxError(f"{node.name} does not end in a loop over rows and columns.")
    kept = [a for a in node.args.args if a.arg not in ("y0", "y1")]
    for loop in (rows, columns):
        assert isinstance(loop.target, ast.Name)
        kept.append(ast.arg(loop.target.id, ast.Name("int")))

    class Leave(ast.NodeTransformer):
        def visit_For(self, inner: ast.For) -> ast.For:
            return inner  # `continue` of a loop inside stays what it is

        def visit_Continue(self, inner: ast.Continue) -> ast.Return:
            return ast.Return(None)

    body = [Leave().visit(statement) for statement in columns.body]
    arguments = ast.arguments(posonlyargs=[], args=kept, kwonlyargs=[], kw_defaults=[], defaults=[])
    made = ast.FunctionDef(name=node.name, args=arguments, body=[*node.body[:-1], *rows.body[:-1], *body], decorator_list=[], returns=None)
    return ast.fix_missing_locations(made)


class Body:
    """One function. It is gone through until no variable's type changes any more; the last time is what is kept."""

    def __init__(
        self,
        node: ast.FunctionDef,
        signature: Signature,
        arrays: Mapping[str, Array],
        constants: Mapping[str, Any],
        callee: Callable[[str], Signature],
    ) -> None:
        self._node, self._signature, self._all, self._callee, self._constants = node, signature, arrays, callee, constants
        self._types: dict[str, str] = {name: kind for name, kind in signature.parameters if kind}
        self._arrays: dict[str, Array] = {}
        self._lines: list[str] = []
        self._temporary = 0

    def text(self) -> str:
        before: dict[str, str] | None = None
        while before != self._types:
            before = dict(self._types)
            self._lines, self._temporary = [], 0
            self._arrays = {name: self._all[name] for name, _ in self._signature.parameters if name in self._all}
            self._expressions = Expressions(self._types, self._arrays, self._constants, self._callee)
            self._block(self._node.body, 1)
        parameters = {name: kind for name, kind in self._signature.parameters if kind}
        head = ", ".join(f"{kind} {named(name)}" for name, kind in parameters.items())
        local = [f"    {kind} {named(name)};" for name, kind in self._types.items() if name not in parameters]
        answer = self._signature.answer
        return "\n".join([f"{answer} k_{self._node.name.strip('_')}({head}) {{", *local, *self._lines, "}"])

    def _say(self, depth: int, line: str) -> None:
        self._lines.append("    " * depth + line)

    def _block(self, statements: Sequence[ast.stmt], depth: int) -> None:
        for statement in statements:
            self._statement(statement, depth)

    def _statement(self, node: ast.stmt, depth: int) -> None:
        match node:
            case ast.Expr(value=ast.Constant()):
                pass  # the docstring
            case ast.Expr(value=value):
                self._say(depth, f"{self._expressions.of(value).text};")
            case ast.Assign(targets=[target], value=value):
                self._assign(target, value, depth)
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                self._assign(target, ast.BinOp(ast.Name(target.id), op, value), depth)
            case ast.AugAssign(target=ast.Subscript() as target, op=op, value=value):
                self._say(depth, f"{self._place(target)} {OPERATORS[type(op)]}= {self._float(value)};")
            case ast.If(test=test, body=body, orelse=otherwise):
                self._say(depth, f"if ({self._expressions.truth(test)}) {{")
                self._block(body, depth + 1)
                if otherwise:
                    self._say(depth, "} else {")
                    self._block(otherwise, depth + 1)
                self._say(depth, "}")
            case ast.For(target=ast.Name(id=name), iter=ast.Call(args=bounds), body=body, orelse=[]):
                low = self._int(bounds[0]) if len(bounds) == 2 else "0"
                self._types[name] = "int"
                n = named(name)
                self._say(depth, f"for ({n} = {low}; {n} < {self._int(bounds[-1])}; {n}++) {{")
                self._block(body, depth + 1)
                self._say(depth, "}")
            case ast.Return(value=value):
                self._return(value, depth)
            case ast.Continue():
                self._say(depth, "continue;")
            case _:
                raise SyntaxError(f"{self._node.name}: cannot be said in GLSL: {ast.unparse(node)}")

    def _return(self, value: ast.expr | None, depth: int) -> None:
        answer = self._signature.answer
        if value is None:
            self._say(depth, "return;")
        elif isinstance(value, ast.Tuple):
            self._say(depth, f"return {answer}({', '.join(self._float(v) for v in value.elts)});")
        else:
            made = self._expressions.of(value)
            self._say(depth, f"return {made.text if made.kind == answer else coerced(made, answer).text};")

    def _assign(self, target: ast.expr, value: ast.expr, depth: int) -> None:
        if isinstance(target, ast.Tuple):
            self._assign_all(target.elts, value, depth)
        elif isinstance(target, ast.Subscript):
            self._say(depth, f"{self._place(target)} = {self._float(value)};")
        elif isinstance(target, ast.Name):
            if self._part(target.id, value, depth):
                return
            self._set(target, self._expressions.of(value), depth)
        else:
            raise SyntaxError(f"{self._node.name}: cannot be assigned to in GLSL: {ast.unparse(target)}")

    def _assign_all(self, targets: list[ast.expr], value: ast.expr, depth: int) -> None:
        """All values are worked out before any is put away, as in Python."""
        if isinstance(value, ast.Attribute) and value.attr == "shape":
            name = ast.unparse(value.value)
            values = [Expression(text.replace("{v}", named(name)), "int") for text in self._arrays[name].shape[: len(targets)]]
        elif isinstance(value, ast.Tuple):
            values = [self._kept(self._expressions.of(v), depth) for v in value.elts]
        else:
            made = self._kept(self._expressions.of(value), depth)
            values = [Expression(f"{made.text}[{k}]", "float") for k in range(len(targets))]
        for target, one in zip(targets, values, strict=True):
            if isinstance(target, ast.Subscript):
                self._say(depth, f"{self._place(target)} = {coerced(one, 'float').text};")
            else:
                self._set(target, one, depth)

    def _kept(self, value: Expression, depth: int) -> Expression:
        self._temporary += 1
        name = f"t{self._temporary}"
        self._say(depth, f"{value.kind} {name} = {value.text};")
        return Expression(name, value.kind)

    def _set(self, target: ast.expr, value: Expression, depth: int) -> None:
        assert isinstance(target, ast.Name)
        known = self._types.get(target.id, value.kind)
        self._types[target.id] = "float" if {known, value.kind} == {"int", "float"} else known
        self._say(depth, f"{named(target.id)} = {coerced(value, self._types[target.id]).text};")

    def _part(self, name: str, value: ast.expr, depth: int) -> bool:
        """`row = table[k]` names a row of an array: remembered, or kept as its number."""
        if not (isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) and value.value.id in self._arrays):
            return False
        whole = self._arrays[value.value.id]
        indices = value.slice.elts if isinstance(value.slice, ast.Tuple) else [value.slice]
        if len(indices) == whole.rank:
            return False
        self._types[name] = "int"
        self._say(depth, f"{named(name)} = {self._int(indices[0])};")

        def inner(template: str) -> str:
            out = template.replace("{0}", named(name))
            for k in range(1, whole.rank):
                out = out.replace(f"{{{k}}}", f"{{{k - 1}}}")
            return out

        self._arrays[name] = replace(whole, read=inner(whole.read), store=inner(whole.store), rank=whole.rank - 1, handle=False)
        return True

    def _place(self, target: ast.Subscript) -> str:
        return self._expressions.element(target, store=True).text

    def _float(self, node: ast.expr) -> str:
        return coerced(self._expressions.of(node), "float").text

    def _int(self, node: ast.expr) -> str:
        return coerced(self._expressions.of(node), "int").text
