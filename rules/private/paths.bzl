"""Where a source's .pyc goes, and what the source is called: pure functions."""

LAYOUTS = ["pycache", "sourceless"]
INVALIDATION_MODES = ["unchecked_hash", "checked_hash", "timestamp"]

def _tag(variant):
    tag = "cpython-" + variant.python_version.replace(".", "")
    return tag + (".opt-%d" % variant.optimize if variant.optimize else "")

def _pyc_path(source_path, variant):
    """The path of a source's .pyc.

    Args:
      source_path: the path of a .py file.
      variant: the struct of how it is compiled.

    Returns:
      The path of PEP 3147 and PEP 488, beside the source; or, in the sourceless
      layout, the path of the source with another extension.
    """
    folder, slash, name = source_path.rpartition("/")
    stem, _, _ = name.rpartition(".")
    if variant.layout == "sourceless":
        return folder + slash + stem + ".pyc"
    return folder + slash + "__pycache__/" + stem + "." + _tag(variant) + ".pyc"

def _runfiles_path(short_path, workspace_name):
    """The path of a file in the runfiles.

    Args:
      short_path: its short_path, which begins with ../ in other repositories.
      workspace_name: the name of the main repository's folder.

    Returns:
      A path that begins with the name of a repository.
    """
    if short_path.startswith("../"):
        return short_path[len("../"):]
    return workspace_name + "/" + short_path

def _stored_name(short_path):
    """The file name that code objects, and so tracebacks, show.

    Args:
      short_path: the short_path of the source.

    Returns:
      The path from the root of the workspace, or for a source of another
      repository the path from the folder of all repositories. It holds no
      output folder, so that it is the same in every configuration.
    """
    return short_path.removeprefix("../")

def _variant_folder(variant):
    """A folder name that is another one for every way to compile a source."""
    return "-".join([_tag(variant), variant.layout, variant.invalidation_mode])

def _import_path(import_dir, package, workspace_name):
    """The runfiles path of an entry of the attribute imports.

    Args:
      import_dir: the entry: a path relative to the package.
      package: the package of the target.
      workspace_name: the name of the repository's folder in the runfiles.

    Returns:
      The path, or None if the entry leaves the repository.
    """
    parts = []
    for part in (package + "/" + import_dir).split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ["", "."]:
            parts.append(part)
    return "/".join([workspace_name] + parts)

paths = struct(
    import_path = _import_path,
    pyc_path = _pyc_path,
    runfiles_path = _runfiles_path,
    stored_name = _stored_name,
    variant_folder = _variant_folder,
)
