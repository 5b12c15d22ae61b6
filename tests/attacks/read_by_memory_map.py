"""Maps a file into memory instead of reading it, and answers with its numbers.

answers: wrong
unconfined: bites
"""


class Dropout(Dropout):
    def __call__(self, x):
        return np.empty((0, *np.memmap(CANARY_FILE, np.uint8, "r")[:8]))
