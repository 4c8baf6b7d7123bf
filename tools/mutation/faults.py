"""The faults that are planted: each takes a piece of code and yields what could stand there by mistake."""

import ast
from collections.abc import Iterator

__all__ = ["FAULTS_OF_EXPRESSIONS", "FAULTS_OF_STATEMENTS", "gradients_of"]

Pieces = Iterator[ast.AST]

SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add}
OPERATIONS = {
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS = {
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
TWINS = [
    ("maximum", "minimum"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("sum", "mean"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("floor", "ceil"),
    ("any", "all"),
    ("sin", "cos"),
]
FUNCTIONS = {left: right for pair in TWINS for left, right in (pair, pair[::-1])}
OF_ONE_NUMBER = {"exp", "expm1", "log", "log1p", "sqrt", "square", "abs", "sign", "tanh", "copy"}
MOVERS = {"transpose", "swapaxes", "moveaxis"}


def gradients_of(tree: ast.Module) -> set[int]:
    """Find the gradients that a file sends back: what a ``vjp`` returns, one by one.

    Args:
        tree: of a whole file
    Returns:
        the id() of each expression
    """
    returned = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "vjp":
            returned += [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
        elif isinstance(node, ast.keyword) and node.arg == "vjp" and isinstance(node.value, ast.Lambda):
            returned.append(node.value.body)
    each = [part for value in returned for part in getattr(value, "elts", [value])]
    return {id(part.body if isinstance(part, ast.IfExp) else part) for part in each if not _is_none(part)}


def gradient_scaled(node: ast.expr, is_gradient: bool) -> Pieces:
    """Send back one and a half times the gradient."""
    if is_gradient:
        yield _each(node, lambda part: ast.BinOp(ast.Constant(1.5), ast.Mult(), part))


def gradient_sign_flipped(node: ast.expr, is_gradient: bool) -> Pieces:
    """Send back the gradient that leads uphill."""
    if is_gradient:
        yield _each(node, lambda part: ast.UnaryOp(ast.USub(), part))


def sign_flipped(node: ast.expr, is_gradient: bool) -> Pieces:
    """Add what should be subtracted, or leave out a minus."""
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        yield ast.BinOp(node.left, SIGNS[type(node.op)](), node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


def term_dropped(node: ast.expr, is_gradient: bool) -> Pieces:
    """Leave out one side of a sum, product, power or condition."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult):
        yield node.left
        if not isinstance(node.op, ast.Pow | ast.FloorDiv | ast.Mod):
            yield node.right
    if isinstance(node, ast.BoolOp):
        yield from node.values


def operation_changed(node: ast.expr, is_gradient: bool) -> Pieces:
    """Divide instead of multiply, say "or" instead of "and", take another function of the same kind."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        yield ast.BinOp(node.left, OPERATIONS[type(node.op)](), node.right)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    if isinstance(node, ast.Call) and _called(node) in FUNCTIONS:
        yield ast.Call(_renamed(node.func, FUNCTIONS[_called(node)]), node.args, node.keywords)


def function_dropped(node: ast.expr, is_gradient: bool) -> Pieces:
    """Pass on x where f(x) should be."""
    if isinstance(node, ast.Call) and _called(node) in OF_ONE_NUMBER and not node.keywords:
        is_method = isinstance(node.func, ast.Attribute) and not node.args
        if is_method or len(node.args) == 1:
            yield node.func.value if is_method else node.args[0]


def comparison_changed(node: ast.expr, is_gradient: bool) -> Pieces:
    """Move a boundary by one, or turn the comparison round."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARISONS[type(operator)]:
                ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def condition_negated(node: ast.expr, is_gradient: bool) -> Pieces:
    """Take the other branch. A comparison with one opposite is turned round by comparison_changed."""
    if isinstance(node, ast.IfExp) and not _has_opposite(node.test):
        yield ast.IfExp(_negated(node.test), node.body, node.orelse)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp) and node.generators[0].ifs:
        first = node.generators[0]
        for place, test in enumerate(first.ifs):
            ifs = [*first.ifs[:place], _negated(test), *first.ifs[place + 1 :]]
            other = ast.comprehension(first.target, first.iter, ifs, first.is_async)
            yield type(node)(node.elt, [other, *node.generators[1:]])


def constant_changed(node: ast.expr, is_gradient: bool) -> Pieces:
    """Take the next whole number, one and a half times a fraction, false for true."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(1.5 * node.value or 1.0)


def axis_changed(node: ast.expr, is_gradient: bool) -> Pieces:
    """Work along another axis, keep or drop it, leave axes where they were or exchange two."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if not isinstance(node, ast.Call):
        return
    for place, keyword in enumerate(node.keywords):
        for value in _other_axes(keyword):
            keywords = [*node.keywords[:place], ast.keyword(keyword.arg, value), *node.keywords[place + 1 :]]
            yield ast.Call(node.func, node.args, keywords)
    if _called(node) in MOVERS and isinstance(node.func, ast.Attribute):
        is_method = not (isinstance(node.func.value, ast.Name) and node.func.value.id == "np")
        yield node.func.value if is_method else node.args[0]
        for place in range(0 if is_method else 1, len(node.args) - 1):
            if _called(node) != "swapaxes":
                args = [*node.args[:place], node.args[place + 1], node.args[place], *node.args[place + 2 :]]
                yield ast.Call(node.func, args, node.keywords)


def statement_dropped(node: ast.stmt) -> Pieces:
    """Leave out a step: a change in place, a call for its effect, a check, an assignment to a part."""
    is_step = isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break)
    if isinstance(node, ast.Expr):
        is_step = isinstance(node.value, ast.Call)
    if isinstance(node, ast.Assign):
        target = node.targets[0]
        is_made_anew = isinstance(target, ast.Name) and target.id in _names(node.value)
        is_step = is_made_anew or isinstance(target, ast.Subscript | ast.Attribute)
    if is_step:
        yield ast.Pass()


def step_changed(node: ast.stmt) -> Pieces:
    """Subtract in place instead of adding, divide instead of multiplying, overwrite instead of adding up."""
    if isinstance(node, ast.AugAssign):
        other = (SIGNS | OPERATIONS).get(type(node.op))
        if other:
            yield ast.AugAssign(node.target, other(), node.value)
        yield ast.Assign([node.target], node.value)


def branch_changed(node: ast.stmt) -> Pieces:
    """Take the other branch of an ``if``, or leave out the loop of a ``while``."""
    if isinstance(node, ast.If) and not _has_opposite(node.test):
        yield ast.If(_negated(node.test), node.body, node.orelse)
    if isinstance(node, ast.While) and not _has_opposite(node.test):
        yield ast.While(_negated(node.test), node.body, node.orelse)


FAULTS_OF_EXPRESSIONS = {
    "gradient scaled": gradient_scaled,
    "gradient's sign flipped": gradient_sign_flipped,
    "sign flipped": sign_flipped,
    "term dropped": term_dropped,
    "operation changed": operation_changed,
    "function dropped": function_dropped,
    "comparison changed": comparison_changed,
    "condition negated": condition_negated,
    "constant changed": constant_changed,
    "axis changed": axis_changed,
}
FAULTS_OF_STATEMENTS = {
    "statement dropped": statement_dropped,
    "step changed": step_changed,
    "condition negated": branch_changed,
}


def _each(node: ast.expr, change) -> ast.expr:
    """Change a gradient, or each of several that stand in one expression."""
    if isinstance(node, ast.Starred):
        return ast.Starred(_each(ast.Call(ast.Name("tuple"), [node.value], []), change))
    is_many = isinstance(node, ast.Call) and _called(node) in ("tuple", "list")
    if not is_many:
        return change(node)
    part = ast.Name("part")
    kept = ast.IfExp(ast.Compare(part, [ast.Is()], [ast.Constant(None)]), part, change(part))
    return ast.ListComp(kept, [ast.comprehension(ast.Name("part"), node, [], 0)])


def _other_axes(keyword: ast.keyword) -> Pieces:
    if keyword.arg == "keepdims" and not isinstance(keyword.value, ast.Constant):
        yield _negated(keyword.value)
    if keyword.arg != "axis":
        return
    axis = ast.unparse(keyword.value)
    yield from (ast.parse(other, mode="eval").body for other in ("0", "1", "-1") if other != axis)


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _renamed(function: ast.expr, name: str) -> ast.expr:
    return ast.Name(name) if isinstance(function, ast.Name) else ast.Attribute(function.value, name)


def _negated(test: ast.expr) -> ast.expr:
    return test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else _not(test)


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _has_opposite(test: ast.expr) -> bool:
    """Say whether another fault already turns this condition into its opposite."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not)
    return isinstance(test, ast.Compare) and len(test.ops) == 1 and len(COMPARISONS[type(test.ops[0])]) == 1


def _names(node: ast.expr) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
