import type { Denied } from './denied.ts'

/** Machines we can assemble a filter for. */
export type Machine = 'x86_64' | 'aarch64'

/** Offsets in `struct seccomp_data`: the call's number, the ABI it came through, its six 64-bit arguments. */
const NUMBER = 0
const ABI = 4
const lowHalfOf = (argument: number) => 16 + 8 * argument

const ABI_OF: Record<Machine, number> = { x86_64: 0xc000_003e, aarch64: 0xc000_00b7 }
/** Calls of the x32 ABI come as x86_64 with this bit, and would walk around every number in the table. */
const X32_BIT = 0x4000_0000

const ALLOW = 0x7fff_0000
const KILL_PROCESS = 0x8000_0000
const RETURN_ERRNO = 0x0005_0000
const ERRNO = { EPERM: 1, ENOSYS: 38 }

type Instruction = readonly [code: number, if_true: number, if_false: number, k: number]
const load = (offset: number): Instruction => [0x20, 0, 0, offset]
const ret = (value: number): Instruction => [0x06, 0, 0, value]
const jumpIfEqual = (k: number, if_true: number, if_false: number): Instruction => [0x15, if_true, if_false, k]
const jumpIfAtLeast = (k: number, if_true: number, if_false: number): Instruction => [0x35, if_true, if_false, k]
const jumpIfAnyBit = (k: number, if_true: number, if_false: number): Instruction => [0x45, if_true, if_false, k]

/**
 * A classic BPF program that refuses the calls of the table and allows all others, as the bytes of `struct sock_filter[]`
 * that `bwrap --seccomp` reads. A call through a foreign ABI (int 0x80, x32) ends the process with SIGSYS.
 * The accumulator holds the call's number between rules: a rule that loads an argument always returns.
 */
export function assembleFilter(machine: Machine, denied: readonly Denied[]): Uint8Array {
  const program: Instruction[] = [load(ABI), jumpIfEqual(ABI_OF[machine], 1, 0), ret(KILL_PROCESS), load(NUMBER)]
  if (machine === 'x86_64') program.push(jumpIfAtLeast(X32_BIT, 0, 1), ret(KILL_PROCESS))
  for (const rule of denied) {
    const number = rule.nr[machine === 'x86_64' ? 0 : 1]
    if (number === null) continue
    const body = refusal(rule)
    program.push(jumpIfEqual(number, 0, body.length), ...body)
  }
  program.push(ret(ALLOW))
  return encode(program)
}

function refusal({ errno, when }: Denied): Instruction[] {
  const refuse = ret(RETURN_ERRNO | ERRNO[errno])
  if (!when) return [refuse]
  const head = load(lowHalfOf(when.argument))
  if ('has_any_bit' in when) return [head, jumpIfAnyBit(when.has_any_bit, 0, 1), refuse, ret(ALLOW)]
  const values = 'is_one_of' in when ? when.is_one_of : when.is_none_of
  const [on_match, otherwise] = 'is_one_of' in when ? [refuse, ret(ALLOW)] : [ret(ALLOW), refuse]
  const tests = values.map((value, index) => jumpIfEqual(value, values.length - index, 0))
  return [head, ...tests, otherwise, on_match]
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8)
  const view = new DataView(bytes.buffer)
  for (const [index, [code, if_true, if_false, k]] of program.entries()) {
    view.setUint16(index * 8, code, true)
    view.setUint8(index * 8 + 2, if_true)
    view.setUint8(index * 8 + 3, if_false)
    view.setUint32(index * 8 + 4, k, true)
  }
  return bytes
}
