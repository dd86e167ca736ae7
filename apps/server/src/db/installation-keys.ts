import type { Db } from './database.ts'

/** Keys that all servers of one installation share, each for one purpose. */
export interface InstallationKeys {
  /** Keys the hashes of machines' secrets. */
  machine_secrets: Buffer
  /** Signs short-lived addresses of files. */
  addresses: Buffer
  /** Makes pseudonyms of learners. */
  pseudonyms: Buffer
}

/** Reads the keys that the first migration of this database drew. They never change. */
export async function readInstallationKeys(db: Db): Promise<InstallationKeys> {
  const found = await db.selectFrom('installation_keys').select(['name', 'key']).execute()
  const keys = new Map(found.map(({ name, key }) => [name, key]))
  const named = (name: keyof InstallationKeys): Buffer => {
    const key = keys.get(name)
    if (key === undefined) throw new Error(`the database has no installation key ${name}`)
    return key
  }
  return { machine_secrets: named('machine_secrets'), addresses: named('addresses'), pseudonyms: named('pseudonyms') }
}
