/**
 * What Python runs in a box: compiles the sources without running them, tells a syntax error as Python does, waits at
 * the gate, and then becomes the learner's program. One interpreter serves for the check and for the first run, which
 * saves the cost of a second one (8 ms of processor time, as much as a short program itself).
 *
 * Python starts with `-I -S -B`: no environment, no site scan, no byte code; that alone takes 8 ms down to 6. What the
 * scan would have brought, `exit`, `quit` and the folder of installed packages, is put in here. Frames of this text are
 * taken off the head of a traceback, so that a learner sees their own lines only.
 *
 * Arguments: the folders to add to the path, joined by ':'; the main file; further files to check.
 */
export const PYTHON_GATE = `
def enter():
    import sys, posix, builtins, _sitebuiltins
    folders, main, *others = sys.argv[1:]
    for name in (*others, main):
        try:
            with open('/sub/' + name, 'rb') as file:
                code = compile(file.read(), '/box/' + name, 'exec', dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            sys.__excepthook__(type(error), error.with_traceback(None), None)
            sys.exit(1)
    posix.write(3, b'r')
    posix.read(3, 1)
    posix.close(3)
    def tell(kind, error, trace):
        while trace and trace.tb_frame.f_code.co_filename == '<string>':
            trace = trace.tb_next
        sys.__excepthook__(kind, error.with_traceback(trace), trace)
    builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D (i.e. EOF)')
    builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D (i.e. EOF)')
    builtins.help = _sitebuiltins._Helper()
    sys.excepthook = tell
    sys.argv = ['/box/' + main]
    sys.path[:] = ['/box', *sys.path, *filter(None, folders.split(':'))]
    names = globals()
    del names['enter']
    names['__file__'] = '/box/' + main
    exec(code, names)
enter()
`
