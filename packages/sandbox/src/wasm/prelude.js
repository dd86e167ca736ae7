// What a JavaScript program finds beside the language: console.log and console.error, require('fs') with
// readFileSync(0 or a file beside it, 'utf8') and writeSync(1 or 2, text), require('./file.js'), process.argv and
// process.exit. Each behaves as in Node, so the same program runs in both sandboxes; there is nothing else.
// One thing differs: QuickJS does not tell of a rejected promise that nobody handles, where Node would exit with 1.
// Runs inside QuickJS; its value is the function that runs a program. `host` is the box, `format` comes from inspect.js.
;(host, format) => {
  /** The run is over; the box ends it at the next check. Nothing that the program catches can stop that. */
  const halt = () => {
    for (;;);
  }

  // Text crosses to the box as C strings, which end at U+0000: it goes between the pieces.
  const write = (stream, text) => {
    const pieces = text.toWellFormed().split('\0')
    for (let i = 0; i < pieces.length; i++) if (host.write(stream, pieces[i], i < pieces.length - 1)) halt()
  }

  const decode = (pieces) => pieces.join('\0')

  function systemError(code, text, call, path) {
    const error = new Error(`${code}: ${text}, ${call}${path === undefined ? '' : ` '${path}'`}`)
    return Object.assign(error, { code, syscall: call, ...(path === undefined ? {} : { path }) })
  }

  function readFileSync(file, options) {
    const encoding = typeof options === 'string' ? options : options?.encoding
    const isStdin = file === 0 || file === '/dev/stdin'
    const name = String(file).replace(/^\.?\//, '')
    const pieces = isStdin ? host.stdin() : host.file(name)
    if (pieces === undefined) throw systemError('ENOENT', 'no such file or directory', 'open', file)
    const text = decode(pieces)
    if (encoding === undefined || encoding === null) return { toString: () => text }
    if (!['utf8', 'utf-8', 'UTF-8', 'UTF8'].includes(encoding)) throw new TypeError(`Programs here read 'utf8' only, not '${encoding}'`)
    return text
  }

  function writeSync(stream, text) {
    if (stream !== 1 && stream !== 2) throw systemError('EBADF', 'bad file descriptor', 'write')
    write(stream, String(text))
    return String(text).length
  }

  const fs = { readFileSync, writeSync }
  const modules = new Map()

  function require(id) {
    if (id === 'fs' || id === 'node:fs') return fs
    const name = String(id).replace(/^\.\//, '')
    const found = [name, `${name}.js`, `${name}.json`].find((one) => host.file(one) !== undefined)
    if (found === undefined || name === id) {
      const hint = "programs here can require('fs') and files beside them, as in require('./other.js')"
      throw Object.assign(new Error(`Cannot find module '${id}': ${hint}`), { code: 'MODULE_NOT_FOUND' })
    }
    return load(found)
  }

  function load(name) {
    const known = modules.get(name)
    if (known) return known.exports
    const module = { exports: {}, id: name, filename: `/${name}`, loaded: false }
    modules.set(name, module)
    if (name.endsWith('.json')) module.exports = JSON.parse(decode(host.file(name)))
    else host.compile(name).call(module.exports, module.exports, require, module, `/${name}`, '/')
    module.loaded = true
    return module.exports
  }

  const out =
    (stream) =>
    (...values) =>
      write(stream, `${format(...values)}\n`)
  const missing = (what, hint) => ({
    get() {
      throw new Error(`${what} is not there: ${hint}`)
    },
  })

  globalThis.global = globalThis
  globalThis.console = { log: out(1), info: out(1), debug: out(1), error: out(2), warn: out(2) }
  globalThis.process = Object.defineProperties(
    {
      argv: ['node', '/'],
      exitCode: undefined,
      exit(code = globalThis.process.exitCode ?? 0) {
        host.exit(Number(code) | 0)
        halt()
      },
    },
    {
      stdin: missing('process.stdin', "read everything at once with require('fs').readFileSync(0, 'utf8')"),
      stdout: missing('process.stdout', 'print with console.log'),
      stderr: missing('process.stderr', 'print with console.error'),
    },
  )

  /** As Node says it: name and message, then ten calls at most, without ours. */
  function describe(error) {
    if (!(error instanceof Error)) return `Uncaught ${format([error]).slice(2, -2)}`
    const calls = String(error.stack ?? '')
      .split('\n')
      .filter((line) => line !== '' && !line.includes('gradus:') && line.trim() !== 'at call (native)')
      .slice(0, 10)
      .map(host.place)
    return [Error.prototype.toString.call(error), ...calls].join('\n')
  }

  return (main) => {
    globalThis.process.argv[1] = `/${main}`
    try {
      load(main)
    } catch (error) {
      write(2, `${describe(error)}\n`)
      host.exit(1)
    }
  }
}
