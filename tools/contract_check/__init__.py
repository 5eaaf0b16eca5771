"""Compares descriptions of the Thinkific API with each other, and with the operation classes.

`outline` turns a description into flat facts, `classes` does the same with the operation classes,
`differences` compares two such outlines, `description` reads a file, and `command` is the command line.
"""
