"""luqum's parser without side effects.

PLY, which it is made with, writes the tables of a grammar next to the library when that is first imported, and leaves
files open meanwhile; where it may not write there, it complains on every start. Making the tables takes it 13 ms.
"""

from functools import partial

import ply.yacc

_make = ply.yacc.yacc
ply.yacc.yacc = partial(_make, debug=False, write_tables=False)
try:
    from luqum.thread import parse
finally:
    ply.yacc.yacc = _make

__all__ = ["parse"]
