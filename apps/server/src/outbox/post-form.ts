import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { type CallbackPolicy, isPublic, refusalOfAddress } from './destination.ts'

/** The form could not be brought there: the sentence says why. */
export class NotDelivered extends Error {
  override name = 'NotDelivered'
}

export interface Form {
  url: string
  /** Name and bytes; percent-encoded as they are. */
  fields: readonly (readonly [string, Buffer])[]
  /** `user:password` for hosts that stand behind Basic authentication. */
  basic: string | null
  timeout_ms: number
  signal: AbortSignal
}

/** What is read of an answer at most: nobody looks at it, but a connection that is read to its end can be used again. */
const MAX_ANSWER_BYTES = 65_536

/**
 * Posts a form and returns the answer's status. The name is looked up once and only addresses that the policy allows are
 * connected to, so that a name cannot point elsewhere the second time (2.5 no. 10). Redirects are not followed; certificates are
 * verified. @throws NotDelivered
 */
export function postForm(form: Form, policy: CallbackPolicy): Promise<number> {
  const refusal = refusalOfAddress(form.url, policy)
  if (refusal !== null) return Promise.reject(new NotDelivered(`The address was refused: ${refusal}.`))
  const url = new URL(form.url)
  const body = Buffer.concat(form.fields.flatMap(([name, value], i) => [Buffer.from(`${i === 0 ? '' : '&'}${name}=`), encodeBytes(value)]))
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((done, fail) => {
    const request = send(
      {
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || undefined,
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: {
          host: url.host,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': body.length,
          'user-agent': 'gradus',
          accept: '*/*',
          ...(form.basic === null ? {} : { authorization: `Basic ${Buffer.from(form.basic).toString('base64')}` }),
        },
        lookup: policy.allowed_hosts === null ? lookupPublic() : undefined,
        signal: AbortSignal.any([form.signal, AbortSignal.timeout(form.timeout_ms)]),
      },
      (response) => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > MAX_ANSWER_BYTES) response.destroy()
        })
        response.on('error', () => {})
        response.on('close', () => done(response.statusCode ?? 0))
      },
    )
    request.on('error', (error) => fail(new NotDelivered(sentenceOf(error))))
    request.end(body)
  })
}

/** Answers of name servers, without the thread pool: names that never answer must not hold up the others. */
const resolver = new Resolver({ timeout: 3_000, tries: 2 })
async function resolveName(hostname: string): Promise<LookupAddress[]> {
  const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
  const addresses = found.flatMap((one, i) => (one.status === 'fulfilled' ? one.value.map((address) => ({ address, family: i === 0 ? 4 : 6 })) : []))
  const [v4] = found
  if (addresses.length === 0 && v4.status === 'rejected') throw v4.reason as Error
  return addresses
}

/** Looks a name up and keeps only what is public, for the connection that is made with it. */
export const lookupPublic =
  (resolve: (hostname: string) => Promise<LookupAddress[]> = resolveName): LookupFunction =>
  (hostname, options, done) => {
    resolve(hostname).then(
      (found) => {
        const allowed = found.filter(({ address }) => isPublic(address))
        if (allowed.length === 0) return done(Object.assign(new Error(`${hostname} has no public address`), { code: 'EREFUSED' }), [])
        if (options.all === true) return done(null, allowed)
        done(null, allowed[0]!.address, allowed[0]!.family)
      },
      (error: NodeJS.ErrnoException) => done(error, []),
    )
  }

function sentenceOf(error: Error & { code?: string }): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'No answer in time.'
  return `${error.message || error.code || error.name}.`
}

const encoded = Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x20) return Buffer.from('+')
  return Buffer.from(
    /[A-Za-z0-9*._-]/.test(String.fromCharCode(byte)) && byte < 0x80
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
  )
})

/** application/x-www-form-urlencoded over bytes: what came in goes out as it was, whatever its encoding. */
export function encodeBytes(bytes: Buffer): Buffer {
  let length = 0
  for (const byte of bytes) length += encoded[byte]!.length
  const out = Buffer.allocUnsafe(length)
  let at = 0
  for (const byte of bytes) {
    const part = encoded[byte]!
    out[at] = part[0]!
    if (part.length === 3) {
      out[at + 1] = part[1]!
      out[at + 2] = part[2]!
    }
    at += part.length
  }
  return out
}
