"""The pages of the workbench: one module a page, over `context`, `rendering` and `evidence`."""
