import { sha256 } from './sha256.ts'

/** Small enough that a slow phone tells its progress, large enough that the asking does not count. */
const PIECE_BYTES = 1 << 20

/** The SHA-256 of a file, read piece by piece: memory does not grow with the file. Rejects where the file cannot be read. */
export async function hashFile(file: Blob, onProgress: (ratio: number) => void, signal?: AbortSignal): Promise<string> {
  const hash = sha256()
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    signal?.throwIfAborted()
    hash.add(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()))
    onProgress(Math.min(1, (at + PIECE_BYTES) / file.size))
  }
  return hash.hex()
}
