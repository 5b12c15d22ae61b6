"""Leaves files in the folders that all processes of a machine share.

answers: right
unconfined: bites
"""

open("/tmp/MARK", "w").write("I was here")
open("/var/tmp/MARK", "w").write("I was here")
open("/dev/shm/MARK", "w").write("I was here")
