"""Fails in thousands of statements, with texts of megabytes.

answers: right
"""


class Long(Exception):
    __str__ = lambda self: "z" * 10**7


exec("raise Long()")
exec("raise Long('a' * 10**8)")
exec("x = " + "(" * 10**5)
raise ExceptionGroup("many", [Long()] * 10**5)
