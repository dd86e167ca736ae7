import { hashFile } from './hash-file.ts'

/** What the worker answers: how far it is, the hash, or why not. */
export type HashAnswer = { ratio: number } | { sha256: string } | { failure: string }

const answer = (message: HashAnswer): void => self.postMessage(message)

self.onmessage = ({ data }: MessageEvent<File>) => {
  hashFile(data, (ratio) => answer({ ratio })).then(
    (sha256) => answer({ sha256 }),
    (error: unknown) => answer({ failure: String(error) }),
  )
}
