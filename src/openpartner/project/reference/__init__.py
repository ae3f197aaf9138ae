"""The generated parts of the documentation: one function a page, each returning its whole text."""
