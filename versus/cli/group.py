"""The group of commands, whose default command is `build`."""

import click


class Commands(click.Group):
    """A group whose default command is `build`, and whose commands may follow their options.

    `build.py --format pdf`, `build.py kafka-vs-flink` and `build.py -C DIR check` all work; an
    article whose slug is a command's name is built by `build.py build check`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name first, which is what Click expects."""
        if args and args[0] in ("--help", "--version"):
            return super().parse_args(ctx, args)
        position = self._command_at(args)
        if position is None:
            args = ["build", *args]
        elif position > 0:
            args = [args[position], *args[:position], *args[position + 1 :]]
        return super().parse_args(ctx, args)

    def _command_at(self, args: list[str]) -> int | None:
        """Where the first word stands that is no option, if it is a command."""
        valued = {
            name
            for command in self.commands.values()
            for option in command.params
            if isinstance(option, click.Option) and not option.is_flag and not option.count
            for name in option.opts
        }
        skip = False
        for position, word in enumerate(args):
            if skip:
                skip = False
            elif word == "--":
                return None
            elif word.startswith("-") and word != "-":
                skip = word in valued
            else:
                return position if word in self.commands else None
        return None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the default command's options, then the commands."""
        build = self.commands["build"]
        records = [r for p in build.get_params(ctx) if (r := p.get_help_record(ctx))]
        with formatter.section("Options of build, the default command"):
            formatter.write_dl(records)
        self.format_commands(ctx, formatter)
