/**
 * A file that was handed in and has no answer yet, kept in this browser (IndexedDB) so that a reload, a crash or an empty
 * battery loses nothing: the same bytes go out again under the same key. It is forgotten as soon as the server has answered,
 * and after a day at the latest: the next person may sit at this machine.
 */
export interface KeptFile {
  file: File
  sha256: string
  idempotency_key: string
  asked_at: string
}

const NAME = 'gradus-hand-in'
const STORE = 'files'
/** A larger file is kept by the page alone: copying it could fill the device. */
export const MAX_KEPT_BYTES = 64 * 1_048_576
const DAY_MS = 86_400_000

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** One step in the store; null where this browser keeps nothing. */
async function step<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<{ value: T } | null> {
  try {
    const db = await open()
    try {
      return await new Promise((resolve, reject) => {
        const transaction = db.transaction(STORE, mode)
        const request = act(transaction.objectStore(STORE))
        transaction.oncomplete = () => resolve({ value: request.result })
        transaction.onabort = () => reject(transaction.error)
      })
    } finally {
      db.close()
    }
  } catch {
    return null
  }
}

/** Keeps it; false where this browser refuses, so that the page can say so. */
export async function keepFile(name: string, kept: KeptFile): Promise<boolean> {
  if (kept.file.size > MAX_KEPT_BYTES) return false
  return (await step('readwrite', (store) => store.put(kept, name))) !== null
}

/** What is kept under a name and is not older than a day, or null. Never throws. */
export async function readKeptFile(name: string, now: Date): Promise<KeptFile | null> {
  const found = (await step<unknown>('readonly', (store) => store.get(name)))?.value
  if (typeof found !== 'object' || found === null) return null
  const { file, sha256, idempotency_key, asked_at } = found as Partial<KeptFile>
  const isWhole = file instanceof File && typeof sha256 === 'string' && typeof idempotency_key === 'string' && typeof asked_at === 'string'
  if (isWhole && now.getTime() - Date.parse(asked_at) < DAY_MS) return { file, sha256, idempotency_key, asked_at }
  await forgetFile(name)
  return null
}

/** Forgets it: the server has answered, with a receipt or a refusal. */
export const forgetFile = async (name: string): Promise<void> => void (await step('readwrite', (store) => store.delete(name)))
