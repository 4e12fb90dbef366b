import { ignoreNote } from "./stack.ts";
import type { Found, FoundCheck, RootFiles, Stack } from "./stack.ts";

/** How packages are installed, and what a command must begin with to see them. */
interface Installer {
  readonly setup: readonly Found[];
  readonly caches: readonly string[];
  readonly prefix: string;
  readonly venv: boolean;
}

export function detectPython(root: RootFiles): Stack | undefined {
  const { names, texts } = root;
  const project = texts.get("pyproject.toml") ?? "";
  const evidence = [
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "uv.lock",
    "poetry.lock",
    "Pipfile.lock",
  ];
  if (!evidence.some((name) => names.has(name))) return undefined;
  const installer = installerOf(root, project);
  const declared = [
    project,
    ...[...texts]
      .filter(([name]) => /requirements|setup\.|tox\.ini|Pipfile/.test(name))
      .map(([, text]) => text),
  ].join("\n");
  const checks = checksOf(root, declared, installer.prefix);
  return {
    name: "Python",
    setup: installer.setup,
    caches: installer.caches.map((value) => ({ value, why: "where the installer keeps downloads" })),
    checks,
    notes: [
      ...(installer.venv ? ignoreNote(root, ".venv") : []),
      ...(names.has("uv.lock") || names.has("poetry.lock") || names.has("Pipfile.lock")
        ? []
        : ["no lock file for Python: every fresh workspace may get other versions"]),
      ...undeclared(checks, declared).map(
        (tool) =>
          `${tool} is configured or expected but not among the declared packages: add it to setup.run if it is missing`,
      ),
    ],
  };
}

/** Tools that a check starts and that no list of packages names: a section `[tool.ruff]` installs nothing. */
function undeclared(checks: readonly FoundCheck[], declared: string): readonly string[] {
  const packages = declared.replace(/^\s*\[.*\]\s*$/gm, "");
  return ["pytest", "mypy", "pyright", "ruff", "flake8"].filter(
    (tool) =>
      checks.some(({ value }) => value.split(" ").includes(tool)) &&
      !new RegExp(`\\b${tool}\\b`).test(packages),
  );
}

function installerOf({ names }: RootFiles, project: string): Installer {
  if (names.has("uv.lock"))
    return {
      setup: [{ value: "uv sync --locked", why: "uv.lock" }],
      caches: ["~/.cache/uv", "~/.local/share/uv"],
      prefix: "uv run --locked ",
      venv: true,
    };
  if (names.has("poetry.lock"))
    return {
      setup: [{ value: "poetry install --no-interaction", why: "poetry.lock" }],
      caches: ["~/.cache/pypoetry"],
      prefix: "poetry run ",
      venv: false,
    };
  if (names.has("Pipfile.lock"))
    return {
      setup: [{ value: "pipenv sync --dev", why: "Pipfile.lock" }],
      caches: ["~/.cache/pipenv", "~/.cache/pip", "~/.local/share/virtualenvs"],
      prefix: "pipenv run ",
      venv: false,
    };
  const lists = [
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-test.txt",
    "dev-requirements.txt",
  ].filter((name) => names.has(name));
  const installable =
    names.has("setup.py") || names.has("setup.cfg") || /^\[(project|build-system)\]/m.test(project);
  const extra = extraOf(project);
  const wanted = [
    ...lists.map((name) => `-r ${name}`),
    ...(installable ? [`-e '.${extra === undefined ? "" : `[${extra}]`}'`] : []),
  ];
  if (wanted.length === 0) return { setup: [], caches: [], prefix: "python3 -m ", venv: false };
  const why = [
    ...lists,
    ...(installable ? [names.has("pyproject.toml") ? "pyproject.toml" : "setup.py"] : []),
  ].join(", ");
  return {
    setup: [
      { value: "python3 -m venv .venv", why: "an environment of its own" },
      { value: `.venv/bin/python -m pip install ${wanted.join(" ")}`, why },
    ],
    caches: ["~/.cache/pip"],
    prefix: ".venv/bin/python -m ",
    venv: true,
  };
}

/** The optional group that holds what tests need. */
function extraOf(project: string): string | undefined {
  const section =
    /^\[project\.optional-dependencies\]\s*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(project)?.[1] ?? "";
  const groups = new Set(
    [...section.matchAll(/^\s*["']?([\w-]+)["']?\s*=/gm)].map((match) => match[1] ?? ""),
  );
  return ["test", "tests", "testing", "dev"].find((name) => groups.has(name));
}

function checksOf({ names, texts }: RootFiles, declared: string, prefix: string): readonly FoundCheck[] {
  const has = (...files: readonly string[]): string | undefined => files.find((name) => names.has(name));
  const found: FoundCheck[] = [];
  const pytest =
    has("pytest.ini", "conftest.py") ?? (/\bpytest\b/.test(declared) ? "pytest is declared" : undefined);
  const folder = has("tests/", "test/");
  if (pytest !== undefined || (folder !== undefined && texts.has("pyproject.toml")))
    found.push({ kind: "test", value: `${prefix}pytest`, why: pytest ?? `the folder ${folder ?? ""}` });
  else if (folder !== undefined)
    found.push({
      kind: "test",
      value: `${prefix.endsWith("-m ") ? prefix : `${prefix}python -m `}unittest discover -s ${folder.slice(0, -1)}`,
      why: `the folder ${folder} and no sign of pytest`,
    });
  const mypy =
    has("mypy.ini") ?? (/^\[tool\.mypy\]/m.test(declared) ? "[tool.mypy] in pyproject.toml" : undefined);
  if (mypy !== undefined) found.push({ kind: "types", value: `${prefix}mypy .`, why: mypy });
  const pyright =
    has("pyrightconfig.json") ??
    (/^\[tool\.pyright\]/m.test(declared) ? "[tool.pyright] in pyproject.toml" : undefined);
  if (pyright !== undefined && mypy === undefined)
    found.push({ kind: "types", value: `${prefix}pyright`, why: pyright });
  const ruff =
    has("ruff.toml", ".ruff.toml") ??
    (/^\[tool\.ruff\b/m.test(declared) ? "[tool.ruff] in pyproject.toml" : undefined);
  if (ruff !== undefined) found.push({ kind: "lint", value: `${prefix}ruff check .`, why: ruff });
  else if (names.has(".flake8")) found.push({ kind: "lint", value: `${prefix}flake8`, why: ".flake8" });
  return found;
}
