/** Whether `named` names exactly the present items, each once. */
export const namesEachOnce = (named: readonly string[], present: readonly { id: string }[]): boolean => {
  const names = new Set(named)
  return named.length === present.length && names.size === present.length && present.every((item) => names.has(item.id))
}
