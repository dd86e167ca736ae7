/** Replaced by the supervisor's own embedded server. */
export async function openEmbeddedForTests(): Promise<{ url: string; close(): Promise<void> }> {
  throw new Error('set DATABASE_URL')
}
