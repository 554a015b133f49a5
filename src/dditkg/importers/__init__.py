"""One file per outside format. Each offers SUMMARY and run(source, target, intake), and may offer OPTIONS.

`run` writes the target whole or not at all, counts rows and refuses bad ones through `intake`, and returns a sentence
about what came out. OPTIONS names further words of `run`, each with how its value is called and what it is for.
"""
