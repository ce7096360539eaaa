"""The options of `curtilage scan`, each with its help."""

from pathlib import Path
from typing import Annotated

import typer

from curtilage.cli.scanning import Format, Input

PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[git] PATH",
        help="Files, folders, addresses of databases; none: stdin. After `git`: a repository.",
    ),
]
InputOption = Annotated[
    Input, typer.Option("--input", help="What stdin is: text, or a text in each JSON line.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="The form of the report.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the report there.")
]
BaselineOption = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="A JSON report: what is in it is known."),
]
BaselineKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--baseline-key", metavar="FILE", help="A secret that tells other values apart too."
    ),
]
ExitCodeOption = Annotated[
    int,
    typer.Option("--exit-code", metavar="N", min=0, max=255, help="Leave so if any is found."),
]
LeastOption = Annotated[
    float,
    typer.Option("--min-score", metavar="S", min=0, max=1, help="Leave out what is less sure."),
]
TypesOption = Annotated[str, typer.Option("--types", metavar="T,…", help="Only these types.")]
NamesOption = Annotated[
    bool | None,
    typer.Option(
        "--names/--no-names",
        help="Look for people, places and dates too: slower. Off for git unless asked for.",
    ),
]
HostileOption = Annotated[
    bool, typer.Option("--hostile", help="Look for text that gives orders to a model too.")
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="FILE", help="Rules of one's own, in TOML; repeatable."),
]
ShowValuesOption = Annotated[
    bool, typer.Option("--show-values", help="Put the values into the report.")
]
ExplainOption = Annotated[
    bool, typer.Option("--explain", help="Say what spoke for each finding, and what it beat.")
]
JobsOption = Annotated[
    int, typer.Option("--jobs", metavar="N", min=0, help="Processes; 0: one for each core.")
]
RayOption = Annotated[
    str, typer.Option("--ray", metavar="ADDRESS", help="Share the work out on a Ray cluster.")
]
ResumeOption = Annotated[
    Path | None,
    typer.Option("--resume", metavar="FILE", help="A journal: go on where a scan was stopped."),
]
SinceOption = Annotated[
    str, typer.Option("--since", metavar="DATE", help="With git: only commits after that.")
]
StagedOption = Annotated[
    bool, typer.Option("--staged", help="With git: what the next commit would bring in.")
]
SampleOption = Annotated[
    int, typer.Option("--sample", metavar="N", min=0, help="Of a database: N records a table.")
]
TablesOption = Annotated[
    str,
    typer.Option("--tables", metavar="T,…", help="Of a database: only these, as `crm.*`."),
]
