"""How templates are compiled: Jinja's way, but for what a build does thousands of times.

In: options as Jinja's environment takes them. Out: such an environment. Partials are found by
their names alone and joined before they are printed, text that is HTML already is printed as it
is, and compiled templates are kept in the user's cache.
"""

import importlib.util
import marshal
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import jinja2
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Expr, Include
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup, escape

from versus import cache
from versus.markup.html import SPECIAL


class _Generator(CodeGenerator):
    """Writes a template's code so that includes and printed values cost less."""

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

    def rendered(self, name: str, values: Mapping[str, Any]) -> str:
        """The text of a template."""
        template = self._found(name)
        try:
            return self._text(template, {**self.globals, **values})
        except Exception:  # noqa: BLE001 - it goes on, with the template's own lines
            self.handle_exception()

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
        kind = "html" if self.autoescape else "text"
        recipe = (_compiler(), kind, name or "", filename or "", source)
        compiled = partial(super().compile, source, name, filename)
        kept = cache.cached("templates", recipe, lambda: marshal.dumps(compiled()))
        code: CodeType = marshal.loads(kept)  # noqa: S302 - our own bytes, by their digest
        return code


@lru_cache(maxsize=1)
def _compiler() -> bytes:
    """What decides how a source is compiled: Python, Jinja and this module."""
    return importlib.util.MAGIC_NUMBER + jinja2.__version__.encode() + Path(__file__).read_bytes()
