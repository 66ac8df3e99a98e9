"""How templates are compiled: Jinja's way, but for what a build does thousands of times.

In: options as Jinja's environment takes them. Out: such an environment. Partials become part of
the template that includes them, attributes are got and values printed without calls of Python's,
and compiled templates are kept in the user's cache. What raises is rendered once more with each
template apart, so that the error comes through the line that it is at.
"""

import importlib.util
import marshal
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import jinja2
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Block, Const, Expr, Extends, Getattr, Include, Node, Scope
from jinja2.runtime import Context
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from versus import cache
from versus.deadline import TooLongError
from versus.markup.html import SPECIAL

_INCLUDED = re.compile(r"""\binclude\s+["']([^"'\\]+)["']""")
"""The name of a partial that may be included; it may stand in a text as well."""


class _Generator(CodeGenerator):
    """Writes a template's code so that attributes, includes and printed values cost less."""

    def visit_Getattr(  # noqa: N802 - Jinja's name for it
        self, node: Getattr, frame: Frame
    ) -> None:
        """Get an attribute; what has none of the name is looked at as Jinja does."""
        if self.environment.is_async:
            super().visit_Getattr(node, frame)
            return
        self.write("(found if (found := getattr((owner := ")
        self.visit(node.node, frame)
        name = repr(node.attr)
        self.write(f"), {name}, missing)) is not missing else environment.getattr(owner, {name}))")

    def visit_Include(  # noqa: N802 - Jinja's name for it
        self, node: Include, frame: Frame
    ) -> None:
        """Print a partial as one text; it sees the names that are known where it is included."""
        if node.ignore_missing or not node.with_context:
            super().visit_Include(node, frame)
            return
        self.writeline("yield (" if frame.buffer is None else f"{frame.buffer}.append(", node)
        self.write("environment.included(")
        self.visit(node.template, frame)
        self.write(f", context, {self.dump_local_context(frame)}))")

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.printed(" + (finalize.src or ""))


class _Joiner(NodeTransformer):
    """Puts partials in the places where they are included."""

    def __init__(self, environment: "Environment", sources: Mapping[str, str]) -> None:
        self._environment, self._sources = environment, sources
        self._open: list[str] = []

    def visit_Include(self, node: Include) -> Node:  # noqa: N802 - Jinja's name for it
        """A partial in a scope of its own: what it sets is seen in it alone.

        One with blocks or a parent is another template still, and so is one inside itself.
        """
        name = str(node.template.value) if isinstance(node.template, Const) else ""
        if not node.with_context or name not in self._sources or name in self._open:
            return node
        partial = self._environment.parse(self._sources[name], name)
        if partial.find(Block) or partial.find(Extends):
            return node
        self._open.append(name)
        self.generic_visit(partial)
        self._open.pop()
        return Scope(partial.body, lineno=node.lineno, environment=self._environment)


class _Context(Context):
    """The names that a template sees."""

    def call(
        self, function: Any, /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None,
        **values: Any,
    ) -> Any:  # fmt: skip
        """Call a function; Jinja looks at what might want to be given the context."""
        if type(function) is FunctionType and not hasattr(function, "jinja_pass_arg"):
            return function(*args, **values)
        return super().call(
            function, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **values
        )


class Environment(jinja2.Environment):
    """A Jinja environment whose templates do not change while it lives."""

    code_generator_class = _Generator
    context_class = _Context

    def __init__(self, **options: Any) -> None:
        super().__init__(auto_reload=False, **options)
        self._known: dict[Any, jinja2.Template] = {}
        self._joins = True

    def rendered(self, name: str, values: Mapping[str, Any]) -> str:
        """The text of a template."""
        try:
            return self._text(self._found(name), {**self.globals, **values})
        except TooLongError:  # No fault of a line, and not to be had twice.
            raise
        except Exception:  # noqa: BLE001 - it goes on, with the template's own lines
            if self._joins:
                return self._apart.rendered(name, values)
            self.handle_exception()

    @cached_property
    def _apart(self) -> "Environment":
        """The same environment with partials apart."""
        other = self.overlay()
        other._known, other._joins = {}, False  # noqa: SLF001 - it is one of these
        return other

    def included(self, name: Any, context: Context, local: Mapping[str, Any]) -> str:
        """The text of a partial, what `{% include %}` prints."""
        known = context.get_all()
        if local:
            known = known | {k: v for k, v in local.items() if v is not missing}
        return self._text(self._found(name), known)

    def _found(self, name: Any) -> jinja2.Template:
        template = self._known.get(name) if isinstance(name, str) else None
        if template is None:
            template = self.get_or_select_template(name)
            self._known[str(template.name)] = template
        return template

    def _text(self, template: jinja2.Template, known: dict[str, Any]) -> str:
        context = self.context_class(self, known, template.name, template.blocks)
        return "".join(template.root_render_func(context))

    @staticmethod
    def printed(value: Any) -> str:
        """What `{{ value }}` prints where texts are escaped."""
        kind = type(value)
        if kind is Markup:
            return value  # type: ignore[no-any-return]
        if kind is str and not SPECIAL.search(value):
            return value  # type: ignore[no-any-return]
        return escape(value)

    def compile(  # type: ignore[override]
        self, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        """A template's code, compiled once for each source."""
        kind = "html" if self.autoescape else "markdown" if self.finalize else "text"
        sources = self._partials(source) if self._joins else {}
        parts = [part for item in sorted(sources.items()) for part in item]
        recipe: tuple[bytes | str, ...]
        recipe = (_compiler(), kind, self._asking, name or "", filename or "", source, *parts)

        def compiled() -> bytes:
            tree = _Joiner(self, sources).visit(self._parse(source, name, filename))
            return marshal.dumps(super(Environment, self).compile(tree, name, filename))

        kept = cache.cached("templates", recipe, compiled)
        code: CodeType = marshal.loads(kept)  # noqa: S302 - our own bytes, by their digest
        return code

    @property
    def _asking(self) -> str:
        """The filters that ask for the context: code that calls them is written otherwise."""
        asking = (name for name, f in self.filters.items() if hasattr(f, "jinja_pass_arg"))
        return " ".join(sorted(asking))

    def _partials(self, source: str) -> dict[str, str]:
        """The sources of the partials that a template includes, and they, by their names."""
        found: dict[str, str] = {}
        todo = [source]
        for text in todo:
            for name in _INCLUDED.findall(text):
                if name not in found and self.loader is not None:
                    with suppress(jinja2.TemplateNotFound):
                        found[name] = self.loader.get_source(self, name)[0]
                        todo.append(found[name])
        return found


@lru_cache(maxsize=1)
def _compiler() -> bytes:
    """What decides how a source is compiled: Python, Jinja and this module."""
    return importlib.util.MAGIC_NUMBER + jinja2.__version__.encode() + Path(__file__).read_bytes()
