"""What a contract says, one module a question: who, signed by whom, when, under which law, at what pay, for what work.

Knows the structure of contracts; the fields that plain sentences state are in `kinds/contract/kind.toml`.
"""
