/**
 * What a running program has done so far, in memory that its box and the process around it share: when the box is
 * killed in the middle, what was printed until then is still here.
 *
 * A header of 32-bit numbers, then the room for stdout, then the room for stderr.
 */
export interface RunRecord {
  shared: SharedArrayBuffer
  output_bytes: number
}

const HEADER_BYTES = 16
const STDOUT_LENGTH = 0
const STDERR_LENGTH = 1
const MEMORY_KB = 2
const ASLEEP_MS = 3

export type Stream = 1 | 2

/** Room for `output_bytes` on each stream. */
export function newRecord(output_bytes: number): RunRecord {
  return { shared: new SharedArrayBuffer(HEADER_BYTES + 2 * output_bytes), output_bytes }
}

const header = (record: RunRecord): Int32Array => new Int32Array(record.shared, 0, HEADER_BYTES / 4)
const lengthIndex = (stream: Stream): number => (stream === 1 ? STDOUT_LENGTH : STDERR_LENGTH)

/** Keeps what fits and says whether all of it did. */
export function append(record: RunRecord, stream: Stream, data: Uint8Array): boolean {
  const index = lengthIndex(stream)
  const length = Atomics.load(header(record), index)
  const room = record.output_bytes - length
  const fits = data.length <= room ? data : data.subarray(0, room)
  new Uint8Array(record.shared, HEADER_BYTES + (stream - 1) * record.output_bytes + length).set(fits)
  Atomics.store(header(record), index, length + fits.length)
  return fits === data
}

/** A copy of what a stream holds. */
export function printed(record: RunRecord, stream: Stream): Uint8Array<ArrayBuffer> {
  const length = Atomics.load(header(record), lengthIndex(stream))
  return new Uint8Array(record.shared, HEADER_BYTES + (stream - 1) * record.output_bytes, length).slice() as Uint8Array<ArrayBuffer>
}

export function noteMemory(record: RunRecord, bytes: number): void {
  Atomics.store(header(record), MEMORY_KB, Math.ceil(bytes / 1_024))
}

/** The most memory seen, in KiB; 0 before anything was. */
export const memoryOf = (record: RunRecord): number => Atomics.load(header(record), MEMORY_KB)

/** Counts a wait when it begins, in full. */
export function noteSleep(record: RunRecord, milliseconds: number): void {
  Atomics.add(header(record), ASLEEP_MS, Math.min(Math.ceil(milliseconds), 1_000_000))
}

/** How long the program has slept or begun to sleep, in milliseconds. */
export const sleepOf = (record: RunRecord): number => Atomics.load(header(record), ASLEEP_MS)
