import { memoryStore, type OutboxStore, webStorageStore } from '@gradus/client/outbox-store'

/**
 * Keeps entries on this device. What the browser refuses to keep (storage full or blocked) lives as long as the page and is sent all the
 * same; `onRefused` is told, so that the page can say so.
 */
export function deviceStore(storage: Parameters<typeof webStorageStore>[0] | null, onRefused: () => void): OutboxStore {
  const page = memoryStore()
  if (storage === null) return { ...page, set: (key, value) => page.set(key, value).then(onRefused) }
  const device = webStorageStore(storage)
  return {
    keys: async (prefix) => [...(await device.keys(prefix)), ...(await page.keys(prefix))].sort(),
    get: async (key) => (await device.get(key)) ?? page.get(key),
    set: (key, value) =>
      device.set(key, value).catch(async () => {
        await page.set(key, value)
        onRefused()
      }),
    async remove(key) {
      await device.remove(key)
      await page.remove(key)
    },
  }
}

/** This browser's storage, or null where it is blocked: even naming it throws then. */
export function deviceStorage(): Storage | null {
  try {
    return globalThis.localStorage
  } catch {
    return null
  }
}
