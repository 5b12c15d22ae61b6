"""A worker process for a student's code: confined, asked and timed.

- `sandbox`: `Sandbox`, `Request`, `AsPredicted`, `Changed`, `SandboxError`, `StudentError`,
  `DiedError`, `TimedOutError`
- `budget`: `Budget`
- `isolation`: `Layers`, `NONE`, `NotIsolatedError`, `describe`
- `probe`: `level`, `reached`, `shortfall`
- `progress`: `Progress`, `Doing`, `HungError`, `LOADING`, `own`, `share`, `shared`, `of_process`
- `template`: `template`, `forget_templates`, `close_all`
"""
