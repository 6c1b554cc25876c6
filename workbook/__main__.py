"""``python -m workbook COMMAND``: build, serve, exercises, check, grade, rehearse, datasets, company, doctor."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from workbook.errors import WorkbookError
from workbook.progress import say

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="The customer value workbook."
)


@app.command()
def site() -> None:
    """Build the whole site into _build/site."""
    from workbook import site as site_module

    folder = site_module.build()
    say(f"The site is ready in {folder}.")


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 8000,
) -> None:
    """Serve the built site on this machine until Ctrl-C."""
    from workbook import paths
    from workbook import serve as serve_module

    server = serve_module.open_server(paths.SITE, port)
    say(f"The workbook is at http://localhost:{server.server_address[1]}/ (stop with Ctrl-C).")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        server.server_close()


@app.command()
def exercises(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if anything is out of step.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Accept changed answers of the reference.")] = False,
) -> None:
    """Make the learners' notebooks, the references and the checks from their sources."""
    from workbook import exercises as exercises_module

    found = exercises_module.sources()
    if check:
        stale = [name for source in found for name in exercises_module.out_of_step(source)]
        if stale:
            listed = ", ".join(stale)
            raise WorkbookError(f"Out of step with their source: {listed}. Run `python -m workbook exercises`.")
        say(f"{len(found)} exercise(s) in step with their source.")
        return
    for source in found:
        written = exercises_module.regenerate(source, update=update)
        say(f"{source.parent.name}: {', '.join(written) if written else 'unchanged'}")


class SandboxChoice(StrEnum):
    """What contains a submission while it runs."""

    auto = "auto"
    bubblewrap = "bubblewrap"
    none = "none"


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook, such as exercises/02-heterogeneity/exercise.ipynb.")],
    exercise: Annotated[str, typer.Option(help="Which exercise; found from the notebook if left out.")] = "",
) -> None:
    """Grade your own notebook as a facilitator would, and say which slip stands behind a wrong answer."""
    from workbook.grading import command

    command.check(notebook, exercise or None)


@app.command()
def grade(
    submissions: Annotated[Path, typer.Argument(help="A folder, a zip, or an export of a learning management system.")],
    out: Annotated[Path, typer.Option(help="Folder of the gradebook; made if it is not there.")],
    exercise: Annotated[str, typer.Option(help="Which exercise; found from the notebooks if left out.")] = "",
    roster: Annotated[Path | None, typer.Option(help="CSV with a column id, name or email.")] = None,
    manual: Annotated[Path | None, typer.Option(help="manual.csv with the points a person gave to free text.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Draws the cohort's own inputs; drawn once and kept if left out."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; 0 takes one for each core.")] = 0,
    sandbox: Annotated[SandboxChoice, typer.Option(help="none: with your own rights.")] = SandboxChoice.auto,
    cell_timeout: Annotated[float, typer.Option(min=1, help="Seconds one cell may run.")] = 10,
    time_limit: Annotated[float, typer.Option(min=5, help="Seconds one submission may take.")] = 180,
) -> None:
    """Grade a cohort; run it again to go on after an interrupt or to add what came late."""
    from workbook.grading import command
    from workbook.grading.limits import Limits

    command.grade(
        submissions,
        out,
        exercise=exercise or None,
        roster=roster,
        manual=manual,
        seed=seed,
        jobs=jobs,
        sandbox=sandbox.value,
        limits=Limits(cell_timeout=cell_timeout, wall=time_limit),
    )


@app.command()
def rehearse(
    out: Annotated[Path, typer.Argument(help="An empty folder, or one to be made.")],
    exercise: Annotated[str, typer.Option(help="Which exercise is to be handed in.")] = "02-heterogeneity",
) -> None:
    """Make up a small cohort that has handed in, to try `grade` before the day."""
    from workbook import rehearsal

    rehearsal.write(out, exercise)
    say(f"A roster and the notebooks of a made-up cohort are in {out}. Now grade them:")
    say(f"python -m workbook grade {out}/submissions --out gradebook --roster {out}/roster.csv")


@app.command()
def company(
    customers: Annotated[
        int | None, typer.Option(min=1, help="How many; about 15 invoice lines each. Needs --out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="An empty folder for the Parquet files. Needs --customers.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed is another company.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if anything is out of step.")] = False,
) -> None:
    """Simulate Kettleholt: datasets/kettleholt anew, or --customers of them as Parquet files in --out."""
    from customer_value.company import SEED
    from workbook import company as company_module

    if (customers is None) != (out is None) or (out is None and seed is not None):
        raise WorkbookError("Say both --customers and --out for another company, or neither for datasets/kettleholt.")
    if customers is not None and out is not None:
        if check:
            raise WorkbookError("--check is about datasets/kettleholt: leave out --customers and --out.")
        company_module.write_large(customers, out, SEED if seed is None else seed)
        return
    if check:
        stale = company_module.out_of_step()
        if stale:
            raise WorkbookError(
                f"Out of step with the generator: {', '.join(stale)}. Run `python -m workbook company`."
            )
        say("datasets/kettleholt is in step with its generator.")
        return
    company_module.write_small()
    say("datasets/kettleholt is in step with its generator.")


@app.command()
def datasets(
    names: Annotated[list[str] | None, typer.Argument(help="Folders of datasets/; all with a script if none.")] = None,
    packages: Annotated[Path | None, typer.Option(help="A folder of packages fetched before.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail if a file would change.")] = False,
) -> None:
    """Rebuild datasets from the packages they come from, which are downloaded and checked."""
    from workbook import dataset_sources

    changed = []
    for name in names or dataset_sources.rebuildable():
        for file, outcome in dataset_sources.rebuild(name, packages=packages, check=check).items():
            say(f"{name}/{file}: {outcome}")
            if outcome == "differs":
                changed.append(f"{name}/{file}")
    if changed:
        raise WorkbookError(f"Not what the packages give: {', '.join(changed)}. Rebuild without --check.")


@app.command()
def doctor() -> None:
    """Say what this machine has and what is missing."""
    from workbook import doctor as doctor_module

    if not doctor_module.report():
        raise typer.Exit(1)


def main() -> None:
    """Run a command; a mistake the user can mend is one line, not a traceback."""
    try:
        app()
    except WorkbookError as error:
        sys.exit(f"✗ {error}")


if __name__ == "__main__":
    main()
