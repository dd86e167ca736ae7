/** "Firefox on Linux" from what a browser calls itself; the words themselves where they are not understood. */
export function deviceOf(user_agent: string): string {
  const browser = /Edg\//.test(user_agent)
    ? 'Edge'
    : /Firefox\//.test(user_agent)
      ? 'Firefox'
      : /Chrome\//.test(user_agent)
        ? 'Chrome'
        : /Safari\//.test(user_agent)
          ? 'Safari'
          : null
  const system = /Android/.test(user_agent)
    ? 'Android'
    : /iPhone|iPad/.test(user_agent)
      ? 'iOS'
      : /Windows/.test(user_agent)
        ? 'Windows'
        : /Mac OS X/.test(user_agent)
          ? 'macOS'
          : /Linux/.test(user_agent)
            ? 'Linux'
            : null
  if (browser === null) return user_agent.trim() === '' ? 'An unnamed program' : user_agent.slice(0, 80)
  return system === null ? browser : `${browser} on ${system}`
}
