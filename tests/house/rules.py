"""The rules of house style as functions: sources in, violations out, so that tests can plant violations."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
PRODUCT = ("db", "ingest", "tasks", "analytics_app", "web", "standalone", "cli")
#: Module names that every package may have once more.
SHARED_NAMES = frozenset({"app", "wsgi", "config", "__init__", "page", "gunicorn_conf"})
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IGNORED_TOKENS = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
)
# The words in capitals, or whatever their case, in the company that only SQL keeps.
SQL = re.compile(
    r"\s*(?:(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|TRUNCATE)\s+\S"
    r"|(?i:select\s[\s\S]+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s+\w+\s*(?:;|$|where\s)"
    r"|with\s+(?:recursive\s+)?\w+\s+as\s+(?:materialized\s*)?\(|(?:create|alter|drop|truncate)\s+(?:table|index)\s))"
)

#: Repository paths with their texts.
Sources = Mapping[str, str]


def read_sources(*folders: str) -> dict[str, str]:
    """Return the Python files below these folders of the repository."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def product_sources() -> dict[str, str]:
    """Return the Python files of the product, manage.py among them."""
    return read_sources(*PRODUCT) | {"manage.py": (ROOT / "manage.py").read_text(encoding="utf-8")}


def crowded_folders(sources: Sources, most: int = 15) -> list[str]:
    """List the folders that hold more than `most` modules, `__init__` among them."""
    counts = Counter(str(PurePosixPath(path).parent) for path in sources)
    return [f"{folder}: {count} modules" for folder, count in sorted(counts.items()) if count > most]


def repeated_module_names(sources: Sources) -> list[str]:
    """List the module base names that occur more than once, except `SHARED_NAMES`."""
    places: dict[str, list[str]] = {}
    for path in sources:
        places.setdefault(PurePosixPath(path).stem, []).append(path)
    return [
        f"{name}: {', '.join(paths)}"
        for name, paths in places.items()
        if len(paths) > 1 and name not in SHARED_NAMES
    ]


def repeated_class_names(sources: Sources) -> list[str]:
    """List the names of module-level classes that occur more than once."""
    places: dict[str, list[str]] = {}
    for path, text in sources.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(path)
    return [f"{name}: {', '.join(paths)}" for name, paths in places.items() if len(paths) > 1]


def renamed_imports(sources: Sources) -> list[str]:
    """List the imports of modules of `sources` under another name."""
    modules = {_module_name(path) for path in sources}
    found = []
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                names = [(f"{node.module}.{alias.name}", alias) for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [(alias.name, alias) for alias in node.names]
            else:
                continue
            found += [
                f"{path}:{node.lineno} {name} as {alias.asname}"
                for name, alias in names
                if alias.asname and name in modules
            ]
    return found


def process_control(sources: Sources) -> list[str]:
    """List the modules that mention what belongs to web servers and child processes, not to a database."""
    return [path for path, text in sources.items() if re.search("gunicorn|subprocess|ctypes|pwd", text)]


def sql_literals(text: str) -> list[str]:
    """List the string literals of a module that are SQL; docstrings do not count."""
    tree = ast.parse(text)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    literals = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    )
    return [literal for literal in literals if SQL.match(literal)]


def unplaced_modules(sources: Sources) -> list[str]:
    """List the modules whose docstring does not open with one sentence that ends in its first paragraph."""
    found = []
    for path, text in sources.items():
        docstring = ast.get_docstring(ast.parse(text)) or ""
        opening = " ".join(docstring.partition("\n\n")[0].split())
        if not re.fullmatch(r"\S.*\S[.!?]", opening) or len(opening.split()) < 3:
            found.append(path)
    return found


def long_files(sources: Sources, most: int = 400) -> list[str]:
    """List the files of more than `most` lines."""
    counts = {path: len(text.splitlines()) for path, text in sources.items()}
    return [f"{path}: {count} lines" for path, count in counts.items() if count > most]


def long_functions(sources: Sources, most: int = 60) -> list[str]:
    """List the functions of more than `most` lines, from `def` to their last line."""
    return [
        f"{path}:{node.lineno} {node.name}: {lines} lines"
        for path, node in _functions(sources)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > most
    ]


def one_use_helpers(sources: Sources, least: int = 5) -> list[str]:
    """List the private functions that their module names once and whose body has fewer than `least` lines."""
    found = []
    for path, text in sources.items():
        tree = ast.parse(text)
        uses = Counter(
            node.id if isinstance(node, ast.Name) else node.attr
            for node in ast.walk(tree)
            if isinstance(node, (ast.Name, ast.Attribute))
        )
        for _, node in _functions({path: text}):
            is_private = node.name.startswith("_") and not node.name.startswith("__")
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            if is_private and body and uses[node.name] <= 1:
                lines = (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1
                if lines < least:
                    found.append(f"{path}:{node.lineno} {node.name}")
    return found


def code_lines(text: str) -> int:
    """Count the lines of code: no blank lines, comments or docstrings."""
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)) and ast.get_docstring(node, clean=False):
            docstrings.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in IGNORED_TOKENS:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code - docstrings)


def import_graph(sources: Sources) -> dict[str, set[str]]:
    """Map each module to those of `sources` that it imports at load time: not in functions, not for types only."""
    modules = {_module_name(path): path for path in sources}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        graph[name] = set()
        for imported in _load_time_imports(ast.parse(sources[path]), name, path.endswith("__init__.py")):
            target = imported
            while target and target not in modules:
                target = target.rpartition(".")[0]
            if target and target != name:
                graph[name].add(target)
    return graph


def import_circles(graph: Mapping[str, set[str]]) -> list[str]:
    """List the modules that reach themselves over their imports."""
    return [name for name in graph if name in _reachable(graph, name)]


def mutual_packages(graph: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """List the pairs of packages whose modules import each other; a package and its parent are such a pair, too."""
    packages = {name.rpartition(".")[0] for name in graph}

    def package_of(name: str) -> str:
        return name if name in packages else name.rpartition(".")[0]

    arrows = {(package_of(name), package_of(target)) for name, targets in graph.items() for target in targets}
    return sorted((a, b) for a, b in arrows if a < b and (b, a) in arrows)


def _functions(sources: Sources) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, FUNCTIONS):
                yield path, node


def _module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _load_time_imports(tree: ast.Module, name: str, is_package: bool) -> Iterator[str]:
    package = name if is_package else name.rpartition(".")[0]
    pending: list[ast.AST] = list(ast.iter_child_nodes(tree))
    while pending:
        node = pending.pop()
        if isinstance(node, FUNCTIONS) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        ):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        pending.extend(ast.iter_child_nodes(node))


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    pending = list(graph[start])
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending.extend(graph[name])
    return seen
