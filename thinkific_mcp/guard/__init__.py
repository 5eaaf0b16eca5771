"""What stands before a change, and what follows it.

Which changes are asked about (`policy`), what a person is shown (`preview`, `looks`), what is remembered while
they think (`questions`, `codes`, `memory`), what is written down (`journal`), and how it is taken back: operations
say how in `api/`, `undo` makes a plan of that for a change of the journal, `taking_back` carries it out, and
`changes` offers it as tools. `proposals` are changes on their way through all this, over the `desk` of a call.
"""
