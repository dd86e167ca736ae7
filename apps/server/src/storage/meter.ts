import { createHash, type Hash } from 'node:crypto'
import { BlobTooLarge } from './blobs.ts'

/** Counts and digests bytes on their way, by what was received and not by what a header promised (2.5 no. 15). */
export class Meter {
  #size_bytes = 0
  readonly #max_bytes: number
  readonly #sha256 = createHash('sha256')
  readonly #md5: Hash | null

  constructor(max_bytes: number, with_md5 = false) {
    this.#max_bytes = max_bytes
    this.#md5 = with_md5 ? createHash('md5') : null
  }

  /** The same bytes, seen. @throws BlobTooLarge with the chunk that passes the bound; none of that chunk comes out */
  async *pass(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#size_bytes += chunk.byteLength
      if (this.#size_bytes > this.#max_bytes) throw new BlobTooLarge(`more than ${this.#max_bytes} bytes came`)
      this.#sha256.update(chunk)
      this.#md5?.update(chunk)
      yield chunk
    }
  }

  /** What has passed. To be called once, after the end. */
  read(): { size_bytes: number; sha256: Buffer; md5: Buffer | null } {
    return { size_bytes: this.#size_bytes, sha256: this.#sha256.digest(), md5: this.#md5?.digest() ?? null }
  }
}
