"""`bot preview` and `bot rules test`: the brain at work, with nothing stored."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands import ready
from bot.values import Fetched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sort import Catch, Rules

rules_app = typer.Typer(no_args_is_help=True, help="Try the sorting rules.")


def preview(
    target: Annotated[str, typer.Argument(metavar="FILE|URL", help="A feed or a bulletin.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    language: Annotated[
        str, typer.Option(help="The language, where the document does not say.")
    ] = "en",
) -> None:
    """Show what would be drafted. Touches nothing."""
    from bot import mind
    from bot.preview import as_text, feeds_named
    from bot.preview import preview as look

    configuration = ready.configuration()
    answer = get(target)
    for address in feeds_named(answer) if target.startswith("http") else ():
        typer.echo(f"The page names a feed; watch that instead: {address}", err=True)
    result = look(
        answer,
        configuration=configuration,
        mind=mind.load(configuration),
        language=language,
    )
    typer.echo(
        json.dumps(result, ensure_ascii=False, indent=2)
        if as_json
        else as_text(result, configuration=configuration)
    )


def get(target: str) -> Fetched:
    """Fetch an address or read a file. Raises `Trouble`."""
    if target.startswith(("http://", "https://")):
        import os

        from bot.fetch import FetchError, Request, fetch_all
        from config.env import words

        answer = fetch_all(
            [Request(target)], allow_hosts=words(os.environ.get("HERODR_ALLOW_HOSTS", ""))
        )[0]
        if isinstance(answer, FetchError):
            raise ready.Trouble(str(answer))
        return answer
    path = Path(target)
    try:
        return Fetched(url=path.resolve().as_uri(), status=200, body=path.read_bytes())
    except OSError as error:
        raise ready.Trouble(
            f"{target} cannot be read ({error.strerror}): give a file, or an address that begins with "
            "https://."
        ) from None


@rules_app.command("test")
def rules_test(
    table: Annotated[Path, typer.Argument(metavar="CSV", help="Rows with title, summary, label.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Write a CSV with what each row was sorted as."),
    ] = None,
    by_rule: Annotated[
        bool, typer.Option("--rules", help="Say for each phrase how many rows it caught.")
    ] = False,
) -> None:
    """Sort a labelled file with rules.toml and say how well it went."""
    from bot import mind, sort

    rows = _rows(table)
    rules = mind.load(ready.configuration()).rules
    if predictions is not None:
        _write_predictions(predictions, rows, rules)
    result: dict[str, Any] = {**sort.evaluate(rows, rules)}
    if by_rule:
        result["rules"] = sort.catches(rows, rules)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    typer.echo(_table(result))
    if by_rule:
        typer.echo("\n" + _by_rule(result["rules"]))


@rules_app.command("export")
def rules_export() -> None:
    """Print what people decided about kinds as a CSV file that `bot rules test` can try rules on."""
    ready.desk()
    from review.labels import COLUMNS, labelled_rows

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(labelled_rows())
    typer.echo(out.getvalue(), nl=False)


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig")))
        rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ready.Trouble(f"{table} cannot be read as a UTF-8 CSV file ({error}).") from None
    missing = [name for name in ("title", "label") if name not in (reader.fieldnames or [])]
    if missing:
        raise ready.Trouble(
            f'{table} has no column "{missing[0]}"; its first line must name title, summary and label.'
        )
    return rows


def _write_predictions(out: Path, rows: list[dict[str, str]], rules: Rules) -> None:
    from bot.sort import verdict_of

    names = list(rows[0]) if rows else ["title", "summary", "label"]
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*names, "predicted", "because"])
            writer.writeheader()
            for row in rows:
                verdict = verdict_of(row, rules)
                writer.writerow(
                    {
                        **row,
                        "predicted": verdict.kind.value if verdict.kind else "other",
                        "because": "; ".join(verdict.because),
                    }
                )
    except OSError as error:
        raise ready.Trouble(f"{out} cannot be written ({error.strerror}).") from None


def _by_rule(caught: list[Catch]) -> str:
    lines = [f"{'rows':>5}{'right':>7}  what decided"]
    lines += [f"{one['rows']:>5}{one['right']:>7}  {one['kind']}: {one['rule']}" for one in caught]
    return "\n".join(lines)


def _table(result: Mapping[str, Any]) -> str:
    kinds = result["kinds"]
    lines = [f"{'kind':<10}{'precision':>10}{'recall':>10}{'F1':>10}{'rows':>8}"]
    for kind, figures in kinds.items():
        lines.append(
            f"{kind:<10}{figures['precision']:>10.2f}{figures['recall']:>10.2f}"
            f"{figures['f1']:>10.2f}{figures['support']:>8}"
        )
    lines += ["", f"{'labelled, then sorted as':<26}" + "".join(f"{kind:>10}" for kind in kinds)]
    for kind, row in result["confusion"].items():
        lines.append(f"{kind:<26}" + "".join(f"{row[other]:>10}" for other in kinds))
    lines += ["", f"macro F1 {result['macro_f1']:.3f}"]
    return "\n".join(lines)
