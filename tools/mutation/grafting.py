"""Put the code of a changed file into the module that the tests have already imported.

Importing anew for each mutant would cost more than most tests. So the functions that everyone holds are kept,
and what they do is exchanged. Only what a test file made while it was read was made without the fault: such a
mutant may survive until a test makes the thing itself.
"""

import types
from types import ModuleType

__all__ = ["graft"]


def graft(module: ModuleType, source: str) -> None:
    """Make a module, and all who imported from it, run another source.

    Args:
        module: already imported
        source: the whole text of the changed file
    Raises:
        Exception: whatever the changed file raises when it is imported
    """
    before = dict(vars(module))
    exec(compile(source, module.__file__, "exec"), vars(module))
    for name, new in list(vars(module).items()):
        old = before.get(name)
        if old is new or getattr(new, "__module__", module.__name__) != module.__name__:
            continue
        if isinstance(new, types.FunctionType) and isinstance(old, types.FunctionType):
            setattr(module, name, _regrown(old, new))
        elif isinstance(new, type) and isinstance(old, type):
            _graft_class(old, new)
            setattr(module, name, old)


def _graft_class(old: type, new: type) -> None:
    """Exchange what a class does; the class stays the same, and so do its subclasses and instances."""
    for name, value in list(vars(new).items()):
        mine = vars(old).get(name)
        if isinstance(value, types.FunctionType) and isinstance(mine, types.FunctionType):
            setattr(old, name, _regrown(mine, value))
        elif isinstance(value, property) and isinstance(mine, property):
            pairs = [(mine.fget, value.fget), (mine.fset, value.fset)]
            setattr(old, name, property(*(_regrown(*pair) if all(pair) else pair[1] for pair in pairs)))
        elif not (name.startswith("__") or isinstance(value, types.MemberDescriptorType)):
            setattr(old, name, value)


def _regrown(old: types.FunctionType, new: types.FunctionType) -> types.FunctionType:
    """Give the old function the code of the new one; return the new one where their closures differ."""
    if old.__code__.co_freevars != new.__code__.co_freevars:
        return new
    for name, mine, other in zip(
        old.__code__.co_freevars, old.__closure__ or (), new.__closure__ or (), strict=True
    ):
        if name != "__class__":  # super() must go on meaning the class that is kept
            mine.cell_contents = other.cell_contents
    old.__code__, old.__defaults__ = new.__code__, new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__
    return old
