"""Fetches a page.

answers: right
unconfined: bites
"""

import urllib.request

urllib.request.urlopen("http://127.0.0.1:PORT/solution", timeout=0.3)
