import { describe, expect, test } from 'vitest'
import { hostOf, isPublic, refusalOfAddress } from './destination.ts'

const anyPublic = { allowed_hosts: null }

describe('an address in figures', () => {
  test.each([
    ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.1'],
    ...['192.0.2.1', '198.18.0.1', '198.51.100.7', '203.0.113.9', '224.0.0.1', '255.255.255.255', '240.0.0.1'],
    ...[
      '::1',
      '::',
      'fe80::1',
      'fe80::1%eth0',
      'fc00::1',
      'fd12::1',
      'ff02::1',
      '2001:db8::1',
      '2002:7f00:1::',
      '2001::1',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
    ],
    ...['::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '::7f00:1', '3fff::1', 'not an address', ''],
  ])('%s is not public', (address) => expect(isPublic(address)).toBe(false))
  test.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '192.0.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    '%s is public',
    (address) => expect(isPublic(address)).toBe(true),
  )
})

describe('where answers may go', () => {
  test.each([
    'ftp://lms.example/x',
    'file:///etc/passwd',
    'gopher://x',
    'lms.example/x',
    '',
    'http://127.0.0.1/x',
    'http://127.1/x',
    'http://2130706433/x',
    'http://0x7f000001/x',
    'http://[::1]/x',
    'http://[::ffff:127.0.0.1]/x',
    'https://169.254.169.254/latest/meta-data',
    'http://localhost/x',
    'https://user:geheim@lms.example/x',
    'http://lms/x',
    'http://lms.local/x',
    'http://metadata.google.internal/x',
  ])('%s is refused', (url) => expect(refusalOfAddress(url, anyPublic)).not.toBeNull())
  test('a name passes here; what it points to is looked at when it is sent', () => {
    expect(refusalOfAddress('https://lms.example/courses/x', anyPublic)).toBeNull()
  })
  test('a list of hosts is the whole truth, with and without a port', () => {
    const some = { allowed_hosts: ['lms.example', '10.0.0.5:8000', '[::1]:9000'] }
    expect(refusalOfAddress('https://LMS.example/x', some)).toBeNull()
    expect(refusalOfAddress('http://lms.example:8080/x', some)).toBeNull()
    expect(refusalOfAddress('http://10.0.0.5:8000/x', some)).toBeNull()
    expect(refusalOfAddress('http://10.0.0.5/x', some)).toMatch(/GRADUS_CALLBACK_HOSTS/)
    expect(refusalOfAddress('http://[::1]:9000/x', some)).toBeNull()
    expect(refusalOfAddress('https://evil.example/?lms.example', some)).not.toBeNull()
    expect(refusalOfAddress('https://lms.example@evil.example/', some)).not.toBeNull()
    expect(refusalOfAddress('https://lms.example.evil.example/', some)).not.toBeNull()
  })
  test('a host has the port that its protocol implies', () => {
    expect([hostOf('https://a.example/x'), hostOf('http://a.example'), hostOf('http://a.example:81'), hostOf('data:x')]).toEqual([
      'a.example:443',
      'a.example:80',
      'a.example:81',
      null,
    ])
  })
})
