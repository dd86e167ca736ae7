import fc from 'fast-check'

/** Requests made from an OpenAPI description: mostly shaped as described, with hostile values and broken shapes mixed in. */

export interface JsonSchema {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  propertyNames?: JsonSchema
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

/** Values that have broken servers: NUL, overflow, lone surrogates, traversal, markup, SQL, formula, patterns that backtrack. */
export const hostile: readonly unknown[] = [
  'a\u0000b',
  '\ud800',
  '\u202e\u0000',
  '../../../../etc/passwd',
  '%2e%2e%2f%00',
  "' or 1=1; drop table users; --",
  '<img src=x onerror=alert(1)>',
  '=1+1',
  'A'.repeat(70_000),
  `${'a'.repeat(200)}!`,
  `${' '.repeat(5_000)}x`,
  '\r\nSet-Cookie: a=b',
  '{{7*7}}',
  '2024-13-45T99:99:99Z',
  '0000-00-00',
  '+275760-09-13T00:00:00.001Z',
  '9999-12-31T23:59:59Z',
  2 ** 31,
  2 ** 53,
  -1,
  1e21,
  1e308,
  -0,
  0.1,
  5e-324,
  '',
  ' ',
  null,
  true,
  [],
  {},
  [[[[[[[[[[1]]]]]]]]]],
  { __proto__x: 1, constructor: { prototype: { polluted: true } } },
  { toString: 1, valueOf: 2, length: -1 },
]

const anyHostile = fc.constantFrom(...hostile)

/** Values of a schema; `$ref` is looked up in `root`. Depth is bounded so that recursive schemas end. */
export function valuesOf(schema: JsonSchema, root: JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  if (depth > 6) return fc.constantFrom<unknown>(null, 1, 'x')
  const inner = (s: JsonSchema): fc.Arbitrary<unknown> => valuesOf(s, root, depth + 1)
  if (schema.$ref !== undefined) return inner(resolve(schema.$ref, root))
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(inner))
  if (schema.allOf !== undefined) return inner(Object.assign({}, ...schema.allOf) as JsonSchema)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object':
      return objectsOf(schema, inner)
    case 'array':
      return fc.array(schema.items === undefined ? fc.constant(1) : inner(schema.items), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      })
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -5, -1e9), max: Math.min(schema.maximum ?? 1_000, 1e9) })
    case 'number':
      return fc.double({ min: schema.minimum ?? -10, max: schema.maximum ?? 1_000, noNaN: true }).map((n) => Math.round(n * 100) / 100)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      return stringsOf(schema)
    default:
      return fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string())
  }
}

function objectsOf(schema: JsonSchema, inner: (s: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {})
  if (properties.length === 0 && typeof schema.additionalProperties === 'object') {
    return fc.dictionary(
      schema.propertyNames === undefined ? fc.string({ maxLength: 8 }) : (inner(schema.propertyNames) as fc.Arbitrary<string>),
      inner(schema.additionalProperties),
      {
        maxKeys: 3,
      },
    )
  }
  return fc.record(Object.fromEntries(properties.map(([name, s]) => [name, inner(s)])), { requiredKeys: schema.required ?? [] })
}

function stringsOf(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === 'uuid') return fc.uuid()
  if (schema.format === 'email') return fc.emailAddress()
  if (schema.format === 'date-time')
    return fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }).map((d) => d.toISOString())
  const plain = fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 30, 30) })
  return schema.pattern?.includes('a-z0-9') === true
    ? fc.oneof(fc.stringMatching(/^[a-z0-9]{1,12}$/), plain)
    : fc.oneof(
        { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z0-9_ ]{1,20}$/) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
        plain,
      )
}

function resolve(ref: string, root: JsonSchema): JsonSchema {
  let at: unknown = root
  for (const part of ref.replace(/^#\//, '').split('/')) at = (at as Record<string, unknown>)[part]
  return (at ?? {}) as JsonSchema
}

/** Breaks a well-shaped value: one field hostile, dropped, added or of another type; or the whole of it replaced. */
export function broken(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return anyHostile
  const keys = Object.keys(value)
  const withField = (key: string, item: unknown): unknown => ({ ...value, [key]: item })
  const choices: fc.Arbitrary<unknown>[] = [
    anyHostile,
    fc.constantFrom('role', 'is_admin', 'score', 'course_id', 'submitted_at', 'attempts', '__proto__', 'constructor').map((key) => withField(key, 1)),
  ]
  if (keys.length > 0) {
    const key = fc.constantFrom(...keys)
    choices.push(
      fc.tuple(key, anyHostile).map(([k, item]) => withField(k, item)),
      fc.tuple(key, anyHostile).map(([k, item]) => withField(k, item)),
      key.map((k) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== k))),
      key.chain((k) => broken((value as Record<string, unknown>)[k]).map((item) => withField(k, item))),
    )
  }
  return fc.oneof(...choices)
}

/** Bodies that are no JSON value at all, as raw bytes with the content type they claim. */
export const rawBodies: readonly { name: string; bytes: Uint8Array; content_type: string }[] = [
  { name: '20,000 levels deep', bytes: Buffer.from(`${'['.repeat(20_000)}${']'.repeat(20_000)}`), content_type: 'application/json' },
  { name: 'deep inside a field', bytes: Buffer.from(`{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_001)}`), content_type: 'application/json' },
  { name: 'invalid UTF-8', bytes: Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]), content_type: 'application/json' },
  { name: 'lone surrogate', bytes: Buffer.from('{"a":"\\ud800"}'), content_type: 'application/json' },
  { name: 'NaN', bytes: Buffer.from('{"a":NaN}'), content_type: 'application/json' },
  { name: 'number beyond double', bytes: Buffer.from(`{"a":1e999,"b":${'9'.repeat(400)}}`), content_type: 'application/json' },
  { name: 'prototype', bytes: Buffer.from('{"__proto__":{"is_admin":true},"constructor":{"prototype":{"x":1}}}'), content_type: 'application/json' },
  {
    name: '100,000 keys',
    bytes: Buffer.from(`{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":1`).join(',')}}`),
    content_type: 'application/json',
  },
  { name: 'over the limit', bytes: Buffer.alloc(2_000_000, 0x20), content_type: 'application/json' },
  { name: 'unfinished', bytes: Buffer.from('{"a":'), content_type: 'application/json' },
  { name: 'byte order mark', bytes: Buffer.from('\ufeff{}'), content_type: 'application/json' },
  { name: 'empty', bytes: Buffer.from(''), content_type: 'application/json' },
  { name: 'text', bytes: Buffer.from('{}'), content_type: 'text/plain' },
  { name: 'form', bytes: Buffer.from('a=1&a[b]=2'), content_type: 'application/x-www-form-urlencoded' },
  { name: 'tab in the type', bytes: Buffer.from('{"x":1}'), content_type: 'application/json\t; charset=utf-8' },
  { name: 'junk behind the type', bytes: Buffer.from('{"x":1}'), content_type: 'application/jsonx' },
  { name: 'multipart without boundary', bytes: Buffer.from('--x--'), content_type: 'multipart/form-data' },
]

const multipart = (name: string, text: string, boundary = 'b'): { name: string; bytes: Buffer; content_type: string } => ({
  name,
  bytes: Buffer.from(text, 'latin1'),
  content_type: `multipart/form-data; boundary=${boundary}`,
})
const field = 'Content-Disposition: form-data; name="file"; filename="'

/** Bodies for addresses that take a file. */
export const multipartBodies: { name: string; bytes: Buffer; content_type: string }[] = [
  multipart('a file', `--b\r\n${field}a.pdf"\r\n\r\nx\r\n--b--\r\n`),
  multipart('an empty file', `--b\r\n${field}"\r\n\r\n\r\n--b--`),
  multipart('no end', `--b\r\n${field}a"\r\n\r\nx`),
  multipart('no part', '--b--'),
  multipart('a field', '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--'),
  multipart('two files', `--b\r\n${field}a"\r\n\r\nx\r\n--b\r\n${field}c"\r\n\r\ny\r\n--b--`),
  multipart('a part of another kind', '--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--'),
  multipart('no headers', '--b\r\n\r\nx\r\n--b--'),
  multipart('NUL, half characters and bytes that are no text in the name', `--b\r\n${field}\0\xff\xed\xa0\x80"\r\n\r\nx\r\n--b--`),
  multipart('a name of 100 KB', `--b\r\n${field}${'n'.repeat(100_000)}"\r\n\r\nx\r\n--b--`),
  multipart('a type that is none', `--b\r\n${field}a"\r\nContent-Type: \0\x01;;;\r\n\r\nx\r\n--b--`),
  multipart('5,000 parts', `${'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(5_000)}--b--`),
  multipart('too large', `--b\r\n${field}a"\r\n\r\n${'x'.repeat(3_200_000)}\r\n--b--`),
  multipart('another boundary', `--c\r\n${field}a"\r\n\r\nx\r\n--c--`),
  multipart('a boundary with strange letters', '--$^\\\r\n', '"$^\\"'),
]
