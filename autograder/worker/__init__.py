"""The untrusted side: everything that runs in the same process as a student's code.

A module here imports only the standard library, NumPy and the two packages that confine it. The
trusted side believes nothing that comes from here. It uses these names to start and ask a worker.

- `absent`: `AbsentFinder`
- `cells`: `Notebook`
- `confinement`: `Confinement`, `Layer`
- `frame`: `Receiver`, `WireError`
- `given`: `GivenModules`
- `many_calls`: `copied`, `in_turn`, `of_new`
- `opening`: `Opening`
- `template`: `ANSWER`, `ENDED_BY_US`, `OPEN`, `REQUEST`, `Settings`
- `tree`: `remove`
- `wire`: `Ref`, `arrays_in`, `encode`, `pack_each`, `unpack`
"""
