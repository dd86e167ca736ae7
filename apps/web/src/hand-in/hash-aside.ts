import { hashFile } from './hash-file.ts'
import type { HashAnswer } from './hash-worker.ts'

/** The SHA-256 of a file, computed beside the page so that it stays quick; on the page itself where no worker starts. */
export async function hashAside(file: File, onProgress: (ratio: number) => void, signal: AbortSignal): Promise<string> {
  let worker: Worker
  try {
    worker = new Worker(new URL('./hash-worker.ts', import.meta.url), { type: 'module' })
  } catch {
    return hashFile(file, onProgress, signal)
  }
  try {
    return await new Promise<string>((resolve, reject) => {
      signal.throwIfAborted()
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
        if ('ratio' in data) onProgress(data.ratio)
        else if ('sha256' in data) resolve(data.sha256)
        else reject(new Error(data.failure))
      }
      // The worker's own file did not arrive: a cut connection must not keep anybody from handing in.
      worker.onerror = () => hashFile(file, onProgress, signal).then(resolve, reject)
      worker.postMessage(file)
    })
  } finally {
    worker.terminate()
  }
}
