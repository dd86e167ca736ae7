import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const repository = join(import.meta.dirname, '../../..')
const text = (path: string): string => readFileSync(join(repository, path), 'utf8')
/** What the schema names, but for what only tests set. */
const names = [...text('apps/server/src/config.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)]
  .map(([, name]) => name!)
  .filter((name) => name !== 'GRADUS_CRASH_POINT')
/** The example with every line switched on. */
const example = parseEnv(text('.env.example').replaceAll(/^#(?=[A-Z0-9_]+=)/gm, ''))

test('.env.example names every setting and no other', () => {
  expect(names.length).toBeGreaterThan(20)
  expect(Object.keys(example).sort()).toEqual([...names].sort())
})

test('.env.example as it stands sets nothing, and what it shows is valid', () => {
  expect(parseEnv(text('.env.example'))).toEqual({})
  expect(() => readConfig({ ...example, S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' })).not.toThrow()
})

test('the guides explain every setting', () => {
  const guides = ['README.md', 'docs/guide/running.md', 'docs/guide/storage.md'].map(text).join('\n')
  expect(names.filter((name) => !guides.includes(`\`${name}`))).toEqual([])
})
