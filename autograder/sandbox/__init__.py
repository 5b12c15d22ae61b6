"""A worker process for a student's code: confined, asked and timed.

- `budget`: `Budget`
- `isolation`: `Layers`, `NONE`, `NotIsolatedError`, `describe`
- `probe`: `level`, `reached`, `shortfall`
- `progress`: `Doing`, `HungError`, `LOADING`, `Progress`, `of_process`, `own`, `share`, `shared`
- `request`: `AsPredicted`, `Changed`, `Request`
- `sandbox`: `DiedError`, `Sandbox`, `SandboxError`, `StudentError`, `TimedOutError`
- `template`: `close_all`, `forget_templates`, `template`
"""
