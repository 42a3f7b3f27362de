"""The shared objects that are loaded into the command."""

import os


def preload(name, folder):
    """What the environment of a command that runs in `folder` has for it."""
    # The linker takes a space in a path for the end of it, so that the way there has none.
    (folder / f"{name}.so").symlink_to(os.path.join(os.environ["PRELOADED"], f"{name}.so"))
    return {"LD_PRELOAD": f"./{name}.so"}
