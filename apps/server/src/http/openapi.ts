import type { Access, Endpoint } from '@gradus/contract/endpoint'
import { problemBody, problems } from '@gradus/contract/problems'
import { z } from 'zod'

type Json = Record<string, unknown>

const whoMayCall: Record<Access['who'], string> = {
  anyone: 'Anyone, signed in or not.',
  signed_in: 'Any signed-in user, for their own things.',
  creator: 'Users who may create courses and questions.',
  course: 'Members of the course whose role holds the permission, and administrators.',
  own: 'The owner; staff whose role holds the permission, where one is named.',
  question: 'The owner of the question; to read also those it is shared with.',
  grader: 'An API key with the scope `grade`.',
  examiner: 'Users within the courses where they teach; API keys with the scope `examiner`, a machine’s for every exam.',
  operator: 'Users who may watch the queues, administrators, and API keys with the scope `admin`.',
  admin: 'Administrators, and API keys with the scope `admin`.',
}

/**
 * Prints the OpenAPI 3.1 description of a set of endpoints (R107). Errors are described once, as the component
 * `Problem`; `x-access` repeats each endpoint's declared access, which is what the server enforces.
 */
export function openapi(endpoints: Record<string, Endpoint>, version: string): Json {
  const schemas: Json = {}
  const paths: Record<string, Json> = {}
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gradus',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Collects, grades and explains student work. Names are `snake_case`, ids are UUIDs, times are ISO 8601 in UTC. ' +
        'Unknown fields are refused. Every failure has the body `{code, message, details, request_id}`; codes are never reused. ' +
        'Browsers prove themselves by a cookie and must call from our own origin; machines send `Authorization: Bearer <token or key>`.',
    },
    tags: [...new Set(Object.values(endpoints).map((e) => e.tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-gradus',
          description: 'The session of a browser. Over plain HTTP the name is `gradus_session`.',
        },
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of a user (`POST /api/auth/cli_token`) or an API key.' },
      },
      responses: {
        Problem: {
          description: `A failure. Codes and statuses: ${Object.entries(problems)
            .map(([code, [status]]) => `\`${code}\` ${status}`)
            .join(', ')}.`,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { Problem: jsonSchema(problemBody, 'Problem', 'output', schemas), ...schemas },
    },
  }
}

const oneFile = { type: 'object', properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] }

function operation(name: string, endpoint: Endpoint, schemas: Json): Json {
  const { access, body, reply, params, query } = endpoint
  const keyed = {
    name: 'Idempotency-Key',
    in: 'header',
    required: endpoint.keyed === true,
    description: 'Your name for this work. Send the same one when you repeat it.',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{8,100}$' },
  }
  const parameters = [
    ...parametersOf(name, params, 'path', schemas),
    ...parametersOf(name, query, 'query', schemas),
    ...(endpoint.keyed === false ? [] : [keyed]),
  ]
  return {
    operationId: name,
    summary: endpoint.summary,
    description: whoMayCall[access.who],
    tags: [endpoint.tag],
    'x-access': access,
    security: securityOf(access),
    ...(endpoint.max_body_bytes === undefined ? {} : { 'x-max-body-bytes': endpoint.max_body_bytes }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, `${name}_body`, 'input', schemas) } } } }),
    ...(endpoint.upload ? { requestBody: { required: true, content: { 'multipart/form-data': { schema: oneFile } } } } : {}),
    responses: {
      [endpoint.method === 'GET' && reply === undefined ? 200 : endpoint.status]: successOf(name, endpoint, schemas),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function successOf(name: string, { method, reply, streams }: Endpoint, schemas: Json): Json {
  // A GET without a reply's shape is a download of bytes.
  if (reply === undefined)
    return method === 'GET' ? { description: 'The bytes', content: { 'application/octet-stream': {} } } : { description: 'Done' }
  const schema = jsonSchema(reply, `${name}_reply`, 'output', schemas)
  if (!streams) return { description: 'Done', content: { 'application/json': { schema } } }
  return { description: 'Server-sent events; each `data:` line has this shape', content: { 'text/event-stream': { schema } } }
}

function securityOf({ who }: Access): Json[] {
  if (who === 'grader') return [{ bearer: [] }]
  const either = [{ cookie: [] }, { bearer: [] }]
  return who === 'anyone' ? [{}, ...either] : either
}

function parametersOf(name: string, shape: z.ZodType | undefined, place: 'path' | 'query', schemas: Json): Json[] {
  if (shape === undefined) return []
  const whole = jsonSchema(shape, `${name}_${place}`, 'input', schemas) as { properties?: Json; required?: string[] }
  return Object.entries(whole.properties ?? {}).map(([parameter, schema]) => ({
    name: parameter,
    in: place,
    required: place === 'path' || (whole.required ?? []).includes(parameter),
    schema,
  }))
}

/** JSON Schema of a shape; definitions it shares with itself move to the components under the operation's name. */
function jsonSchema(shape: z.ZodType, name: string, io: 'input' | 'output', schemas: Json): Json {
  const { $schema, $defs, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' }) as Json
  const move = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(move)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === '$ref' && typeof item === 'string' ? item.replace('#/$defs/', `#/components/schemas/${name}_`) : move(item),
      ]),
    )
  }
  for (const [key, definition] of Object.entries(($defs ?? {}) as Json)) schemas[`${name}_${key}`] = move(definition)
  return move(schema) as Json
}
