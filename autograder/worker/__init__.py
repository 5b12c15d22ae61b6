"""The untrusted side: all that runs in the process in which a student's code runs.

Nothing here may import more than the standard library and NumPy, and the trusted side believes
nothing that comes from here. Of these names it uses some to start a worker, and `frame` and `wire`
to talk to it.

- `absent`: `AbsentFinder`
- `cells`: `Notebook`
- `confinement`: `Confinement`, `Layer`
- `frame`: `Receiver`, `WireError`
- `given`: `GivenModules`
- `opening`: `Opening`
- `template`: `ANSWER`, `ENDED_BY_US`, `OPEN`, `REQUEST`, `Settings`
- `tree`: `remove`
- `wire`: `Ref`, `arrays_in`, `encode`, `pack_each`, `unpack`
"""
