"""Runs commands as notebooks can: by magics, by an exclamation mark, by the shell's object.

answers: right
"""
!touch $OUTSIDE/witness
%system touch witness
files = !ls
get_ipython().system("touch witness")
get_ipython().run_cell_magic("bash", "", "touch witness")
get_ipython().run_line_magic("load_ext", "autograder")
