"""The subcommands of `autograder`, a module each."""
