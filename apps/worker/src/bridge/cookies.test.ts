import { expect, test } from 'vitest'
import { CookieJar } from './cookies.ts'

const now = Date.parse('2026-01-01')
function jarOf(...lines: string[]): CookieJar {
  const jar = new CookieJar()
  jar.take(lines, now)
  return jar
}

test('sends back what was set, the newest value of each', () => {
  const jar = jarOf('sessionid=a=b; HttpOnly; Path=/', 'csrftoken=one; Max-Age=60', 'csrftoken=two; expires=Fri, 01 Jan 2027 00:00:00 GMT')
  expect(jar.header()).toEqual({ cookie: 'sessionid=a=b; csrftoken=two' })
  expect(jar.csrfHeader()).toEqual({ 'x-csrftoken': 'two' })
})

test('an empty jar sends nothing', () => {
  const jar = new CookieJar()
  jar.take(undefined, now)
  expect([jar.header(), jar.csrfHeader()]).toEqual([{}, {}])
})

test('the token may be called edx-csrftoken; a session alone is no token', () => {
  expect(jarOf('edx-csrftoken=e').csrfHeader()).toEqual({ 'x-csrftoken': 'e' })
  expect(jarOf('edx-csrftoken=e', 'csrftoken=c').csrfHeader()).toEqual({ 'x-csrftoken': 'c' })
  expect(jarOf('sessionid=s').csrfHeader()).toEqual({})
})

test.each(['sessionid=x; Max-Age=0', 'sessionid=x; max-age=-1', 'sessionid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'sessionid=', 'sessionid=""'])(
  '%s takes the cookie away',
  (line) => {
    expect(jarOf('sessionid=s', line).header()).toEqual({})
  },
)

test('what is no cookie, or could break out of a header, is not kept; nor are there ever many', () => {
  expect(jarOf('nothing', '=x', 'a b=x', 'a=x\u0001y', 'a=\u00e9').header()).toEqual({})
  const many = jarOf(...Array.from({ length: 200 }, (_, i) => `c${i}=x`))
  expect(many.header().cookie!.split('; ')).toHaveLength(50)
})
