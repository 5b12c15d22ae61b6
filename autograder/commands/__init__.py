"""The subcommands of `autograder`, each in its module."""
