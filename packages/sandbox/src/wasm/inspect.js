// How console.log writes values: the words of Node's own, so that a program prints the same in both sandboxes.
// inspect.test.ts holds it to util.format. Runs inside QuickJS; its value is the function that formats arguments.
;(() => {
  const LINE = 80
  const DEPTH = 2
  const INLINE_LEVELS = 3
  const MAX_ITEMS = 100
  const MAX_STRING = 10_000
  const ESCAPES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' }

  const hex = (unit, digits) => unit.toString(16).toUpperCase().padStart(digits, '0')

  /** A string as it stands inside an array or object: in single quotes unless it holds some. */
  function quote(text) {
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') && !text.includes('${') ? '`' : "'"
    let inside = ''
    for (const c of text) {
      const unit = c.charCodeAt(0)
      if (c === mark && mark === "'") inside += "\\'"
      else if (ESCAPES[c]) inside += ESCAPES[c]
      else if (unit < 0x20 || (unit > 0x7e && unit < 0xa0)) inside += `\\x${hex(unit, 2)}`
      else if (c.length === 1 && unit >= 0xd800 && unit <= 0xdfff) inside += `\\u${unit.toString(16)}`
      else inside += c
    }
    return mark + inside + mark
  }

  function primitive(state, value) {
    if (typeof value === 'string') return stringIn(state, value)
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
    return typeof value === 'bigint' ? `${value}n` : String(value)
  }

  /** Long text is written line by line, joined by plus signs. */
  function stringIn(state, value) {
    const left = value.length - MAX_STRING
    const rest = left > 0 ? `... ${left} more character${left > 1 ? 's' : ''}` : ''
    const text = left > 0 ? value.slice(0, MAX_STRING) : value
    const lines = text.match(/[^\n]*\n|[^\n]+$/g)
    if (!lines || lines.length === 1 || text.length <= 16 || text.length <= LINE - state.indent - 4) return quote(text) + rest
    return lines.map(quote).join(` +\n${' '.repeat(state.indent + 2)}`) + rest
  }

  /** The nearest named constructor up the chain; null for objects without one. */
  function constructorName(value) {
    for (let at = value; at !== null; at = Object.getPrototypeOf(at)) {
      const own = Object.getOwnPropertyDescriptor(at, 'constructor')
      if (own && typeof own.value === 'function' && own.value.name !== '' && value instanceof own.value) return own.value.name
    }
    return null
  }

  function tagOf(value, name) {
    const tag = value[Symbol.toStringTag]
    return typeof tag === 'string' && tag !== '' && tag !== name ? ` [${tag}]` : ''
  }

  const named = (name, kind, size) => `${name ?? `[${kind}: null prototype]`}${size === undefined ? '' : `(${size})`} `

  function functionBase(value, name) {
    const source = Function.prototype.toString.call(value)
    if (source.startsWith('class')) {
      const parent = Object.getPrototypeOf(value)?.name
      return `[class ${value.name || '(anonymous)'}${parent ? ` extends ${parent}` : ''}]`
    }
    const kind = ['AsyncFunction', 'GeneratorFunction', 'AsyncGeneratorFunction'].includes(name) ? name : 'Function'
    return `[${kind}${value.name ? `: ${value.name}` : ' (anonymous)'}]`
  }

  function errorBase(value) {
    const head = Error.prototype.toString.call(value)
    const stack = typeof value.stack === 'string' ? value.stack : ''
    if (stack.startsWith(head)) return stack
    return stack.trim() === '' ? `[${head}]` : `${head}\n${stack.trimEnd()}`
  }

  const isIndex = (key) => typeof key === 'string' && /^(?:0|[1-9][0-9]{0,9})$/.test(key) && Number(key) < 4_294_967_295
  const more = (count) => `... ${count} more item${count > 1 ? 's' : ''}`

  function keysOf(value, withoutIndexes) {
    const keys = Object.keys(value)
    const symbols = Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
    return [...(withoutIndexes ? keys.filter((key) => !isIndex(key)) : keys), ...symbols]
  }

  function property(state, value, key, level) {
    const own = Object.getOwnPropertyDescriptor(value, key)
    let text
    if (own && !('value' in own)) text = own.get ? (own.set ? '[Getter/Setter]' : '[Getter]') : own.set ? '[Setter]' : 'undefined'
    else text = nested(state, own.value, level)
    if (typeof key === 'symbol') return `${String(key)}: ${text}`
    if (key === '__proto__') return `['__proto__']: ${text}`
    return `${/^[A-Za-z_][A-Za-z_0-9]*$/.test(key) ? key : quote(key)}: ${text}`
  }

  function nested(state, value, level) {
    state.indent += 2
    const text = inspect(state, value, level + 1)
    state.indent -= 2
    return text
  }

  function items(state, value, level) {
    const entries = []
    let at = 0
    while (at < value.length && entries.length < MAX_ITEMS) {
      if (Object.hasOwn(value, at)) {
        const own = Object.getOwnPropertyDescriptor(value, at)
        entries.push('value' in own ? nested(state, own.value, level) : '[Getter]')
        at++
        continue
      }
      let end = at
      while (end < value.length && !Object.hasOwn(value, end)) end++
      entries.push(`<${end - at} empty item${end - at > 1 ? 's' : ''}>`)
      at = end
    }
    if (at < value.length) entries.push(more(value.length - at))
    return entries
  }

  function listed(state, values, write) {
    const entries = []
    state.indent += 2
    let count = 0
    for (const one of values) {
      if (count++ === MAX_ITEMS) break
      entries.push(write(one))
    }
    state.indent -= 2
    if (values.size > MAX_ITEMS) entries.push(more(values.size - MAX_ITEMS))
    return entries
  }

  /** What stands before the braces, the braces, and the entries that are not properties. */
  function shapeOf(state, value, level, name) {
    const tag = tagOf(value, name)
    if (Array.isArray(value)) {
      const prefix = name === 'Array' && tag === '' ? '' : named(name, 'Array', value.length)
      return {
        open: `${prefix}${tag ? `${tag.trim()} ` : ''}[`,
        close: ']',
        isList: true,
        isEmpty: value.length === 0,
        entries: () => items(state, value, level),
      }
    }
    if (value instanceof Set) {
      return {
        open: `${named(name, 'Set', value.size)}{`,
        close: '}',
        isEmpty: value.size === 0,
        entries: () => listed(state, value, (one) => inspect(state, one, level + 1)),
      }
    }
    if (value instanceof Map) {
      const pair = ([key, one]) => `${inspect(state, key, level + 1)} => ${inspect(state, one, level + 1)}`
      return { open: `${named(name, 'Map', value.size)}{`, close: '}', isEmpty: value.size === 0, entries: () => listed(state, value, pair) }
    }
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return {
        open: `${named(name, 'TypedArray', value.length)}[`,
        close: ']',
        isList: true,
        isEmpty: value.length === 0,
        entries: () => items(state, value, level),
      }
    }
    const alone = (base) => ({ base, open: '{', close: '}', entries: () => [] })
    if (typeof value === 'function') return alone(functionBase(value, name) + (name === null ? ' [null prototype]' : ''))
    if (value instanceof RegExp) return alone(RegExp.prototype.toString.call(value))
    if (value instanceof Date) return alone(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString())
    if (value instanceof Error) return { ...alone(errorBase(value)), isError: true }
    if (value instanceof Promise) return { open: 'Promise {', close: '}', entries: () => ['<pending>'] }
    return {
      open: name === 'Object' && tag === '' ? '{' : `${named(name, 'Object').trimEnd()}${tag} {`,
      close: '}',
      isEmpty: true,
      entries: () => [],
    }
  }

  function inspect(state, value, level) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return primitive(state, value)
    if (state.above.includes(value)) {
      if (!state.marked.includes(value)) state.marked.push(value)
      return `[Circular *${state.marked.indexOf(value) + 1}]`
    }
    const name = constructorName(value)
    const shape = shapeOf(state, value, level, name)
    const keys = keysOf(value, shape.isList).filter((key) => !shape.isError || (key !== 'stack' && key !== 'message'))
    if (shape.base !== undefined && keys.length === 0) return shape.base.replaceAll('\n', `\n${' '.repeat(state.indent)}`)
    const isEmpty = keys.length === 0 && shape.base === undefined && shape.isEmpty
    if (isEmpty) return shape.open + shape.close
    if (level > DEPTH) return `[${Array.isArray(value) ? 'Array' : (name ?? 'Object: null prototype')}${shape.isList ? '' : tagOf(value, name)}]`

    state.above.push(value)
    state.deepest = level
    const listedEntries = shape.entries()
    const entries = [...listedEntries, ...keys.map((key) => property(state, value, key, level))]
    state.above.pop()
    const mark = state.marked.indexOf(value)
    const reference = mark === -1 ? '' : `<ref *${mark + 1}> `
    const base = shape.base === undefined ? reference : `${reference}${shape.base} `
    return lay(state, entries, base, shape, level, value)
  }

  /** One line where it fits and holds few levels, else a line for each entry; long lists in columns. */
  function lay(state, entries, base, shape, level, value) {
    const rows = shape.isList && entries.length > 6 ? columns(state, entries, value) : entries
    if (state.deepest - level < INLINE_LEVELS && rows === entries) {
      const start = rows.length + state.indent + shape.open.length + base.length + 10
      const width = rows.reduce((sum, row) => sum + row.length, rows.length + start)
      const line = rows.join(', ')
      if (width <= LINE && !base.includes('\n') && !line.includes('\n')) return `${base}${shape.open} ${line} ${shape.close}`
    }
    const edge = `\n${' '.repeat(state.indent)}`
    return `${base}${shape.open}${edge}  ${rows.join(`,${edge}  `)}${edge}${shape.close}`
  }

  /** Lists of more than six short items share lines, numbers set flush right. */
  function columns(state, entries, value) {
    const hasMore = entries.at(-1).startsWith('... ') && value.length > MAX_ITEMS
    const cells = hasMore ? entries.slice(0, -1) : entries
    const widths = cells.map((cell) => cell.length + 2)
    const total = widths.reduce((sum, width) => sum + width, 0)
    const widest = Math.max(...widths)
    if (widest * 3 + state.indent >= LINE || !(total / widest > 5 || widest <= 8)) return entries
    const bias = Math.max(widest - 3 - Math.sqrt(widest - total / entries.length), 1)
    const count = Math.min(Math.round(Math.sqrt(2.5 * bias * cells.length) / bias), Math.floor((LINE - state.indent) / widest), INLINE_LEVELS * 4, 15)
    if (count <= 1) return entries
    const room = []
    for (let column = 0; column < count; column++) {
      let width = 0
      for (let at = column; at < cells.length; at += count) width = Math.max(width, widths[at])
      room.push(width)
    }
    const isNumeric = entries.every((_, at) => typeof value[at] === 'number' || typeof value[at] === 'bigint')
    const rows = []
    for (let at = 0; at < cells.length; at += count) {
      const row = cells.slice(at, at + count)
      const last = row.length - 1
      const padded = row.map((cell, i) => {
        if (isNumeric) return i === last ? cell.padStart(room[i] - 2) : `${cell}, `.padStart(room[i])
        return i === last ? cell : `${cell}, `.padEnd(room[i])
      })
      rows.push(padded.join(''))
    }
    return hasMore ? [...rows, entries.at(-1)] : rows
  }

  const show = (value) => inspect({ indent: 0, deepest: 0, above: [], marked: [] }, value, 0)

  function numeral(value, convert) {
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'symbol' || (typeof value === 'object' && convert === Number)) return 'NaN'
    return primitive({ indent: 0 }, convert(value))
  }

  function text(value) {
    if (typeof value === 'bigint') return `${value}n`
    if (Object.is(value, -0)) return '-0'
    if (typeof value !== 'object' || value === null) return String(value)
    const own = Object.hasOwn(value, 'toString') || !['Object', 'Array', 'Set', 'Map', 'Date', 'Error'].includes(constructorName(value))
    return own && typeof value.toString === 'function' && constructorName(value) !== null ? String(value) : show(value)
  }

  /** `%` followed by one of these letters takes the next argument. */
  const conversions = {
    s: text,
    d: (value) => numeral(value, Number),
    i: (value) => numeral(value, parseInt),
    f: (value) => (typeof value === 'symbol' ? 'NaN' : primitive({ indent: 0 }, parseFloat(value))),
    j: (value) => JSON.stringify(value),
    o: show,
    O: show,
    c: () => '',
  }

  return (...values) => {
    const isPattern = typeof values[0] === 'string' && values.length > 1
    let at = isPattern ? 1 : 0
    const convert = (all, letter) => {
      if (letter === '%') return '%'
      return Object.hasOwn(conversions, letter) && at < values.length ? conversions[letter](values[at++]) : all
    }
    const first = isPattern ? [values[0].replace(/%(.)/g, convert)] : []
    return [...first, ...values.slice(at).map((value) => (typeof value === 'string' ? value : show(value)))].join(' ')
  }
})()
