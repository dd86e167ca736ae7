import cookie from '@fastify/cookie'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { clearGuestCookie, issueGuestCookie, keepGuestCookie, writeGuestCookies } from './guest-cookie.ts'

const verbs = {
  issue: (request: Parameters<typeof keepGuestCookie>[0]) => issueGuestCookie(request, 'ga_token'),
  none: keepGuestCookie,
  clear: clearGuestCookie,
}
type Verb = keyof typeof verbs

/** What a response says about the cookie after these wishes, in this order. */
async function said(...wishes: Verb[]): Promise<string[]> {
  const app = Fastify()
  await app.register(cookie)
  writeGuestCookies(app, readConfig({}))
  app.get('/', async (request) => {
    for (const wish of wishes) verbs[wish](request)
    return 'done'
  })
  const answer = await app.inject('/')
  await app.close()
  return answer.cookies.map(({ name, value }) => `${name}=${value}`)
}

test.each<[string, Verb[], string[]]>([
  ['nothing', [], []],
  ['one that is issued', ['issue'], ['sll_anon=ga_token']],
  ['one, however often it is issued', ['issue', 'issue'], ['sll_anon=ga_token']],
  ['none beside a session, whichever was first', ['issue', 'none'], []],
  ['none beside a session, whichever was first', ['none', 'issue'], []],
  ['a clear before all else', ['clear', 'issue'], ['sll_anon=']],
  ['a clear after all else', ['issue', 'none', 'clear'], ['sll_anon=']],
  ['a clear also beside a session', ['clear', 'none', 'issue'], ['sll_anon=']],
])('R56 F2: a response says at most one thing: %s', async (_, wishes, expected) => expect(await said(...wishes)).toEqual(expected))
